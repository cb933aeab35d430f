package store

import (
	"context"
	"fmt"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

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
