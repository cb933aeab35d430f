package querytest

import (
	"fmt"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Graph is a small graph held as plain images, in the order in which a store
// would number its rows. It does not change once it is made.
type Graph struct {
	entities, relationships []*graph.Image
}

// NewGraph makes a graph of images, which it keeps. It says what cannot be: two
// objects with one identity, or a relationship whose end is not there. A
// relationship of which an end is deleted becomes deleted itself.
func NewGraph(entities, relationships []*graph.Image) (*Graph, error) {
	known := map[graph.Identity]*graph.Image{}
	for _, im := range slices.Concat(entities, relationships) {
		if known[im.Identity()] != nil {
			return nil, fmt.Errorf("%s %q is there twice", im.Kind, im.Key)
		}
		known[im.Identity()] = im
	}
	g := &Graph{entities: entities}
	for _, rel := range relationships {
		for _, end := range []graph.End{rel.From, rel.To} {
			entity := known[graph.Identity{Kind: graph.EntityKind, Instance: end.Instance, Key: end.Key}]
			if entity == nil {
				return nil, fmt.Errorf("relationship %q: no entity %q", rel.Key, end.Key)
			}
			rel = deletedWith(rel, entity)
		}
		g.relationships = append(g.relationships, rel)
	}
	return g, nil
}

// deletedWith is rel, deleted when the entity at one of its ends is.
func deletedWith(rel, end *graph.Image) *graph.Image {
	if !end.Meta.Deleted || rel.Meta.Deleted {
		return rel
	}
	rel = rel.Clone()
	rel.Meta.Deleted, rel.Meta.EndOn = true, end.Meta.EndOn
	return rel
}

// Entities are the graph's entities, the deleted ones among them. Do not write to
// the slice.
func (g *Graph) Entities() []*graph.Image { return g.entities }

// Relationships are the graph's relationships, the deleted ones among them. Do not
// write to the slice.
func (g *Graph) Relationships() []*graph.Image { return g.relationships }

// Without returns the graph without some objects, and without the relationships
// that lose an end.
func (g *Graph) Without(gone ...*graph.Image) *Graph {
	out := &Graph{}
	ends := map[graph.End]bool{}
	for _, im := range g.entities {
		if !slices.Contains(gone, im) {
			out.entities = append(out.entities, im)
			ends[endOf(im)] = true
		}
	}
	for _, im := range g.relationships {
		if !slices.Contains(gone, im) && ends[im.From] && ends[im.To] {
			out.relationships = append(out.relationships, im)
		}
	}
	return out
}

// With returns the graph with one of its objects replaced by another state of it.
func (g *Graph) With(old, state *graph.Image) *Graph {
	replace := func(ims []*graph.Image) []*graph.Image {
		ims = slices.Clone(ims)
		if i := slices.Index(ims, old); i >= 0 {
			ims[i] = state
		}
		return ims
	}
	return &Graph{entities: replace(g.entities), relationships: replace(g.relationships)}
}

// endOf names an entity as a relationship does.
func endOf(im *graph.Image) graph.End { return graph.End{Instance: im.Instance, Key: im.Key} }
