package jupiterone

import (
	"context"
	"iter"

	"github.com/j1db/j1db/store/graph"
)

// Graph is the graph to export. Each method may be called again and again for the
// same version and then gives the same.
type Graph interface {
	// Objects yields what an instance supplies of a kind in a version, in a fixed
	// order. An image is only looked at until the next one.
	Objects(ctx context.Context, version uint64, kind graph.Kind, instance string) iter.Seq2[*graph.Image, error]
	// Changes yields what of an instance differs between two versions, each object
	// once, with the last version up to to that wrote it. Images may be kept.
	Changes(ctx context.Context, from, to uint64, instance string) iter.Seq2[graph.Change, error]
	// Stale lists the types of an instance that its last collection did not read
	// whole.
	Stale(ctx context.Context, instance string) ([]string, error)
	// Raws returns the raw data of objects as JSON, in the order of ids, nil where
	// there are none. It may return fewer, when the data are large, but at least one.
	Raws(ctx context.Context, ids []graph.Identity) ([][]byte, error)
}

// Cursor remembers how far a destination has confirmed what an instance supplies.
type Cursor struct {
	Destination string
	Instance    string
	Version     uint64 // the last version that was confirmed; 0 for none
	Time        int64  // when it was written, epoch milliseconds; 0 lets the keeper decide
	State       string // see the documentation of the package
}

// Cursors keep the cursors, in the database that is exported.
type Cursors interface {
	// Cursor returns the cursor of a destination and instance, one of version 0
	// when there is none.
	Cursor(ctx context.Context, destination, instance string) (Cursor, error)
	// SetCursor replaces a cursor durably. It keeps its version, and all after it,
	// from being pruned.
	SetCursor(ctx context.Context, c Cursor) error
	// DeleteCursor forgets a cursor durably, if there is one.
	DeleteCursor(ctx context.Context, destination, instance string) error
}

// Journal is what must not be restored together with the database.
type Journal interface {
	// Lock excludes other exports to a destination until unlock is called. The
	// error is a *LockedError when another one is under way.
	Lock(ctx context.Context, destination string) (unlock func(), err error)
	// LastJob returns the job that was last uploaded to in a scope, "" for none.
	LastJob(ctx context.Context, destination, scope string) (string, error)
	// SetLastJob remembers it durably.
	SetLastJob(ctx context.Context, destination, scope, job string) error
}
