package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/query/syntax"
)

// metaCommand is one command of the shell itself.
type metaCommand struct {
	name, args, help string
	run              func(s *session, ctx context.Context, args string) error
	// complete lists what fits the argument; nil without completion.
	complete func(s *session, prefix string) []shell.Candidate
}

// metaCommands lists them in the order of the help.
func metaCommands() []metaCommand {
	return slices.Concat(askingCommands(), graphCommands(), sessionCommands())
}

// askingCommands are about statements and answers.
func askingCommands() []metaCommand {
	return []metaCommand{
		{"explain", "[QUERY]", "show the plan of a statement, of the last one without; \\explain analyze runs it", (*session).explain, nil},
		{"last", "[FORMAT]", "show the last answer again, in another format", (*session).showLast, completeFormat},
		{"graph", "FILE", "write what the last statement goes over as a drawing for Graphviz", (*session).writeGraph, completeFile},
		{"watch", "SECONDS [TIMES]", "run the last statement again and again, until Ctrl-C", (*session).watch, nil},
		{"e", "[QUERY]", "edit the last statement in $EDITOR, then run it", (*session).editStatement, nil},
		{"save", "NAME [QUERY]", "keep the last statement under a name", (*session).save, completeSaved},
		{"run", "NAME", "run what was saved", (*session).runSaved, completeSaved},
		{"queries", "", "list what was saved", (*session).listSaved, nil},
		{"ask", "[ID]", "answer a question that comes with j1db, or list them", (*session).ask, completeQuestion},
		{"set", "[NAME VALUE]", "set a parameter ${NAME}; without VALUE remove it, without NAME list them", (*session).setVariable, nil},
		{"history", "[N]", "list the last statements", (*session).showHistory, nil},
	}
}

// graphCommands are about what there is to ask.
func graphCommands() []metaCommand {
	return []metaCommand{
		{"d", "[TYPE]", "show the schema, or one type with its commonest values", (*session).describe, completeType},
		{"types", "", "list the types", (*session).listTypes, nil},
		{"verbs", "[TYPE]", "list what joins what", (*session).listVerbs, completeType},
		{"show", "KEY", "show one object", (*session).showObject, nil},
		{"log", "", "list the versions", (*session).showLog, nil},
		{"diff", "[FROM [TO]]", "show what changed, in the last version without arguments", (*session).showDiff, nil},
		{"at", "[WHEN]", "ask an older version; without WHEN the newest again", (*session).setAt, nil},
		{"refresh", "", "ask the newest version, and read it anew", (*session).refresh, nil},
	}
}

// sessionCommands are about the shell.
func sessionCommands() []metaCommand {
	return []metaCommand{
		{"mode", "[FORMAT]", "set the output format: " + joinOr(render.Formats()), (*session).setMode, completeFormat},
		{"x", "", "switch between table and line", (*session).toggleLine, nil},
		{"o", "[FILE]", "write answers to a file; without FILE to the terminal again", (*session).redirect, completeFile},
		{"timing", "", "show how long statements take, or stop it", (*session).toggleTiming, nil},
		{"?", "", "list these commands", (*session).help, nil},
		{"q", "", "leave", func(*session, context.Context, string) error { return shell.ErrQuit }, nil},
	}
}

// aliases of meta commands that other shells taught people.
var aliases = map[string]string{
	"help": "?", "h": "?", "quit": "q", "exit": "q", "schema": "d", "tables": "types", "output": "o",
	"edit": "e", "timer": "timing", "questions": "ask",
}

// Meta implements shell.Session.
func (s *session) Meta(ctx context.Context, name, args string) error {
	if full, ok := aliases[name]; ok {
		name = full
	}
	var names []string
	for _, c := range metaCommands() {
		if c.name == name {
			return c.run(s, ctx, args)
		}
		names = append(names, c.name)
	}
	message := `there is no command \` + name
	if near := syntax.Nearest(name, names); len(near) > 0 {
		message += `; did you mean \` + strings.Join(near, ` or \`) + "?"
	}
	return &usageError{errors.New(message), `\? lists them`}
}

func (s *session) help(context.Context, string) error {
	return s.printed(func(a *app) error {
		wide := 0
		for _, c := range metaCommands() {
			wide = max(wide, len(c.name)+len(c.args))
		}
		for _, part := range []struct {
			heading  string
			commands []metaCommand
		}{{"Statements and answers", askingCommands()}, {"What there is to ask", graphCommands()}, {"This shell", sessionCommands()}} {
			fmt.Fprintln(a.stdout, part.heading)
			for _, c := range part.commands {
				fmt.Fprintf(a.stdout, "  \\%-*s  %s\n", wide+1, c.name+" "+c.args, c.help)
			}
		}
		fmt.Fprintln(a.stdout, helpKeys)
		return nil
	})
}

const helpKeys = `Keys
  TAB             shows what may stand here; names and values come from the graph
  up, down        recall statements, those that begin as the line does
  Ctrl-R          searches them
  Ctrl-C, Ctrl-D  gives up the line or the statement that runs; leaves`

func (s *session) setMode(_ context.Context, args string) error {
	if args == "" {
		s.app.notice("mode %s", s.mode)
		return nil
	}
	if err := render.CheckFormat(args); err != nil {
		return err
	}
	s.mode = args
	s.app.notice("mode %s", s.mode)
	return nil
}

func (s *session) toggleLine(context.Context, string) error {
	if s.mode == "line" {
		s.mode = "table"
	} else {
		s.mode = "line"
	}
	s.app.notice("mode %s", s.mode)
	return nil
}

func (s *session) setAt(ctx context.Context, args string) error {
	w, err := parseWhen(args, s.app.now())
	if err != nil {
		return err
	}
	v, err := s.db.Resolve(ctx, w.at())
	if err != nil {
		return err
	}
	if w.latest() {
		args = ""
	}
	s.at.set(args)
	s.app.notice("version %d", v.Number)
	return nil
}

func (s *session) toggleTiming(context.Context, string) error {
	s.timing = !s.timing
	s.app.notice("timing is %s", map[bool]string{true: "on", false: "off"}[s.timing])
	return nil
}

func (s *session) showObject(ctx context.Context, args string) error {
	if args == "" {
		return usageErrorf(`\show wants a key or an _id`)
	}
	return s.printed(func(a *app) error {
		return a.runShow(ctx, args, showOptions{at: s.at.get(), output: "table"})
	})
}

func (s *session) showLog(ctx context.Context, _ string) error {
	return s.printed(func(a *app) error { return a.runLog(ctx, "table", 0) })
}

func (s *session) showDiff(ctx context.Context, args string) error {
	words := strings.Fields(args)
	if len(words) > 2 {
		return usageErrorf(`\diff wants at most two versions or times`)
	}
	return s.printed(func(a *app) error { return a.runDiff(ctx, words, diffOptions{output: "table"}) })
}

// forget drops what was prepared and answered.
func (s *session) forget() {
	s.engine = query.New(query.Options{})
	s.last = asked{text: s.last.text}
}
