package exec

import "github.com/j1db/j1db/store/graph"

// Cell is one value of a result row: a stored or computed value, or, when Object
// is set, a whole entity or relationship. The zero Cell is undefined: a missing
// property, or a selector that the row does not bind.
//
// A cell may alias memory of the graph that was queried, and is valid as long as
// that graph is open; Clone it to keep it longer.
type Cell struct {
	Value  graph.Value
	Object *graph.Image
}

// Missing reports whether the cell holds nothing: neither an object nor a value
// that is defined and not null.
func (c Cell) Missing() bool { return c.Object == nil && c.Value.Missing() }

// Clone returns a copy of c that shares no memory with it.
func (c Cell) Clone() Cell {
	if c.Object != nil {
		c.Object = c.Object.Clone()
	}
	c.Value = c.Value.Clone()
	return c
}

// Subgraph is the result of RETURN TREE: every entity and relationship that some
// path traverses, each once, ordered by table and row. The ends of an edge are
// among the vertices.
type Subgraph struct {
	Vertices []*graph.Image
	Edges    []*graph.Image
}
