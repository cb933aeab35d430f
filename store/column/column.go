package column

import (
	"fmt"
	"math/bits"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// Column is the values of a chunk with patches over it, the oldest first: what
// the newest patch says of a row counts. Rows that nothing speaks of are
// undefined. It may be used by several goroutines at once.
type Column struct {
	base    *Chunk // nil for none
	patches []*Patch
	rows    int
	// changed are the rows that patches speak of, and source for each, in order,
	// which patch says what: the patch in the upper half, the place in the lower.
	changed Bitmap
	before  []uint32
	source  []uint64

	merged func() (*mergedDict, error)
}

// Layer puts patches over base, which may be nil for none; the column has the
// given number of rows, MaxRows at most.
func Layer(base *Chunk, rows int, patches ...*Patch) (*Column, error) {
	c := &Column{base: base, patches: patches, rows: rows}
	c.merged = sync.OnceValues(c.mergeDict)
	if base != nil && base.Rows() > rows || rows > MaxRows {
		return nil, fmt.Errorf("layer column of %d rows: %w", rows, errShape)
	}
	if len(patches) == 0 {
		return c, nil
	}
	c.changed = NewBitmap(rows)
	for _, p := range patches {
		for i := range p.n {
			row := p.rows.at(i)
			if row >= uint64(rows) {
				return nil, fmt.Errorf("layer column of %d rows: %w", rows, errRow)
			}
			c.changed.Add(int(row))
		}
	}
	c.before = make([]uint32, len(c.changed)+1)
	for i, w := range c.changed {
		c.before[i+1] = c.before[i] + uint32(bits.OnesCount64(w))
	}
	c.source = make([]uint64, c.before[len(c.changed)])
	for k, p := range patches {
		for i := range p.n {
			c.source[c.place(int(p.rows.at(i)))] = uint64(k)<<32 | uint64(i)
		}
	}
	return c, nil
}

// Rows is the number of rows.
func (c *Column) Rows() int { return c.rows }

// Base returns the chunk below the patches, nil for none.
func (c *Column) Base() *Chunk { return c.base }

// Changed is the number of rows that patches speak of: a measure of when to fold.
func (c *Column) Changed() int { return len(c.source) }

// ChangedRows returns the rows that patches speak of. It is not to be written to.
func (c *Column) ChangedRows() Bitmap { return c.changed }

// patched returns which patch speaks of a row, and where in it.
func (c *Column) patched(row int) (p *Patch, i int, ok bool) {
	if !c.changed.Has(row) {
		return nil, 0, false
	}
	from := c.source[c.place(row)]
	return c.patches[from>>32], int(uint32(from)), true
}

// place returns where source speaks of a row that is changed.
func (c *Column) place(row int) int {
	return int(c.before[row/64]) + bits.OnesCount64(c.changed[row/64]&ones(row%64))
}

// Value returns the value of a row.
func (c *Column) Value(row int) (graph.Value, error) {
	if uint(row) >= uint(c.rows) {
		return graph.Value{}, errRow
	}
	if p, i, ok := c.patched(row); ok {
		return p.values.Value(i)
	}
	if c.base == nil || row >= c.base.Rows() {
		return graph.Value{}, nil
	}
	return c.base.Value(row)
}

// AppendText appends the text of a row to dst, and reports whether the row has
// one.
func (c *Column) AppendText(dst []byte, row int) ([]byte, bool, error) {
	if uint(row) >= uint(c.rows) {
		return dst, false, errRow
	}
	if p, i, ok := c.patched(row); ok {
		return p.values.AppendText(dst, i)
	}
	if c.base == nil || row >= c.base.Rows() {
		return dst, false, nil
	}
	return c.base.AppendText(dst, row)
}

// HasText reports whether the value of a row is the text s.
func (c *Column) HasText(row int, s string) (bool, error) {
	var room [128]byte
	b, ok, err := c.AppendText(room[:0], row)
	return ok && string(b) == s, err
}

// whole returns the chunk if nothing lies over it and it has all rows.
func (c *Column) whole() *Chunk {
	if c.base != nil && len(c.source) == 0 && c.base.Rows() == c.rows {
		return c.base
	}
	return nil
}

// Values fills out, which is as long as rows, with the values of rows.
func (c *Column) Values(rows []uint32, out []graph.Value) error {
	if b := c.whole(); b != nil {
		return b.Values(rows, out)
	}
	if c.base != nil && c.covers(rows) {
		if err := c.base.Values(rows, out); err != nil {
			return err
		}
		return c.valuesEach(rows, out, func(row uint32) bool { return c.changed.Has(int(row)) })
	}
	return c.valuesEach(rows, out, func(uint32) bool { return true })
}

// covers reports whether the base has all of rows.
func (c *Column) covers(rows []uint32) bool {
	have := uint32(c.base.Rows())
	for _, row := range rows {
		if row >= have {
			return false
		}
	}
	return true
}

// valuesEach fills out with the values of those rows that are wanted.
func (c *Column) valuesEach(rows []uint32, out []graph.Value, wanted func(row uint32) bool) error {
	for i, row := range rows {
		if !wanted(row) {
			continue
		}
		var err error
		if out[i], err = c.Value(int(row)); err != nil {
			return err
		}
	}
	return nil
}

// Select takes out of rows those for which the test does not hold.
func (c *Column) Select(q *Test, rows Bitmap) error {
	if b := c.whole(); b != nil {
		return b.Select(q, rows)
	}
	patched := rows.Clone()
	patched.And(c.changed)
	if err := c.selectBase(q, rows); err != nil {
		return err
	}
	rows.AndNot(c.changed)
	return c.addPatched(patched, rows, func(p *Patch, hits Bitmap) error {
		hits.AddRange(0, p.n)
		return p.values.Select(q, hits)
	})
}

// addPatched adds to rows those of patched whose values ask finds in the patches
// that speak of them.
func (c *Column) addPatched(patched, rows Bitmap, ask func(p *Patch, hits Bitmap) error) error {
	found := make([]Bitmap, len(c.patches))
	for k, p := range c.patches {
		found[k] = NewBitmap(p.n)
		if err := ask(p, found[k]); err != nil {
			return err
		}
	}
	for row := range patched.All() {
		if from := c.source[c.place(row)]; found[from>>32].Has(int(uint32(from))) {
			rows.Add(row)
		}
	}
	return nil
}

// selectBase decides the rows of the base and those after it.
func (c *Column) selectBase(q *Test, rows Bitmap) error {
	have := 0
	if c.base != nil {
		have = c.base.Rows()
	}
	after := NewBitmap(c.rows)
	if q.Holds(graph.Value{}) {
		after.AddRange(have, c.rows)
		after.And(rows)
	}
	if c.base == nil {
		copy(rows, after)
		return nil
	}
	base := rows.Clone()
	base.And(FullBitmap(have))
	if err := c.base.Select(q, base); err != nil {
		return err
	}
	copy(rows, base)
	rows.Or(after)
	return nil
}

// AddTerm adds to rows those in whose values the term occurs.
func (c *Column) AddTerm(q *Term, rows Bitmap) error {
	if c.base != nil {
		found := NewBitmap(c.rows)
		if err := c.base.AddTerm(q, found); err != nil {
			return err
		}
		found.AndNot(c.changed)
		rows.Or(found)
	}
	return c.AddTermChanged(q, rows)
}

// AddTermChanged is AddTerm of the rows alone that patches speak of: for a caller
// who knows that the term does not occur in the base.
func (c *Column) AddTermChanged(q *Term, rows Bitmap) error {
	return c.addPatched(c.changed, rows, func(p *Patch, hits Bitmap) error { return p.values.AddTerm(q, hits) })
}

// AppendTo appends all values to a builder: encoded again, they are the patches
// folded into their base.
func (c *Column) AppendTo(b *Builder) error {
	const batch = 1024
	rows, values := make([]uint32, 0, batch), make([]graph.Value, batch)
	for lo := 0; lo < c.rows; lo += batch {
		rows = rows[:0]
		for row := lo; row < min(lo+batch, c.rows); row++ {
			rows = append(rows, uint32(row))
		}
		if err := c.Values(rows, values[:len(rows)]); err != nil {
			return err
		}
		for _, v := range values[:len(rows)] {
			b.Append(v)
		}
	}
	return nil
}
