package store

import (
	"context"
	"fmt"
	"iter"

	"github.com/j1db/j1db/store/graph"
)

// run returns a run record, which must be there.
func (r *reader) run(id uint64) (graph.Run, error) {
	key := numberKey(id)
	run, err := decodeRun(key, r.get(bucketRun, key), id)
	if err != nil {
		return run, r.damaged(err, "run %d", id)
	}
	return run, nil
}

// backwards yields the numbers of a bucket of numbered records, newest first.
func (r *reader) backwards(bucket []byte) iter.Seq2[uint64, error] {
	return func(yield func(uint64, error) bool) {
		if r.tx == nil {
			return
		}
		c := r.tx.Bucket(bucket).Cursor()
		for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
			n, ok := numberOf(k)
			if !ok {
				yield(0, r.damaged(errKey, "key %x of %s", k, bucket))
				return
			}
			if !yield(n, nil) {
				return
			}
		}
	}
}

// Versions lists the versions that are kept, newest first, at most limit of
// them; 0 means all.
func (db *DB) Versions(ctx context.Context, limit int) ([]graph.Version, error) {
	var out []graph.Version
	err := db.view(ctx, func(r *reader) error {
		out = nil
		for n, err := range r.backwards(bucketVersion) {
			if err != nil || limit > 0 && len(out) == limit {
				return err
			}
			v, err := r.version(n)
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	return out, nil
}

// Runs lists the run records of an instance ("" for all), newest first, at most
// limit of them; 0 means all.
func (db *DB) Runs(ctx context.Context, instance string, limit int) ([]graph.Run, error) {
	var out []graph.Run
	err := db.view(ctx, func(r *reader) error {
		out = nil
		for id, err := range r.backwards(bucketRun) {
			if err != nil || limit > 0 && len(out) == limit {
				return err
			}
			run, err := r.run(id)
			if err != nil {
				return err
			}
			if instance == "" || run.Instance == instance {
				out = append(out, run)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return out, nil
}

// Resolve returns the version that at names. Of Latest in a store without any
// version it is a zero one; else the error is a *VersionError.
func (db *DB) Resolve(ctx context.Context, at At) (graph.Version, error) {
	var v graph.Version
	err := db.view(ctx, func(r *reader) (err error) {
		v, err = r.resolve(at)
		return err
	})
	if err != nil {
		return graph.Version{}, fmt.Errorf("find %s: %w", at, err)
	}
	return v, nil
}

func (r *reader) resolve(at At) (graph.Version, error) {
	newest, err := r.newest()
	if err != nil || at.by == atLatest {
		return newest, err
	}
	if at.by == atNumber {
		if at.number >= 1 && at.number <= newest.Number && r.get(bucketVersion, numberKey(at.number)) != nil {
			return r.version(at.number)
		}
		return graph.Version{}, r.noVersion(at, newest)
	}
	for n, err := range r.backwards(bucketVersion) {
		if err != nil {
			return graph.Version{}, err
		}
		v, err := r.version(n)
		if err != nil || v.Time <= at.time {
			return v, err
		}
	}
	return graph.Version{}, r.noVersion(at, newest)
}

// noVersion is the error for a version that is not kept.
func (r *reader) noVersion(at At, newest graph.Version) error {
	e := &VersionError{Asked: at.String(), Newest: newest.Number}
	if e.Newest == 0 {
		return e
	}
	base, err := r.base()
	if err != nil {
		return err
	}
	oldest, err := r.version(max(base, 1))
	if err != nil {
		return err
	}
	e.Oldest, e.OldestTime = oldest.Number, oldest.Time
	return e
}
