package store

import (
	"context"
	"fmt"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// Stats says what the file holds and what it takes.
type Stats struct {
	Format uint64
	Space
	Oldest, Newest uint64
	Runs           int
	HistoryBytes   int64         // of versions, before-images, created rows and deleted keys
	RawBytes       int64         // of raw data
	Buckets        []BucketStats // in a fixed order
	Tables         []TableStats  // those of entities, then those of relationships, by name
	Indexes        []IndexStats  // in a fixed order
}

// Space is what a file takes, in bytes.
type Space struct {
	FileBytes int64
	FreeBytes int64 // pages that the next writes will use
}

// What makes a compaction worth its time.
const (
	worthShare = 4        // of the file is free
	worthBytes = 16 << 20 // and so much
)

// WorthCompacting reports whether so much is free that a compaction pays: more than
// a quarter of the file and 16 MiB.
func (s Space) WorthCompacting() bool {
	return s.FreeBytes > worthBytes && s.FreeBytes > s.FileBytes/worthShare
}

// BucketStats is what one bucket of the file holds.
type BucketStats struct {
	Name    string
	Records int
	Bytes   int64 // of keys and values
}

// TableStats is one table of entities or relationships of the newest version. Bytes
// are those of values.
type TableStats struct {
	Kind           graph.Kind
	Type           string
	Class          string // of relationships
	From, To       string // of relationships: the types of their ends
	Rows           uint32 // ever used
	Live           uint32
	BaseBytes      int64 // of columns
	PatchBytes     int64 // of columns
	AdjacencyBytes int64 // of relationships, in both directions, with patches
	SearchBytes    int64 // of the order by name and the text filters
	OtherBytes     int64 // of empty rows, statistics and what holds parts together
	Columns        []ColumnStats
}

// Bytes is what a table takes in all.
func (t *TableStats) Bytes() int64 {
	return t.BaseBytes + t.PatchBytes + t.AdjacencyBytes + t.SearchBytes + t.OtherBytes
}

// ColumnStats is what a column of a table takes.
type ColumnStats struct {
	Name                  string
	Engine                bool // it is none of the supplier's properties
	BaseBytes, PatchBytes int64
}

// IndexStats is one index of the file.
type IndexStats struct {
	Name    string // "key", "id" or "relationship"
	Entries uint64
	Bytes   int64
}

// Stats measures the file.
func (db *DB) Stats(ctx context.Context) (Stats, error) {
	var st Stats
	err := db.guard(func() error {
		h, err := db.acquire(ctx, false)
		if err != nil {
			return err
		}
		defer h.release()
		r, err := db.begin(h)
		if err != nil {
			return err
		}
		if st.Space, err = spaceOf(h); err != nil {
			return &CorruptError{Path: db.path, Err: err}
		}
		return (&measuring{reader: r, ctx: ctx, file: &vault{db: db, r: r}, Stats: &st}).all()
	})
	if err != nil {
		return Stats{}, fmt.Errorf("measure database: %w", err)
	}
	return st, nil
}

// Space tells how large the file is. It costs next to nothing.
func (db *DB) Space(ctx context.Context) (Space, error) {
	var s Space
	err := db.guard(func() error {
		h, err := db.acquire(ctx, false)
		if err != nil {
			return err
		}
		defer h.release()
		if s, err = spaceOf(h); err != nil {
			return &CorruptError{Path: db.path, Err: err}
		}
		return nil
	})
	if err != nil {
		return Space{}, fmt.Errorf("measure database: %w", err)
	}
	return s, nil
}

// spaceOf reads the list of free pages.
func spaceOf(h *handle) (Space, error) {
	size := int64(h.bolt.Info().PageSize)
	s := &sift{file: h.file, pageSize: size, seen: map[uint64]bool{}, free: map[uint64]bool{}}
	err := s.meta()
	return Space{FileBytes: int64(s.end) * size, FreeBytes: int64(len(s.free)) * size}, err
}

// measuring adds up what a file holds.
type measuring struct {
	*reader
	*Stats
	ctx    context.Context
	file   table.File
	tables map[uint32]*TableStats
	recs   map[uint32]*table.Record
}

func (m *measuring) all() error {
	newest, err := m.newest()
	if err != nil {
		return err
	}
	base, err := m.base()
	if err != nil {
		return err
	}
	m.Format, m.Newest, m.Oldest = Format, newest.Number, max(base, min(1, newest.Number))
	if err := m.listTables(); err != nil {
		return err
	}
	for _, name := range buckets() {
		if err := m.bucket(string(name)); err != nil {
			return err
		}
	}
	return m.indexes()
}

// listTables begins the tables.
func (m *measuring) listTables() error {
	d, err := m.directory()
	if err != nil {
		return err
	}
	n := len(d.Entities) + len(d.Edges)
	m.Tables = make([]TableStats, 0, n)
	m.tables, m.recs = make(map[uint32]*TableStats, n), make(map[uint32]*table.Record, n)
	for _, list := range [...][]table.Entry{d.Entities, d.Edges} {
		for _, e := range list {
			rec, err := table.ReadRecord(m.file, e.Number)
			if err != nil {
				return m.damaged(err, "table %d", e.Number)
			}
			t := TableStats{Kind: rec.Kind, Type: rec.Type, Class: rec.Class, Rows: rec.Rows, Live: rec.Live,
				From: d.Type(rec.From), To: d.Type(rec.To), Columns: make([]ColumnStats, len(rec.Columns))}
			for i, name := range rec.Columns {
				t.Columns[i].Name = name
				if table.IsEngine(name) {
					t.Columns[i].Name, t.Columns[i].Engine = name[1:], true
				}
			}
			m.Tables = append(m.Tables, t)
			m.tables[e.Number], m.recs[e.Number] = &m.Tables[len(m.Tables)-1], rec
		}
	}
	return nil
}

// bucket measures one bucket.
func (m *measuring) bucket(name string) error {
	const atOnce = 4096
	b := BucketStats{Name: name}
	for k, v := range m.each([]byte(name), nil) {
		if b.Records%atOnce == 0 && m.ctx.Err() != nil {
			return m.ctx.Err()
		}
		b.Records++
		b.Bytes += int64(len(k) + len(v))
		if name != table.BucketBase && name != table.BucketPatch {
			continue
		}
		err := table.Sizes(k, v, func(number uint32, p table.Part, bytes int) {
			m.part(number, p, int64(bytes), name == table.BucketPatch)
		})
		if err != nil {
			return m.damaged(err, "%s %x", name, k)
		}
	}
	switch name {
	case string(bucketRun):
		m.Runs = b.Records
	case string(bucketRaw):
		m.RawBytes = b.Bytes
	case string(bucketUndo), string(bucketCreated), string(bucketGone), string(bucketVersion):
		m.HistoryBytes += b.Bytes
	}
	m.Buckets = append(m.Buckets, b)
	return nil
}

// part adds a part of a row group to its table. What belongs to no table is in the
// sum of its bucket alone.
func (m *measuring) part(number uint32, p table.Part, bytes int64, patch bool) {
	t := m.tables[number]
	if t == nil {
		return
	}
	at, isColumn := m.recs[number].ColumnAt(p)
	switch {
	case isColumn && patch:
		t.PatchBytes += bytes
		t.Columns[at].PatchBytes += bytes
	case isColumn:
		t.BaseBytes += bytes
		t.Columns[at].BaseBytes += bytes
	case p == table.PartOut || p == table.PartIn:
		t.AdjacencyBytes += bytes
	case p == table.PartOrder || p == table.PartFilter:
		t.SearchBytes += bytes
	default:
		t.OtherBytes += bytes
	}
}

// indexes measures the indexes.
func (m *measuring) indexes() error {
	for _, x := range [...]struct {
		name  string
		index table.IndexName
	}{{"key", table.IndexKey}, {"id", table.IndexID}, {"relationship", table.IndexRelationship}} {
		index, err := table.OpenIndex(m.file, x.index)
		if err != nil {
			return m.damaged(err, "index of %s", x.name)
		}
		st := IndexStats{Name: x.name, Entries: index.Len()}
		for k, v := range m.each([]byte(table.BucketIndex), []byte{byte(x.index)}) {
			st.Bytes += int64(len(k) + len(v))
		}
		m.Indexes = append(m.Indexes, st)
	}
	return nil
}
