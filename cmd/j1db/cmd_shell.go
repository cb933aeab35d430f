package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

func (a *app) shellCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "shell",
		Short: "Ask questions interactively, or run a script from stdin",
		Long: `Reads statements until they are complete; a semicolon or an empty line ends one
at once. \? lists the meta commands, \q or Ctrl-D leaves.

From a pipe or a file it runs a script: errors name the line, and the exit code
is that of the first error.`,
		Example: "  j1db shell\n  j1db shell < questions.j1ql",
		Args:    argsBetween(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runShell(cmd.Context()) },
	}
}

func (a *app) runShell(ctx context.Context) error {
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	s := &session{app: a, db: db, engine: query.New(query.Options{}), mode: "table"}
	o := shell.Options{Session: s}
	if !a.stdinTerminal {
		o.Source, o.Numbered = shell.NewScript(a.stdin), true
	} else {
		history, err := a.historyFile(db.Path())
		if err != nil {
			return err
		}
		o.Source, err = shell.NewTerminal(shell.TerminalOptions{Stdout: a.stdout, Stderr: a.stderr, History: history})
		if err != nil {
			return err
		}
		o.Interruptible = func(ctx context.Context) (context.Context, context.CancelFunc) {
			return signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt)
		}
		s.greet(ctx)
	}
	err = shell.Run(ctx, o)
	return s.exit(errors.Join(err, o.Source.Close()))
}

// historyFile is where statements about a database are remembered, "" when
// J1DB_HISTORY=off.
func (a *app) historyFile(db string) (string, error) {
	if strings.EqualFold(a.getenv("J1DB_HISTORY"), "off") {
		return "", nil
	}
	dir, err := a.stateDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(db))
	return filepath.Join(dir, "history-"+hex.EncodeToString(sum[:6])), nil
}

// session is what the shell works on. It opens the database anew for every
// statement, so that nothing is locked while a person thinks and each statement
// sees the newest version.
type session struct {
	app    *app
	db     *store.DB
	engine *query.Engine
	mode   string
	at     string
	timing bool
	failed error // the first error, already reported
}

func (s *session) greet(ctx context.Context) {
	v, err := s.db.Resolve(ctx, store.Latest)
	switch {
	case is[*store.NotFoundError](err):
		s.app.notice("%s does not exist yet: j1db sync fills it", s.db.Path())
	case err != nil:
		s.app.warn("%v", err)
	case v.Number == 0:
		s.app.notice("%s is empty", s.db.Path())
	default:
		s.app.notice(`%s, version %d of %s; \? helps`, s.db.Path(), v.Number, formatTime(v.Time))
	}
}

// Query implements shell.Session.
func (s *session) Query(ctx context.Context, text string) error {
	start := s.app.now()
	stmt, err := s.engine.Prepare(text)
	if err != nil {
		return err
	}
	snap, w, err := s.app.snapshot(ctx, s.db, s.at, store.SnapshotOptions{})
	if err != nil {
		return err
	}
	defer snap.Close()
	run := query.RunOptions{Now: s.app.now(), Variables: map[string]graph.Value{}, Memory: 1 << 30, Clock: s.app.now}
	if !w.time.IsZero() {
		run.Now = w.time
	}
	n, err := s.app.answer(ctx, stmt, snap, run, queryOptions{output: s.mode})
	if err != nil {
		return err
	}
	s.tally(stmt, n, s.app.now().Sub(start))
	return nil
}

// tally tells people how much there was, and how long it took if they want to
// know. Programs that read a script's answers count for themselves.
func (s *session) tally(stmt *query.Stmt, n int, took time.Duration) {
	if !s.app.stdinTerminal && !s.timing {
		return
	}
	what := "rows"
	if ret := stmt.Query().Return; ret != nil && ret.Tree {
		what = "entities"
	}
	if n == 1 {
		what = map[string]string{"rows": "row", "entities": "entity"}[what]
	}
	text := fmt.Sprintf("%d %s", n, what)
	if s.timing {
		text += ", " + took.Round(10*time.Microsecond).String()
	}
	s.app.notice("%s", text)
}

// Report implements shell.Session.
func (s *session) Report(err error, line int) {
	if s.failed == nil {
		s.failed = err
	}
	p := problemOf(err)
	where := "error"
	if line > 0 {
		where = fmt.Sprintf("line %d", line)
	}
	if errors.Is(err, context.Canceled) {
		p = problem{Message: "interrupted"}
	}
	fmt.Fprintln(s.app.stderr, s.app.onStderr(red, where+":")+" "+render.Clean(p.Message))
	if p.excerpt != "" {
		fmt.Fprintln(render.NewCleanWriter(s.app.stderr), strings.TrimRight(p.excerpt, "\n"))
	}
	if p.Hint != "" && !strings.Contains(p.Message, p.Hint) {
		fmt.Fprintln(s.app.stderr, "  "+render.Clean(p.Hint))
	}
}

// exit turns the end of the loop into the command's error: that of a script was
// reported when it happened and only gives the exit code.
func (s *session) exit(err error) error {
	if err == nil || s.failed == nil || !errors.Is(err, s.failed) {
		return err
	}
	return &silentError{exitCode(context.Background(), s.failed)}
}

// metaCommand is one command of the shell itself.
type metaCommand struct {
	name, args, help string
	run              func(s *session, ctx context.Context, args string) error
}

func metaCommands() []metaCommand {
	return []metaCommand{
		{"?", "", "list these commands", (*session).help},
		{"q", "", "leave", func(*session, context.Context, string) error { return shell.ErrQuit }},
		{"mode", "[FORMAT]", "set the output format: " + joinOr(render.Formats()), (*session).setMode},
		{"x", "", "switch between table and line", (*session).toggleLine},
		{"at", "[WHEN]", "ask an older version; without WHEN the newest again", (*session).setAt},
		{"timing", "", "show how long statements take, or stop it", (*session).toggleTiming},
		{"log", "", "list the versions", func(s *session, ctx context.Context, _ string) error { return s.app.runLog(ctx, "table", 20) }},
		{"d", "", "show the schema", func(s *session, ctx context.Context, _ string) error { return s.app.runSchema(ctx, s.at, "table") }},
		{"show", "KEY", "show one object", func(s *session, ctx context.Context, args string) error {
			return s.app.runShow(ctx, args, showOptions{at: s.at, output: "table"})
		}},
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
	s.at = args
	if w.latest() {
		s.at = ""
	}
	s.app.notice("version %d", v.Number)
	return nil
}

func (s *session) toggleTiming(context.Context, string) error {
	s.timing = !s.timing
	s.app.notice("timing is %s", map[bool]string{true: "on", false: "off"}[s.timing])
	return nil
}
