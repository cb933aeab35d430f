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
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store"
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
	if a.stdinTerminal {
		return a.runTerminal(ctx, s, o)
	}
	o.Source, o.Numbered = shell.NewScript(a.stdin), true
	err = shell.Run(ctx, o)
	return s.exit(errors.Join(err, o.Source.Close(), s.close()))
}

// runTerminal runs the shell for a person. Ctrl-C ends a statement and not the
// shell; a signal to terminate ends the line that is being typed, too.
func (a *app) runTerminal(ctx context.Context, s *session, o shell.Options) error {
	stdin, ok := a.stdin.(*os.File)
	if !ok {
		return errors.New("start line editor: stdin is no terminal")
	}
	var err error
	if s.history, err = a.historyFile(s.db.Path()); err != nil {
		return err
	}
	completer := s.completer()
	o.Source, err = shell.NewTerminal(shell.TerminalOptions{
		Stdin: stdin, Stdout: a.stdout, Stderr: a.stderr, Size: a.terminalSize,
		History: s.history, Complete: completer.Complete,
	})
	if err != nil {
		return err
	}
	s.remember = o.Source.Remember
	o.Interruptible = func(ctx context.Context) (context.Context, context.CancelFunc) {
		return signal.NotifyContext(ctx, os.Interrupt)
	}
	// Between statements an interrupt ends nothing, however many come.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	var closing sync.Once
	closeSource := func() (err error) {
		closing.Do(func() { err = o.Source.Close() })
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = closeSource() })()
	defer completer.Close()
	completer.Warm()
	s.greet(ctx)
	err = shell.Run(ctx, o)
	return errors.Join(err, closeSource(), s.close())
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
	at     guarded
	timing bool
	failed error // the first error, already reported

	history string // the file of statements, "" for none
	out     *os.File
	last    asked
	vars    variables
	// remember adds a statement to the history.
	remember func(string)
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

// Prompt implements shell.Session: who asks an older version should see it.
func (s *session) Prompt() string {
	if at := s.at.get(); at != "" {
		return "j1ql@" + render.Clean(at) + "> "
	}
	return "j1ql> "
}

// Report implements shell.Session.
func (s *session) Report(err error, line int) string {
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
	return s.offer(err)
}

// offer names the corrected statement where there is exactly one.
func (s *session) offer(err error) string {
	fix := ""
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		fix = e.Fix
	}
	if e, ok := errors.AsType[*syntax.ValidationError](err); ok {
		fix = e.Fix
	}
	if fix != "" && s.app.stdinTerminal {
		s.recallable(fix)
	}
	return fix
}

// recallable tells of a corrected statement.
func (s *session) recallable(fix string) {
	s.app.notice("  the up arrow recalls it corrected: %s", strings.Join(strings.Fields(fix), " "))
}

// guarded is a text that completion reads while the shell may change it.
type guarded struct {
	mu   sync.Mutex
	text string
}

func (g *guarded) get() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text
}

func (g *guarded) set(text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.text = text
}

// close ends what \o began.
func (s *session) close() error {
	if s.out == nil {
		return nil
	}
	return s.out.Close()
}

// exit turns the end of the loop into the command's error: that of a script was
// reported when it happened and only gives the exit code.
func (s *session) exit(err error) error {
	if err == nil || s.failed == nil || !errors.Is(err, s.failed) {
		return err
	}
	return &silentError{exitCode(context.Background(), s.failed)}
}
