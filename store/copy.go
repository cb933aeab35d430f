package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Backup writes a consistent copy of the file to w, while others read it and
// writers wait, and returns its length.
func (db *DB) Backup(ctx context.Context, w io.Writer) (int64, error) {
	var n int64
	err := db.view(ctx, func(r *reader) (err error) {
		tell := db.progress().share(0, allDone)
		n, err = r.tx.WriteTo(&measured{Writer: w, ctx: ctx, tell: tell, total: r.tx.Size()})
		return err
	})
	if err != nil {
		if stopped := ctx.Err(); stopped != nil {
			err = stopped // which bbolt makes a text of
		}
		return n, fmt.Errorf("back up database: %w", err)
	}
	return n, nil
}

// CompactResult is the length of the file before and after, in bytes.
type CompactResult struct {
	Before, After int64
}

// Compact rewrites the file without free pages, after a whole Check: a damage must
// not be carried over into a file that looks new. The new file takes the place of
// the old one in one step; until then, or after an error, nothing has changed.
// Others read meanwhile; writers are kept out for that step alone, unless they
// commit again and again.
func (db *DB) Compact(ctx context.Context) (CompactResult, error) {
	if db.opt.ReadOnly {
		return CompactResult{}, fmt.Errorf("compact database: %w", ErrReadOnly)
	}
	c := &compaction{db: db, ctx: ctx, progress: db.progress()}
	if err := c.run(); err != nil {
		return CompactResult{}, fmt.Errorf("compact database: %w", err)
	}
	c.progress.share(0, allDone)(1, 1)
	return c.res, nil
}

// compaction is one rewriting of the file.
type compaction struct {
	db       *DB
	ctx      context.Context
	progress *progress
	res      CompactResult
}

