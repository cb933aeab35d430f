package store

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// working is the graph that one write makes: the newest version, read through, and
// over it two sorts of news. Objects that were known are changes, whole before and
// after. Objects of a run that nothing was known of are fresh: they stay in their
// stage until they are written, for there may be millions.
type working struct {
	*newest
	edit    *table.Editor
	version uint64 // that the changes will make
	time    int64  // of that version
	changes map[graph.Identity]*change
	order   []graph.Identity // of changes, as they came
	placed  int              // how many of order have a place
	// joined lists the relationships that this write added as changes, by end; the
	// tables list the others.
	joined  map[graph.End][]graph.Identity
	intakes map[string]*intake // by instance
	fresh   *freshRows
	stages  []*stage.Stage          // to be closed
	mapped  map[stageMapped]*mapped // nil for a deleted one
}

type stageMapped struct{ instance, key string }

// change is one object before and after; either may be nil, or both for one that
// came and went in the same write.
type change struct {
	before, after *object
	gone          gone // of an earlier life, where before is nil
	returned      bool // gone is set
	hasPlace      bool // after has one
}

func newWorking(n *newest, now int64) (*working, error) {
	last, err := n.reader.newest()
	if err != nil {
		return nil, err
	}
	edit, err := table.NewEditor(n.tables, table.EditorOptions{KeyHash: n.nameHash})
	if err != nil {
		return nil, err
	}
	return &working{
		newest: n, edit: edit, version: last.Number + 1, time: max(now, last.Time+1),
		changes: map[graph.Identity]*change{}, joined: map[graph.End][]graph.Identity{},
		intakes: map[string]*intake{}, fresh: newFreshRows(),
		mapped: map[stageMapped]*mapped{},
	}, nil
}

// close lets go of what was staged on the way.
func (w *working) close() {
	for _, st := range w.stages {
		_ = st.Close() // it is in memory
	}
}

// alive reports whether an entity is there.
func (w *working) alive(e graph.End) (bool, error) {
	_, ok, err := w.place(e)
	return ok, err
}

// place returns where an entity stands: its row, unless it was created as a change
// that has no place yet.
func (w *working) place(e graph.End) (table.Place, bool, error) {
	id := graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key}
	if len(w.changes) > 0 {
		if c, ok := w.changes[id]; ok {
			if c.after == nil {
				return table.Place{}, false, nil
			}
			return table.Place{Table: c.after.place.table, Row: c.after.place.row}, true, nil
		}
	}
	if in := w.intakes[e.Instance]; in != nil {
		if at, ok, err := in.place(e.Key); ok || err != nil {
			return at, ok, err
		}
	}
	return w.find(id)
}

// place returns where an entity of the run stands that is unchanged or fresh.
func (in *intake) place(key string) (table.Place, bool, error) {
	if in.seats != nil {
		hash := in.st.Hasher().Key(graph.EntityKind, in.st.Instance().Name, key)
		if at, ok, sure := in.seats.find(hash); sure {
			return at, ok, nil
		}
	}
	r, ok, err := in.find(stage.Entities, key)
	if err != nil || !ok {
		return table.Place{}, false, err
	}
	switch *in.fate(stage.Entities, r) {
	case fateUnchanged, fateFresh:
		return in.places[r.partition()][r.index()], true, nil
	}
	return table.Place{}, false, nil
}

// change returns the change of an object, beginning one if need be.
func (w *working) change(id graph.Identity) (*change, error) {
	if c, ok := w.changes[id]; ok {
		return c, nil
	}
	before, err := w.object(id)
	if err != nil {
		return nil, err
	}
	c := &change{before: before, after: before, hasPlace: before != nil}
	if before == nil {
		if c.gone, c.returned, err = w.newest.gone(id); err != nil {
			return nil, err
		}
	}
	w.changes[id] = c
	w.order = append(w.order, id)
	return c, nil
}

