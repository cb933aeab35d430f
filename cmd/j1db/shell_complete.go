package main

import (
	"context"
	"os"
	"slices"

	"golang.org/x/term"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// A snapshot is what completion asks.
var _ shell.Catalog = (*store.Snapshot)(nil)

// completer tells what TAB offers in a session.
func (s *session) completer() *shell.Completer {
	var commands []shell.Command
	for _, c := range metaCommands() {
		k := shell.Command{Name: c.name, Args: c.args, Help: c.help, Statement: c.args == "[QUERY]"}
		if c.complete != nil {
			k.Complete = func(prefix string) []shell.Candidate { return c.complete(s, prefix) }
		}
		commands = append(commands, k)
	}
	return shell.NewCompleter(shell.CompleterOptions{
		Open: s.openCatalog, Commands: commands,
		Parameters: func() []string { return sortedKeys(s.vars.all()) },
	})
}

// openCatalog opens what statements are asked of, for one TAB.
func (s *session) openCatalog(ctx context.Context) (shell.Catalog, func(), error) {
	snap, _, err := s.app.snapshot(ctx, s.db, s.at.get(), store.SnapshotOptions{})
	if err != nil {
		return nil, nil, err
	}
	return snap, func() { _ = snap.Close() }, nil
}

func completeFormat(*session, string) []shell.Candidate {
	return shell.Words("format", render.Formats()...)
}

func completeFile(_ *session, prefix string) []shell.Candidate { return shell.Files(prefix) }

// completeType lists the types of entities.
func completeType(s *session, _ string) []shell.Candidate {
	snap, done, err := s.openCatalog(context.Background())
	if err != nil {
		return nil
	}
	defer done()
	types, err := snap.Types(context.Background())
	if err != nil {
		return nil
	}
	var names []string
	for _, t := range types {
		if t.Kind == graph.EntityKind {
			names = append(names, t.Type)
		}
	}
	slices.Sort(names)
	return shell.Words("type", names...)
}

// terminalSize is how much fits the terminal, 0 where unknown.
func (a *app) terminalSize() (width, height int) {
	f, ok := a.stdout.(*os.File)
	if !ok {
		return 0, 0
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}
