package main

import (
	"context"
	"fmt"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/query/render"
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
	return []metaCommand{
		{"?", "", "list these commands", (*session).help, nil},
		{"q", "", "leave", func(*session, context.Context, string) error { return shell.ErrQuit }, nil},
		{"mode", "[FORMAT]", "set the output format: " + joinOr(render.Formats()), (*session).setMode, completeFormat},
		{"x", "", "switch between table and line", (*session).toggleLine, nil},
		{"at", "[WHEN]", "ask an older version; without WHEN the newest again", (*session).setAt, nil},
		{"timing", "", "show how long statements take, or stop it", (*session).toggleTiming, nil},
		{"log", "", "list the versions", func(s *session, ctx context.Context, _ string) error { return s.app.runLog(ctx, "table", 20) }, nil},
		{"d", "", "show the schema", func(s *session, ctx context.Context, _ string) error {
			return s.app.runSchema(ctx, s.at.get(), "table")
		}, nil},
		{"show", "KEY", "show one object", func(s *session, ctx context.Context, args string) error {
			return s.app.runShow(ctx, args, showOptions{at: s.at.get(), output: "table"})
		}, nil},
	}
}

// aliases of meta commands that other shells taught people.
var aliases = map[string]string{"help": "?", "h": "?", "quit": "q", "exit": "q", "schema": "d"}

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
	return &usageError{fmt.Errorf(`there is no command \%s%s`, name, didYouMean(name, names)), `\? lists them`}
}

func (s *session) help(context.Context, string) error {
	w := newColumns(s.app.stdout)
	for _, c := range metaCommands() {
		w.row(`\`+c.name+" "+c.args, c.help)
	}
	w.flush()
	return nil
}

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
