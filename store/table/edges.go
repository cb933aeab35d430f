package table

import (
	"errors"

	"github.com/j1db/j1db/store/column"
)

// Edge is a relationship by rows: its own and those of its ends.
type Edge struct{ Row, From, To uint32 }

// Ends are the rows of the ends of each row of an edge table; those of an empty
// row mean nothing.
type Ends struct{ From, To []uint32 }

// Near returns the adjacency of a group of rows of the table at one end: of From
// for PartOut, of To for PartIn.
func (v *View) Near(p Part, group int) (*column.Neighbourhood, error) {
	return keep(v, partID{uint32(group), p, sortNear}, func() (*column.Neighbourhood, error) {
		if v.over == nil {
			return v.near(p, group)
		}
		edges, err := v.replaced()
		if err != nil {
			return nil, err
		}
		return v.nearOver(p, group, edges)
	})
}

// nearRows is the number of rows of a group of the table at one end.
func (v *View) nearRows(p Part, group int) (int, error) {
	from, to, err := v.ends()
	if err != nil {
		return 0, err
	}
	if p == PartIn {
		from = to
	}
	return from.GroupLen(group), nil
}

// near is Near in the newest version.
func (v *View) near(p Part, group int) (*column.Neighbourhood, error) {
	base, patches, err := v.nearParts(p, group)
	if err != nil {
		return nil, err
	}
	rows, err := v.nearRows(p, group)
	if err != nil {
		return nil, err
	}
	return column.LayerAdjacency(base, rows, patches...), nil
}

func (v *View) nearParts(p Part, group int) (*column.Adjacency, []*column.AdjacencyPatch, error) {
	var base *column.Adjacency
	b, err := v.Base(group, p)
	if err == nil && b != nil {
		base, err = column.OpenAdjacency(b)
	}
	if err != nil {
		return nil, nil, err
	}
	b, err = v.Patch(group, p)
	if err != nil || b == nil {
		return base, nil, err
	}
	patch, err := column.OpenAdjacencyPatch(b)
	return base, []*column.AdjacencyPatch{patch}, err
}

// replacement is what an overlay changes in the adjacency of an edge table. Whole
// says that it shows so little of the newest version that added is all of it.
type replacement struct {
	removed, added []Edge
	whole          bool
}

// replaced finds what the overlay changes.
func (v *View) replaced() (*replacement, error) {
	return keep(v, partID{0, PartOut, sortAlive}, func() (*replacement, error) {
		hidden := 0
		for _, h := range v.over.Hidden {
			hidden += int(h.Hi - h.Lo)
		}
		r := &replacement{whole: hidden > int(v.rec.Rows)/2}
		wanted, err := v.kept(!r.whole)
		if err != nil {
			return nil, err
		}
		edges, err := v.newestEdges(wanted)
		if err != nil {
			return nil, err
		}
		if r.whole {
			r.added = edges
		} else {
			r.removed = edges
		}
		for row, e := range v.over.Ends {
			r.added = append(r.added, Edge{row, e[0], e[1]})
		}
		return r, nil
	})
}

// kept returns the rows of the newest version that the overlay shows as they are,
// or those that it does not.
func (v *View) kept(not bool) (column.Bitmap, error) {
	out := column.NewBitmap(int(v.rec.Rows))
	for g := range v.Groups() {
		lo := uint32(g) * v.rec.groupRows()
		hi := lo + uint32(v.GroupLen(g))
		dead, err := v.dead(g)
		if err != nil {
			return nil, err
		}
		newest := column.FullBitmap(int(hi - lo))
		newest.AndNot(dead)
		kept := newest.Clone()
		v.over.hide(kept, lo, hi)
		for _, row := range v.over.sorted(lo, hi) {
			kept.Remove(int(row - lo))
		}
		if not {
			newest.AndNot(kept)
			kept = newest
		}
		for i := range kept.All() {
			out.Add(int(lo) + i)
		}
	}
	return out, nil
}

// newestEdges returns those of some edges that the newest version has.
func (v *View) newestEdges(wanted column.Bitmap) ([]Edge, error) {
	if !wanted.Any() {
		return nil, nil
	}
	from, _, err := v.ends()
	if err != nil {
		return nil, err
	}
	out := make([]Edge, 0, wanted.Count())
	var l column.Lists
	for g := range from.Groups() {
		n, err := v.near(PartOut, g)
		if err != nil {
			return nil, err
		}
		l.Offsets, l.Neighbours, l.Edges = l.Offsets[:0], l.Neighbours[:0], l.Edges[:0]
		if err := n.AppendTo(&l, true); err != nil {
			return nil, err
		}
		row, first := 0, uint32(g)*from.rec.groupRows()
		for i, edge := range l.Edges {
			if !wanted.Has(int(edge)) {
				continue
			}
			for l.Offsets[row+1] <= uint32(i) {
				row++
			}
			out = append(out, Edge{edge, first + uint32(row), l.Neighbours[i]})
		}
	}
	return out, nil
}

