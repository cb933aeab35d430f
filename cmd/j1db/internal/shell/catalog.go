package shell

import (
	"context"

	"github.com/j1db/j1db/store/graph"
)

// Catalog says what one version of a graph holds. Its answers are sorted; they
// may alias the graph, which stays readable until it is let go.
type Catalog interface {
	Version() graph.Version
	// Types lists the types of entities and of relationships.
	Types(ctx context.Context) ([]graph.TypeStat, error)
	// Relationships lists what joins what.
	Relationships(ctx context.Context) ([]graph.RelationshipStat, error)
	// Properties describes the properties of a type, engine metadata not among
	// them.
	Properties(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error)
}

// OpenCatalog opens the graph that statements are asked of, and returns how to let
// it go. It is called for each TAB, so that nothing is held while a person thinks.
type OpenCatalog func(ctx context.Context) (c Catalog, done func(), err error)
