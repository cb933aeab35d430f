package store

import (
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// placeEntities gives every changed entity its row. A relationship whose end moves
// to another table moves with it and so becomes a change too.
func (w *working) placeEntities(m *merge) error {
	moved := map[table.Place]bool{}
	for ; w.placed < len(w.order); w.placed++ {
		id := w.order[w.placed]
		if id.Kind != graph.EntityKind {
			continue
		}
		c := w.changes[id]
		is, err := w.settle(c, func(o *object) (table.Name, error) {
			return table.Name{Kind: graph.EntityKind, Type: o.image.Type}, nil
		})
		if err != nil {
			return err
		}
		if !is {
			continue
		}
		moved[table.Place{Table: c.before.place.table, Row: c.before.place.row}] = true
		if err := w.drag(graph.End{Instance: id.Instance, Key: id.Key}); err != nil {
			return err
		}
	}
	if len(moved) == 0 {
		return nil
	}
	for in, refs := range w.fresh.demote(moved) {
		if err := w.promote(in, refs); err != nil {
			return err
		}
	}
	return nil
}

// promote makes changes of fresh relationships.
func (w *working) promote(in *intake, refs []ref) error {
	in.sortByRank(stage.Relationships, refs)
	read := in.st.Reader()
	for _, r := range refs {
		*in.fate(stage.Relationships, r) = fateChanged
		st, err := read.Object(in.entry(stage.Relationships, r))
		if err != nil {
			return err
		}
		if err := w.set(st.Image, st.Parent); err != nil {
			return err
		}
	}
	return nil
}

// placeEdges gives every changed relationship its row, when all entities have
// theirs.
func (w *working) placeEdges() error {
	for _, id := range w.order {
		if id.Kind == graph.RelationshipKind {
			if _, err := w.settle(w.changes[id], w.edgeTable); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle gives one change its row and reports whether a living object moved.
func (w *working) settle(c *change, name func(*object) (table.Name, error)) (bool, error) {
	if c.after == nil {
		return false, nil
	}
	n, err := name(c.after)
	if err != nil {
		return false, err
	}
	number, err := w.edit.Table(n)
	if err != nil {
		return false, err
	}
	if c.hasPlace && c.placeOf().table == number {
		return false, nil
	}
	row, err := w.edit.Reserve(number, 1)
	if err != nil {
		return false, err
	}
	// The state before must keep its own place: never write through a shared
	// object.
	after := *c.after
	after.place, after.touched = place{number, row}, w.version
	c.after, c.hasPlace = &after, true
	return c.before != nil, nil
}

// drag begins a change for every relationship at an entity that moved.
func (w *working) drag(e graph.End) error {
	ids, err := w.incident(e)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := w.change(id); err != nil {
			return err
		}
	}
	return nil
}

var errNoEnd = errors.New("its end is not there")

// edgeTable names the table in which a relationship belongs.
func (w *working) edgeTable(o *object) (table.Name, error) {
	from, to, err := w.endsOf(&o.image)
	return table.Name{
		Kind: graph.RelationshipKind, Type: o.image.Type, Class: o.image.Class[0], From: from.Table, To: to.Table,
	}, err
}

// endsOf returns where the ends of a relationship stand.
func (w *working) endsOf(im *graph.Image) (from, to table.Place, err error) {
	for _, end := range [...]struct {
		graph.End
		at *table.Place
	}{{im.From, &from}, {im.To, &to}} {
		at, ok, err := w.place(end.End)
		if err == nil && !ok {
			err = fmt.Errorf("place relationship %s: %s of %s: %w", im.Key, end.Key, end.Instance, errNoEnd)
		}
		if err != nil {
			return from, to, err
		}
		*end.at = at
	}
	return from, to, nil
}
