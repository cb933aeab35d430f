package store

import (
	"cmp"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// writeRows hands everything that is new to the editor.
func (w *working) writeRows() error {
	for _, f := range w.fresh.entities {
		if err := w.fillEntities(f); err != nil {
			return err
		}
	}
	names := w.fresh.names()
	var sorting errgroup.Group
	sorting.SetLimit(workers())
	for _, name := range names {
		sorting.Go(func() error {
			name.in.sortEdges(w.fresh.edges[name].list)
			return nil
		})
	}
	_ = sorting.Wait() // none fails
	for _, name := range names {
		if err := w.fillEdges(name, w.fresh.edges[name].list); err != nil {
			return err
		}
	}
	for _, id := range w.changed() {
		if err := w.writeRow(w.changes[id]); err != nil {
			return err
		}
	}
	for _, id := range w.order {
		c := w.changes[id]
		if c.same() && c.after != nil && c.before.parent != c.after.parent {
			if err := w.writeRow(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *working) fillEntities(f freshEntities) error {
	return w.fill(f.table, f.first, f.in, stage.Entities, f.refs, table.Ends{})
}

// fillEdges appends relationships, which are in the supplier's order. That mostly
// follows one of the ends: the adjacency of that direction then takes little room,
// and staged records are read as they were written.
func (w *working) fillEdges(name edgeName, list []freshEdge) error {
	if len(list) == 0 {
		return nil
	}
	number, err := w.edit.Table(name.Name)
	if err != nil {
		return err
	}
	first, err := w.edit.Reserve(number, uint32(len(list)))
	if err != nil {
		return err
	}
	refs := make([]ref, len(list))
	ends := table.Ends{From: make([]uint32, len(list)), To: make([]uint32, len(list))}
	for i, e := range list {
		refs[i], ends.From[i], ends.To[i] = e.ref, e.from, e.to
	}
	w.fresh.edges[name].list = nil
	return w.fill(number, first, name.in, stage.Relationships, refs, ends)
}

// sortEdges puts relationships into the supplier's order.
func (in *intake) sortEdges(list []freshEdge) {
	type ranked struct {
		rank uint64
		edge freshEdge
	}
	by := make([]ranked, len(list))
	for i, e := range list {
		by[i] = ranked{in.entry(stage.Relationships, e.ref).Rank, e}
	}
	slices.SortFunc(by, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.edge.ref, b.edge.ref))
	})
	for i, x := range by {
		list[i] = x.edge
	}
}

// fill appends staged objects as rows.
func (w *working) fill(number, first uint32, in *intake, sh stage.Shelf, refs []ref, ends table.Ends) error {
	return w.edit.Fill(number, first, table.Filling{
		Columns: in.st.Names(), Len: len(refs), Ends: ends,
		Rows: func(lo, hi int, s *table.Sink) error {
			read, name := in.st.Reader(), in.st.Instance().Name
			var near []stage.Entry
			for part := range slices.Chunk(refs[lo:hi], window) {
				near = in.entries(near[:0], sh, part)
				for _, e := range near {
					if err := w.fillRow(s, name, read, e); err != nil {
						return err
					}
				}
			}
			return nil
		},
	})
}

// fillRow appends one staged object.
func (w *working) fillRow(s *table.Sink, instance string, read *stage.Reader, e stage.Entry) error {
	rec, err := read.Record(e)
	if err != nil {
		return err
	}
	h := table.Head{
		Instance: instance, Parent: rec.Parent,
		Version: 1, CreatedOn: w.time, BeginOn: w.time, Touched: w.version, Hash: e.Content, KeyHash: e.Key,
	}
	if !rec.Derived {
		h.Key = rec.Key()
	}
	if rec.Group.Shelf == stage.Entities {
		h.Class = rec.Group.Class
	}
	s.Begin(h)
	for name, v := range rec.Props {
		s.Set(name, v)
	}
	return nil
}

// writeRow gives one change its rows.
func (w *working) writeRow(c *change) error {
	var before, after *table.Row
	var err error
	if c.before != nil {
		if before, err = w.rowBefore(c.before); err != nil {
			return err
		}
	}
	if c.after != nil {
		if after, err = w.rowAfter(c.after); err != nil {
			return err
		}
	}
	switch {
	case c.after == nil:
		return w.edit.Remove(placeOf(c.before), before)
	case c.before != nil && c.before.place != c.after.place:
		if err := w.edit.Remove(placeOf(c.before), before); err != nil {
			return err
		}
		before = nil
	}
	return w.edit.Set(placeOf(c.after), before, after)
}

func placeOf(o *object) table.Place { return table.Place{Table: o.place.table, Row: o.place.row} }

// row is the state of an object as a table holds it, without the ends.
func (w *working) row(o *object) *table.Row {
	return &table.Row{Image: &o.image, Parent: o.parent, Touched: o.touched, Hash: w.hash.Content(&o.image, o.parent)}
}

// rowBefore is a state that is stored.
func (w *working) rowBefore(o *object) (*table.Row, error) {
	r := w.row(o)
	if o.image.Kind == graph.EntityKind {
		return r, nil
	}
	v, err := w.view(o.place.table)
	if err != nil {
		return nil, err
	}
	ends, err := v.Ends()
	if err != nil {
		return nil, w.wrong(err, placeOf(o))
	}
	r.From, r.To = ends.From[o.place.row], ends.To[o.place.row]
	return r, nil
}

// rowAfter is a state that this write makes.
func (w *working) rowAfter(o *object) (*table.Row, error) {
	r := w.row(o)
	if o.image.Kind == graph.EntityKind {
		return r, nil
	}
	from, to, err := w.endsOf(&o.image)
	r.From, r.To = from.Row, to.Row
	return r, err
}
