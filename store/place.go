package store

import (
	"fmt"
	"math"

	"github.com/j1db/j1db/store/graph"
)

// tableName is what makes two objects share a table.
type tableName struct {
	kind     graph.Kind
	typ      string
	class    string // relationships only, like the rest
	from, to uint32
}

// placement gives every changed object its table and row. Rows are appended in
// the order in which the objects came and never used twice.
type placement struct {
	w      *working
	tables map[uint32]*table
	byName map[tableName]*table
	dirty  map[uint32]bool
	next   uint32
}

func newPlacement(w *working) (*placement, error) {
	tables, err := w.tables()
	if err != nil {
		return nil, err
	}
	p := &placement{w: w, tables: tables, byName: map[tableName]*table{}, dirty: map[uint32]bool{}, next: 1}
	for n, t := range tables {
		p.byName[tableName{t.kind, t.typ, t.class, t.from, t.to}] = t
		p.next = max(p.next, n+1)
	}
	return p, nil
}

// place places all changes, entities first: the tables of relationships follow
// from those of their ends. A relationship whose end changes its table moves
// with it and so becomes a change too.
func (p *placement) place() error {
	for _, id := range p.w.order {
		if id.Kind != graph.EntityKind {
			continue
		}
		c := p.w.changes[id]
		moved, err := p.put(c, func(o *object) (tableName, error) {
			return tableName{kind: graph.EntityKind, typ: o.image.Type}, nil
		})
		if err != nil {
			return err
		}
		if moved {
			if err := p.drag(graph.End{Instance: id.Instance, Key: id.Key}); err != nil {
				return err
			}
		}
	}
	for _, id := range p.w.order {
		if id.Kind == graph.RelationshipKind {
			if _, err := p.put(p.w.changes[id], p.edgeTable); err != nil {
				return err
			}
		}
	}
	return nil
}

// put places one change and reports whether a living object moved.
func (p *placement) put(c *change, name func(*object) (tableName, error)) (bool, error) {
	if c.after == nil {
		if c.before != nil {
			return false, p.leave(c.before.place)
		}
		return false, nil
	}
	n, err := name(c.after)
	if err != nil {
		return false, err
	}
	t, err := p.table(n)
	if err != nil {
		return false, err
	}
	if c.before != nil && c.before.place.table == t.number {
		c.after.place = c.before.place
		return false, nil
	}
	if t.rows == math.MaxUint32 {
		return false, fmt.Errorf("table of %s is full: it had %d rows", n.typ, t.rows)
	}
	// The state before must keep its own place: never write through a shared
	// object.
	after := *c.after
	after.place = place{t.number, t.rows}
	c.after = &after
	t.rows++
	t.live++
	p.dirty[t.number] = true
	if c.before == nil {
		return false, nil
	}
	return true, p.leave(c.before.place)
}

// leave takes an object out of its table; the row stays empty for ever.
func (p *placement) leave(at place) error {
	t := p.tables[at.table]
	if t == nil || t.live == 0 {
		return p.w.damaged(fmt.Errorf("it has no living rows"), "table %d", at.table)
	}
	t.live--
	p.dirty[t.number] = true
	return nil
}

// drag begins a change for every relationship at an entity that moved.
func (p *placement) drag(e graph.End) error {
	ids, err := p.w.incident(e)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := p.w.change(id); err != nil {
			return err
		}
	}
	return nil
}

func (p *placement) edgeTable(o *object) (tableName, error) {
	n := tableName{kind: graph.RelationshipKind, typ: o.image.Type, class: o.image.Class[0]}
	for _, end := range [...]struct {
		graph.End
		table *uint32
	}{{o.image.From, &n.from}, {o.image.To, &n.to}} {
		e, err := p.w.get(graph.Identity{Kind: graph.EntityKind, Instance: end.Instance, Key: end.Key})
		if err != nil {
			return n, err
		}
		if e == nil {
			return n, fmt.Errorf("place relationship %s: its end %s of %s is not there", o.image.Key, end.Key, end.Instance)
		}
		*end.table = e.place.table
	}
	return n, nil
}

// table returns the table of that name, making it if need be.
func (p *placement) table(n tableName) (*table, error) {
	if t := p.byName[n]; t != nil {
		return t, nil
	}
	if p.next == math.MaxUint32 {
		return nil, fmt.Errorf("make table of %s: there are too many tables", n.typ)
	}
	t := &table{number: p.next, kind: n.kind, typ: n.typ, class: n.class, from: n.from, to: n.to}
	p.tables[t.number], p.byName[n] = t, t
	p.next++
	return t, nil
}
