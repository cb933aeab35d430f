package exec

import (
	"context"
	"iter"

	"github.com/j1db/j1db/store/graph"
)

// Source is one version of a graph, as the executor sees it: a few calls, each
// over a batch. Handles and images stay valid as long as the Source; a batch
// that an iterator yields is valid until its next one. Tables are numbered in the
// order of their names, so that handles in ascending order are rows in the order
// that they have without ORDER BY. Every call may be used by several goroutines at
// once and returns the context's error soon after it ends.
type Source interface {
	// Scan yields the entities of a selection, ordered by table and row.
	Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error]
	// Expand yields the hops from a batch of entities, ordered by Origin, then
	// by relationship table and row. A batch of Steps is never longer than a few
	// thousand, whatever the degrees.
	Expand(ctx context.Context, from []graph.Ref, hop graph.Hop) iter.Seq2[graph.Steps, error]
	// Fetch fills into[p] with property props[p] of each of refs, which may be
	// entities, relationships or the zero Ref (all undefined). Engine metadata
	// are properties too.
	Fetch(ctx context.Context, refs []graph.Ref, props []string, into []graph.Vector) error
	// Images returns the whole objects behind refs, nil for the zero Ref.
	Images(ctx context.Context, refs []graph.Ref) ([]*graph.Image, error)
}

// Adjacent is a Source that can also show whole tables and their adjacency, so
// that paths are counted and reached sets are built without enumerating them.
type Adjacent interface {
	// Tables lists the tables that can hold entities of a selection, whatever
	// its Where says.
	Tables(sel graph.Selection) []graph.Table
	// Adjacency returns the neighbourhoods of a table along a hop's verbs and
	// direction, one per relationship table and way, to the tables of its
	// target. It ignores both Wheres. It reports false when it cannot answer:
	// when the classes of the target divide a table, for instance.
	Adjacency(ctx context.Context, table uint32, hop graph.Hop) ([]graph.Adjacency, bool, error)
}

// Tabled is an Adjacent that can describe one of its tables, false where Tables lists
// none of that number: a graph may have ten thousand, of which a query touches two.
type Tabled interface {
	Table(number uint32) (graph.Table, bool)
}

// Measured is a Source that can tell how much of its columns was read so far, and
// how much it could pass over, for EXPLAIN ANALYZE. What several runs over it do at
// the same time is counted together.
type Measured interface {
	Chunks() (read, skipped int64)
}

// Columnar is an Adjacent that can also answer for whole tables column by column,
// so that rows are counted and grouped without fetching a value of each. What it
// returns belongs to the Source: it is valid as long, and not to be written to.
type Columnar interface {
	// Select returns the living rows of a table for which where holds (all of
	// them, when it is nil): bit r%64 of word r/64 stands for row r, and there
	// are words for all rows of the table.
	Select(ctx context.Context, table uint32, where graph.Predicate) ([]uint64, error)
	// Codes returns a property, engine metadata among them, of every row of a
	// table as codes of its values; rows that are not alive have any code. It
	// reports false where the values are many: Fetch is then the way.
	Codes(ctx context.Context, table uint32, prop string) (graph.Vector, bool, error)
}
