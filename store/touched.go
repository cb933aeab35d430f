package store

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// changesAtOnce is how many changes Touched decodes while it holds the file.
const changesAtOnce = 4096

// Touched yields every object that the versions after from, up to to, wrote,
// once, by kind, instance and key: its states at from and at to (nil where it
// was not alive) and the last version in between that wrote it. The two may be
// the same state; package delta makes changes of them. From 0, the empty graph,
// is allowed until the first prune. Only what changed is read, and the file is
// let go whenever a part was decoded. Images have no Supplier and may be kept.
//
// Versions that do not exist or are no longer kept are a *VersionError.
func (db *DB) Touched(ctx context.Context, from, to uint64) iter.Seq2[graph.Change, error] {
	return func(yield func(graph.Change, error) bool) {
		fail := func(err error) { yield(graph.Change{}, fmt.Errorf("read changes: %w", err)) }
		var todo []touch
		err := db.view(ctx, func(r *reader) (err error) {
			todo, err = r.touchedBetween(ctx, from, to)
			return err
		})
		if err != nil {
			fail(err)
			return
		}
		for part := range slices.Chunk(todo, changesAtOnce) {
			var changes []graph.Change
			err := db.view(ctx, func(r *reader) (err error) {
				changes, err = r.changes(part, from, to)
				return err
			})
			if err != nil {
				fail(err)
				return
			}
			for _, c := range changes {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// touch is an object and the last version of a range that wrote it.
type touch struct {
	id      graph.Identity
	version uint64
}

func (r *reader) touchedBetween(ctx context.Context, from, to uint64) ([]touch, error) {
	if err := r.checkRange(from, to); err != nil {
		return nil, err
	}
	last := map[graph.Identity]uint64{}
	for n := from + 1; n <= to; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for k := range r.each(bucketUndo, numberKey(n)) {
			id, ok := identityOf(r.names, k[8:])
			if !ok {
				return nil, r.damaged(errKey, "before-image %.80q of version %d", k[8:], n)
			}
			last[id] = n
		}
	}
	out := make([]touch, 0, len(last))
	for id, n := range last {
		out = append(out, touch{id, n})
	}
	slices.SortFunc(out, func(a, b touch) int { return compareIdentity(a.id, b.id) })
	return out, nil
}

// checkRange refuses versions whose states cannot be rebuilt.
func (r *reader) checkRange(from, to uint64) error {
	base, err := r.base()
	if err != nil {
		return err
	}
	newest, err := r.newest()
	if err != nil {
		return err
	}
	for _, n := range [...]uint64{from, to} {
		if n < base || n > newest.Number {
			return r.noVersion(AtVersion(n), newest)
		}
	}
	if from > to {
		return fmt.Errorf("version %d is after version %d", from, to)
	}
	return nil
}

// changes finds the states of objects at two versions along their chains.
func (r *reader) changes(list []touch, from, to uint64) ([]graph.Change, error) {
	if err := r.checkRange(from, to); err != nil {
		return nil, err // pruned since the list was made
	}
	var out []graph.Change
	for _, t := range list {
		c := graph.Change{Version: t.version}
		for l, err := range r.chain(t.id, from) {
			if err != nil {
				return nil, err
			}
			if l.version > to {
				continue
			}
			if l.version > from {
				if l.version == t.version {
					c.After = image(l.state)
				}
				continue
			}
			c.Before = image(l.state)
			break
		}
		if c.Before != nil || c.After != nil {
			out = append(out, c)
		}
	}
	return out, nil
}
