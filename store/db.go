package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"
)

// Options say how a DB works. They are copied by Open.
type Options struct {
	// ReadOnly refuses every write with ErrReadOnly.
	ReadOnly bool
	// LockTimeout bounds the wait for other processes; 0 means 5 seconds.
	LockTimeout time.Duration
	// At, when set, is called at named points of what writes: where a process that
	// dies is most worth a trial. The points are the Point constants.
	At func(point string)
	// Progress, unless it is nil, hears how far Check, Compact, Backup and Prune are:
	// done of total, which are numbers without a unit. It is called by one goroutine
	// at a time, and done never falls during one call.
	Progress func(done, total int64)
	// Now is the clock that dates versions and runs; nil means time.Now.
	Now func() time.Time
}

// The points of Options.At, in the order in which a commit or a compaction passes
// them. Nothing of it is in the file before PointSynced or PointRenamed.
const (
	PointMerged  = "merged"  // what a commit will write is known
	PointLocked  = "locked"  // the file is locked for writing
	PointWritten = "written" // the transaction holds all that it changes
	PointSynced  = "synced"  // the transaction is in the file, which is still locked
	PointCopied  = "copied"  // a compaction has written its new file
	PointRenamed = "renamed" // the new file has taken the place of the old one
)

const defaultLockTimeout = 5 * time.Second

// DB is a store file by name. It holds neither the file nor its lock between
// calls, so it need not be closed, and many processes may have one. Its methods
// may be called by several goroutines at once.
type DB struct {
	path string
	opt  Options

	mu    sync.Mutex // guards cache
	cache []*edition
}

// Open returns the DB of the file at path. It does not touch the file: what is
// wrong with it is the error of the first call that reads it. The file and its
// folder are made by the first commit, never by a read.
func Open(path string, opt Options) (*DB, error) {
	if path == "" {
		return nil, errors.New("open database: the path is empty")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if opt.LockTimeout <= 0 {
		opt.LockTimeout = defaultLockTimeout
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &DB{path: abs, opt: opt}, nil
}

// Path returns the absolute path of the file.
func (db *DB) Path() string { return db.path }

// Observed returns a DB of the same file that tells progress how far it is.
func (db *DB) Observed(progress func(done, total int64)) *DB {
	opt := db.opt
	opt.Progress = progress
	return &DB{path: db.path, opt: opt}
}

// at passes a point.
func (db *DB) at(point string) {
	if db.opt.At != nil {
		db.opt.At(point)
	}
}

func (db *DB) now() int64 { return db.opt.Now().UnixMilli() }
