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

// Selective is a Catalog that can describe a part of a graph without looking at the
// rest: a graph may hold ten thousand types, and a statement names two.
type Selective interface {
	// Type describes one type, false when the graph holds none of that name.
	Type(ctx context.Context, kind graph.Kind, name string) (graph.TypeStat, bool, error)
	// Property describes one property of a type, false when no object has it.
	Property(ctx context.Context, kind graph.Kind, typ, name string) (graph.PropertyStat, bool, error)
	// HasVerb reports whether some relationship has a verb.
	HasVerb(ctx context.Context, verb string) (bool, error)
	// RelationshipsAmong lists what joins what with one of some verbs (none stand for
	// all) and with one of some types at an end (none stand for all).
	RelationshipsAmong(ctx context.Context, verbs, types []string) ([]graph.RelationshipStat, error)
}
