package table

import (
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// Filling is the first state of many rows.
type Filling struct {
	// Columns are the names of the properties that may occur, each once.
	Columns []string
	// Len is the number of rows.
	Len int
	// Ends are, of relationships, the rows of the ends, one for each row. Those of
	// one direction take no room where they come sorted by From, then To.
	Ends Ends
	// Rows calls for each of the rows from lo up to, not including, hi, in order,
	// Begin and then Set for its properties. It is called by several goroutines at
	// once, and perhaps more than once for the same rows.
	Rows func(lo, hi int, s *Sink) error
}

// fill is a Filling with the row at which it begins.
type fill struct {
	Filling
	first uint32
	// From and To by row group of the entity tables: which rows end there, by their
	// place in the filling.
	near [2][][]uint32
}

func (f *fill) end() uint32 { return f.first + uint32(f.Len) }

// check says why f cannot fill rows of a table.
func (f *fill) check(r *Record) error {
	want := 0
	if r.Kind == graph.RelationshipKind {
		want = f.Len
	}
	if len(f.Ends.From) != want || len(f.Ends.To) != want {
		return fmt.Errorf("%d rows have %d and %d ends", f.Len, len(f.Ends.From), len(f.Ends.To))
	}
	return nil
}

// Head is what the engine knows of a row.
type Head struct {
	Key                string // "" for one that follows from the ends
	Instance           string
	Class              []string // of entities
	Parent             string
	Version            uint64
	CreatedOn, BeginOn int64
	Touched, Hash      uint64
	KeyHash            uint64 // EditorOptions.KeyHash of the name
}

// Sink takes the rows of a Filling. It copies what it is given.
type Sink struct {
	b       *build
	columns []string
	lanes   []*lane // of columns, nil until the first value
	row     int     // of the group: the one that was begun
	end     int     // the row after the last one
	err     error
}

var (
	errMany   = errors.New("there are more rows than were asked for")
	errFew    = errors.New("there are fewer rows than were asked for")
	errNoName = errors.New("it has no name")
	errColumn = errors.New("a property is set twice, or not one of those that were named")
)

func (s *Sink) fail(err error) {
	if s.err == nil {
		s.err = fmt.Errorf("row %d of group %d: %w", s.row, s.b.group, err)
	}
}

// Begin begins the next row.
func (s *Sink) Begin(h Head) {
	s.row++
	b := s.b
	switch {
	case s.err != nil:
		return
	case s.row >= s.end:
		s.fail(errMany)
		return
	case h.Instance == "" || h.Key == "" && b.d.rec.Kind == graph.EntityKind:
		s.fail(errNoName)
		return
	}
	if h.Key != "" {
		b.engine(atKey, s.row).appendText(h.Key)
	}
	b.engine(atInstance, s.row).appendText(h.Instance)
	b.engine(atVersion, s.row).appendInt(int64(h.Version))
	b.engine(atCreatedOn, s.row).appendInt(h.CreatedOn)
	b.engine(atBeginOn, s.row).appendInt(h.BeginOn)
	b.engine(atTouched, s.row).appendInt(int64(h.Touched))
	b.engine(atHash, s.row).appendInt(int64(h.Hash))
	if h.Parent != "" {
		b.engine(atParent, s.row).appendText(h.Parent)
	}
	s.count(&h)
}

// count notes what the row adds to the table's tallies and to the indexes.
func (s *Sink) count(h *Head) {
	b := s.b
	at := column.Entry{Hash: h.KeyHash, Table: b.d.rec.Number, Row: b.lo + uint32(s.row)}
	if b.d.rec.Kind == graph.RelationshipKind {
		b.tally.add(h.Instance, nil, 1)
		b.entries.names = append(b.entries.names, at)
		return
	}
	b.engine(atClass, s.row).appendTexts(h.Class)
	b.tally.add(h.Instance, h.Class, 1)
	b.entries.names = append(b.entries.names, at)
	at.Hash = idHash(graph.Identity{Kind: graph.EntityKind, Instance: h.Instance, Key: h.Key})
	b.entries.ids = append(b.entries.ids, at)
}

// Set gives the row that was begun a value of the property that Columns names at
// column.
func (s *Sink) Set(column int, v graph.Value) {
	if s.err != nil || v.Kind() == graph.Undefined {
		return
	}
	if uint(column) >= uint(len(s.lanes)) {
		s.fail(errColumn)
		return
	}
	l := s.lanes[column]
	if l == nil {
		l = s.b.lane(s.columns[column])
		s.lanes[column] = l
	}
	if !l.begin(s.row) {
		s.fail(errColumn)
		return
	}
	l.append(v)
}

// pour asks f for its rows in b.
func (f *fill) pour(b *build) error {
	lo, hi := max(f.first, b.lo), min(f.end(), b.lo+uint32(b.n))
	s := &Sink{
		b: b, columns: f.Columns, lanes: make([]*lane, len(f.Columns)),
		row: int(lo-b.lo) - 1, end: int(hi - b.lo),
	}
	err := f.Rows(int(lo-f.first), int(hi-f.first), s)
	switch {
	case err != nil:
		return err
	case s.err == nil && s.row != s.end-1:
		s.fail(errFew)
	}
	return s.err
}
