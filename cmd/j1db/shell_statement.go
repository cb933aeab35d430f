package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store"
)

var errNoStatement = errors.New("there is no statement yet")

// statement is the one that a command names, else the last one.
func (s *session) statement(text string) (string, error) {
	if text == "" {
		text = s.last.text
	}
	if text == "" {
		return "", errNoStatement
	}
	return text, nil
}

// explain is \explain [analyze] [QUERY].
func (s *session) explain(ctx context.Context, args string) error {
	mode := "plan"
	if word, rest, _ := strings.Cut(args, " "); strings.EqualFold(word, "analyze") {
		mode, args = "analyze", strings.TrimSpace(rest)
	}
	text, err := s.statement(args)
	if err != nil {
		return err
	}
	stmt, err := s.prepare(text)
	if err != nil {
		return err
	}
	return s.printed(func(a *app) error {
		snap, w, err := a.snapshot(ctx, s.db, s.at.get(), store.SnapshotOptions{})
		if err != nil {
			return err
		}
		defer snap.Close()
		return a.explain(ctx, stmt, snap, s.runOptions(w, snap), mode)
	})
}

// watch is \watch SECONDS [TIMES]: the last statement again and again.
func (s *session) watch(ctx context.Context, args string) error {
	every, times, err := parseWatch(args)
	if err != nil {
		return err
	}
	text, err := s.statement("")
	if err != nil {
		return err
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 1; ; n++ {
		s.app.notice("%s", s.app.now().Format(time.TimeOnly))
		if err := s.Query(ctx, text); err != nil {
			return err
		}
		if n == times {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil // Ctrl-C is how it ends
		case <-tick.C:
		}
	}
}

func parseWatch(args string) (every time.Duration, times int, err error) {
	words := strings.Fields(args)
	wrong := &usageError{fmt.Errorf(`\watch wants seconds and, if you like, a number of times, not %q`, args), `example: \watch 10`}
	if len(words) == 0 || len(words) > 2 {
		return 0, 0, wrong
	}
	seconds, err := strconv.ParseFloat(words[0], 64)
	if err != nil || !(seconds >= 0.1 && seconds <= 86400) {
		return 0, 0, wrong
	}
	if len(words) == 2 {
		if times, err = strconv.Atoi(words[1]); err != nil || times < 1 {
			return 0, 0, wrong
		}
	}
	return time.Duration(seconds * float64(time.Second)), times, nil
}

// editStatement is \e: the last statement in an editor, then run.
func (s *session) editStatement(ctx context.Context, args string) error {
	if !s.app.stdinTerminal {
		return usageErrorf(`\e needs a terminal`)
	}
	if args == "" {
		args = s.last.text
	}
	text, err := s.app.edit(args)
	if err != nil || text == "" {
		return err
	}
	s.remember(text)
	s.app.notice("%s", strings.Join(strings.Fields(text), " "))
	return s.Query(ctx, text)
}

// writeGraph is \graph FILE: the last statement's paths as a drawing for Graphviz.
func (s *session) writeGraph(ctx context.Context, path string) error {
	if path == "" {
		return &usageError{errors.New(`\graph wants a file`), `example: \graph paths.dot`}
	}
	text, err := s.statement("")
	if err != nil {
		return err
	}
	if text, err = asTree(substitute(text, s.vars.all())); err != nil {
		return err
	}
	stmt, err := s.engine.Prepare(text)
	if err != nil {
		return err
	}
	out := newSpool()
	defer out.Close()
	n, err := s.tree(ctx, stmt, out)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	if err := errors.Join(out.copyTo(f), f.Close()); err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	s.app.notice("%s in %s", counted(n, true), path)
	return nil
}

// asTree is a statement that returns the paths of another one.
func asTree(text string) (string, error) {
	q, err := syntax.Parse(text)
	if err != nil {
		return "", err
	}
	tree := *q
	tree.Return = &syntax.Return{Tree: true}
	tree.Having, tree.OrderBy, tree.Unique, tree.Comments = nil, nil, false, nil
	return tree.String(), nil
}

// tree prints the answer of a RETURN TREE statement in DOT.
func (s *session) tree(ctx context.Context, stmt *query.Stmt, out *spool) (int, error) {
	snap, w, err := s.app.snapshot(ctx, s.db, s.at.get(), store.SnapshotOptions{})
	if err != nil {
		return 0, err
	}
	defer snap.Close()
	res, err := stmt.Run(ctx, snap, s.runOptions(w, snap))
	if err != nil {
		return 0, err
	}
	defer res.Close()
	answer, err := render.From(res)
	if err != nil {
		return 0, err
	}
	return render.Write(out, answer, "dot", render.Options{})
}

// showHistory is \history [N].
func (s *session) showHistory(_ context.Context, args string) error {
	most := 50
	if args != "" {
		n, err := strconv.Atoi(args)
		if err != nil || n < 1 {
			return usageErrorf(`\history wants a number of statements, not %q`, args)
		}
		most = n
	}
	if s.history == "" {
		s.app.notice("nothing is remembered")
		return nil
	}
	all, err := shell.History(s.history)
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	return s.printed(func(a *app) error {
		for _, text := range all[max(0, len(all)-most):] {
			fmt.Fprintln(a.stdout, render.Clean(strings.Join(strings.Fields(text), " ")))
		}
		return nil
	})
}
