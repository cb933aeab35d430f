package store

import (
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// object is all that the file holds of one object in one state.
type object struct {
	image  graph.Image // Supplier is nil
	parent string
	place  place
	// touched is the version that last wrote the object: where the chain of its
	// before-images begins. A before-image names the next older one there.
	touched uint64
}

// place is where an object lives: a table and a row of it, never used twice.
type place struct{ table, row uint32 }

// gone is what is kept of a key that was deleted, as long as its history is.
type gone struct {
	version   uint64 // its `_version` when it went
	createdOn int64
	touched   uint64 // the version that deleted it
}

// undo is one before-image: the state that a version replaced. A nil object
// says that there was none.
type undo struct {
	before *object
	// previous is the version that touched the object before this one, 0 for
	// none. It may already be pruned.
	previous uint64
}

func (w *writer) object(o *object) {
	im := &o.image
	w.text(im.Type)
	w.texts(im.Class)
	w.props(im.Props)
	if im.Kind == graph.RelationshipKind {
		w.end(im.From)
		w.end(im.To)
	}
	w.uint(im.Meta.Version)
	w.int(im.Meta.CreatedOn)
	w.int(im.Meta.BeginOn)
	w.text(o.parent)
	w.uint(uint64(o.place.table))
	w.uint(uint64(o.place.row))
	w.uint(o.touched)
}

func (w *writer) end(e graph.End) {
	w.text(e.Instance)
	w.text(e.Key)
}

func (p *parser) end() graph.End { return graph.End{Instance: p.name(), Key: p.text()} }

func (p *parser) object(id graph.Identity) *object {
	o := &object{image: graph.Image{Kind: id.Kind, Instance: id.Instance, Key: id.Key}}
	im := &o.image
	im.Type = p.name()
	im.Class = p.texts()
	im.Props = p.props()
	if id.Kind == graph.RelationshipKind {
		im.From = p.end()
		im.To = p.end()
		if len(im.Class) != 1 {
			p.fail(errors.New("a relationship without exactly one class"))
		}
	}
	im.Meta = graph.Meta{Version: p.uint(), CreatedOn: p.int(), BeginOn: p.int()}
	o.parent = p.text()
	o.place = place{p.uint32(), p.uint32()}
	o.touched = p.uint()
	return o
}

func encodeObject(key []byte, o *object) []byte {
	var w writer
	w.object(o)
	return w.seal(key)
}

func decodeObject(key, record []byte, id graph.Identity, names interner) (*object, error) {
	p := open(key, record, names)
	o := p.object(id)
	return o, p.done()
}

func encodeUndo(key []byte, u undo) []byte {
	var w writer
	w.uint(u.previous)
	w.bool(u.before != nil)
	if u.before != nil {
		w.object(u.before)
	}
	return w.seal(key)
}

func decodeUndo(key, record []byte, id graph.Identity, names interner) (undo, error) {
	p := open(key, record, names)
	u := undo{previous: p.uint()}
	if p.bool() {
		u.before = p.object(id)
	}
	return u, p.done()
}

func encodeGone(key []byte, g gone) []byte {
	var w writer
	w.uint(g.version)
	w.int(g.createdOn)
	w.uint(g.touched)
	return w.seal(key)
}

func decodeGone(key, record []byte) (gone, error) {
	p := open(key, record, nil)
	g := gone{p.uint(), p.int(), p.uint()}
	return g, p.done()
}

// mapped is a mapped relationship of an instance, kept for the mapper alone.
type mapped struct {
	rel graph.Relationship // Raw is nil
}

func encodeMapped(key []byte, m *mapped) []byte {
	var w writer
	r, mp := &m.rel, m.rel.Mapping
	w.text(r.Type)
	w.text(r.Class)
	w.props(r.Props)
	w.text(r.Parent)
	w.byte(byte(mp.Direction))
	w.end(mp.Source)
	w.uint(uint64(len(mp.Filters)))
	for _, f := range mp.Filters {
		w.texts(f)
	}
	w.text(mp.Target.Key)
	w.text(mp.Target.Type)
	w.texts(mp.Target.Class)
	w.props(mp.Target.Props)
	w.bool(mp.SkipCreation)
	return w.seal(key)
}

func decodeMapped(key, record []byte, relKey string) (*mapped, error) {
	p := open(key, record, nil)
	m := &mapped{}
	r, mp := &m.rel, &graph.Mapping{}
	r.Key = relKey
	r.Type, r.Class, r.Props, r.Parent = p.text(), p.text(), p.props(), p.text()
	mp.Direction = graph.Direction(p.byte())
	if mp.Direction > graph.Reverse {
		p.fail(fmt.Errorf("direction %d is unknown", mp.Direction))
	}
	mp.Source = p.end()
	mp.Filters = make([][]string, p.count())
	for i := range mp.Filters {
		mp.Filters[i] = p.texts()
	}
	mp.Target.Key, mp.Target.Type = p.text(), p.text()
	mp.Target.Class, mp.Target.Props = p.texts(), p.props()
	mp.SkipCreation = p.bool()
	r.Mapping = mp
	return m, p.done()
}
