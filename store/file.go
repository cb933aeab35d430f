package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Steps in which a lock is asked for again: short at first, because most holders
// are gone within a millisecond.
const (
	firstLockWait = time.Millisecond
	longestWait   = 20 * time.Millisecond
	// longestCourtesy is how long a reader makes way for a writer that waits.
	longestCourtesy = 40 * time.Millisecond
	// growth is the step in which the file grows; bbolt's own 16 MiB would make
	// every small database large.
	growth = 1 << 20
)

// handle is the file, open and locked.
type handle struct {
	bolt *bolt.DB
	file *os.File
	tx   *bolt.Tx
	note string // the sidecar that names this process, "" if there is none
}

// view calls f with a read transaction. Nothing that points into the file may
// leave f.
func (db *DB) view(ctx context.Context, f func(*reader) error) error {
	return db.guard(func() error {
		h, err := db.acquire(ctx, false)
		if err != nil {
			return err
		}
		defer h.release()
		r, err := db.begin(h)
		if err != nil {
			return err
		}
		return f(r)
	})
}

// update calls f with the only write transaction and commits it, unless f fails.
// It makes the file when there is none.
func (db *DB) update(ctx context.Context, f func(*reader) error) error {
	if db.opt.ReadOnly {
		return ErrReadOnly
	}
	if err := db.create(nil); err != nil {
		return err
	}
	return db.guard(func() error {
		h, err := db.acquire(ctx, true)
		if err != nil {
			return err
		}
		defer h.release()
		db.at(PointLocked)
		r, err := db.begin(h)
		if err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
		db.at(PointWritten)
		if err := h.tx.Commit(); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		db.at(PointSynced)
		return nil
	})
}

// begin starts the transaction of h and refuses files that are not of this
// format.
func (db *DB) begin(h *handle) (*reader, error) {
	tx, err := h.bolt.Begin(!h.bolt.IsReadOnly())
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	h.tx = tx
	info, err := h.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	// bbolt maps the file without looking at its length: reading beyond its end
	// would be a fault.
	if tx.Size() > info.Size() {
		return nil, &CorruptError{Path: db.path, Err: fmt.Errorf("it is cut off: %d of %d bytes", info.Size(), tx.Size())}
	}
	if err := checkTrees(h.file, tx); err != nil {
		return nil, &CorruptError{Path: db.path, Err: err}
	}
	r, err := newReader(db.path, tx)
	if err != nil {
		return nil, err
	}
	r.file, r.raw = info, h.file
	return r, nil
}

// acquire opens the file with a shared or an exclusive lock, waiting for others.
// Locks are not granted in turn: a writer among many readers would hardly ever
// find a moment without any, so readers wait a little for a writer that waits.
func (db *DB) acquire(ctx context.Context, write bool) (*handle, error) {
	deadline := time.Now().Add(db.opt.LockTimeout)
	wait, polite, announced := firstLockWait, !write, false
	defer func() {
		if announced {
			os.Remove(waitPath(db.path))
		}
	}()
	for {
		if polite && writerWaits(db.path) {
			polite = false // once is enough: the sidecar may be a dead writer's
			if err := db.makeWay(ctx); err != nil {
				return nil, err
			}
		}
		h, err := db.tryAcquire(write)
		if err == nil || !errors.Is(err, berrors.ErrTimeout) {
			return h, err
		}
		if time.Now().After(deadline) {
			return nil, &LockedError{Path: db.path, PID: holder(db.path)}
		}
		if write {
			announce(db.path)
			announced = true
		}
		if err := pause(ctx, wait); err != nil {
			return nil, err
		}
		wait = min(2*wait, longestWait)
	}
}

