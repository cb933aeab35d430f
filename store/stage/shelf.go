package stage

import "github.com/j1db/j1db/store/graph"

// Shelf tells the sorts of staged objects apart. A mapped relationship has a key
// of its own, beside a plain one with the same.
type Shelf uint8

// The shelves. The first two are numbered as their graph.Kind is.
const (
	Entities Shelf = iota
	Relationships
	Mapped
	shelves = iota
)

// Kind returns the kind of the objects on the shelf.
func (sh Shelf) Kind() graph.Kind {
	if sh == Entities {
		return graph.EntityKind
	}
	return graph.RelationshipKind
}
