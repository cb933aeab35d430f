package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store"
)

// keptCells is how large an answer may be that \last can show again.
const keptCells = 1 << 20

// printed runs what prints and delivers it once that has ended and holds the
// database no more: to the file of \o, to a pager, or to stdout.
func (s *session) printed(f func(a *app) error) error {
	out := newScreen()
	defer out.Close()
	_, stop := s.app.startMeter("Ctrl-C stops it")
	defer stop()
	a := *s.app
	told := newSpool()
	defer told.Close()
	a.stdout, a.stderr = out, told
	if s.out != nil {
		a.stdoutTerminal = false // no fitting, no colours
	}
	err := f(&a)
	_ = told.copyTo(s.app.stderr) // there is no other place to say that it is closed
	if s.out != nil {
		return errors.Join(err, out.copyTo(s.out))
	}
	return errors.Join(err, s.app.deliver(out))
}

// asked is what a session remembers of the last statement.
type asked struct {
	text    string
	answer  *render.Answer // nil before the first, or when it was too large to keep
	tree    bool
	blocked string // the operator that no row passed
	fix     string // the statement with a name that the graph has
}

// Query implements shell.Session.
func (s *session) Query(ctx context.Context, text string) error {
	start := s.app.now()
	s.last = asked{text: text}
	stmt, err := s.prepare(text)
	if err != nil {
		return err
	}
	n := 0
	err = s.printed(func(a *app) (err error) {
		n, err = s.answer(ctx, a, stmt)
		return err
	})
	if err != nil {
		return err
	}
	if s.last.blocked != "" {
		s.app.notice("no rows: nothing passed %s", s.last.blocked)
	}
	s.tally(n, s.app.now().Sub(start))
	if s.last.fix != "" && s.remember != nil {
		s.recallable(s.last.fix)
		s.remember(s.last.fix)
	}
	return nil
}

// prepare fills the placeholders of a statement and prepares it.
func (s *session) prepare(text string) (*query.Stmt, error) {
	return s.engine.Prepare(substitute(text, s.vars.all()))
}

func (s *session) runOptions(w when, snap *store.Snapshot) query.RunOptions {
	return query.RunOptions{Now: s.app.askedInstant(w, snap), Variables: s.vars.all(), Memory: 1 << 30, Clock: s.app.now}
}

// answer answers a statement, keeps the answer for \last, and prints it to a.
func (s *session) answer(ctx context.Context, a *app, stmt *query.Stmt) (int, error) {
	snap, w, err := a.snapshot(ctx, s.db, s.at.get(), store.SnapshotOptions{})
	if err != nil {
		return 0, err
	}
	defer snap.Close()
	if err := a.noticeStale(ctx, stmt.Query(), snap); err != nil {
		return 0, err
	}
	res, err := stmt.Run(ctx, snap, s.runOptions(w, snap))
	if err != nil {
		return 0, err
	}
	defer res.Close()
	a.printWarnings(res.Warnings())
	if stmt.Text() == s.last.text {
		s.last.fix = renamed(stmt.Text(), res.Warnings())
	}
	answer, err := render.From(res)
	if err != nil {
		return 0, err
	}
	s.last.tree = answer.Kind == query.Tree
	kept, err := answer.Collect(keptCells)
	switch {
	case errors.Is(err, render.ErrTooLarge):
		return s.stream(ctx, a, stmt, snap, w)
	case err != nil:
		return 0, err
	}
	s.last.answer = &kept
	if operator, blocked := res.Blocked(); blocked {
		s.last.blocked = operator
	}
	return a.show(kept, s.mode, false)
}

// renamed is a statement with the one name that a warning thinks was meant, or "".
func renamed(text string, warnings []plan.Warning) string {
	for _, w := range warnings {
		if len(w.Nearest) != 1 || w.Span.End > len(text) {
			continue
		}
		for i := w.Span.End - len(w.Name); i >= w.Span.Start; i-- {
			if !strings.EqualFold(text[i:i+len(w.Name)], w.Name) {
				continue
			}
			fix := text[:i] + w.Nearest[0] + text[i+len(w.Name):]
			if _, err := syntax.Parse(fix); err != nil {
				return "" // the name wants brackets or quotes
			}
			return fix
		}
	}
	return ""
}

// stream prints an answer that is too large to keep, from its beginning again.
func (s *session) stream(ctx context.Context, a *app, stmt *query.Stmt, snap *store.Snapshot, w when) (int, error) {
	res, err := stmt.Run(ctx, snap, s.runOptions(w, snap))
	if err != nil {
		return 0, err
	}
	defer res.Close()
	answer, err := render.From(res)
	if err != nil {
		return 0, err
	}
	return a.show(answer, s.mode, false)
}

// tally tells people how much there was, and how long it took if they want to
// know. Programs that read a script's answers count for themselves.
func (s *session) tally(n int, took time.Duration) {
	if !s.app.stdinTerminal && !s.timing {
		return
	}
	text := counted(n, s.last.tree)
	if s.timing {
		text += ", " + took.Round(10*time.Microsecond).String()
	}
	s.app.notice("%s", text)
}

// redirect is \o: what is printed goes to a file, or to stdout again.
func (s *session) redirect(_ context.Context, path string) error {
	if s.out != nil {
		err := s.out.Close()
		s.out = nil
		if err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	if path == "" {
		s.app.notice("output goes to stdout")
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("open output: %w", err)
	}
	s.out = f
	s.app.notice(`output goes to %s, until \o`, path)
	return nil
}

// showLast is \last: the last answer in another format.
func (s *session) showLast(_ context.Context, format string) error {
	if format == "" {
		format = s.mode
	}
	if err := render.CheckFormat(format); err != nil {
		return err
	}
	if s.last.answer == nil {
		return errors.New("there is no answer to show again")
	}
	return s.printed(func(a *app) error {
		_, err := a.show(*s.last.answer, format, false)
		return err
	})
}
