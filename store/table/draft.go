package table

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

var (
	errReserved = errors.New("it is not reserved, so it must have had a state")
	errTwice    = errors.New("it is filled already")
	errBeyond   = errors.New("it is beyond the end")
	errKind     = errors.New("the state is of another kind")
)

// draft is a table that is being edited.
type draft struct {
	rec     *Record // as it will be
	view    *View   // as it was, nil for a new table
	old     uint32  // rows that it had
	written uint32  // rows that change
	changes map[uint32]*change
	fills   []*fill // by row
	sorted  []*change
	// Of an edge table, from its From and its To: the record of the table there,
	// and what changes in its adjacency.
	ends [2]*Record
	near [2]nears
}

// change is what becomes of a row: before is nil for a reserved one, after for
// one that is emptied.
type change struct {
	row           uint32
	before, after *Row
}

func newDraft(r *Record, v *View) *draft {
	r.number()
	return &draft{rec: r, view: v, old: r.Rows, changes: map[uint32]*change{}}
}

// change notes what becomes of a row: of several changes the first tells what
// was, and the last what will be.
func (d *draft) change(row uint32, before, after *Row) error {
	switch {
	case row >= d.rec.Rows:
		return errBeyond
	case row < d.old && before == nil:
		return errReserved
	case d.filled(row, row+1):
		return errTwice
	}
	for _, r := range [...]*Row{before, after} {
		if r != nil && (r.Image == nil || r.Image.Kind != d.rec.Kind) {
			return errKind
		}
	}
	if row >= d.old {
		before = nil
	}
	if c := d.changes[row]; c != nil {
		c.after = after
		return nil
	}
	d.changes[row] = &change{row, before, after}
	d.sorted = nil
	return nil
}

// fill notes that rows are filled.
func (d *draft) fill(f *fill) error {
	switch {
	case f.Len < 0 || uint64(f.Len) > math.MaxUint32-uint64(f.first) || f.end() > d.rec.Rows:
		return errBeyond
	case f.Len == 0:
		return nil
	case f.first < d.old:
		return errReserved
	case d.filled(f.first, f.end()):
		return errTwice
	}
	for row := range d.changes {
		if row >= f.first && row < f.end() {
			return errTwice
		}
	}
	if err := f.check(d.rec); err != nil {
		return err
	}
	i, _ := slices.BinarySearchFunc(d.fills, f.first, func(f *fill, row uint32) int { return cmp.Compare(f.first, row) })
	d.fills = slices.Insert(d.fills, i, f)
	return nil
}

// filled reports whether one of the rows from lo to hi is filled.
func (d *draft) filled(lo, hi uint32) bool {
	i, _ := slices.BinarySearchFunc(d.fills, lo, func(f *fill, row uint32) int { return cmp.Compare(f.end(), row+1) })
	return i < len(d.fills) && d.fills[i].first < hi
}

// changed returns the changes of the rows from lo up to, not including, hi, in
// order.
func (d *draft) changed(lo, hi uint32) []*change {
	if d.sorted == nil {
		d.sorted = make([]*change, 0, len(d.changes))
		for _, c := range d.changes {
			d.sorted = append(d.sorted, c)
		}
		slices.SortFunc(d.sorted, func(a, b *change) int { return cmp.Compare(a.row, b.row) })
	}
	find := func(row uint32) int {
		i, _ := slices.BinarySearchFunc(d.sorted, row, func(c *change, row uint32) int { return cmp.Compare(c.row, row) })
		return i
	}
	return d.sorted[find(lo):find(hi)]
}

// span returns the rows of a group.
func (d *draft) span(group int) (lo, hi uint32) {
	lo = uint32(group) * d.rec.groupRows()
	return lo, lo + uint32(d.rec.GroupLen(group))
}

func (d *draft) String() string { return fmt.Sprintf("table %d (%s)", d.rec.Number, d.rec.Type) }
