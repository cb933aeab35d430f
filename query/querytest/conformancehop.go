package querytest

import (
	"fmt"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// maxSteps is more than a batch of steps may hold: "a few thousand".
const maxSteps = 10_000

// step is one element of graph.Steps.
type step struct {
	origin     uint32
	edge, node graph.Ref
}

// expand reads an expansion whole, keeping nothing of its batches.
func (c *conformance) expand(from []graph.Ref, hop graph.Hop) []step {
	c.Helper()
	var out []step
	for steps, err := range c.source.Expand(c.Context(), from, hop) {
		if err != nil {
			c.Fatalf("expand %s: %v", hopText(hop), err)
		}
		out = append(out, c.steps(&steps)...)
	}
	return out
}

// steps takes a batch apart and checks its form.
func (c *conformance) steps(s *graph.Steps) []step {
	c.Helper()
	if s.Len() > maxSteps || len(s.Edge) != s.Len() || len(s.Node) != s.Len() {
		c.Fatalf("a batch has %d origins, %d edges and %d nodes", s.Len(), len(s.Edge), len(s.Node))
	}
	out := make([]step, s.Len())
	for i := range out {
		out[i] = step{s.Origin[i], s.Edge[i], s.Node[i]}
	}
	return out
}

// checkExpand compares random hops from everything, and from entities in any order,
// some of them twice, with what a walk over the graph finds.
func (c *conformance) checkExpand() {
	for range 30 {
		hop, from := c.hop(), c.handles(c.entities)
		if c.chance(50) {
			from = append(from, from...)
			from = append(from, 0, 0)
			c.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
			from = from[:c.IntN(len(from)+1)]
		}
		want, got := c.walk(from, hop), c.expand(from, hop)
		if !slices.Equal(got, want) {
			c.Fatalf("expand %s from %x:\n got %x\nwant %x", hopText(hop), from, got, want)
		}
		for range c.source.Expand(c.Context(), from, hop) {
			break
		}
	}
}

// walk is what an expansion has to be.
func (c *conformance) walk(from []graph.Ref, hop graph.Hop) []step {
	var out []step
	for i, origin := range from {
		for _, rel := range c.touch[origin] {
			if node := c.follow(origin, rel, hop); node != 0 {
				out = append(out, step{uint32(i), c.refs[rel.Identity()], node})
			}
		}
	}
	return out
}

// follow is the entity to which a hop leads over a relationship, zero for none.
func (c *conformance) follow(origin graph.Ref, rel *graph.Image, hop graph.Hop) graph.Ref {
	from, to := c.end(rel.From), c.end(rel.To)
	node := to
	if origin != from {
		node = from
	}
	wrongWay := hop.Direction == graph.Forward && origin != from || hop.Direction == graph.Reverse && origin != to
	wrongVerb := len(hop.Verbs) > 0 && !slices.Contains(hop.Verbs, rel.Class[0])
	if wrongWay || wrongVerb || hop.Where != nil && !hop.Where.Eval(rel) || !selects(hop.Target, c.byRef[node]) {
		return 0
	}
	return node
}

// hop makes a random hop.
func (c *conformance) hop() graph.Hop {
	hop := graph.Hop{Direction: pick(c.dice, graph.Both, graph.Forward, graph.Reverse)}
	for range c.weighted(4, 3, 2) {
		hop.Verbs = append(hop.Verbs, pick(c.dice, append(randomVerbs, "KNOWS")...))
	}
	if c.chance(30) {
		hop.Where = c.predicate(relationshipProperties, 2)
	}
	if c.chance(60) {
		hop.Target = c.selection(entityProperties)
	}
	return hop
}

// hopText prints a hop for people.
func hopText(hop graph.Hop) string {
	text := fmt.Sprintf("%v %v to %s", hop.Verbs, [...]string{"<<>>", ">>", "<<"}[hop.Direction], selectionText(hop.Target))
	if hop.Where != nil {
		text += ", relationship " + hop.Where.String()
	}
	return text
}

// checkAdjacency compares whole neighbourhoods with expansions, wherever the source
// has them.
func (c *conformance) checkAdjacency() {
	c.checkTables()
	for range 10 {
		hop := c.hop()
		hop.Where, hop.Target.Where = nil, nil
		for _, table := range c.source.Tables(graph.Selection{}) {
			lists, ok, err := c.source.Adjacency(c.Context(), table.Number, hop)
			if err != nil {
				c.Fatal(err)
			}
			if ok {
				c.checkLists(table, hop, lists)
			}
		}
	}
}

// checkTables compares lists of tables with the entities that they are to hold.
func (c *conformance) checkTables() {
	for range 10 {
		sel := c.selection(entityProperties)
		live, last := map[uint32]uint32{}, uint32(0)
		for _, ref := range c.scan(graph.Selection{}) {
			live[ref.Table()]++
		}
		listed := map[uint32]graph.Table{}
		for _, table := range c.source.Tables(sel) {
			if table.Number <= last || table.Live != live[table.Number] || table.Rows < table.Live {
				c.Fatalf("tables of %s: %+v comes after table %d and has %d entities", selectionText(sel), table, last, live[table.Number])
			}
			last, listed[table.Number] = table.Number, table
		}
		for _, ref := range c.scan(sel) {
			table, ok := listed[ref.Table()]
			if !ok || ref.Row() >= table.Rows || table.Type != c.byRef[ref].Type {
				c.Fatalf("tables of %s: %x is in %+v", selectionText(sel), ref, table)
			}
		}
	}
}

// checkLists compares the neighbourhoods of one table.
func (c *conformance) checkLists(table graph.Table, hop graph.Hop, lists []graph.Adjacency) {
	for _, a := range lists {
		if a.From != table.Number || len(a.Offsets) != int(table.Rows)+1 || int(a.Offsets[table.Rows]) != len(a.Neighbours) {
			c.Fatalf("adjacency %s of %+v: from table %d with %d offsets", hopText(hop), table, a.From, len(a.Offsets))
		}
	}
	for row := range table.Rows {
		var got, want []graph.Ref
		for i := range lists {
			neighbours := lists[i].Row(row)
			for _, n := range neighbours {
				got = append(got, graph.NewRef(lists[i].To, n))
			}
			distinct := len(slices.Compact(slices.Sorted(slices.Values(neighbours))))
			if lists[i].Simple && distinct != len(neighbours) {
				c.Fatalf("adjacency %s of %s: row %d is not simple", hopText(hop), table.Type, row)
			}
		}
		for _, s := range c.walk([]graph.Ref{graph.NewRef(table.Number, row)}, hop) {
			want = append(want, s.node)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			c.Fatalf("adjacency %s of %s, row %d: %x, want %x", hopText(hop), table.Type, row, got, want)
		}
	}
}
