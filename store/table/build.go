package table

import (
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// build is a row group on its way to be encoded, as a base or as a patch.
type build struct {
	w       *worker
	d       *draft
	group   int
	lo      uint32 // the first row of the group
	n, old  int    // rows that it will have, and had
	patch   bool
	names   map[string]*lane
	engines [len(engineColumns)]*lane
	dead    column.Bitmap
	tally   tally
	entries entries
}

// entries are what rows add to the indexes.
type entries struct{ names, ids []column.Entry }

func newBuild(w *worker, d *draft, group int, patch bool) *build {
	lo, hi := d.span(group)
	return &build{
		w: w, d: d, group: group, lo: lo, n: int(hi - lo), old: d.oldLen(group), patch: patch,
		names: map[string]*lane{},
	}
}

// oldLen is the number of rows that a group had.
func (d *draft) oldLen(group int) int {
	lo, hi := d.span(group)
	return int(min(max(d.old, lo), hi) - lo)
}

// lane returns the lane of a column, beginning one if need be.
func (b *build) lane(name string) *lane {
	l := b.names[name]
	if l == nil {
		l = b.w.lane(name, b.patch)
		b.names[name] = l
		if i := slices.Index(engineColumns[:], name); i >= 0 {
			b.engines[i] = l
		}
	}
	return l
}

// engine returns the lane of one of the engine's columns, at a row that only
// ever is the next.
func (b *build) engine(at, row int) *lane {
	l := b.engines[at]
	if l == nil {
		l = b.lane(engineColumns[at])
	}
	l.begin(row)
	return l
}

// sorted returns the names of the columns in order.
func (b *build) sorted() []string {
	names := make([]string, 0, len(b.names))
	for name := range b.names {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// release gives the lanes back to be used again.
func (b *build) release() {
	for name, l := range b.names {
		b.w.keep(name, l)
	}
	b.names = nil
}

// expect makes room for the entries of the rows that are filled.
func (b *build) expect() {
	n := 0
	for _, f := range b.d.fills {
		if lo, hi := max(f.first, b.lo), min(f.end(), b.lo+uint32(b.n)); lo < hi {
			n += int(hi - lo)
		}
	}
	b.entries = entries{names: make([]column.Entry, 0, n)}
	if b.d.rec.Kind == graph.EntityKind {
		b.entries.ids = make([]column.Entry, 0, n)
	}
}

// newRows adds the rows that the group did not have.
func (b *build) newRows() error {
	from, end := b.lo+uint32(b.old), b.lo+uint32(b.n)
	changes := b.d.changed(from, end)
	b.expect()
	for _, f := range b.d.fills {
		if f.end() <= from || f.first >= end {
			continue
		}
		for len(changes) > 0 && changes[0].row < f.first {
			b.setRow(changes[0])
			changes = changes[1:]
		}
		if err := f.pour(b); err != nil {
			return err
		}
	}
	for _, c := range changes {
		b.setRow(c)
	}
	return nil
}

// setRow adds a row that was reserved and set.
func (b *build) setRow(c *change) {
	if c.after == nil {
		return
	}
	c.after.differences(nil, func(name string, v graph.Value) {
		l := b.lane(name)
		l.begin(int(c.row - b.lo))
		l.append(v)
	})
}

// findDead finds the rows that will be empty: those that were, those that are
// emptied, and those that were reserved for nothing.
func (b *build) findDead(v *View) error {
	b.dead = column.NewBitmap(b.n)
	if b.old > 0 {
		dead, err := v.dead(b.group)
		if err != nil {
			return err
		}
		b.dead.Or(dead)
	}
	b.dead.AddRange(b.old, b.n)
	for _, c := range b.d.changed(b.lo, b.lo+uint32(b.n)) {
		if c.after == nil {
			b.dead.Add(int(c.row - b.lo))
		} else {
			b.dead.Remove(int(c.row - b.lo))
		}
	}
	for _, f := range b.d.fills {
		if lo, hi := max(f.first, b.lo), min(f.end(), b.lo+uint32(b.n)); lo < hi {
			b.dead.RemoveRange(int(lo-b.lo), int(hi-b.lo))
		}
	}
	return nil
}
