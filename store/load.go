package store

import (
	"context"
	"fmt"
	"os"
)

// SnapshotOptions say what a Snapshot shows.
type SnapshotOptions struct {
	// IncludeDeleted adds the last image of every key that was deleted at or
	// before the version, back to the oldest version that is kept, and the
	// relationships among them.
	IncludeDeleted bool
}

// keptSnapshots is how many versions a DB keeps what was decoded of: the newest
// and one to compare it with.
const keptSnapshots = 2

// editionKey is the identity of what an edition shows: the file, its last write,
// the version.
type editionKey struct {
	file    os.FileInfo
	write   int // bbolt's number of the last transaction
	version uint64
	opt     SnapshotOptions
}

func (k *editionKey) is(o *editionKey) bool {
	return k.write == o.write && k.version == o.version && k.opt == o.opt && os.SameFile(k.file, o.file)
}

// Snapshot opens a version to be queried. Of Latest in a store without any
// version it is empty; a version that does not exist or is no longer kept is a
// *VersionError. It holds the file with a shared lock, so that nobody writes to it,
// until Close; what was read of the version is kept for the next who opens it.
func (db *DB) Snapshot(ctx context.Context, at At, opt SnapshotOptions) (*Snapshot, error) {
	var s *Snapshot
	err := db.guard(func() error {
		h, err := db.acquire(ctx, false)
		if err != nil {
			return err
		}
		defer func() {
			if s == nil { // bbolt may have panicked, too
				h.release()
			}
		}()
		r, err := db.begin(h)
		if err != nil {
			return err
		}
		e, err := db.edition(h, r, at, opt)
		if err != nil {
			return err
		}
		e.enter(h, r)
		s = &Snapshot{edition: e}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open snapshot: %w", err)
	}
	return s, nil
}

// edition returns the edition of a version, the one that is kept where there is
// one.
func (db *DB) edition(h *handle, r *reader, at At, opt SnapshotOptions) (*edition, error) {
	v, err := r.resolve(at)
	if err != nil {
		return nil, err
	}
	file, err := h.file.Stat()
	if err != nil {
		return nil, err
	}
	key := editionKey{file, r.tx.ID(), v.Number, opt}
	if e := db.kept(&key); e != nil {
		return e, nil
	}
	e, err := newEdition(db, r, v, key)
	if err != nil {
		return nil, err
	}
	db.keep(e)
	return e, nil
}

// kept returns an edition that is kept, and puts it at the head of them.
func (db *DB) kept(key *editionKey) *edition {
	db.mu.Lock()
	defer db.mu.Unlock()
	for i, e := range db.cache {
		if e.key.is(key) {
			copy(db.cache[1:], db.cache[:i])
			db.cache[0] = e
			return e
		}
	}
	return nil
}

// keep puts e at the head of what is kept. Editions of an older state of the file
// are of no more use.
func (db *DB) keep(e *edition) {
	db.mu.Lock()
	defer db.mu.Unlock()
	cache := []*edition{e}
	for _, old := range db.cache {
		if len(cache) < keptSnapshots && old.key.write == e.key.write {
			cache = append(cache, old)
		}
	}
	db.cache = cache
}
