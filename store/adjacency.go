package store

import (
	"context"
	"slices"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// edgeGroup is the relationships of one table between two tables of entities,
// with their adjacency in both directions, built when it is first asked for.
type edgeGroup struct {
	edges    *edgeTable
	from, to uint32
	rows     []uint32 // of edges, ascending

	once         sync.Once
	forward, rev csr
	// revNoLoops is rev without relationships of an entity to itself, where the
	// group has such: followed both ways they count once.
	revNoLoops *csr
}

// csr is adjacency in compressed-sparse-row form, with the row of the
// relationship beside each neighbour. At one entity they stand by that row.
type csr struct {
	offsets    []uint32
	neighbours []uint32
	edges      []uint32
	simple     bool
}

func (s *Snapshot) built(g *edgeGroup) *edgeGroup {
	g.once.Do(func() {
		from, to := len(s.entities[g.from-1].rows), len(s.entities[g.to-1].rows)
		g.forward = newCSR(g.rows, g.edges.from, g.edges.to, from)
		g.rev = newCSR(g.rows, g.edges.to, g.edges.from, to)
		straight := slices.DeleteFunc(slices.Clone(g.rows), func(row uint32) bool { return g.edges.from[row] == g.edges.to[row] })
		if len(straight) != len(g.rows) {
			c := newCSR(straight, g.edges.to, g.edges.from, to)
			g.revNoLoops = &c
		}
	})
	return g
}

// backwards returns the reverse adjacency, without loops if the other way shows
// them already.
func (g *edgeGroup) backwards(both bool) *csr {
	if both && g.revNoLoops != nil {
		return g.revNoLoops
	}
	return &g.rev
}

// newCSR sorts the relationships of rows, from near to far, by counting.
func newCSR(rows []uint32, near, far []graph.Ref, size int) csr {
	c := csr{
		offsets: make([]uint32, size+1), neighbours: make([]uint32, len(rows)), edges: make([]uint32, len(rows)),
	}
	for _, row := range rows {
		c.offsets[near[row].Row()+1]++
	}
	for i := range size {
		c.offsets[i+1] += c.offsets[i]
	}
	next := slices.Clone(c.offsets)
	for _, row := range rows {
		at := next[near[row].Row()]
		next[near[row].Row()]++
		c.neighbours[at], c.edges[at] = far[row].Row(), row
	}
	c.simple = c.hasNoParallel()
	return c
}

// hasNoParallel reports whether no neighbour occurs twice at a row.
func (c *csr) hasNoParallel() bool {
	var sorted []uint32
	for i := range len(c.offsets) - 1 {
		sorted = append(sorted[:0], c.neighbours[c.offsets[i]:c.offsets[i+1]]...)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) != int(c.offsets[i+1]-c.offsets[i]) {
			return false
		}
	}
	return true
}

func (c *csr) adjacency(from, to uint32) graph.Adjacency {
	return graph.Adjacency{From: from, To: to, Offsets: c.offsets, Neighbours: c.neighbours, Simple: c.simple}
}

// Adjacency returns the neighbourhoods of a table along a hop's verbs and
// direction, one per relationship table and way, to the tables of its target,
// in the order of relationship tables, outgoing first. It ignores both Wheres
// and reports false when the classes of the target divide a table.
func (s *Snapshot) Adjacency(ctx context.Context, number uint32, hop graph.Hop) ([]graph.Adjacency, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if number == 0 || int(number) > len(s.entities) {
		return nil, true, nil
	}
	wanted := map[uint32]bool{}
	for _, t := range s.tables(&hop.Target) {
		wanted[t.number] = true
	}
	var out []graph.Adjacency
	for _, w := range s.ways(number, &hop) {
		other := w.group.to
		if w.reverse {
			other = w.group.from
		}
		if !wanted[other] {
			continue
		}
		if !s.entities[other-1].matchesAll(&hop.Target) {
			return nil, false, nil
		}
		c := s.follow(w, hop.Direction == graph.Both)
		if len(c.neighbours) > 0 {
			out = append(out, c.adjacency(number, other))
		}
	}
	return out, true, nil
}

// way is a group of relationships and the direction in which to follow it.
type way struct {
	group   *edgeGroup
	reverse bool
}

// ways lists how to leave a table of entities along a hop.
func (s *Snapshot) ways(number uint32, hop *graph.Hop) []way {
	var out []way
	if hop.Direction != graph.Reverse {
		for _, g := range s.out[number] {
			out = append(out, way{g, false})
		}
	}
	if hop.Direction != graph.Forward {
		for _, g := range s.in[number] {
			out = append(out, way{g, true})
		}
	}
	out = slices.DeleteFunc(out, func(w way) bool {
		return len(hop.Verbs) > 0 && !slices.Contains(hop.Verbs, w.group.edges.class)
	})
	slices.SortStableFunc(out, func(a, b way) int {
		if a.group.edges.number != b.group.edges.number {
			return int(a.group.edges.number) - int(b.group.edges.number)
		}
		if a.group.from != b.group.from {
			return int(a.group.from) - int(b.group.from)
		}
		return int(a.group.to) - int(b.group.to)
	})
	return out
}

func (s *Snapshot) follow(w way, both bool) *csr {
	g := s.built(w.group)
	if w.reverse {
		return g.backwards(both)
	}
	return &g.forward
}
