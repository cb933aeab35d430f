package store

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// Loss is something that a Salvage could not read.
type Loss struct {
	Kind        graph.Kind
	Type, Class string // of the table, "" where the loss is about the whole file; Class of relationships
	Table       uint32 // its number in the file
	Group       int    // of rows, from 0; -1 for the whole table
	Property    string // that the objects lack; "" where the objects themselves are lost
	Rows        int    // how many objects it is about; -1 where nobody knows
	Err         error
}

// String says what is lost and why.
func (l Loss) String() string {
	if l.Type == "" {
		return l.Err.Error()
	}
	what := fmt.Sprintf("table %d, %s", l.Table, l.Type)
	if l.Class != "" {
		what += " " + l.Class
	}
	if l.Group >= 0 {
		what += fmt.Sprintf(", group %d", l.Group)
	}
	count := "all objects"
	if l.Rows >= 0 {
		count = fmt.Sprintf("%d objects", l.Rows)
	}
	if l.Property != "" {
		return fmt.Sprintf("%s: %s lack %s: %v", what, count, l.Property, l.Err)
	}
	return fmt.Sprintf("%s: %s: %v", what, count, l.Err)
}

// Salvage reads what is intact in a damaged file, of the newest version alone. It
// reads the pages of the file itself, and needs neither directory nor indexes nor
// history. It holds the file with a shared lock until Close, and is for one
// goroutine at a time.
type Salvage struct {
	h      *handle
	tables *table.Tables
	losses []Loss
	ofKind [2][]Loss
}

// Salvage opens a damaged file. The error is a *CorruptError when nothing can be
// read of it at all.
func (db *DB) Salvage(ctx context.Context) (*Salvage, error) {
	s := &Salvage{}
	err := db.guard(func() (err error) {
		s.h, err = db.acquire(ctx, false)
		return err
	})
	if err == nil {
		if err = s.open(); err != nil {
			s.h.release()
			err = &CorruptError{Path: db.path, Err: err}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("salvage database: %w", err)
	}
	return s, nil
}

// open finds the tables.
func (s *Salvage) open() error {
	pages, err := newSift(s.h.file, s.h.bolt.Info().PageSize)
	if err != nil {
		return err
	}
	if pages.behind {
		s.lose("one of the two head pages is damaged: what the last commit wrote may be missing")
	}
	dir := pages.directory()
	if dir == nil {
		if len(pages.buckets[table.BucketTable].gaps) > 0 {
			s.lose("the list of tables is damaged, and some of them: whole types may be missing")
		}
		dir = table.Rebuild(pages.records())
	}
	s.tables = table.NewTables(pages, dir, nil)
	return nil
}

func (s *Salvage) lose(what string) {
	s.losses = append(s.losses, Loss{Group: -1, Rows: -1, Err: fmt.Errorf("%s", what)})
}

// directory returns the list of tables, nil where it is lost.
func (s *sift) directory() *table.Directory {
	v, err := s.Get(string(bucketStore), keyDirectory)
	if v == nil || err != nil {
		return nil
	}
	d, err := table.DecodeDirectory(keyDirectory, v)
	if err != nil {
		return nil
	}
	return d
}

// records returns the records of all tables that were found.
func (s *sift) records() []*table.Record {
	var out []*table.Record
	for _, key := range slices.Sorted(maps.Keys(s.buckets[table.BucketTable].values)) {
		number := uint32(key[0])<<24 | uint32(key[1])<<16 | uint32(key[2])<<8 | uint32(key[3])
		if r, err := table.ReadRecord(s, number); err == nil {
			out = append(out, r)
		}
	}
	return out
}

// All yields the objects of a kind that can be read, by table and row, without
// their suppliers. What a table of it lost is in Losses when All goes on to the
// next. The error is that of ctx.
func (s *Salvage) All(ctx context.Context, kind graph.Kind) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		s.ofKind[kind] = nil
		t := table.NewSalvager(s.tables, func(l table.Loss) {
			s.ofKind[kind] = append(s.ofKind[kind], Loss{l.Kind, l.Type, l.Class, l.Number, l.Group, l.Column, l.Rows, l.Err})
		})
		list := s.tables.Directory().Entities
		if kind == graph.RelationshipKind {
			list = s.tables.Directory().Edges
		}
		for _, e := range list {
			for im, err := range t.Table(ctx, e) {
				if !yield(im, err) || err != nil {
					return
				}
			}
		}
	}
}

// Types lists the types of the objects that there were, as far as that is known.
func (s *Salvage) Types() []string {
	var out []string
	for _, list := range [...][]table.Entry{s.tables.Directory().Entities, s.tables.Directory().Edges} {
		for _, e := range list {
			out = append(out, e.Type)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Losses returns what could not be read of the file and of the kinds of which All
// was asked for.
func (s *Salvage) Losses() []Loss {
	return slices.Concat(s.losses, s.ofKind[graph.EntityKind], s.ofKind[graph.RelationshipKind])
}

// Close lets the file go.
func (s *Salvage) Close() { s.h.release() }
