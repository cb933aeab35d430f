package store

import (
	"iter"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// images yields the living objects of a kind, in any order. may, unless it is nil,
// says of a type, and of the classes in its table where they are known, whether
// any of its objects is wanted.
func (w *working) images(kind graph.Kind, may func(typ string, classes map[string]uint32) bool) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		list := w.dir.Entities
		if kind == graph.RelationshipKind {
			list = w.dir.Edges
		}
		for _, e := range list {
			if !w.storedImages(e.Number, may, yield) {
				return
			}
		}
		for _, id := range w.order {
			c := w.changes[id]
			if id.Kind == kind && c.after != nil && !yield(&c.after.image, nil) {
				return
			}
		}
		w.freshImages(kind, may, yield)
	}
}

// storedImages yields what a table holds that is no change, and reports whether
// to go on.
func (w *working) storedImages(number uint32, may func(string, map[string]uint32) bool, yield func(*graph.Image, error) bool) bool {
	v, err := w.view(number)
	if err != nil {
		return yield(nil, err) && false
	}
	if rec := v.Record(); rec.Live == 0 || may != nil && !may(rec.Type, rec.Classes) {
		return true
	}
	for group := range v.Groups() {
		alive, err := v.Alive(group)
		if err != nil {
			return yield(nil, w.damaged(err, "table %d", number)) && false
		}
		for i := range alive.All() {
			row := uint32(group)*table.GroupRows + uint32(i)
			im, err := v.Image(row)
			if err != nil {
				return yield(nil, w.wrong(err, table.Place{Table: number, Row: row})) && false
			}
			if _, changed := w.changes[im.Identity()]; changed {
				continue
			}
			if !yield(im, nil) {
				return false
			}
		}
	}
	return true
}

// freshImages yields the fresh objects.
func (w *working) freshImages(kind graph.Kind, may func(string, map[string]uint32) bool, yield func(*graph.Image, error) bool) {
	each := func(in *intake, sh stage.Shelf, typ string, refs func(func(ref) bool)) bool {
		if sh.Kind() != kind || may != nil && !may(typ, nil) {
			return true
		}
		read := in.st.Reader()
		for r := range refs {
			im, err := w.freshImage(read, in.entry(sh, r))
			if !yield(im, err) || err != nil {
				return false
			}
		}
		return true
	}
	for _, f := range w.fresh.entities {
		if !each(f.in, stage.Entities, f.typ, func(yield func(ref) bool) {
			for _, r := range f.refs {
				if !yield(r) {
					return
				}
			}
		}) {
			return
		}
	}
	for name, edges := range w.fresh.edges {
		if !each(name.in, stage.Relationships, name.Type, func(yield func(ref) bool) {
			for _, e := range edges.list {
				if !yield(e.ref) {
					return
				}
			}
		}) {
			return
		}
	}
}

// freshImage is a fresh object as the version will have it.
func (w *working) freshImage(read *stage.Reader, e stage.Entry) (*graph.Image, error) {
	st, err := read.Object(e)
	if err != nil {
		return nil, err
	}
	st.Image.Meta = graph.Meta{Version: 1, CreatedOn: w.time, BeginOn: w.time}
	return &st.Image, nil
}

// entity returns a living entity, nil when it is not there.
func (w *working) entity(end graph.End) (*graph.Image, error) {
	id := graph.Identity{Kind: graph.EntityKind, Instance: end.Instance, Key: end.Key}
	if c, ok := w.changes[id]; ok {
		if c.after == nil {
			return nil, nil
		}
		return &c.after.image, nil
	}
	if in := w.intakes[end.Instance]; in != nil {
		r, ok, err := in.find(stage.Entities, end.Key)
		if err != nil {
			return nil, err
		}
		if ok && *in.fate(stage.Entities, r) == fateFresh {
			return w.freshImage(in.st.Reader(), in.entry(stage.Entities, r))
		}
	}
	o, err := w.object(id)
	if err != nil || o == nil {
		return nil, err
	}
	return &o.image, nil
}
