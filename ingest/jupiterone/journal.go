package jupiterone

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// LockedError says that another export to the same account is under way.
type LockedError struct{ Destination string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("another export to %s is under way", e.Destination)
}

// Hint says what to do.
func (e *LockedError) Hint() string { return "wait for it to end" }

// Folder is a Journal in a folder: for each destination a file with the last jobs,
// and a file that whoever exports holds locked. It belongs to a machine and not to
// a database, and lies where backups of the database do not reach.
type Folder struct{ Dir string }

// folderEntry is the content of a destination's file.
type folderEntry struct {
	Destination string            `json:"destination"`
	Jobs        map[string]string `json:"jobs"` // by scope
}

func (f Folder) path(destination, ending string) string {
	sum := sha256.Sum256([]byte(destination))
	return filepath.Join(f.Dir, fmt.Sprintf("%x%s", sum[:8], ending))
}

// Lock implements Journal. The lock ends with the process, however that ends.
func (f Folder) Lock(_ context.Context, destination string) (func(), error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock exports: %w", err)
	}
	unlock, err := lockFile(f.path(destination, ".lock"))
	switch {
	case errors.Is(err, errHeld):
		return nil, &LockedError{destination}
	case err != nil:
		return nil, fmt.Errorf("lock exports: %w", err)
	}
	return unlock, nil
}

// errHeld says that somebody else holds a lock.
var errHeld = errors.New("held by another process")

// LastJob implements Journal.
func (f Folder) LastJob(_ context.Context, destination, scope string) (string, error) {
	e, err := f.read(destination)
	return e.Jobs[scope], err
}

// SetLastJob implements Journal.
func (f Folder) SetLastJob(_ context.Context, destination, scope, job string) error {
	e, err := f.read(destination)
	if err != nil {
		return err
	}
	if e.Jobs == nil {
		e.Jobs = map[string]string{}
	}
	e.Destination, e.Jobs[scope] = destination, job
	b, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("write journal of exports: %w", err)
	}
	if err := f.replace(f.path(destination, ".json"), append(b, '\n')); err != nil {
		return fmt.Errorf("write journal of exports: %w", err)
	}
	return nil
}

func (f Folder) read(destination string) (folderEntry, error) {
	var e folderEntry
	b, err := os.ReadFile(f.path(destination, ".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &e)
	}
	if err != nil {
		return e, fmt.Errorf("read journal of exports %s: %w", f.path(destination, ".json"), err)
	}
	return e, nil
}

// replace writes a file so that it is the old or the new one at any moment.
func (f Folder) replace(path string, b []byte) error {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(f.Dir, ".journal-*") // 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // the error tells more
	}
	return err
}