// set gives an object a state. Meta and place follow from what was there; a
// state that is the same as before leaves everything as it was but the parent.
func (w *working) set(im graph.Image, parent string) error {
	c, err := w.change(im.Identity())
	if err != nil {
		return err
	}
	o := &object{image: im, parent: parent, touched: w.version}
	switch b := c.before; {
	case b == nil:
		o.image.Meta = graph.Meta{Version: 1, CreatedOn: w.time, BeginOn: w.time}
		if c.returned {
			o.image.Meta.Version, o.image.Meta.CreatedOn = c.gone.version+1, c.gone.createdOn
		}
	case graph.SameState(&b.image, &im):
		o.image, o.place, o.touched = b.image, b.place, b.touched
	default:
		o.image.Meta = graph.Meta{Version: b.image.Meta.Version + 1, CreatedOn: b.image.Meta.CreatedOn, BeginOn: w.time}
	}
	if c.hasPlace {
		o.place = c.placeOf()
	}
	c.after = o
	if im.Kind == graph.RelationshipKind {
		w.join(im.From, im.Identity())
		w.join(im.To, im.Identity())
	}
	return nil
}

// placeOf returns the place that a change has had so far.
func (c *change) placeOf() place {
	if c.after != nil {
		return c.after.place
	}
	return c.before.place
}

func (w *working) join(e graph.End, id graph.Identity) {
	if !slices.Contains(w.joined[e], id) {
		w.joined[e] = append(w.joined[e], id)
	}
}

// remove deletes an object, if it is alive.
func (w *working) remove(id graph.Identity) error {
	c, err := w.change(id)
	if err != nil {
		return err
	}
	c.after = nil
	return nil
}

// now returns the current state of an object that is not fresh, nil when it is not
// alive.
func (w *working) now(id graph.Identity) (*object, error) {
	if c, ok := w.changes[id]; ok {
		return c.after, nil
	}
	return w.object(id)
}

// incident returns the living relationships at an entity, each once, in the order
// of their identities. Fresh ones are not among them.
func (w *working) incident(e graph.End) ([]graph.Identity, error) {
	ids := slices.Clone(w.joined[e])
	id := graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key}
	at, ok, err := w.find(id)
	if err != nil {
		return nil, err
	}
	if ok {
		err := w.edgesAt(at, func(edge table.Place) error {
			v, err := w.view(edge.Table)
			if err != nil {
				return err
			}
			rel, err := v.Identity(edge.Row)
			ids = append(ids, rel)
			return w.wrong(err, edge)
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(ids, compareIdentity)
	ids = slices.Compact(ids)
	out := ids[:0]
	for _, id := range ids {
		o, err := w.now(id)
		if err != nil {
			return nil, err
		}
		if o != nil && (o.image.From == e || o.image.To == e) {
			out = append(out, id)
		}
	}
	return out, nil
}

// edgesAt calls f for every stored relationship at an entity, by table; one to
// itself comes twice.
func (n *newest) edgesAt(at table.Place, f func(table.Place) error) error {
	group, row := int(at.Row/table.GroupRows), int(at.Row%table.GroupRows)
	for _, e := range n.dir.Edges {
		for _, side := range [...]struct {
			table uint32
			part  table.Part
		}{{e.From, table.PartOut}, {e.To, table.PartIn}} {
			if side.table != at.Table {
				continue
			}
			v, err := n.view(e.Number)
			if err != nil {
				return err
			}
			near, err := v.Near(side.part, group)
			if err != nil {
				return n.damaged(err, "adjacency of table %d", e.Number)
			}
			var l column.Lists
			if err := near.AppendRow(&l, row); err != nil {
				return n.damaged(err, "adjacency of table %d", e.Number)
			}
			for _, edge := range l.Edges {
				if err := f(table.Place{Table: e.Number, Row: edge}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// compareIdentity orders identities as their keys in the file are ordered.
func compareIdentity(a, b graph.Identity) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Instance, b.Instance), strings.Compare(a.Key, b.Key))
}

// allMapped yields the mapped relationships of an instance by key, with the
// changes of this write.
func (w *working) allMapped(instance string) iter.Seq2[*mapped, error] {
	return func(yield func(*mapped, error) bool) {
		now := map[string]*mapped{}
		for m, err := range w.mappedOf(instance) {
			if err != nil {
				yield(nil, err)
				return
			}
			now[m.rel.Key] = m
		}
		for id, m := range w.mapped {
			if id.instance == instance {
				now[id.key] = m
			}
		}
		maps.DeleteFunc(now, func(_ string, m *mapped) bool { return m == nil })
		for _, k := range slices.SortedFunc(maps.Keys(now), strings.Compare) {
			if !yield(now[k], nil) {
				return
			}
		}
	}
}
