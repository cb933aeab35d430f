package store

import (
	"bytes"

	"github.com/j1db/j1db/store/graph"
)

// history applies the undo log back to the oldest version, on the objects that it
// speaks of. What comes back must fit its place and have its ends, what changed
// must be what the version counts, and every before-image must be found from the
// state that replaced it.
func (c *checker) history() error {
	h := &rewinder{checker: c, states: map[graph.Identity]*lived{}, lived: map[place]bool{}}
	for n := c.newest; n > c.base; n-- {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if err := h.unwind(n); err != nil {
			return err
		}
	}
	for id, s := range h.states {
		if s.touched > c.base && !(s.object != nil && c.bornIn(s.object.place, s.touched)) {
			if err := c.report("history of %s %s of %s: version %d did not write it", id.Kind, id.Key, id.Instance, s.touched); err != nil {
				return err
			}
		}
	}
	for k := range c.r.each(bucketUndo, nil) {
		if len(k) < 8 || bytes.Compare(k[:8], numberKey(c.base)) <= 0 || bytes.Compare(k[:8], numberKey(c.newest)) > 0 {
			return c.report("before-image %.80q", k)
		}
	}
	return nil
}

// rewinder holds the states of the objects that the undo log speaks of, as of one
// version after the other. All other objects have had one state since they were
// created.
type rewinder struct {
	*checker
	states map[graph.Identity]*lived
	// lived are the rows, empty or not, that a before-image shows alive.
	lived map[place]bool
}

// lived is the state of an object, nil when it is not alive, and the version that
// brought it.
type lived struct {
	object  *object
	touched uint64
}

// state returns the state of an object as of now.
func (h *rewinder) state(id graph.Identity) (*lived, error) {
	if s := h.states[id]; s != nil {
		return s, nil
	}
	o, touched, err := h.n.head(id)
	if err != nil {
		return nil, err
	}
	s := &lived{o, touched}
	h.states[id] = s
	return s, nil
}

// unwind takes version n back and checks what it did.
func (h *rewinder) unwind(n uint64) error {
	v, err := h.r.version(n)
	if err != nil {
		return err
	}
	var entities, relationships graph.Counts
	var back []*object
	explained := map[graph.Kind]int{} // new rows of objects that were known before
	for u, err := range h.r.undos(n) {
		if err == nil {
			err = h.step()
		}
		if err != nil {
			return err
		}
		s, err := h.state(u.id)
		if err != nil {
			return err
		}
		if s.touched != n {
			if err := h.report("before-image of %s %s of %s in version %d", u.id.Kind, u.id.Key, u.id.Instance, n); err != nil {
				return err
			}
		}
		diff := graph.Change{Before: image(u.before), After: image(s.object)}
		if !graph.SameState(diff.Before, diff.After) {
			if u.id.Kind == graph.EntityKind {
				entities.Add(diff.Op())
			} else {
				relationships.Add(diff.Op())
			}
		}
		if s.object != nil && h.bornIn(s.object.place, n) {
			explained[u.id.Kind]++
		}
		if u.before != nil {
			back = append(back, u.before)
			h.lived[u.before.place] = true
		}
		*s = lived{u.before, u.previous}
	}
	for kind, n := range explained {
		if kind == graph.EntityKind {
			entities.Created -= n
		} else {
			relationships.Created -= n
		}
	}
	if err := h.created(n, &entities, &relationships); err != nil {
		return err
	}
	if entities != v.Entities || relationships != v.Relationships {
		if err := h.report("counts of version %d", n); err != nil {
			return err
		}
	}
	for _, o := range back {
		if err := h.step(); err != nil {
			return err
		}
		if err := h.fits(o, n); err != nil {
			return err
		}
	}
	return nil
}

// bornIn reports whether version n appended a row.
func (c *checker) bornIn(at place, n uint64) bool {
	born := c.born[at.table]
	return int(at.row) < len(born) && born[at.row] == n
}

// created counts the objects that version n made: one for each row that it
// appended and that ever held one. The caller has taken off those that were known
// before.
func (h *rewinder) created(n uint64, entities, relationships *graph.Counts) error {
	for rows, err := range h.r.createdIn(n) {
		if err != nil {
			return err
		}
		v, err := h.n.view(rows.table)
		if err != nil {
			return err
		}
		count := entities
		if v.Record().Kind == graph.RelationshipKind {
			count = relationships
		}
		for row := rows.first; row < rows.first+rows.count; row++ {
			if err := h.step(); err != nil {
				return err
			}
			alive, err := v.IsAlive(row)
			if err != nil {
				return h.r.damaged(err, "row %d of table %d", row, rows.table)
			}
			if alive || h.lived[place{rows.table, row}] {
				count.Created++
			}
		}
	}
	return nil
}

// fits checks that a state that version n replaced fits its place, and that the
// graph was whole before it.
func (h *rewinder) fits(o *object, n uint64) error {
	id := o.image.Identity()
	born := h.born[o.place.table]
	ok := int(o.place.row) < len(born) && born[o.place.row] < n
	if ok {
		v, err := h.n.view(o.place.table)
		if err != nil {
			return err
		}
		rec := v.Record()
		ok = rec.Kind == id.Kind && rec.Type == o.image.Type
		if ok && id.Kind == graph.RelationshipKind {
			if ok, err = h.joined(o, n, rec.From, rec.To); err != nil {
				return err
			}
			ok = ok && rec.Class == o.image.Class[0]
		}
	}
	if !ok {
		return h.report("row %d of table %d, which %s %s of %s had before version %d",
			o.place.row, o.place.table, id.Kind, id.Key, id.Instance, n)
	}
	return nil
}

// joined reports whether the ends of a relationship were alive before version n, in
// the tables where its own says. What n created is older than nothing.
func (h *rewinder) joined(o *object, n uint64, from, to uint32) (bool, error) {
	for _, e := range [...]struct {
		graph.End
		table uint32
	}{{o.image.From, from}, {o.image.To, to}} {
		end, err := h.state(graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key})
		if err != nil {
			return false, err
		}
		if end.object == nil || end.touched >= n || end.object.place.table != e.table {
			return false, nil
		}
	}
	return true, nil
}
