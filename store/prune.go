package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// PruneResult is what a prune forgot.
type PruneResult struct {
	Oldest   uint64 // the oldest version that is kept now
	Versions int    // that are forgotten
	Images   int    // before-images
}

// Prune makes the version that at names the oldest: what was before it can no
// longer be asked for, the present and all later versions stay as they are. The
// error is a *HeldError when an export cursor or a pin still needs an older one,
// a *VersionError when there is no such version.
func (db *DB) Prune(ctx context.Context, at At) (PruneResult, error) {
	var res PruneResult
	err := db.update(ctx, func(r *reader) error {
		res = PruneResult{}
		v, err := r.resolve(at)
		if err != nil {
			return err
		}
		if v.Number == 0 {
			return nil // nothing to forget
		}
		res.Oldest = v.Number
		return r.prune(v.Number, &res)
	})
	if err != nil {
		return PruneResult{}, fmt.Errorf("prune: %w", err)
	}
	return res, nil
}

func (r *reader) prune(to uint64, res *PruneResult) error {
	base, err := r.base()
	if err != nil || to <= base {
		return err
	}
	if err := r.checkHolds(to); err != nil {
		return err
	}
	dead, err := r.forgottenKeys(to)
	if err != nil {
		return err
	}
	for _, key := range dead {
		if err := r.tx.Bucket(bucketGone).Delete(key); err != nil {
			return err
		}
	}
	if res.Images, err = r.deleteUpTo(bucketUndo, to); err != nil {
		return err
	}
	if _, err = r.deleteUpTo(bucketCreated, to); err != nil {
		return err
	}
	if res.Versions, err = r.deleteUpTo(bucketVersion, to-1); err != nil {
		return err
	}
	return r.tx.Bucket(bucketStore).Put(keyBase, sealNumber(keyBase, to))
}

// checkHolds refuses to pass a cursor or a pin.
func (r *reader) checkHolds(to uint64) error {
	cursors, err := r.cursors()
	if err != nil {
		return err
	}
	for _, c := range cursors {
		if c.Version != 0 && c.Version < to {
			return &HeldError{By: fmt.Sprintf("cursor of %s for %s", c.Destination, c.Instance), Version: c.Version, Asked: to}
		}
	}
	pins, err := r.pins()
	if err != nil {
		return err
	}
	for _, p := range pins {
		if p.Version < to {
			return &HeldError{By: "pin " + p.Name, Version: p.Version, Asked: to}
		}
	}
	return nil
}

// forgottenKeys lists the deleted keys whose deletion is not kept any more: if
// they return, they begin anew.
func (r *reader) forgottenKeys(to uint64) ([][]byte, error) {
	var out [][]byte
	for k, v := range r.each(bucketGone, nil) {
		g, err := decodeGone(k, v)
		if err != nil {
			return nil, r.damaged(err, "deleted key %.80q", k)
		}
		if g.touched <= to {
			out = append(out, bytes.Clone(k))
		}
	}
	return out, nil
}

// deleteUpTo deletes the records whose keys begin with a number up to last.
func (r *reader) deleteUpTo(bucket []byte, last uint64) (int, error) {
	var keys [][]byte
	for k := range r.each(bucket, nil) {
		if len(k) < 8 {
			return 0, r.damaged(errKey, "key %x of %s", k, bucket)
		}
		if binary.BigEndian.Uint64(k) > last {
			break
		}
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := r.tx.Bucket(bucket).Delete(k); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

// Stats says what the file holds and what it takes.
type Stats struct {
	Format         uint64
	FileBytes      int64
	FreeBytes      int64 // pages that the next writes will use
	Oldest, Newest uint64
	Runs           int
	Buckets        []BucketStats // in a fixed order
	Tables         []TableStats  // by number
}

// BucketStats is what one bucket of the file holds.
type BucketStats struct {
	Name    string
	Records int
	Bytes   int64 // of keys and values
}

// TableStats is one table of entities or relationships of the newest version.
type TableStats struct {
	Kind  graph.Kind
	Type  string
	Class string // of relationships
	Rows  uint32 // ever used
	Live  uint32
}

// Stats measures the file.
func (db *DB) Stats(ctx context.Context) (Stats, error) {
	var st Stats
	err := db.view(ctx, func(r *reader) (err error) {
		st, err = db.stats(r)
		return err
	})
	if err != nil {
		return Stats{}, fmt.Errorf("measure database: %w", err)
	}
	return st, nil
}

func (db *DB) stats(r *reader) (Stats, error) {
	st := Stats{Format: Format, FileBytes: r.tx.Size()}
	newest, err := r.newest()
	if err != nil {
		return st, err
	}
	base, err := r.base()
	if err != nil {
		return st, err
	}
	st.Newest = newest.Number
	st.Oldest = max(base, min(1, newest.Number))
	used := int64(0)
	for _, name := range buckets() {
		b := BucketStats{Name: string(name)}
		for k, v := range r.each(name, nil) {
			b.Records++
			b.Bytes += int64(len(k) + len(v))
		}
		s := r.tx.Bucket(name).Stats()
		used += int64(s.BranchAlloc + s.LeafAlloc)
		st.Buckets = append(st.Buckets, b)
		if string(name) == string(bucketRun) {
			st.Runs = b.Records
		}
	}
	st.FreeBytes = max(0, st.FileBytes-used-4*int64(r.tx.DB().Info().PageSize))
	return st, db.tableStats(r, &st)
}

func (db *DB) tableStats(r *reader, st *Stats) error {
	d, err := r.directory()
	if err != nil {
		return err
	}
	file := &vault{db: db, r: r}
	for _, list := range [...][]table.Entry{d.Entities, d.Edges} {
		for _, e := range list {
			rec, err := table.ReadRecord(file, e.Number)
			if err != nil {
				return r.damaged(err, "table %d", e.Number)
			}
			st.Tables = append(st.Tables, TableStats{rec.Kind, rec.Type, rec.Class, rec.Rows, rec.Live})
		}
	}
	return nil
}
