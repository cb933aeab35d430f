package store

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// Backup writes a consistent copy of the file to w, while others read it and
// writers wait, and returns its length.
func (db *DB) Backup(ctx context.Context, w io.Writer) (int64, error) {
	var n int64
	err := db.view(ctx, func(r *reader) (err error) {
		n, err = r.tx.WriteTo(w)
		return err
	})
	if err != nil {
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
func (db *DB) Compact(ctx context.Context) (CompactResult, error) {
	var res CompactResult
	if db.opt.ReadOnly {
		return res, fmt.Errorf("compact database: %w", ErrReadOnly)
	}
	err := db.guard(func() error {
		h, err := db.acquire(ctx, true)
		if err != nil {
			return err
		}
		defer h.release()
		if err := db.checkHandle(ctx, h); err != nil {
			return err
		}
		removeLeftovers(db.path)
		tmp, err := tempName(db.path)
		if err != nil {
			return err
		}
		defer os.Remove(tmp)
		if err := compactInto(ctx, tmp, h.bolt); err != nil {
			return err
		}
		if res, err = lengths(db.path, tmp); err != nil {
			return err
		}
		db.at(PointCopied)
		if err := os.Rename(tmp, db.path); err != nil {
			return err
		}
		db.at(PointRenamed)
		return syncFolder(filepath.Dir(db.path))
	})
	if err != nil {
		return CompactResult{}, fmt.Errorf("compact database: %w", err)
	}
	return res, nil
}

// checkHandle returns the first thing that is wrong with an open file.
func (db *DB) checkHandle(ctx context.Context, h *handle) error {
	r, err := db.begin(h)
	if err != nil {
		return err
	}
	var first error
	c := &checker{ctx: ctx, db: db, yield: func(err error) bool {
		first = err
		return false
	}}
	if err := c.all(r); err != nil {
		return err
	}
	if first != nil {
		return first
	}
	err = h.tx.Rollback()
	h.tx = nil
	return err
}

// compactInto copies src, bucket by bucket, into a new file, in transactions of
// a bounded size.
func compactInto(ctx context.Context, path string, src *bolt.DB) error {
	const perTransaction = 16 << 20
	if err := ctx.Err(); err != nil {
		return err
	}
	dst, err := bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType, NoStatistics: true, NoSync: true})
	if err != nil {
		return err
	}
	dst.AllocSize = growth
	if err := bolt.Compact(dst, src, perTransaction); err != nil {
		dst.Close()
		return err
	}
	if err := dst.Sync(); err != nil {
		dst.Close()
		return err
	}
	return dst.Close()
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
// is held, so that none is running.
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