// run copies beside others, and alone when they commit too often.
func (c *compaction) run() error {
	if err := c.sweep(); err != nil {
		return err
	}
	for range patience {
		err := c.beside()
		if !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return c.db.guard(func() error {
		h, err := c.db.acquire(c.ctx, true)
		if err != nil {
			return err
		}
		defer h.release()
		return c.copied(h, func(tmp string, _ int) error {
			c.db.at(PointCopied)
			return c.replace(h, tmp)
		})
	})
}

// sweep makes room, if nobody is reading: it is no reason to wait.
func (c *compaction) sweep() error {
	return c.db.guard(func() error {
		h, err := c.db.tryAcquire(true)
		if err != nil {
			if errors.Is(err, berrors.ErrTimeout) {
				return nil
			}
			return err
		}
		defer h.release()
		removeLeftovers(c.db.path)
		return nil
	})
}

// beside copies while others read and write; what they write overtakes it.
func (c *compaction) beside() error {
	return c.db.guard(func() error {
		h, err := c.db.acquire(c.ctx, false)
		if err != nil {
			return err
		}
		open := true
		defer func() {
			if open {
				h.release()
			}
		}()
		return c.copied(h, func(tmp string, id int) error {
			old, err := h.file.Stat()
			if err != nil {
				return err
			}
			h.release()
			open = false
			c.db.at(PointCopied)
			return c.alone(tmp, old, id)
		})
	})
}

// alone puts a copy into the place of the file, if that is still what was copied.
func (c *compaction) alone(tmp string, old os.FileInfo, id int) error {
	h, err := c.db.acquire(c.ctx, true)
	if err != nil {
		return err
	}
	defer h.release()
	now, err := h.file.Stat()
	if err != nil {
		return err
	}
	r, err := c.db.begin(h)
	if err != nil {
		return err
	}
	if !os.SameFile(old, now) || r.tx.ID() != id+1 {
		return errOvertaken
	}
	return c.replace(h, tmp)
}

// copied checks an open file, copies it and calls then with the copy, which is gone
// afterwards, and the number of the transaction that is in it.
func (c *compaction) copied(h *handle, then func(tmp string, id int) error) error {
	r, err := c.db.begin(h)
	if err != nil {
		return err
	}
	id := r.tx.ID()
	if err := c.check(r); err != nil {
		return err
	}
	tmp, err := tempName(c.db.path)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	if err := compactInto(c.ctx, tmp, r.tx, c.progress.share(allDone/2, allDone)); err != nil {
		return err
	}
	if c.res, err = lengths(c.db.path, tmp); err != nil {
		return err
	}
	return then(tmp, id)
}

// check returns the first thing that is wrong with an open file.
func (c *compaction) check(r *reader) error {
	var first error
	check := &checker{ctx: c.ctx, db: c.db, progress: c.progress.share(0, allDone/2), yield: func(err error) bool {
		first = err
		return false
	}}
	if err := check.all(r); err != nil {
		return err
	}
	return first
}

// replace puts a copy into the place of a file, which is held alone.
func (c *compaction) replace(h *handle, tmp string) error {
	if err := os.Rename(tmp, c.db.path); errors.Is(err, fs.ErrNotExist) {
		return errOvertaken // by what another compaction swept up
	} else if err != nil {
		return err
	}
	c.db.at(PointRenamed)
	return syncFolder(filepath.Dir(c.db.path))
}

// perTransaction is how many bytes a compaction writes in one transaction.
const perTransaction = 16 << 20

// compactInto copies what a transaction shows, bucket by bucket, into a new file.
func compactInto(ctx context.Context, path string, src *bolt.Tx, tell func(done, total int64)) (err error) {
	dst, err := bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType, NoStatistics: true, NoSync: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	dst.AllocSize = growth
	w := &copier{ctx: ctx, dst: dst, tell: tell, total: src.Size()}
	defer w.close()
	if err := src.ForEach(w.bucket); err != nil {
		return err
	}
	if err := w.tx.Commit(); err != nil {
		return err
	}
	w.tx = nil
	return dst.Sync()
}

// copier writes buckets in the order of their keys.
type copier struct {
	ctx         context.Context
	dst         *bolt.DB
	tx          *bolt.Tx
	size        int64 // of what the transaction holds
	done, total int64
	tell        func(done, total int64)
}

func (w *copier) bucket(name []byte, from *bolt.Bucket) error {
	to, err := w.into(name)
	if err != nil {
		return err
	}
	c := from.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if w.size += int64(len(k) + len(v)); w.size > perTransaction {
			if err := w.flush(); err != nil {
				return err
			}
			if to, err = w.into(name); err != nil {
				return err
			}
		}
		if err := to.Put(k, v); err != nil {
			return err
		}
	}
	return nil
}

// into returns the bucket to write to.
func (w *copier) into(name []byte) (*bolt.Bucket, error) {
	var err error
	if w.tx == nil {
		if w.tx, err = w.dst.Begin(true); err != nil {
			return nil, err
		}
	}
	b, err := w.tx.CreateBucketIfNotExists(name)
	if err == nil {
		b.FillPercent = 0.9 // keys come in order; what follows finds some room
	}
	return b, err
}

// flush ends a transaction.
func (w *copier) flush() error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	w.done += w.size
	w.tell(min(w.done, w.total), w.total)
	w.size = 0
	tx := w.tx
	w.tx = nil
	return tx.Commit()
}

func (w *copier) close() {
	if w.tx != nil {
		_ = w.tx.Rollback()
	}
}

func lengths(before, after string) (CompactResult, error) {
	b, err := os.Stat(before)
	if err != nil {
		return CompactResult{}, err
	}
	a, err := os.Stat(after)
	if err != nil {
		return CompactResult{}, err
	}
	return CompactResult{Before: b.Size(), After: a.Size()}, nil
}

// removeLeftovers deletes what interrupted compactions left. The exclusive lock
// is held: one that runs has not got it, and finds that it was overtaken.
func removeLeftovers(path string) {
	old, err := filepath.Glob(filepath.Join(escapeGlob(filepath.Dir(path)), "."+escapeGlob(filepath.Base(path))+".tmp-*"))
	if err != nil {
		return
	}
	for _, p := range old {
		os.Remove(p)
	}
}

func escapeGlob(s string) string {
	var out []rune
	for _, r := range s {
		switch r {
		case '*', '?', '[', '\\':
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}
