package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// ErrReadOnly is returned by every call that would write to a DB opened with
// Options.ReadOnly.
var ErrReadOnly = errors.New("the database is opened for reading only")

// ErrDone is returned by a Sync that was already committed or discarded.
var ErrDone = errors.New("the sync is already committed or discarded")

// NotFoundError says that there is no database: reading never creates one.
type NotFoundError struct{ Path string }

// Error implements error.
func (e *NotFoundError) Error() string { return fmt.Sprintf("there is no database at %s", e.Path) }

// CorruptError says that a file is damaged or is no store at all. Nothing was
// written to it.
type CorruptError struct {
	Path  string
	Where string // what was being read: "object of heroku-prod ..."
	Err   error
}

// Error implements error.
func (e *CorruptError) Error() string {
	if e.Where == "" {
		return fmt.Sprintf("%s is not a j1db database or is damaged: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("%s is damaged: read %s: %v", e.Path, e.Where, e.Err)
}

// Unwrap returns the cause.
func (e *CorruptError) Unwrap() error { return e.Err }

// FormatError says that a file is a store of a format that this program does not
// read.
type FormatError struct {
	Path       string
	Has, Wants uint64
}

// Error implements error.
func (e *FormatError) Error() string {
	return fmt.Sprintf("%s has format %d, this j1db reads format %d", e.Path, e.Has, e.Wants)
}

// LockedError says that another process kept the file locked for longer than
// Options.LockTimeout.
type LockedError struct {
	Path string
	PID  int // the writer that holds it, 0 when that is not known
}

// Error implements error.
func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("%s is locked by another process", e.Path)
	}
	return fmt.Sprintf("%s is locked by process %d", e.Path, e.PID)
}

// VersionError says that a version was asked for that does not exist or is no
// longer kept. Oldest and Newest are 0 when there is no version at all.
type VersionError struct {
	Asked          string // "version 3", "2026-01-31T00:00:00Z"
	Oldest, Newest uint64
	OldestTime     int64 // epoch milliseconds
}

// Error implements error.
func (e *VersionError) Error() string {
	if e.Newest == 0 {
		return fmt.Sprintf("%s does not exist: the database has no version yet", e.Asked)
	}
	return fmt.Sprintf("%s is not kept: the oldest version is %d of %s, the newest is %d",
		e.Asked, e.Oldest, formatTime(e.OldestTime), e.Newest)
}

// GuardError says that a run would delete suspiciously much. Nothing was
// committed.
type GuardError struct {
	Instance string
	Share    int // percent of a type that may go
	Types    []GuardedType
}

// GuardedType is one type of which too much would go.
type GuardedType struct {
	Kind        graph.Kind
	Type        string
	Deleted, Of int // objects that would go, and that the instance holds
}

// Error implements error.
func (e *GuardError) Error() string {
	parts := make([]string, len(e.Types))
	for i, t := range e.Types {
		parts[i] = fmt.Sprintf("%d of %d %s", t.Deleted, t.Of, t.Type)
	}
	return fmt.Sprintf("instance %s would lose more than %d %%: %s", e.Instance, e.Share, strings.Join(parts, ", "))
}

// HeldError says that a prune would pass a version that an export cursor or a
// pin still needs.
type HeldError struct {
	By      string // "cursor of my-account for heroku-prod", "pin audit-2026"
	Version uint64 // that it holds
	Asked   uint64 // that was to become the oldest
}

// Error implements error.
func (e *HeldError) Error() string {
	return fmt.Sprintf("version %d cannot become the oldest: the %s still needs version %d", e.Asked, e.By, e.Version)
}

// InstanceError says that an instance is unknown, or that a stored one belongs
// to another provider.
type InstanceError struct {
	Name       string
	Has, Wants string // providers, both empty when the instance is unknown
	Type       string // the type that an instance does not hold
}

// Error implements error.
func (e *InstanceError) Error() string {
	switch {
	case e.Type != "":
		return fmt.Sprintf("instance %s holds nothing of type %s", e.Name, e.Type)
	case e.Has != "":
		return fmt.Sprintf("instance %s belongs to provider %s, not to %s", e.Name, e.Has, e.Wants)
	}
	return fmt.Sprintf("instance %s is not in the database", e.Name)
}
