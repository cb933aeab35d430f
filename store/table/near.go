package table

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/column"
)

var errEnd = errors.New("it ends at a row that does not exist")

// nearEdit is what changes in the adjacency of a group of rows of the table at
// one end.
type nearEdit struct{ removed, added []column.EdgeChange }

// nears are the changes of the adjacency of a draft, by group.
type nears map[int]*nearEdit

func (m nears) at(group int) *nearEdit {
	e := m[group]
	if e == nil {
		e = &nearEdit{}
		m[group] = e
	}
	return e
}

// findNear sorts what changes in the adjacency of an edge table by the groups of
// its ends, of which from and to are the records.
func (d *draft) findNear(from, to *Record) error {
	for i, end := range [...]*Record{from, to} {
		d.ends[i], d.near[i] = end, nears{}
	}
	for _, c := range d.changed(0, d.rec.Rows) {
		if c.before != nil && c.after != nil && c.before.From == c.after.From && c.before.To == c.after.To {
			continue
		}
		if c.before != nil {
			d.noteEnds(c.row, c.before, func(e *nearEdit, x column.EdgeChange) { e.removed = append(e.removed, x) })
		}
		if c.after == nil {
			continue
		}
		if c.after.From >= from.Rows || c.after.To >= to.Rows {
			return fmt.Errorf("row %d: %w", c.row, errEnd)
		}
		d.noteEnds(c.row, c.after, func(e *nearEdit, x column.EdgeChange) { e.added = append(e.added, x) })
	}
	for _, f := range d.fills {
		for i, rows := range [...][]uint32{f.Ends.From, f.Ends.To} {
			if err := f.divide(i, rows, d.ends[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// noteEnds notes a change at both ends of a relationship.
func (d *draft) noteEnds(row uint32, r *Row, note func(e *nearEdit, x column.EdgeChange)) {
	ends := [...]uint32{r.From, r.To}
	for i, near := range ends {
		size := d.ends[i].groupRows()
		note(d.near[i].at(int(near/size)), column.EdgeChange{Row: near % size, Neighbour: ends[1-i], Edge: row})
	}
}

// divide notes which of the filled rows end in which group.
func (f *fill) divide(end int, rows []uint32, r *Record) error {
	size := r.groupRows()
	counts := make([]int, r.Groups())
	for i, row := range rows {
		if row >= r.Rows {
			return fmt.Errorf("row %d: %w", f.first+uint32(i), errEnd)
		}
		counts[row/size]++
	}
	f.near[end] = make([][]uint32, len(counts))
	for g, n := range counts {
		if n > 0 {
			f.near[end][g] = make([]uint32, 0, n)
		}
	}
	for i, row := range rows {
		g := row / size
		f.near[end][g] = append(f.near[end][g], uint32(i))
	}
	return nil
}

// at returns the filled rows that end in a group.
func (f *fill) at(end, group int) []uint32 {
	if group >= len(f.near[end]) {
		return nil
	}
	return f.near[end][group]
}

// nearGroups returns the groups of both ends whose adjacency changes.
func (d *draft) nearGroups() map[int]bool {
	groups := map[int]bool{}
	for i, m := range d.near {
		for g := range maps.Keys(m) {
			groups[g] = true
		}
		for _, f := range d.fills {
			for g, rows := range f.near[i] {
				if len(rows) > 0 {
					groups[g] = true
				}
			}
		}
	}
	return groups
}

// near makes the adjacency of the rows of the ends in a group.
func (w *worker) near(o *outcome, v *View) error {
	for i, p := range [...]Part{PartOut, PartIn} {
		if err := w.nearPart(o, v, i, p); err != nil {
			return fmt.Errorf("adjacency of %v: %w", o.d, err)
		}
	}
	return nil
}

func (w *worker) nearPart(o *outcome, v *View, end int, p Part) error {
	edit := o.d.near[end][o.group]
	filled := 0
	for _, f := range o.d.fills {
		filled += len(f.at(end, o.group))
	}
	if edit == nil && filled == 0 {
		return nil
	}
	var base *column.Adjacency
	var patches []*column.AdjacencyPatch
	if v != nil {
		var err error
		if base, patches, err = v.nearParts(p, o.group); err != nil {
			return err
		}
	}
	if base == nil && len(patches) == 0 && (edit == nil || len(edit.removed) == 0) {
		return o.firstNear(edit, end, p, filled)
	}
	n := &nearChange{removed: map[uint64]uint32{}, added: map[uint64]uint32{}}
	for _, patch := range patches {
		n.change(patch.Removed(), patch.Added())
	}
	if edit == nil {
		edit = &nearEdit{}
	}
	n.change(edit.removed, append(slices.Clip(edit.added), o.d.filledAt(end, o.group)...))
	return o.nextNear(n, v, base, end, p)
}

// filledAt returns the filled rows that end in a group as changes.
func (d *draft) filledAt(end, group int) []column.EdgeChange {
	n := 0
	for _, f := range d.fills {
		n += len(f.at(end, group))
	}
	out := make([]column.EdgeChange, 0, n)
	for _, f := range d.fills {
		ends := [...][]uint32{f.Ends.From, f.Ends.To}
		for _, i := range f.at(end, group) {
			near := ends[end][i] % d.ends[end].groupRows()
			out = append(out, column.EdgeChange{Row: near, Neighbour: ends[1-end][i], Edge: f.first + i})
		}
	}
	return out
}

// firstNear makes the first adjacency of a group: there is nothing to be merged
// with.
func (o *outcome) firstNear(edit *nearEdit, end int, p Part, filled int) error {
	rows := o.d.filledAt(end, o.group)
	if edit != nil {
		rows = append(rows, edit.added...)
		slices.SortStableFunc(rows, func(a, b column.EdgeChange) int { return int(a.Edge) - int(b.Edge) })
	}
	l := listsOf(rows, o.d.ends[end].GroupLen(o.group))
	chunk, err := column.EncodeAdjacency(nil, l)
	if err == nil {
		o.base.set(p, chunk)
	}
	return err
}

// listsOf turns relationships in the order of their rows into lists of n rows.
func listsOf(edges []column.EdgeChange, n int) column.Lists {
	l := column.Lists{
		Offsets: make([]uint32, n+1), Neighbours: make([]uint32, len(edges)), Edges: make([]uint32, len(edges)),
	}
	for _, e := range edges {
		l.Offsets[e.Row+1]++
	}
	for i := range n {
		l.Offsets[i+1] += l.Offsets[i]
	}
	next := slices.Clone(l.Offsets)
	for _, e := range edges {
		at := next[e.Row]
		l.Neighbours[at], l.Edges[at] = e.Neighbour, e.Edge
		next[e.Row]++
	}
	return l
}

// nearChange is what changes against a base: neighbours by row and edge.
type nearChange struct{ removed, added map[uint64]uint32 }

// change notes what changed next.
func (n *nearChange) change(removed, added []column.EdgeChange) {
	for _, c := range removed {
		if key := uint64(c.Row)<<32 | uint64(c.Edge); !n.drop(key) {
			n.removed[key] = c.Neighbour
		}
	}
	for _, c := range added {
		key := uint64(c.Row)<<32 | uint64(c.Edge)
		if was, ok := n.removed[key]; ok && was == c.Neighbour {
			delete(n.removed, key)
		} else {
			n.added[key] = c.Neighbour
		}
	}
}

// drop takes back what was added.
func (n *nearChange) drop(key uint64) bool {
	_, ok := n.added[key]
	delete(n.added, key)
	return ok
}

// changesIn returns one half of a nearChange in order.
func changesIn(m map[uint64]uint32) []column.EdgeChange {
	out := make([]column.EdgeChange, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, column.EdgeChange{Row: uint32(key >> 32), Neighbour: m[key], Edge: uint32(key)})
	}
	return out
}

// nextNear makes a patch over the adjacency of a group, or folds it.
func (o *outcome) nextNear(n *nearChange, v *View, base *column.Adjacency, end int, p Part) error {
	removed, added := changesIn(n.removed), changesIn(n.added)
	if len(removed)+len(added) == 0 {
		o.patch.set(p, nil)
		return nil
	}
	rows := o.d.ends[end].GroupLen(o.group)
	chunk := column.EncodeAdjacencyPatch(nil, removed, added, false)
	patch, err := column.OpenAdjacencyPatch(chunk)
	if err != nil {
		return err
	}
	layered := column.LayerAdjacency(base, rows, patch)
	if o.heavy(base, v, p, len(removed)+len(added), len(chunk)) {
		return o.foldNear(layered, p)
	}
	simple, err := staysSimple(base, layered, added)
	if err != nil {
		return err
	}
	if simple {
		chunk = column.EncodeAdjacencyPatch(nil, removed, added, true)
	}
	o.patch.set(p, chunk)
	return nil
}

// heavy reports whether a patch of so many changes and bytes is to be folded.
func (o *outcome) heavy(base *column.Adjacency, v *View, p Part, changes, size int) bool {
	if base == nil {
		return true
	}
	b, err := v.Base(o.group, p)
	return err != nil || base.Edges() <= int(o.d.rec.groupRows()/smallShare) || changes > base.Edges()/rowShare ||
		size > max(smallPatch, len(b)/byteShare)
}

// foldNear writes the adjacency of a group whole.
func (o *outcome) foldNear(n *column.Neighbourhood, p Part) error {
	var l column.Lists
	if err := n.AppendTo(&l, true); err != nil {
		return err
	}
	o.patch.set(p, nil)
	if len(l.Edges) == 0 {
		o.base.set(p, nil)
		return nil
	}
	chunk, err := column.EncodeAdjacency(nil, l)
	if err == nil {
		o.base.set(p, chunk)
	}
	return err
}

// staysSimple reports whether no neighbour is twice at a row, given what was
// added.
func staysSimple(base *column.Adjacency, n *column.Neighbourhood, added []column.EdgeChange) (bool, error) {
	if !base.Simple() {
		return false, nil
	}
	var l column.Lists
	for i, c := range added {
		if i > 0 && added[i-1].Row == c.Row {
			continue
		}
		l.Neighbours, l.Edges = l.Neighbours[:0], l.Edges[:0]
		if err := n.AppendRow(&l, int(c.Row)); err != nil {
			return false, err
		}
		slices.Sort(l.Neighbours)
		if len(slices.Compact(l.Neighbours)) < len(l.Edges) {
			return false, nil
		}
	}
	return true, nil
}
