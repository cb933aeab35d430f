package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
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

// object writes the place first: whoever builds an older version reads it of every
// before-image, and the rest of few.
func (w *writer) object(o *object) {
	im := &o.image
	w.Uint(uint64(o.place.table))
	w.Uint(uint64(o.place.row))
	w.Uint(o.touched)
	w.Text(im.Type)
	w.Texts(im.Class)
	w.Props(im.Props)
	if im.Kind == graph.RelationshipKind {
		w.ends(im)
	}
	w.Uint(im.Meta.Version)
	w.Int(im.Meta.CreatedOn)
	w.Int(im.Meta.BeginOn)
	w.Text(o.parent)
}

func (w *writer) end(e graph.End) {
	w.Text(e.Instance)
	w.Text(e.Key)
}

func (p *parser) end() graph.End { return graph.End{Instance: p.Name(), Key: p.Text()} }

func (p *parser) object(id graph.Identity) *object {
	o := &object{image: graph.Image{Kind: id.Kind, Instance: id.Instance, Key: id.Key}}
	im := &o.image
	o.place = place{p.Uint32(), p.Uint32()}
	o.touched = p.Uint()
	im.Type = p.Name()
	im.Class = p.Texts()
	im.Props = p.Props()
	if id.Kind == graph.RelationshipKind {
		if len(im.Class) != 1 {
			p.Fail(errors.New("a relationship without exactly one class"))
		} else {
			p.ends(im)
		}
	}
	im.Meta = graph.Meta{Version: p.Uint(), CreatedOn: p.Int(), BeginOn: p.Int()}
	o.parent = p.Text()
	return o
}

// ends writes the ends of a relationship: 0 and both, or, where its key is made of
// them, one more than the length of the first one's.
func (w *writer) ends(im *graph.Image) {
	own := im.From.Instance == im.Instance && im.To.Instance == im.Instance
	if own && len(im.Class) == 1 && im.Key == table.DerivedKey(im.From.Key, im.Class[0], im.To.Key) {
		w.Uint(uint64(len(im.From.Key)) + 1)
		return
	}
	w.Uint(0)
	w.end(im.From)
	w.end(im.To)
}

var errDerived = errors.New("the key is not made of the ends")

// ends reads what writer.ends wrote.
func (p *parser) ends(im *graph.Image) {
	n := p.Uint()
	if n == 0 {
		im.From, im.To = p.end(), p.end()
		return
	}
	// The verb need not be as long as the class: letters differ in case by bytes, too.
	from, rest := int(n-1), len(strings.ToLower(im.Class[0]))+2
	if n > uint64(len(im.Key)) || from+rest > len(im.Key) {
		p.Fail(errDerived)
		return
	}
	im.From = graph.End{Instance: im.Instance, Key: im.Key[:from]}
	im.To = graph.End{Instance: im.Instance, Key: im.Key[from+rest:]}
	if table.DerivedKey(im.From.Key, im.Class[0], im.To.Key) != im.Key {
		p.Fail(errDerived)
	}
}

func encodeObject(key []byte, o *object) []byte {
	var w writer
	w.object(o)
	return w.Seal(key)
}

func decodeObject(key, record []byte, id graph.Identity, names interner) (*object, error) {
	p := open(key, record, names)
	o := p.object(id)
	return o, p.Done()
}

func encodeUndo(key []byte, u undo) []byte {
	var w writer
	w.Uint(u.previous)
	w.Bool(u.before != nil)
	if u.before != nil {
		w.object(u.before)
	}
	return w.Seal(key)
}

func decodeUndo(key, record []byte, id graph.Identity, names interner) (undo, error) {
	p := open(key, record, names)
	u := undo{previous: p.Uint()}
	if p.Bool() {
		u.before = p.object(id)
	}
	return u, p.Done()
}

func encodeGone(key []byte, g gone) []byte {
	var w writer
	w.Uint(g.version)
	w.Int(g.createdOn)
	w.Uint(g.touched)
	return w.Seal(key)
}

func decodeGone(key, record []byte) (gone, error) {
	p := open(key, record, nil)
	g := gone{p.Uint(), p.Int(), p.Uint()}
	return g, p.Done()
}

// mapped is a mapped relationship of an instance, kept for the mapper alone.
type mapped struct {
	rel graph.Relationship // Raw is nil
}

func encodeMapped(key []byte, m *mapped) []byte {
	var w writer
	r, mp := &m.rel, m.rel.Mapping
	w.Text(r.Type)
	w.Text(r.Class)
	w.Props(r.Props)
	w.Text(r.Parent)
	w.Byte(byte(mp.Direction))
	w.end(mp.Source)
	w.Uint(uint64(len(mp.Filters)))
	for _, f := range mp.Filters {
		w.Texts(f)
	}
	w.Text(mp.Target.Key)
	w.Text(mp.Target.Type)
	w.Texts(mp.Target.Class)
	w.Props(mp.Target.Props)
	w.Bool(mp.SkipCreation)
	return w.Seal(key)
}

func decodeMapped(key, record []byte, relKey string) (*mapped, error) {
	p := open(key, record, nil)
	m := &mapped{}
	r, mp := &m.rel, &graph.Mapping{}
	r.Key = relKey
	r.Type, r.Class, r.Props, r.Parent = p.Text(), p.Text(), p.Props(), p.Text()
	mp.Direction = graph.Direction(p.Byte())
	if mp.Direction > graph.Reverse {
		p.Fail(fmt.Errorf("direction %d is unknown", mp.Direction))
	}
	mp.Source = p.end()
	mp.Filters = make([][]string, p.Count())
	for i := range mp.Filters {
		mp.Filters[i] = p.Texts()
	}
	mp.Target.Key, mp.Target.Type = p.Text(), p.Text()
	mp.Target.Class, mp.Target.Props = p.Texts(), p.Props()
	mp.SkipCreation = p.Bool()
	r.Mapping = mp
	return m, p.Done()
}
