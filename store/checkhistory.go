package store

import (
	"bytes"

	"github.com/j1db/j1db/store/graph"
)

// history applies the undo log back to the oldest version. The graph must be
// whole at every version, what changed must be what the version counts, and every
// before-image must be found from the state that replaced it.
func (c *checker) history() error {
	heads := map[graph.Identity]uint64{}
	for id, o := range c.states {
		heads[id] = o.touched
	}
	for k, v := range c.r.each(bucketGone, nil) {
		id, _ := identityOf(c.r.names, k)
		g, err := decodeGone(k, v)
		if err != nil {
			return c.r.damaged(err, "deleted key %.80q", k)
		}
		heads[id] = g.touched
	}
	c.degree = map[graph.End]int{}
	for _, o := range c.states {
		c.degrees(o, 1)
	}
	for n := c.newest; n > c.base; n-- {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if err := c.unwind(n, heads); err != nil {
			return err
		}
	}
	for id, touched := range heads {
		if touched > c.base {
			if err := c.report("history of %s %s of %s: version %d did not write it", id.Kind, id.Key, id.Instance, touched); err != nil {
				return err
			}
		}
	}
	if c.base == 0 && len(c.states) > 0 {
		if err := c.report("history: %d objects were never created", len(c.states)); err != nil {
			return err
		}
	}
	for k := range c.r.each(bucketUndo, nil) {
		if len(k) < 8 || bytes.Compare(k[:8], numberKey(c.base)) <= 0 || bytes.Compare(k[:8], numberKey(c.newest)) > 0 {
			return c.report("before-image %.80q", k)
		}
	}
	return nil
}

// degrees counts the ends of relationships at every entity.
func (c *checker) degrees(o *object, by int) {
	if o != nil && o.image.Kind == graph.RelationshipKind {
		c.degree[o.image.From] += by
		c.degree[o.image.To] += by
	}
}

// unwinding is one version being taken back.
type unwinding struct {
	entities, relationships graph.Counts
	touched                 []graph.Identity
	// moved are entities that had another table, or none, before the version.
	moved []graph.End
}

// unwind takes version n back and checks what it did.
func (c *checker) unwind(n uint64, heads map[graph.Identity]uint64) error {
	v, err := c.r.version(n)
	if err != nil {
		return err
	}
	var w unwinding
	for u, err := range c.r.undos(n) {
		if err != nil {
			return err
		}
		if heads[u.id] != n {
			if err := c.report("before-image of %s %s of %s in version %d", u.id.Kind, u.id.Key, u.id.Instance, n); err != nil {
				return err
			}
		}
		heads[u.id] = u.previous
		c.undo(u, &w)
	}
	if w.entities != v.Entities || w.relationships != v.Relationships {
		if err := c.report("counts of version %d", n); err != nil {
			return err
		}
	}
	return c.whole(&w)
}

// undo puts one before-image in the place of the state that followed it.
func (c *checker) undo(u undone, w *unwinding) {
	after := c.states[u.id]
	diff := graph.Change{Before: image(u.before), After: image(after)}
	if !graph.SameState(diff.Before, diff.After) {
		if u.id.Kind == graph.EntityKind {
			w.entities.Add(diff.Op())
		} else {
			w.relationships.Add(diff.Op())
		}
	}
	if u.id.Kind == graph.EntityKind && (u.before == nil || after != nil && after.place != u.before.place) {
		w.moved = append(w.moved, graph.End{Instance: u.id.Instance, Key: u.id.Key})
	}
	c.degrees(after, -1)
	c.degrees(u.before, 1)
	delete(c.states, u.id)
	if u.before != nil {
		c.states[u.id] = u.before
		w.touched = append(w.touched, u.id)
	}
}

// whole checks that the graph is whole after a version was taken back: what came
// back stands in its place, and no relationship was left at an entity that moved.
func (c *checker) whole(w *unwinding) error {
	back := map[graph.End]int{}
	for _, id := range w.touched {
		o := c.states[id]
		if err := c.place(id, o); err != nil {
			return err
		}
		if id.Kind == graph.RelationshipKind {
			if err := c.joined(id, o); err != nil {
				return err
			}
			back[o.image.From]++
			back[o.image.To]++
		}
	}
	for _, e := range w.moved {
		if c.degree[e] != back[e] {
			if err := c.report("relationships at %s of %s: %d of them lack it", e.Key, e.Instance, c.degree[e]-back[e]); err != nil {
				return err
			}
		}
	}
	return nil
}

// pages asks bbolt to look at its own. It does so in a goroutine of its own,
// which nothing can protect from faults, so only when all else was readable.
func (c *checker) pages() error {
	if c.found > 0 {
		return nil
	}
	var first error
	for err := range c.r.tx.Check() {
		if first == nil {
			first = err // the channel must be drained all the same
		}
	}
	if first != nil {
		return c.broken(&CorruptError{Path: c.db.path, Where: "pages", Err: first})
	}
	return nil
}
