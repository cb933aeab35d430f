package store

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// coded is a property of a whole table as codes.
type coded struct {
	vector graph.Vector
	few    bool // its values are few enough
}

// mostCodes is how many distinct values a property can have to be given as codes.
const mostCodes = 1 << 12

// Codes returns a property, engine metadata among them, of every row of a table as
// codes of its values, false where those are many. It is valid as long as the
// snapshot.
func (s *Snapshot) Codes(ctx context.Context, number uint32, prop string) (graph.Vector, bool, error) {
	if err := ctx.Err(); err != nil {
		return graph.Vector{}, false, err
	}
	t := s.edition.sheet(number)
	if t == nil {
		return graph.Vector{}, false, errNoHandle
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.coded[prop]
	if !ok {
		var err error
		if c, err = t.codes(prop); err != nil {
			return graph.Vector{}, false, err
		}
		if t.coded == nil {
			t.coded = map[string]*coded{}
		}
		t.coded[prop] = c
	}
	return c.vector, c.few, nil
}

// codes makes the codes of a property.
func (s *sheet) codes(prop string) (*coded, error) {
	rows, err := s.rows()
	if err != nil {
		return nil, err
	}
	m := &codeMerger{known: map[string]uint32{}}
	m.out.Codes = make([]uint32, 0, rows)
	groups, err := s.groups()
	for g := 0; g < groups && err == nil; g++ {
		n := min(table.GroupRows, int(rows)-g*table.GroupRows)
		err = m.group(s, g, n, prop)
	}
	if errors.Is(err, errManyValues) {
		return &coded{}, nil
	}
	return &coded{m.out, true}, err
}

var errManyValues = errors.New("the values are many")

// codeMerger puts the codes of row groups together.
type codeMerger struct {
	out   graph.Vector
	known map[string]uint32
	key   []byte
	part  graph.Vector
}

// group appends the codes of n rows of a group.
func (m *codeMerger) group(s *sheet, group, n int, prop string) error {
	if !s.virtual {
		if _, err := s.view(); err != nil {
			return err
		}
		switch o := s.origin(prop); {
		case o.derived:
			return errManyValues
		case o.constant:
			return m.constant(o.value, n)
		case o.column != "":
			c, err := s.column(group, o.column)
			if err != nil {
				return err
			}
			if c == nil {
				return m.constant(graph.Value{}, n)
			}
			if few, err := fewValues(c); err != nil || !few {
				return errors.Join(s.damage(err), errManyValues)
			}
		}
	}
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i)
	}
	if err := s.gather(group, prop, rows, &m.part); err != nil {
		return err
	}
	return m.add(&m.part)
}

// fewValues reports whether a column is stored as codes of few values, or has no
// value at all.
func fewValues(c *column.Column) (bool, error) {
	if absent(c) {
		return true, nil
	}
	dict, err := c.Dict()
	return dict != nil && len(dict) <= mostCodes, err
}

func (m *codeMerger) constant(v graph.Value, n int) error {
	code, err := m.code(v)
	for range n {
		m.out.Codes = append(m.out.Codes, code)
	}
	return err
}

// add appends the values of a vector.
func (m *codeMerger) add(v *graph.Vector) error {
	if v.Dict == nil {
		for _, x := range v.Values {
			code, err := m.code(x)
			if err != nil {
				return err
			}
			m.out.Codes = append(m.out.Codes, code)
		}
		return nil
	}
	to := make([]uint32, len(v.Dict))
	for i, x := range v.Dict {
		code, err := m.code(x)
		if err != nil {
			return err
		}
		to[i] = code
	}
	for _, code := range v.Codes {
		m.out.Codes = append(m.out.Codes, to[code])
	}
	return nil
}

// code returns the code of a value, a new one if need be.
func (m *codeMerger) code(v graph.Value) (uint32, error) {
	m.key = appendValueKey(m.key[:0], v)
	if code, ok := m.known[string(m.key)]; ok {
		return code, nil
	}
	if len(m.out.Dict) == mostCodes {
		return 0, errManyValues
	}
	code := uint32(len(m.out.Dict))
	m.known[string(m.key)] = code
	m.out.Dict = append(m.out.Dict, v)
	return code, nil
}

// appendValueKey appends bytes that are the same for values that graph.Equal calls
// the same, and for no others.
func appendValueKey(dst []byte, v graph.Value) []byte {
	dst = append(dst, byte(v.Kind()))
	switch v.Kind() {
	case graph.Bool:
		if v.Bool() {
			return append(dst, 1)
		}
		return append(dst, 0)
	case graph.Int, graph.Float:
		return append(dst, v.Text()...)
	case graph.List:
		dst = binary.AppendUvarint(dst, uint64(len(v.List())))
		for _, x := range v.List() {
			one := appendValueKey(nil, x)
			dst = append(binary.AppendUvarint(dst, uint64(len(one))), one...)
		}
		return dst
	}
	return append(dst, v.Str()...)
}
