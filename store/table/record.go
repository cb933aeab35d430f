package table

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

// MaxColumns is the number of columns that a table can have, the engine's
// among them.
const MaxColumns = 1 << 14

// Record is what is kept of a table beside its rows.
type Record struct {
	Number   uint32
	Kind     graph.Kind
	Type     string
	Class    string // of relationships
	From, To uint32 // of relationships: the tables of their ends
	Rows     uint32 // ever used: the next row's number
	Live     uint32
	// Stale counts the rows that changed since Statistics were computed.
	Stale uint32
	// Columns are the names of the columns; the n-th is part Column(n).
	Columns []string
	// Instances and Classes count the living rows of each instance and, of
	// entities, of each class.
	Instances, Classes map[string]uint32

	byName map[string]int
	group  uint32 // rows of a row group, 0 for GroupRows
}

// Column returns the part of the n-th column.
func Column(n int) Part { return firstColumn + Part(n) }

// Find returns the part of a column and whether the table has it.
func (r *Record) Find(name string) (Part, bool) {
	if r.byName == nil {
		r.number()
	}
	i, ok := r.byName[name]
	return Column(i), ok
}

func (r *Record) number() {
	r.byName = make(map[string]int, len(r.Columns))
	for i, c := range r.Columns {
		r.byName[c] = i
	}
}

// Add returns the part of a column, adding one if need be.
func (r *Record) Add(name string) (Part, error) {
	if p, ok := r.Find(name); ok {
		return p, nil
	}
	if len(r.Columns) == MaxColumns {
		return 0, fmt.Errorf("add property %s: %s has %d of them, which is the limit", name, r.Type, MaxColumns)
	}
	r.byName[name] = len(r.Columns)
	r.Columns = append(r.Columns, name)
	return Column(len(r.Columns) - 1), nil
}

// groupRows is the number of rows of a row group.
func (r *Record) groupRows() uint32 {
	if r.group == 0 {
		return GroupRows
	}
	return r.group
}

// Groups is the number of row groups.
func (r *Record) Groups() int {
	size := uint64(r.groupRows())
	return int((uint64(r.Rows) + size - 1) / size)
}

// GroupLen is the number of rows of a group, empty ones too; 0 for one that is
// not there.
func (r *Record) GroupLen(group int) int {
	size := int(r.groupRows())
	return max(0, min(size, int(r.Rows)-group*size))
}

// Clone returns a copy that shares nothing that can change.
func (r *Record) Clone() *Record {
	c := *r
	c.Columns, c.byName = slices.Clone(r.Columns), nil
	c.Instances, c.Classes = maps.Clone(r.Instances), maps.Clone(r.Classes)
	return &c
}

// Encode returns the write that stores r.
func (r *Record) Encode() Write {
	key := numberKey(r.Number)
	var w wire.Writer
	w.Byte(byte(r.Kind))
	w.Text(r.Type)
	w.Text(r.Class)
	w.Uint(uint64(r.From))
	w.Uint(uint64(r.To))
	w.Uint(uint64(r.Rows))
	w.Uint(uint64(r.Live))
	w.Uint(uint64(r.Stale))
	w.Texts(r.Columns)
	encodeTally(&w, r.Instances)
	encodeTally(&w, r.Classes)
	return Write{BucketTable, key, w.Seal(key)}
}

func encodeTally(w *wire.Writer, m map[string]uint32) {
	w.Uint(uint64(len(m)))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		w.Text(name)
		w.Uint(uint64(m[name]))
	}
}

func decodeTally(p *wire.Parser) map[string]uint32 {
	n := p.Count()
	m := make(map[string]uint32, n)
	for range n {
		name := p.Text()
		m[name] = p.Uint32()
	}
	return m
}

// ReadRecord returns the record of a table, which must be there.
func ReadRecord(f File, number uint32) (*Record, error) {
	key := numberKey(number)
	v, err := f.Get(BucketTable, key)
	if err != nil {
		return nil, err
	}
	r, err := DecodeRecord(number, v)
	if err != nil {
		return nil, fmt.Errorf("table %d: %w", number, err)
	}
	return r, nil
}

// DecodeRecord reads the record of a table.
func DecodeRecord(number uint32, value []byte) (*Record, error) {
	p := wire.Open(numberKey(number), value, nil)
	r := &Record{
		Number: number, Kind: graph.Kind(p.Byte()), Type: p.Text(), Class: p.Text(), From: p.Uint32(), To: p.Uint32(),
		Rows: p.Uint32(), Live: p.Uint32(), Stale: p.Uint32(), Columns: p.Texts(), Instances: decodeTally(p), Classes: decodeTally(p),
	}
	switch {
	case r.Kind > graph.RelationshipKind:
		p.Fail(fmt.Errorf("kind %d is unknown", r.Kind))
	case len(r.Columns) > MaxColumns || r.Live > r.Rows:
		p.Fail(errors.New("its counts are impossible"))
	}
	return r, p.Done()
}
