package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Session is what the shell works on.
type Session interface {
	// Query answers one statement and prints the result.
	Query(ctx context.Context, text string) error
	// Meta runs one meta command, its name without the backslash. ErrQuit leaves
	// the shell.
	Meta(ctx context.Context, name, args string) error
	// Report prints an error of a statement that began on a line of the input; 0
	// is a terminal, where no number helps. It returns the corrected statement, to
	// be recalled, or "".
	Report(err error, line int) (fix string)
	// Prompt stands before a statement.
	Prompt() string
}

// ErrQuit is returned by Session.Meta to leave the shell.
var ErrQuit = errors.New("quit")

// Source yields lines. Prompt is shown where there is somebody to see it.
type Source interface {
	// Line returns the next line without its end, io.EOF after the last, or
	// ErrInterrupted when a person gave up the line. Before is the statement so far.
	// What was pasted may hold several lines.
	Line(prompt, before string) (string, error)
	// Remember adds a whole statement to the history.
	Remember(statement string)
	Close() error
}

// ErrInterrupted is returned by Source.Line when Ctrl-C was pressed.
var ErrInterrupted = errors.New("interrupted")

// Options say how a loop runs.
type Options struct {
	Session Session
	Source  Source
	// Numbered says that errors name the line on which their statement began.
	Numbered bool
	// Interruptible returns a context that Ctrl-C ends, for one statement.
	Interruptible func(context.Context) (context.Context, context.CancelFunc)
}

// continued ends the prompt of a further line, in place of what ends the first's.
const continued = "..> "

// Run reads and runs statements until the input ends or a command leaves the
// shell. It returns the first error of a statement when the input is numbered (a
// script), else nil; errors of the Source are returned as they are.
func Run(ctx context.Context, o Options) error {
	l := &loop{Options: o}
	for ctx.Err() == nil {
		p := o.Session.Prompt()
		if l.text.Len() > 0 {
			p = spaces(utf8.RuneCountInString(p)-len(continued)) + continued
		}
		line, err := o.Source.Line(p, l.text.String())
		switch {
		case errors.Is(err, ErrInterrupted):
			l.text.Reset()
			continue
		case errors.Is(err, io.EOF):
			return l.end(ctx)
		case err != nil:
			return fmt.Errorf("read line: %w", err)
		}
		l.number++
		if ctx.Err() != nil {
			break // the line was cut short
		}
		if err := l.lines(ctx, line); errors.Is(err, ErrQuit) {
			return l.failed
		}
	}
	return ctx.Err()
}

// loop is the state between lines.
type loop struct {
	Options
	text   strings.Builder // of the unfinished statement
	number int             // of the last line
	began  int             // line of the unfinished statement
	failed error           // the first error of a script
}

// lines takes what was typed or pasted. Pasted lines are read as a script's are,
// and what they leave is run if it is whole.
func (l *loop) lines(ctx context.Context, text string) error {
	if !strings.Contains(text, "\n") {
		return l.take(ctx, text, l.Numbered)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if err := l.take(ctx, line, true); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	if l.text.Len() > 0 && complete(l.text.String()) {
		return l.statement(ctx)
	}
	return nil
}

// take adds a line and runs what it completes. In a script a statement ends where
// the next one begins; a person's, as soon as it is complete.
func (l *loop) take(ctx context.Context, line string, script bool) error {
	trimmed := strings.TrimSpace(line)
	if script && l.text.Len() > 0 && begins(trimmed) && complete(l.text.String()) {
		if err := l.statement(ctx); err != nil {
			return err
		}
	}
	if l.text.Len() == 0 {
		if trimmed == "" || script && isComment(trimmed) {
			return nil
		}
		l.began = l.number
		if name, args, ok := metaCommand(trimmed); ok {
			l.Source.Remember(trimmed)
			return l.run(ctx, func(ctx context.Context) error { return l.Session.Meta(ctx, name, args) })
		}
	} else {
		l.text.WriteByte('\n')
	}
	l.text.WriteString(line)
	if trimmed == "" || strings.HasSuffix(trimmed, ";") || !script && complete(l.text.String()) {
		return l.statement(ctx)
	}
	return nil
}

// begins reports whether a line of a script begins a statement or a command, so
// that what stands before it has ended: it may go on with WHERE or RETURN on the
// next line.
func begins(line string) bool {
	if _, _, ok := metaCommand(line); ok {
		return true
	}
	word, _, _ := strings.Cut(line, " ")
	return strings.EqualFold(word, "FIND") || strings.HasPrefix(line, `"`) || strings.HasPrefix(line, "'")
}

// end runs a statement that the end of a script leaves unfinished.
func (l *loop) end(ctx context.Context) error {
	if l.Numbered && strings.TrimSpace(l.text.String()) != "" {
		if err := l.statement(ctx); errors.Is(err, ErrQuit) {
			return l.failed
		}
	}
	return l.failed
}

func (l *loop) statement(ctx context.Context) error {
	text := strings.TrimSpace(l.text.String())
	l.text.Reset()
	l.Source.Remember(text)
	return l.run(ctx, func(ctx context.Context) error { return l.Session.Query(ctx, text) })
}

// run runs one thing and reports its error; only ErrQuit is returned.
func (l *loop) run(ctx context.Context, f func(context.Context) error) error {
	if l.Interruptible != nil {
		var stop context.CancelFunc
		ctx, stop = l.Interruptible(ctx)
		defer stop()
	}
	err := f(ctx)
	if err == nil || errors.Is(err, ErrQuit) {
		return err
	}
	line := 0
	if l.Numbered {
		line = l.began
		if l.failed == nil {
			l.failed = err
		}
	}
	if fix := l.Session.Report(err, line); fix != "" {
		l.Source.Remember(fix)
	}
	return nil
}

// isComment reports whether a line of a script is for people alone. J1QL itself
// has only /* */.
func isComment(line string) bool {
	return strings.HasPrefix(line, "--") || strings.HasPrefix(line, "//")
}

// metaCommand splits \name args, or .name args: other shells taught people dots.
func metaCommand(line string) (name, args string, ok bool) {
	if line == "" || line[0] != '\\' && line[0] != '.' {
		return "", "", false
	}
	name, args, _ = strings.Cut(line[1:], " ")
	return name, strings.TrimSpace(args), true
}
