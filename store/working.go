package store

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// working is the graph that one write makes: the newest version, read through,
// and the changes to it, kept in memory until publish writes them.
type working struct {
	*reader
	version uint64 // that the changes will make
	time    int64  // of that version
	changes map[graph.Identity]*change
	order   []graph.Identity // of changes, as they came
	// joined lists the relationships that this write added, by end; the file
	// lists the others.
	joined map[graph.End][]graph.Identity
	raw    map[graph.Identity][]byte
	mapped map[stageMapped]*mapped // nil for a deleted one
}

type stageMapped struct{ instance, key string }

// change is one object before and after; either may be nil, or both for one that
// came and went in the same write.
type change struct {
	before, after *object
	gone          gone // of an earlier life, where before is nil
	returned      bool // gone is set
}

func newWorking(r *reader, now int64) (*working, error) {
	last, err := r.newest()
	if err != nil {
		return nil, err
	}
	return &working{
		reader: r, version: last.Number + 1, time: max(now, last.Time+1),
		changes: map[graph.Identity]*change{}, joined: map[graph.End][]graph.Identity{},
		raw: map[graph.Identity][]byte{}, mapped: map[stageMapped]*mapped{},
	}, nil
}

// get returns the current state of an object, nil when it is not alive.
func (w *working) get(id graph.Identity) (*object, error) {
	if c, ok := w.changes[id]; ok {
		return c.after, nil
	}
	return w.object(id)
}

func (w *working) alive(e graph.End) (bool, error) {
	o, err := w.get(graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key})
	return o != nil, err
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
	c := &change{before: before, after: before}
	if before == nil {
		if c.gone, c.returned, err = w.gone(id); err != nil {
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
	c.after = o
	if im.Kind == graph.RelationshipKind {
		w.join(im.From, im.Identity())
		w.join(im.To, im.Identity())
	}
	return nil
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

// incident returns the living relationships at an entity, each once, in the
// order of their identities.
func (w *working) incident(e graph.End) ([]graph.Identity, error) {
	ids := slices.Clone(w.joined[e])
	prefix := append(joinKey(nil, e.Instance, e.Key), 0)
	for k := range w.each(bucketEnd, prefix) {
		parts, ok := splitKey(k[len(prefix):], 2)
		if !ok {
			return nil, w.damaged(errKey, "entry %.80q of end", k)
		}
		ids = append(ids, graph.Identity{Kind: graph.RelationshipKind, Instance: parts[0], Key: parts[1]})
	}
	slices.SortFunc(ids, compareIdentity)
	ids = slices.Compact(ids)
	out := ids[:0]
	for _, id := range ids {
		o, err := w.get(id)
		if err != nil {
			return nil, err
		}
		if o != nil && (o.image.From == e || o.image.To == e) {
			out = append(out, id)
		}
	}
	return out, nil
}

func compareIdentity(a, b graph.Identity) int {
	return bytes.Compare(objectKey(a), objectKey(b))
}

// all yields the living objects of a kind by instance and key.
func (w *working) all(kind graph.Kind) iter.Seq2[*object, error] {
	return func(yield func(*object, error) bool) {
		added := w.added(kind)
		for stored, err := range w.objects(kind) {
			if err != nil {
				yield(nil, err)
				return
			}
			id := stored.image.Identity()
			for len(added) > 0 && compareIdentity(added[0].image.Identity(), id) < 0 {
				if !yield(added[0], nil) {
					return
				}
				added = added[1:]
			}
			now := stored
			if c, ok := w.changes[id]; ok {
				now = c.after
			}
			if now != nil && !yield(now, nil) {
				return
			}
		}
		for _, o := range added {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// added returns the objects that this write created, by identity.
func (w *working) added(kind graph.Kind) []*object {
	var out []*object
	for id, c := range w.changes {
		if id.Kind == kind && c.before == nil && c.after != nil {
			out = append(out, c.after)
		}
	}
	slices.SortFunc(out, func(a, b *object) int { return compareIdentity(a.image.Identity(), b.image.Identity()) })
	return out
}

// stored yields the keys that the file holds of an instance and kind, with their
// types, by type and key. They may have changed since.
func (r *reader) stored(kind graph.Kind, instance string) iter.Seq2[typed, error] {
	return func(yield func(typed, error) bool) {
		prefix := append(joinKey([]byte{byte(kind)}, instance), 0)
		for k := range r.each(bucketType, prefix) {
			parts, ok := splitKey(k[len(prefix):], 2)
			if !ok {
				yield(typed{}, r.damaged(errKey, "entry %.80q of type", k))
				return
			}
			if !yield(typed{r.names.Of([]byte(parts[0])), parts[1]}, nil) {
				return
			}
		}
	}
}

type typed struct{ typ, key string }

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
		keys := make([]string, 0, len(now))
		for k, m := range now {
			if m != nil {
				keys = append(keys, k)
			}
		}
		slices.SortFunc(keys, strings.Compare)
		for _, k := range keys {
			if !yield(now[k], nil) {
				return
			}
		}
	}
}
