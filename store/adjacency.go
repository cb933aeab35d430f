package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// strand is relationships of one table between two tables of entities: the table's
// own, or, where an end moved after a relationship was deleted, other ones.
type strand struct {
	edges    *sheet
	from, to uint32
	strays   []stray // of another strand than the table's own

	lists [2]lazy[*column.Lists] // outward and inward, with edges
	// straight is the inward lists without relationships of an entity to itself:
	// followed both ways they count once.
	straight lazy[*plainLists]
	plain    [2]lazy[*plainLists] // outward and inward, without edges
	asked    [2]atomic.Int64      // how many rows were looked up one by one
}

// plainLists are neighbours without edges.
type plainLists struct {
	column.Lists
	simple bool
}

var (
	errRows = errors.New("its adjacency is of another number of rows")
	errFar  = errors.New("its adjacency names a row that does not exist")
)

// strands are all strands, by the table of one end.
type strands struct{ out, in map[uint32][]*strand }

// strands lists what joins what.
func (e *edition) strands() (*strands, error) {
	return e.joined.get(func() (*strands, error) {
		all := &strands{map[uint32][]*strand{}, map[uint32][]*strand{}}
		for i := range e.dir.Edges {
			t := &e.dir.Edges[i]
			s := e.sheet(uint32(e.entitySheets() + i + 1))
			all.add(&strand{edges: s, from: e.handle(t.From), to: e.handle(t.To)})
		}
		return all, e.addStrays(all)
	})
}

func (all *strands) add(d *strand) {
	all.out[d.from] = append(all.out[d.from], d)
	all.in[d.to] = append(all.in[d.to], d)
}

// addStrays adds the deleted relationships whose ends have moved since.
func (e *edition) addStrays(all *strands) error {
	if !e.key.opt.IncludeDeleted {
		return nil
	}
	p, err := e.thePast()
	if err != nil {
		return err
	}
	for i, t := range e.dir.Edges {
		pt := p.tables[t.Number]
		if pt == nil {
			continue
		}
		if _, err := e.overlay(t.Number); err != nil {
			return err
		}
		byEnds := map[[2]uint32]*strand{}
		for _, st := range pt.strays {
			ends := [2]uint32{st.from.Table(), st.to.Table()}
			d := byEnds[ends]
			if d == nil {
				d = &strand{edges: e.sheet(uint32(e.entitySheets() + i + 1)), from: ends[0], to: ends[1]}
				byEnds[ends] = d
				all.add(d)
			}
			d.strays = append(d.strays, st)
		}
	}
	return nil
}

// side returns the part that is the adjacency of a strand in a direction, and the
// tables near and far.
func (d *strand) side(reverse bool) (p table.Part, near, far uint32) {
	if reverse {
		return table.PartIn, d.to, d.from
	}
	return table.PartOut, d.from, d.to
}

func index(reverse bool) int {
	if reverse {
		return 1
	}
	return 0
}

// whole returns the lists of all rows near, with edges.
func (d *strand) whole(reverse bool) (*column.Lists, error) {
	return d.lists[index(reverse)].get(func() (*column.Lists, error) {
		l, _, err := d.decode(reverse, true)
		return l, err
	})
}

// neighbours returns the lists of all rows near, without edges unless those are
// known.
func (d *strand) neighbours(reverse bool) (*plainLists, error) {
	return d.plain[index(reverse)].get(func() (*plainLists, error) {
		l, simple, err := d.decode(reverse, false)
		if err != nil {
			return nil, err
		}
		return &plainLists{*l, simple || noParallel(l)}, nil
	})
}

// decode reads the lists of all rows near.
func (d *strand) decode(reverse, edges bool) (*column.Lists, bool, error) {
	part, near, far := d.side(reverse)
	rows, err := d.edges.sheet(near).rows()
	if err != nil {
		return nil, false, err
	}
	if d.strays != nil {
		return d.strayLists(reverse, int(rows)), false, nil
	}
	v, err := d.edges.view()
	if err != nil {
		return nil, false, err
	}
	l := &column.Lists{Offsets: make([]uint32, 1, rows+1)}
	if n := v.Record().Live; !v.Overlaid() {
		l.Neighbours = make([]uint32, 0, n)
		if edges {
			l.Edges = make([]uint32, 0, n)
		}
	}
	simple := true
	for g := 0; g*table.GroupRows < int(rows); g++ {
		n, err := v.Near(part, g)
		if err == nil {
			simple = simple && n.Simple()
			err = n.AppendTo(l, edges)
		}
		if err != nil {
			return nil, false, d.edges.damage(err)
		}
	}
	if l.Rows() != int(rows) {
		return nil, false, d.edges.damage(errRows)
	}
	if others, err := d.edges.sheet(far).rows(); err != nil || len(l.Neighbours) > 0 && slices.Max(l.Neighbours) >= others {
		return nil, false, d.edges.damage(cmp.Or(err, errFar))
	}
	if !edges {
		l.Edges = nil
	}
	return l, simple, nil
}

