package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/query/render"
)

// savedName is what a saved query may be called: a file's name everywhere.
var savedName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`) })

const savedSuffix = ".j1ql"

func (a *app) savedDir() (string, error) {
	dir, err := a.dataDir()
	return filepath.Join(dir, "queries"), err
}

// saved lists the names of the saved queries.
func (a *app) saved() ([]string, error) {
	dir, err := a.savedDir()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list saved queries: %w", err)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), savedSuffix); ok && savedName().MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

func (a *app) readSaved(name string) (string, error) {
	names, err := a.saved()
	if err != nil {
		return "", err
	}
	dir, err := a.savedDir()
	if err != nil {
		return "", err
	}
	if !savedName().MatchString(name) {
		return "", &notFoundError{fmt.Sprintf("no query is saved as %q", name), `\queries lists them`}
	}
	b, err := os.ReadFile(filepath.Join(dir, name+savedSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		return "", &notFoundError{fmt.Sprintf("no query is saved as %q%s", name, didYouMean(name, names)), `\queries lists them`}
	}
	if err != nil {
		return "", fmt.Errorf("read saved query: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// save is \save NAME [QUERY].
func (s *session) save(_ context.Context, args string) error {
	name, text, _ := strings.Cut(args, " ")
	if !savedName().MatchString(name) {
		return &usageError{fmt.Errorf(`\save wants a name of letters, digits, - and _, not %q`, name), `example: \save stale-users`}
	}
	text, err := s.statement(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	dir, err := s.app.savedDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("save query: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+savedSuffix), []byte(text+"\n"), 0o600); err != nil {
		return fmt.Errorf("save query: %w", err)
	}
	s.app.notice(`saved; \run %s runs it`, name)
	return nil
}

// runSaved is \run NAME.
func (s *session) runSaved(ctx context.Context, name string) error {
	text, err := s.app.readSaved(name)
	if err != nil {
		return err
	}
	return s.Query(ctx, text)
}

// listSaved is \queries.
func (s *session) listSaved(context.Context, string) error {
	names, err := s.app.saved()
	if err != nil {
		return err
	}
	return s.printed(func(a *app) error {
		c := newColumns(a.stdout)
		for _, name := range names {
			text, err := a.readSaved(name)
			if err != nil {
				return err
			}
			c.row(name, render.Clean(strings.Join(strings.Fields(text), " ")))
		}
		c.flush()
		return nil
	})
}

func completeSaved(s *session, _ string) []shell.Candidate {
	names, err := s.app.saved()
	if err != nil {
		return nil
	}
	return shell.Words("saved query", names...)
}