// nearOver is Near with an overlay.
func (v *View) nearOver(p Part, group int, r *replacement) (*column.Neighbourhood, error) {
	rows, err := v.nearRows(p, group)
	if err != nil {
		return nil, err
	}
	var base *column.Adjacency
	var patches []*column.AdjacencyPatch
	if !r.whole {
		if base, patches, err = v.nearParts(p, group); err != nil {
			return nil, err
		}
	}
	simple := len(r.added) == 0 && column.LayerAdjacency(base, rows, patches...).Simple()
	removed, added := v.changesOf(r.removed, p, group), v.changesOf(r.added, p, group)
	if len(removed)+len(added) > 0 {
		patch, err := column.OpenAdjacencyPatch(column.EncodeAdjacencyPatch(nil, removed, added, simple))
		if err != nil {
			return nil, err
		}
		patches = append(patches, patch)
	}
	return column.LayerAdjacency(base, rows, patches...), nil
}

// changesOf picks the edges at a group of the table at one end.
func (v *View) changesOf(edges []Edge, p Part, group int) []column.EdgeChange {
	var out []column.EdgeChange
	for _, e := range edges {
		near, far := e.From, e.To
		if p == PartIn {
			near, far = far, near
		}
		if g, at := v.split(near); g == group {
			out = append(out, column.EdgeChange{Row: uint32(at), Neighbour: far, Edge: e.Row})
		}
	}
	return out
}

// Ends returns the ends of all rows of an edge table.
func (v *View) Ends() (*Ends, error) {
	if v.over == nil || len(v.over.Ends) == 0 {
		return v.newestEnds()
	}
	return keep(v, partID{0, PartIn, sortEnds}, func() (*Ends, error) {
		newest, err := v.newestEnds()
		if err != nil {
			return nil, err
		}
		e := &Ends{append([]uint32(nil), newest.From...), append([]uint32(nil), newest.To...)}
		for row, ends := range v.over.Ends {
			e.From[row], e.To[row] = ends[0], ends[1]
		}
		return e, nil
	})
}

func (v *View) newestEnds() (*Ends, error) {
	return keep(v, partID{0, PartOut, sortEnds}, func() (*Ends, error) {
		from, _, err := v.ends()
		if err != nil {
			return nil, err
		}
		e := &Ends{make([]uint32, v.rec.Rows), make([]uint32, v.rec.Rows)}
		for g := range from.Groups() {
			n, err := v.near(PartOut, g)
			if err != nil {
				return nil, err
			}
			if err := e.fill(n, uint32(g)*v.rec.groupRows()); err != nil {
				return nil, err
			}
		}
		return e, nil
	})
}

var errEdge = errors.New("the adjacency names an edge that does not exist")

// fill notes the ends of the relationships of a group of rows.
func (e *Ends) fill(n *column.Neighbourhood, first uint32) error {
	var l column.Lists
	if err := n.AppendTo(&l, true); err != nil {
		return err
	}
	for row := range l.Rows() {
		for i := l.Offsets[row]; i < l.Offsets[row+1]; i++ {
			edge := l.Edges[i]
			if int(edge) >= len(e.From) {
				return errEdge
			}
			e.From[edge], e.To[edge] = first+uint32(row), l.Neighbours[i]
		}
	}
	return nil
}

// EndsOf returns the ends of one row of an edge table. Of a row that was written
// lately the patches tell them, without the adjacency of the whole table.
func (v *View) EndsOf(row uint32) (Edge, error) {
	if v.over != nil {
		if e, ok := v.over.Ends[row]; ok {
			return Edge{row, e[0], e[1]}, nil
		}
	}
	if !v.has(partID{0, PartOut, sortEnds}) {
		patched, err := v.patchedEnds()
		if err != nil {
			return Edge{}, err
		}
		if e, ok := patched[row]; ok {
			return e, nil
		}
	}
	ends, err := v.newestEnds()
	if err != nil {
		return Edge{}, err
	}
	if int(row) >= len(ends.From) {
		return Edge{}, errEdge
	}
	return Edge{row, ends.From[row], ends.To[row]}, nil
}

// patchedEnds returns the ends of the rows that patches speak of.
func (v *View) patchedEnds() (map[uint32]Edge, error) {
	return keep(v, partID{0, PartIn, sortPatchedEnds}, func() (map[uint32]Edge, error) {
		from, _, err := v.ends()
		if err != nil {
			return nil, err
		}
		out := map[uint32]Edge{}
		for group := range from.Groups() {
			b, err := v.Patch(group, PartOut)
			if err != nil {
				return nil, err
			}
			if b == nil {
				continue
			}
			patch, err := column.OpenAdjacencyPatch(b)
			if err != nil {
				return nil, err
			}
			for _, c := range patch.Added() {
				out[c.Edge] = Edge{c.Edge, uint32(group)*v.rec.groupRows() + c.Row, c.Neighbour}
			}
		}
		return out, nil
	})
}
