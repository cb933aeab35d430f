package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// changesAtOnce is how many changes Touched decodes while it holds the file.
const changesAtOnce = 32768

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
		err := db.view(ctx, func(r *reader) error {
			n, err := db.newest(r)
			if err != nil {
				return err
			}
			todo, err = n.touchedBetween(ctx, from, to)
			return err
		})
		if err != nil {
			fail(err)
			return
		}
		for part := range slices.Chunk(todo, changesAtOnce) {
			var changes []graph.Change
			err := db.view(ctx, func(r *reader) error {
				n, err := db.newest(r)
				if err != nil {
					return err
				}
				changes, err = n.changes(part, from, to)
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

// touch is an object and the last version of a range that wrote it. Of one that
// is new nothing was there before the range.
type touch struct {
	id      graph.Identity
	version uint64
	isNew   bool
	at      table.Place // of a new one that is still there
}

// touchedBetween lists what the versions after from, up to to, wrote, in order.
func (n *newest) touchedBetween(ctx context.Context, from, to uint64) ([]touch, error) {
	if err := n.checkRange(from, to); err != nil {
		return nil, err
	}
	last := map[graph.Identity]uint64{}
	var rows []newRows
	for v := from + 1; v <= to; v++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for k := range n.each(bucketUndo, numberKey(v)) {
			id, ok := identityOf(n.names, k[8:])
			if !ok {
				return nil, n.damaged(errKey, "before-image %.80q of version %d", k[8:], v)
			}
			last[id] = v
		}
		for c, err := range n.createdIn(v) {
			if err != nil {
				return nil, err
			}
			rows = append(rows, newRows{c, v})
		}
	}
	out := make([]touch, 0, len(last))
	for id, v := range last {
		out = append(out, touch{id: id, version: v})
	}
	slices.SortFunc(rows, func(a, b newRows) int {
		return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(a.first, b.first))
	})
	out, err := n.appendNew(ctx, out, rows, last)
	if err != nil {
		return nil, err
	}
	if out, err = n.appendLost(ctx, out, rows, last, to); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b touch) int { return compareIdentity(a.id, b.id) })
	return out, nil
}

// newRows are rows and the version that appended them.
type newRows struct {
	created
	version uint64
}

// holderOf returns which of sorted ranges, none of which overlap, holds a row, -1 if
// none does.
func holderOf(rows []newRows, at table.Place) int {
	i, found := slices.BinarySearchFunc(rows, at, func(c newRows, at table.Place) int {
		return cmp.Or(cmp.Compare(c.table, at.Table), cmp.Compare(c.first, at.Row))
	})
	if !found {
		i-- // the last that begins before it
	}
	if i < 0 || !rows[i].holds(at) {
		return -1
	}
	return i
}

// appendNew adds the objects that still stand where they were created.
func (n *newest) appendNew(ctx context.Context, out []touch, rows []newRows, known map[graph.Identity]uint64) ([]touch, error) {
	for _, c := range rows {
		v, err := n.view(c.table)
		if err != nil {
			return nil, err
		}
		for row := c.first; row < c.first+c.count; row++ {
			if row%table.GroupRows == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			at := table.Place{Table: c.table, Row: row}
			alive, err := v.IsAlive(row)
			if err != nil {
				return nil, n.wrong(err, at)
			}
			if !alive {
				continue
			}
			id, err := v.Identity(row)
			if err != nil {
				return nil, n.wrong(err, at)
			}
			if _, ok := known[id]; !ok {
				out = append(out, touch{id, c.version, true, at})
			}
		}
	}
	return out, nil
}

// appendLost adds the objects that left the row where they were created after
// version to: a later before-image names it.
func (n *newest) appendLost(ctx context.Context, out []touch, rows []newRows, known map[graph.Identity]uint64, to uint64) ([]touch, error) {
	if len(rows) == 0 {
		return out, nil
	}
	newest, err := n.last(bucketVersion)
	if err != nil {
		return nil, err
	}
	seen := map[table.Place]bool{}
	for v := to + 1; v <= newest; v++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for u, err := range n.undos(v) {
			if err != nil {
				return nil, err
			}
			if u.before == nil {
				continue
			}
			at := table.Place{Table: u.before.place.table, Row: u.before.place.row}
			i := holderOf(rows, at)
			if _, ok := known[u.id]; ok || i < 0 || seen[at] {
				continue
			}
			seen[at] = true
			view, err := n.view(at.Table)
			if err != nil {
				return nil, err
			}
			alive, err := view.IsAlive(at.Row)
			if err != nil {
				return nil, n.wrong(err, at)
			}
			if !alive {
				out = append(out, touch{id: u.id, version: rows[i].version, isNew: true})
			}
		}
	}
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

// changes finds the states of objects at two versions.
func (n *newest) changes(list []touch, from, to uint64) ([]graph.Change, error) {
	if err := n.checkRange(from, to); err != nil {
		return nil, err // pruned since the list was made
	}
	out, sure, err := n.shortcuts(list, from)
	if err != nil {
		return nil, err
	}
	kept := out[:0]
	for i, t := range list {
		c := out[i]
		if !sure[i] {
			if c, err = n.changeOf(t, from, to); err != nil {
				return nil, err
			}
		}
		if c.Before != nil || c.After != nil {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// changeOf finds the states of one object along its chain.
func (n *newest) changeOf(t touch, from, to uint64) (graph.Change, error) {
	c := graph.Change{Version: t.version}
	for l, err := range n.chain(t.id, from) {
		switch {
		case err != nil:
			return c, err
		case l.version > to:
			continue
		case l.version > from:
			if l.version == t.version {
				c.After = image(l.state)
			}
			if t.isNew {
				return c, nil // nothing was there before
			}
		default:
			c.Before = image(l.state)
			return c, nil
		}
	}
	return c, nil
}