// makeWay waits until no writer waits any more, but not for long.
func (db *DB) makeWay(ctx context.Context) error {
	for end := time.Now().Add(longestCourtesy); time.Now().Before(end) && writerWaits(db.path); {
		if err := pause(ctx, firstLockWait); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// tryAcquire opens the file once; ErrTimeout means that somebody holds its lock.
func (db *DB) tryAcquire(write bool) (*handle, error) {
	if err := db.inspect(); err != nil {
		return nil, err
	}
	h := &handle{}
	defer func() {
		// bbolt may panic while it reads damaged pages; the lock must not stay.
		if h.bolt == nil && h.file != nil {
			abandon(h.file)
		}
	}()
	opt := &bolt.Options{
		ReadOnly:     !write,
		Timeout:      time.Nanosecond, // one try
		FreelistType: bolt.FreelistMapType,
		NoStatistics: true,
		OpenFile: func(path string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(path, flag&^os.O_CREATE, mode)
			h.file = f
			return f, err
		},
	}
	b, err := bolt.Open(db.path, 0o600, opt)
	if err != nil {
		return nil, db.openError(err)
	}
	h.bolt = b
	b.AllocSize = growth
	// Compaction replaces the file: a lock on the old one protects nothing.
	if !sameFile(h.file, db.path) {
		h.release()
		return nil, berrors.ErrTimeout
	}
	if write {
		h.note = writeHolder(db.path)
	}
	return h, nil
}

// inspect refuses what bbolt would otherwise initialise or not name well.
func (db *DB) inspect() error {
	info, err := os.Stat(db.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &NotFoundError{Path: db.path}
	case err != nil:
		return fmt.Errorf("open database: %w", err)
	case info.IsDir():
		return &CorruptError{Path: db.path, Err: errors.New("it is a folder")}
	case !info.Mode().IsRegular():
		return &CorruptError{Path: db.path, Err: errors.New("it is not a regular file")}
	case info.Size() == 0:
		return &CorruptError{Path: db.path, Err: errors.New("it is empty")}
	}
	return nil
}

func (db *DB) openError(err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return &NotFoundError{Path: db.path}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrExist):
		return fmt.Errorf("open database: %w", err)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return &CorruptError{Path: db.path, Err: err}
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return fmt.Errorf("open database: %w", err)
	}
	return &CorruptError{Path: db.path, Err: err}
}

// release ends the transaction, if it was not committed, and gives up the lock.
// The sidecar goes first: it must not outlive the lock that it explains.
func (h *handle) release() {
	if h.note != "" {
		os.Remove(h.note)
	}
	if h.rollback() {
		_ = h.bolt.Close()
		return
	}
	// The transaction is stuck, and closing would wait for it.
	abandon(h.file)
}

// rollback reports whether the transaction ended: doing so reads the free list,
// which may be damaged.
func (h *handle) rollback() (ended bool) {
	if h.tx == nil {
		return true
	}
	defer func() { _ = recover() }()
	_ = h.tx.Rollback()
	return true
}

func sameFile(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}

// create makes an empty store, whole or not at all: it appears under its name
// only when it is one. Its hashes are keyed with secret, or, without one, with a
// random one.
func (db *DB) create(secret *[secretLen]byte) error {
	if _, err := os.Stat(db.path); !errors.Is(err, fs.ErrNotExist) {
		return nil // whatever it is, acquire will say so
	}
	dir := filepath.Dir(db.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	tmp, err := tempName(db.path)
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	defer os.Remove(tmp)
	if secret == nil {
		secret = new([secretLen]byte)
		if _, err := rand.Read(secret[:]); err != nil {
			return fmt.Errorf("create database: %w", err)
		}
	}
	if err := initialise(tmp, *secret); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	// A link, unlike a rename, does not replace what another process made.
	if err := os.Link(tmp, db.path); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(tmp, db.path); err != nil {
			return fmt.Errorf("create database: %w", err)
		}
	}
	return syncFolder(dir)
}

// initialise writes an empty store into a new file.
func initialise(path string, secret [secretLen]byte) error {
	b, err := bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType, NoStatistics: true})
	if err != nil {
		return err
	}
	b.AllocSize = growth
	if err := b.Update(func(tx *bolt.Tx) error { return writeFormat(tx, secret) }); err != nil {
		b.Close()
		return err
	}
	return b.Close()
}

// tempPattern makes names that leftovers are recognised by.
func tempPattern(path string) string { return "." + filepath.Base(path) + ".tmp-*" }

// tempName reserves a name beside path that leftovers are recognised by.
func tempName(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), tempPattern(path))
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// syncFolder makes a new name durable. Not every system can.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	_ = d.Sync()
	return d.Close()
}
