package main

import (
	"context"
	"fmt"
	"os"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store"
)

// A snapshot is what queries are asked of: neither side knows the other.
var (
	_ query.Graph   = (*store.Snapshot)(nil)
	_ query.Stamped = (*store.Snapshot)(nil)
	_ exec.Adjacent = (*store.Snapshot)(nil)
)

// openStore opens the configured database.
func (a *app) openStore(cfg *config) (*store.DB, error) {
	return store.Open(cfg.db.value, store.Options{LockTimeout: a.flags.lockTimeout, Now: a.now})
}

// openConfigured loads the configuration for commands that only want the store.
func (a *app) openConfigured() (*store.DB, error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	a.warnAll(cfg.warnings)
	return a.openStore(cfg)
}

// snapshot opens the version that --at names.
func (a *app) snapshot(ctx context.Context, db *store.DB, at string, opt store.SnapshotOptions) (*store.Snapshot, when, error) {
	w, err := parseWhen(at, a.now())
	if err != nil {
		return nil, w, err
	}
	s, err := db.Snapshot(ctx, w.at(), opt)
	return s, w, err
}

// at translates to the store's own way of naming a version.
func (w when) at() store.At {
	switch {
	case w.version != 0:
		return store.AtVersion(w.version)
	case !w.time.IsZero():
		return store.AtTime(w.time)
	}
	return store.Latest
}

// readInput returns the text of -f FILE, of - (stdin) or of an argument.
func (a *app) readInput(file string, args []string) (string, error) {
	switch {
	case file != "" && len(args) > 0:
		return "", usageErrorf("give the query as an argument or with -f, not both")
	case file == "-" || file == "" && len(args) == 1 && args[0] == "-":
		return a.readAll()
	case file != "":
		b, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("read query: %w", err)
		}
		return string(b), nil
	case len(args) == 1:
		return args[0], nil
	case len(args) == 0 && !a.stdinTerminal:
		return a.readAll()
	}
	return "", &usageError{fmt.Errorf("no query given"), `example: j1db query "FIND heroku_team THAT OWNS heroku_application"`}
}
