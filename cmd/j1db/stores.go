package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store"
)

// A snapshot is what queries are asked of: neither side knows the other.
var (
	_ query.Graph    = (*store.Snapshot)(nil)
	_ query.Stamped  = (*store.Snapshot)(nil)
	_ exec.Adjacent  = (*store.Snapshot)(nil)
	_ exec.Columnar  = (*store.Snapshot)(nil)
	_ exec.Tabled    = (*store.Snapshot)(nil)
	_ plan.Selective = (*store.Snapshot)(nil)
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

// openExisting is openConfigured for commands that write and must not make a
// database where there is none.
func (a *app) openExisting(ctx context.Context) (*store.DB, error) {
	db, err := a.openConfigured()
	if err != nil {
		return nil, err
	}
	_, err = db.Resolve(ctx, store.Latest)
	return db, err
}

// checkWritable finds out before anything is collected that nothing could be
// committed.
func checkWritable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the database cannot be written: %w", err)
	}
	dir := filepath.Dir(path)
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	probe, err := os.CreateTemp(dir, ".j1db-*")
	if err != nil {
		return fmt.Errorf("no database can be made in %s: %w", filepath.Dir(path), err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
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
