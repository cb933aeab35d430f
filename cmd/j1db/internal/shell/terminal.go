package shell

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/chzyer/readline"
)

// TerminalOptions configure the line editor.
type TerminalOptions struct {
	Stdin          io.ReadCloser
	Stdout, Stderr io.Writer
	// History is the file that keeps statements, "" for none. It is created with
	// mode 0600, its folder with 0700.
	History string
}

// terminal is a Source with a line editor.
type terminal struct{ r *readline.Instance }

// NewTerminal returns a Source that edits lines on a terminal.
func NewTerminal(o TerminalOptions) (Source, error) {
	if o.History != "" {
		if err := createPrivate(o.History); err != nil {
			return nil, fmt.Errorf("open history: %w", err)
		}
	}
	r, err := readline.NewEx(&readline.Config{
		Prompt: prompt, Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr,
		HistoryFile: o.History, HistoryLimit: 5000, HistorySearchFold: true,
		// Lines are no statements: Remember saves those.
		DisableAutoSaveHistory: true,
	})
	if err != nil {
		return nil, fmt.Errorf("start line editor: %w", err)
	}
	return &terminal{r}, nil
}

// createPrivate makes the file before the editor would make it readable by all.
func createPrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

func (t *terminal) Line(prompt string) (string, error) {
	t.r.SetPrompt(prompt)
	line, err := t.r.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", ErrInterrupted
	}
	return line, err
}

// Remember saves a statement as one line, which is all that the history can hold.
func (t *terminal) Remember(statement string) {
	// A history that cannot be written is no reason to stop working.
	_ = t.r.SaveHistory(strings.ReplaceAll(statement, "\n", " "))
}

func (t *terminal) Close() error { return t.r.Close() }