// strayLists sorts strays by counting.
func (d *strand) strayLists(reverse bool, rows int) *column.Lists {
	l := &column.Lists{
		Offsets: make([]uint32, rows+1), Neighbours: make([]uint32, len(d.strays)), Edges: make([]uint32, len(d.strays)),
	}
	ends := func(s *stray) (near, far uint32) {
		if reverse {
			return s.to.Row(), s.from.Row()
		}
		return s.from.Row(), s.to.Row()
	}
	for i := range d.strays {
		near, _ := ends(&d.strays[i])
		l.Offsets[near+1]++
	}
	for i := range rows {
		l.Offsets[i+1] += l.Offsets[i]
	}
	next := slices.Clone(l.Offsets)
	for i := range d.strays {
		near, far := ends(&d.strays[i])
		at := next[near]
		next[near]++
		l.Neighbours[at], l.Edges[at] = far, d.strays[i].row
	}
	return l
}

// noParallel reports whether no neighbour occurs twice at a row.
func noParallel(l *column.Lists) bool {
	var sorted []uint32
	for i := range l.Rows() {
		sorted = append(sorted[:0], l.Neighbours[l.Offsets[i]:l.Offsets[i+1]]...)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) != int(l.Offsets[i+1]-l.Offsets[i]) {
			return false
		}
	}
	return true
}

// straighten returns the inward neighbours without those of relationships of an
// entity to itself.
func straighten(l *plainLists) *plainLists {
	out := &plainLists{simple: l.simple}
	out.Offsets = make([]uint32, 1, len(l.Offsets))
	out.Neighbours = make([]uint32, 0, len(l.Neighbours))
	for row := range l.Rows() {
		for _, n := range l.Neighbours[l.Offsets[row]:l.Offsets[row+1]] {
			if n != uint32(row) {
				out.Neighbours = append(out.Neighbours, n)
			}
		}
		out.Offsets = append(out.Offsets, uint32(len(out.Neighbours)))
	}
	return out
}

// way is a strand and the direction in which to follow it.
type way struct {
	*strand
	reverse bool
	// once says that the strand is followed the other way too: then relationships of
	// an entity to itself are not shown again.
	once bool
}

// far is the table at the other end.
func (w *way) far() uint32 {
	_, _, far := w.side(w.reverse)
	return far
}

// ways lists how to leave a table of entities along a hop: by relationship table,
// outward first.
func (e *edition) ways(number uint32, hop *graph.Hop) ([]way, error) {
	all, err := e.strands()
	if err != nil {
		return nil, err
	}
	var out []way
	take := func(list []*strand, reverse bool) {
		for _, d := range list {
			if len(hop.Verbs) == 0 || slices.Contains(hop.Verbs, d.edges.class) {
				out = append(out, way{d, reverse, reverse && hop.Direction == graph.Both && d.from == d.to})
			}
		}
	}
	if hop.Direction != graph.Reverse {
		take(all.out[number], false)
	}
	if hop.Direction != graph.Forward {
		take(all.in[number], true)
	}
	slices.SortStableFunc(out, func(a, b way) int {
		return cmp.Or(cmp.Compare(a.edges.number, b.edges.number), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	return out, nil
}

// adjacent returns the neighbours of all rows of the table that a way leaves.
func (w *way) adjacent() (*plainLists, error) {
	l, err := w.neighbours(w.reverse)
	if err != nil || !w.once {
		return l, err
	}
	return w.straight.get(func() (*plainLists, error) {
		for row := range l.Rows() {
			if slices.Contains(l.Neighbours[l.Offsets[row]:l.Offsets[row+1]], uint32(row)) {
				return straighten(l), nil
			}
		}
		return l, nil
	})
}

// Adjacency returns the neighbourhoods of a table along a hop's verbs and
// direction, one per relationship table and way, to the tables of its target,
// in the order of relationship tables, outgoing first. It ignores both Wheres
// and reports false when the classes of the target divide a table.
func (s *Snapshot) Adjacency(ctx context.Context, number uint32, hop graph.Hop) ([]graph.Adjacency, bool, error) {
	e := s.edition
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if number == 0 || int(number) > e.entitySheets() {
		return nil, true, nil
	}
	ways, err := e.ways(number, &hop)
	if err != nil {
		return nil, false, err
	}
	var out []graph.Adjacency
	for i := range ways {
		far := e.sheet(ways[i].far())
		m, err := far.membership(&hop.Target)
		if err != nil {
			return nil, false, err
		}
		if m == memberNone {
			continue
		}
		l, err := ways[i].adjacent()
		if err != nil {
			return nil, false, err
		}
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		if len(l.Neighbours) == 0 {
			continue
		}
		if m == memberSome {
			return nil, false, nil
		}
		out = append(out, graph.Adjacency{
			From: number, To: far.number, Offsets: l.Offsets, Neighbours: l.Neighbours, Simple: l.simple,
		})
	}
	return out, true, nil
}
