package plan

import (
	"context"

	"github.com/j1db/j1db/store/graph"
)

// Catalog says what one version of a graph holds. Its answers are sorted and
// belong to the caller.
type Catalog interface {
	// Types lists the types of entities and of relationships.
	Types(ctx context.Context) ([]graph.TypeStat, error)
	// Relationships lists what joins what.
	Relationships(ctx context.Context) ([]graph.RelationshipStat, error)
	// Properties describes the properties of a type of entities or
	// relationships, sorted by name; engine metadata are not among them.
	Properties(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error)
}
