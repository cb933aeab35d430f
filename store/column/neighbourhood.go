package column

import (
	"cmp"
	"slices"
)

// Neighbourhood is adjacency with patches over it, the oldest first. Reading a
// row that no patch touches costs as much as without them.
type Neighbourhood struct {
	base    *Adjacency
	patches []*AdjacencyPatch
	rows    int
	touched []uint32 // rows that a patch changes, ascending
}

// LayerAdjacency puts patches over base, which may be nil for none; the table has
// the given number of rows.
func LayerAdjacency(base *Adjacency, rows int, patches ...*AdjacencyPatch) *Neighbourhood {
	if base == nil {
		base = &Adjacency{simple: true}
	}
	n := &Neighbourhood{base: base, patches: patches, rows: max(rows, base.rows)}
	for _, p := range patches {
		for _, c := range []*edgeChanges{&p.removed, &p.added} {
			n.touched, _ = c.rows.append32(n.touched, 0, c.n)
		}
	}
	slices.Sort(n.touched)
	n.touched = slices.Compact(n.touched)
	if k := len(n.touched); k > 0 {
		n.rows = max(n.rows, min(int(n.touched[k-1]), MaxRows-1)+1)
	}
	return n
}

// Rows is the number of rows that have lists.
func (n *Neighbourhood) Rows() int { return n.rows }

// Simple reports whether it is certain that no neighbour occurs twice at a row.
func (n *Neighbourhood) Simple() bool {
	if k := len(n.patches); k > 0 {
		return n.patches[k-1].simple
	}
	return n.base.simple
}

// Touched is the number of rows that patches change: a measure of when to fold.
func (n *Neighbourhood) Touched() int { return len(n.touched) }

// Degree is the length of the list of a row.
func (n *Neighbourhood) Degree(row int) (int, error) {
	degree, err := n.base.Degree(row)
	if err != nil {
		return 0, err
	}
	if _, ok := slices.BinarySearch(n.touched, uint32(row)); !ok {
		return degree, nil
	}
	var l Lists
	err = n.AppendRow(&l, row)
	return len(l.Neighbours), err
}

// AppendRow appends the neighbours and the edges of a row to those of l, whose
// Offsets it leaves alone.
func (n *Neighbourhood) AppendRow(l *Lists, row int) error {
	start := len(l.Neighbours)
	if err := n.base.AppendRow(l, row); err != nil {
		return err
	}
	if _, ok := slices.BinarySearch(n.touched, uint32(row)); ok {
		n.patchRow(l, row, start)
	}
	return nil
}

// patchRow applies the patches to the list of a row that begins at start.
func (n *Neighbourhood) patchRow(l *Lists, row, start int) {
	steps := make([]EdgeChange, 0, len(l.Neighbours)-start+4)
	for i := start; i < len(l.Neighbours); i++ {
		steps = append(steps, EdgeChange{Neighbour: l.Neighbours[i], Edge: l.Edges[i]})
	}
	for _, p := range n.patches {
		steps = p.apply(steps, row)
	}
	l.Neighbours, l.Edges = l.Neighbours[:start], l.Edges[:start]
	for _, s := range steps {
		l.Neighbours, l.Edges = append(l.Neighbours, s.Neighbour), append(l.Edges, s.Edge)
	}
}

// apply applies a patch to the list of a row, which is in the order of edges.
func (p *AdjacencyPatch) apply(steps []EdgeChange, row int) []EdgeChange {
	byEdge := func(s EdgeChange, edge uint32) int { return cmp.Compare(s.Edge, edge) }
	lo, hi := p.removed.of(row)
	gone := 0
	for ; lo < hi; lo++ {
		if i, ok := slices.BinarySearchFunc(steps, uint32(p.removed.edges.at(lo)), byEdge); ok {
			steps[i].Row = 1 // marked
			gone++
		}
	}
	if gone > 0 {
		steps = slices.DeleteFunc(steps, func(s EdgeChange) bool { return s.Row == 1 })
	}
	lo, hi = p.added.of(row)
	if lo == hi {
		return steps
	}
	for ; lo < hi; lo++ {
		c := p.added.at(lo)
		steps = append(steps, EdgeChange{Neighbour: c.Neighbour, Edge: c.Edge})
	}
	slices.SortFunc(steps, EdgeChange.compare)
	return steps
}

// AppendTo appends the lists of all rows to l: what untouched rows have is copied
// whole. Without edges and patches it leaves l.Edges alone.
func (n *Neighbourhood) AppendTo(l *Lists, edges bool) error {
	if len(n.touched) == 0 {
		if err := n.base.AppendTo(l, edges); err != nil {
			return err
		}
		l.pad(n.rows - n.base.rows)
		return nil
	}
	var plain Lists
	if err := n.base.AppendTo(&plain, true); err != nil {
		return err
	}
	if len(l.Offsets) == 0 {
		l.Offsets = append(l.Offsets, uint32(len(l.Neighbours)))
	}
	plain.pad(n.rows - n.base.rows)
	done := 0
	for _, row := range n.touched {
		if int(row) >= n.rows {
			return errRow
		}
		l.copyRows(&plain, done, int(row))
		start := len(l.Neighbours)
		l.appendList(&plain, int(row))
		n.patchRow(l, int(row), start)
		l.Offsets = append(l.Offsets, uint32(len(l.Neighbours)))
		done = int(row) + 1
	}
	l.copyRows(&plain, done, n.rows)
	return nil
}

// pad appends empty lists.
func (l *Lists) pad(rows int) {
	if len(l.Offsets) == 0 {
		l.Offsets = append(l.Offsets, uint32(len(l.Neighbours)))
	}
	end := l.Offsets[len(l.Offsets)-1]
	for range rows {
		l.Offsets = append(l.Offsets, end)
	}
}

// copyRows appends the lists of the rows of o from lo up to, not including, hi.
func (l *Lists) copyRows(o *Lists, lo, hi int) {
	if lo >= hi {
		return
	}
	shift := uint32(len(l.Neighbours)) - o.Offsets[lo]
	from, to := o.Offsets[lo], o.Offsets[hi]
	l.Neighbours = append(l.Neighbours, o.Neighbours[from:to]...)
	l.Edges = append(l.Edges, o.Edges[from:to]...)
	for _, end := range o.Offsets[lo+1 : hi+1] {
		l.Offsets = append(l.Offsets, end+shift)
	}
}

func (l *Lists) appendList(o *Lists, row int) {
	from, to := o.Offsets[row], o.Offsets[row+1]
	l.Neighbours = append(l.Neighbours, o.Neighbours[from:to]...)
	l.Edges = append(l.Edges, o.Edges[from:to]...)
}
