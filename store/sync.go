package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

// SyncOptions say how a run is merged.
type SyncOptions struct {
	Instance graph.Instance
	Started  time.Time // of the run; zero means when it is committed
	// AllowDeletes turns the deletion guard off.
	AllowDeletes bool
	// GuardShare (percent of a type) and GuardMin (objects) are what a run may
	// delete without it; 0 means DefaultGuardShare and DefaultGuardMin.
	GuardShare, GuardMin int
	// Derive, when set, makes the mapper's objects anew in the same version.
	// Without it they stay, but for what loses an end.
	Derive Derive
	// DryRun computes the whole Result and writes nothing.
	DryRun bool
	// Memory is how many bytes of what a run brings are held in memory, 0 for 384
	// MiB. What exceeds them waits in a temporary file beside the database, or, in a
	// dry run that cannot write there, in the system's folder for such files.
	Memory int64
	// Note says in the version what made it, when that was not a plain sync.
	Note string
}

func (o *SyncOptions) startedMillis() int64 {
	if o.Started.IsZero() {
		return 0
	}
	return o.Started.UnixMilli()
}

func (o *SyncOptions) setDefaults() {
	if o.GuardShare <= 0 {
		o.GuardShare = DefaultGuardShare
	}
	if o.GuardMin <= 0 {
		o.GuardMin = DefaultGuardMin
	}
}

// Outcome is how a run ended, for its record.
type Outcome struct {
	Steps   []graph.StepOutcome
	Outcome graph.Outcome
	// Rejected counts the objects that never came, and Invalid what validation
	// found wrong with those that did. The run record holds both.
	Rejected, Invalid int
}

// Sync is one run of one instance. Put may be called by several goroutines;
// Commit or Discard ends it.
type Sync struct {
	db  *DB
	opt SyncOptions

	mu     sync.RWMutex // held for reading by Put, for writing by what ends it
	stage  *stage.Stage
	secret [secretLen]byte // of stage
	done   bool
}

// Begin starts a run. It reads the file, so that a damaged or foreign one, or an
// instance of another provider, is known before anything is collected; it takes
// no lock that lasts and makes no file.
func (db *DB) Begin(ctx context.Context, opt SyncOptions) (*Sync, error) {
	if db.opt.ReadOnly && !opt.DryRun {
		return nil, fmt.Errorf("begin: %w", ErrReadOnly)
	}
	if err := graph.CheckInstance(opt.Instance.Name); err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	opt.setDefaults()
	var secret [secretLen]byte
	err := db.view(ctx, func(r *reader) (err error) {
		if err := checkProvider(r, opt.Instance); err != nil {
			return err
		}
		secret, err = r.secret()
		return err
	})
	if notFound := (*NotFoundError)(nil); errors.As(err, &notFound) {
		_, err = rand.Read(secret[:]) // of the file that Commit will make
	}
	if err != nil {
		return nil, err
	}
	st := stage.New(stage.Options{Instance: opt.Instance, Secret: secret, Budget: opt.Memory, TempFile: func() (*os.File, error) {
		return db.tempFile(opt.DryRun)
	}})
	return &Sync{db: db, opt: opt, stage: st, secret: secret}, nil
}

// tempFile makes a file beside the database for what does not fit in memory. A dry
// run makes no folder for it, and may be of a database beside which nobody writes:
// then the file is where temporary files of the system are.
func (db *DB) tempFile(dryRun bool) (*os.File, error) {
	dir := filepath.Dir(db.path)
	if !dryRun {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	f, err := os.CreateTemp(dir, tempPattern(db.path))
	if err != nil && dryRun {
		return os.CreateTemp("", tempPattern(db.path))
	}
	return f, err
}

// Put stages a batch and keeps nothing of it. An object that cannot be stored is
// reported in the Result and does not fail the batch; a malformed Complete or
// Partial does, because guessing at it could delete.
func (s *Sync) Put(ctx context.Context, b graph.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.done {
		return ErrDone
	}
	return s.stage.Put(&b)
}

// Commit merges what was staged, in one transaction, into at most one version.
// Without any change it records the run alone, and Result.Version is 0. After an
// error (a *GuardError, a *LockedError, what Derive returned) nothing was
// written, and Commit may be tried again; after success the Sync is done.
func (s *Sync) Commit(ctx context.Context, outcome Outcome) (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return Result{}, ErrDone
	}
	c := &commit{db: s.db, instance: s.opt.Instance, stage: s.stage, secret: s.secret, opt: s.opt, outcome: outcome}
	err := c.execute(ctx)
	s.secret = c.secret
	if err != nil {
		return Result{}, fmt.Errorf("commit %s: %w", s.opt.Instance.Name, err)
	}
	if !s.opt.DryRun {
		s.end()
	}
	return c.res, nil
}

// AllowDeletes turns the deletion guard off for the next Commit, after a person
// agreed to what a *GuardError said.
func (s *Sync) AllowDeletes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.AllowDeletes = true
}

// Discard drops what was staged. It is safe after Commit, for defer.
func (s *Sync) Discard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
}

func (s *Sync) end() {
	if !s.done {
		s.done = true
		_ = s.stage.Close() // what was staged is of no use any more
	}
}
