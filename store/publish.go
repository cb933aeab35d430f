package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// publisher writes a working graph into its transaction. Nothing that a reader
// could see changes before the transaction commits.
type publisher struct {
	w   *working
	ops map[string][]write // by bucket
}

// write is one record to put, or, without a value, to delete.
type write struct {
	key, value []byte
	deleted    bool
}

func newPublisher(w *working) *publisher { return &publisher{w: w, ops: map[string][]write{}} }

func (p *publisher) put(bucket, key, value []byte) {
	p.ops[string(bucket)] = append(p.ops[string(bucket)], write{key, value, false})
}

func (p *publisher) delete(bucket, key []byte) {
	p.ops[string(bucket)] = append(p.ops[string(bucket)], write{key, nil, true})
}

// fill is how full bbolt packs pages; keys mostly come in order.
const fill = 0.8

// flush writes everything in the order of keys. bbolt splits pages only when a
// transaction ends: in any other order each key would be moved in among all those
// that the transaction wrote before.
func (p *publisher) flush() error {
	for _, name := range buckets() {
		ops := p.ops[string(name)]
		slices.SortStableFunc(ops, func(a, b write) int { return bytes.Compare(a.key, b.key) })
		b := p.w.tx.Bucket(name)
		b.FillPercent = fill
		for i, op := range ops {
			if i+1 < len(ops) && bytes.Equal(ops[i+1].key, op.key) {
				continue // the later one counts
			}
			var err error
			if op.deleted {
				err = b.Delete(op.key)
			} else {
				err = b.Put(op.key, op.value)
			}
			if err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
		}
	}
	return nil
}

// same reports whether a change changes nothing that a version is about. An
// object that came and went within one write is no change either.
func (c *change) same() bool {
	switch {
	case c.before == nil || c.after == nil:
		return c.before == c.after
	}
	return c.before.place == c.after.place && graph.SameState(&c.before.image, &c.after.image)
}

// changed returns the identities of real changes, sorted as the file is.
func (w *working) changed() []graph.Identity {
	var out []graph.Identity
	for _, id := range w.order {
		if !w.changes[id].same() {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, compareIdentity)
	return out
}

// objects writes all changed objects, their before-images and their entries in
// the indexes.
func (p *publisher) objects(tables *placement) {
	for _, id := range p.w.changed() {
		p.change(id, p.w.changes[id])
	}
	for _, id := range p.w.order {
		c := p.w.changes[id]
		if c.same() && c.after != nil && c.before.parent != c.after.parent {
			key := objectKey(id)
			p.put(bucketObject, key, encodeObject(key, c.after))
		}
	}
	for n := range tables.dirty {
		key := numberKey(uint64(n))
		p.put(bucketTable, key, encodeTable(key, tables.tables[n]))
	}
}

func (p *publisher) change(id graph.Identity, c *change) {
	key := objectKey(id)
	u := undo{before: c.before}
	switch {
	case c.before != nil:
		u.previous = c.before.touched
	case c.returned:
		u.previous = c.gone.touched
		p.delete(bucketGone, key)
	}
	ukey := undoKey(p.w.version, id)
	p.put(bucketUndo, ukey, encodeUndo(ukey, u))
	if c.after == nil {
		g := gone{c.before.image.Meta.Version, c.before.image.Meta.CreatedOn, p.w.version}
		p.delete(bucketObject, key)
		p.put(bucketGone, key, encodeGone(key, g))
		p.delete(bucketRaw, key)
	} else {
		c.after.touched = p.w.version
		p.put(bucketObject, key, encodeObject(key, c.after))
	}
	p.index(c.before, c.after)
}

// index keeps the indexes of types and of ends in step with an object.
func (p *publisher) index(before, after *object) {
	for _, e := range entries(before) {
		p.delete(e.bucket, e.key)
	}
	for _, e := range entries(after) {
		p.put(e.bucket, e.key, nil)
	}
}

type entry struct{ bucket, key []byte }

// entries lists what the indexes hold of an object.
func entries(o *object) []entry {
	if o == nil {
		return nil
	}
	im := &o.image
	out := []entry{{bucketType, typeKey(im.Kind, im.Instance, im.Type, im.Key)}}
	if im.Kind == graph.RelationshipKind {
		out = append(out, entry{bucketEnd, endKey(im.From, im.Identity())}, entry{bucketEnd, endKey(im.To, im.Identity())})
	}
	return out
}

// rawData writes the raw data that changed, of objects that are alive.
func (p *publisher) rawData() error {
	for _, id := range slices.SortedFunc(maps.Keys(p.w.raw), compareIdentity) {
		if c := p.w.changes[id]; c == nil || c.after == nil {
			continue
		}
		key, rec := objectKey(id), p.w.raw[id]
		if old := p.w.reader.get(bucketRaw, key); old != nil {
			was, err := rawHash(key, old)
			if err != nil {
				return p.w.damaged(err, "raw data of %s of %s", id.Key, id.Instance)
			}
			is, err := rawHash(key, rec)
			if err != nil || was == is {
				continue
			}
		}
		p.put(bucketRaw, key, rec)
	}
	return nil
}

// mapped writes the mapped relationships that changed.
func (p *publisher) mapped() {
	for id, m := range p.w.mapped {
		key := joinKey(nil, id.instance, id.key)
		if m == nil {
			p.delete(bucketMapped, key)
			continue
		}
		if rec := encodeMapped(key, m); !bytes.Equal(rec, p.w.reader.get(bucketMapped, key)) {
			p.put(bucketMapped, key, rec)
		}
	}
}

// dropRaw deletes the raw data of an instance that keeps none.
func (p *publisher) dropRaw(instance string) {
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		p.clear(bucketRaw, append(joinKey([]byte{byte(kind)}, instance), 0))
	}
}

// clear deletes all records of a bucket whose keys begin with prefix.
func (p *publisher) clear(bucket, prefix []byte) {
	var keys [][]byte
	for k := range p.w.each(bucket, prefix) {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		p.delete(bucket, k)
	}
}

func (p *publisher) instance(in *instance) {
	key := []byte(in.Name)
	p.put(bucketInstance, key, encodeInstance(key, in))
}

func (p *publisher) mark(instance, typ string, m mark) {
	key := joinKey(nil, instance, typ)
	p.put(bucketMark, key, encodeMark(key, m))
}

func (p *publisher) version(v *graph.Version) {
	key := numberKey(v.Number)
	p.put(bucketVersion, key, encodeVersion(key, v))
}

func (p *publisher) run(r *graph.Run) {
	key := numberKey(r.ID)
	p.put(bucketRun, key, encodeRun(key, r))
}
