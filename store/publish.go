package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

// publisher collects what a working graph writes, all of it for one transaction.
type publisher struct {
	w   *working
	ops writes
}

// writes are records by bucket.
type writes map[string][]write

// write is one record to put, or, without a value, to delete.
type write struct {
	key, value []byte
	deleted    bool
}

func newPublisher(w *working) *publisher { return &publisher{w: w, ops: writes{}} }

func (p *publisher) put(bucket, key, value []byte) {
	p.ops[string(bucket)] = append(p.ops[string(bucket)], write{key, value, false})
}

func (p *publisher) delete(bucket, key []byte) {
	p.ops[string(bucket)] = append(p.ops[string(bucket)], write{key, nil, true})
}

// fill is how full bbolt packs pages, and fillLog those of buckets whose keys only
// ever come after all others.
const (
	fill    = 0.8
	fillLog = 1.0
)

// flush writes everything in the order of keys. bbolt splits pages only when a
// transaction ends: in any other order each key would be moved in among all those
// that the transaction wrote before.
func (all writes) flush(tx *bolt.Tx) error {
	for _, name := range buckets() {
		ops := all[string(name)]
		slices.SortStableFunc(ops, func(a, b write) int { return bytes.Compare(a.key, b.key) })
		b := tx.Bucket(name)
		b.FillPercent = fill
		if bytes.Equal(name, bucketUndo) || bytes.Equal(name, bucketCreated) {
			b.FillPercent = fillLog
		}
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

// objects writes what the history keeps of the changes, and the tables.
func (p *publisher) objects(ctx context.Context) error {
	for _, id := range p.w.changed() {
		p.change(id, p.w.changes[id])
	}
	if err := p.w.writeRows(); err != nil {
		return err
	}
	p.created()
	writes, err := p.w.edit.Writes(ctx)
	if err != nil {
		return err
	}
	for _, op := range writes {
		p.ops[op.Bucket] = append(p.ops[op.Bucket], write{op.Key, op.Value, op.Value == nil})
	}
	if len(writes) > 0 {
		p.put(bucketStore, keyDirectory, p.w.edit.Directory().Encode(keyDirectory))
	}
	return nil
}

// change keeps the state that an object had.
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
	if c.before != nil || c.returned {
		ukey := undoKey(p.w.version, id)
		p.put(bucketUndo, ukey, encodeUndo(ukey, u))
	}
	if c.after == nil {
		g := gone{c.before.image.Meta.Version, c.before.image.Meta.CreatedOn, p.w.version}
		p.put(bucketGone, key, encodeGone(key, g))
		p.delete(bucketRaw, key)
	}
}

// created notes the rows that the version appended.
func (p *publisher) created() {
	for _, a := range p.w.edit.Appended() {
		key := createdKey(p.w.version, a.Table, a.First)
		p.put(bucketCreated, key, sealNumber(key, uint64(a.Count)))
	}
}

// rawData writes the raw data that a run brought and that are not there yet, of
// objects that are alive.
func (p *publisher) rawData(in *intake) error {
	if !in.st.HasRaw() {
		return nil
	}
	read := in.st.Reader()
	for _, sh := range [...]stage.Shelf{stage.Entities, stage.Relationships} {
		for _, f := range [...]fate{fateUnchanged, fateChanged, fateFresh} {
			for _, block := range in.byBlock(sh, f) {
				for _, r := range block {
					if err := p.rawRecord(in, read, sh, r); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// rawRecord writes the raw data of one staged object, if it brought any.
func (p *publisher) rawRecord(in *intake, read *stage.Reader, sh stage.Shelf, r ref) error {
	rec, err := read.Record(in.entry(sh, r))
	if err != nil || len(rec.Raw()) == 0 {
		return err
	}
	id := graph.Identity{Kind: sh.Kind(), Instance: in.st.Instance().Name, Key: strings.Clone(rec.Key())}
	return p.rawOf(in, id, *in.fate(sh, r), rec.Raw())
}

// rawOf writes the raw data of one object.
func (p *publisher) rawOf(in *intake, id graph.Identity, f fate, raw []byte) error {
	if f == fateChanged {
		if c := p.w.changes[id]; c == nil || c.after == nil {
			return nil
		}
	} else if c := p.w.changes[id]; c != nil && c.after == nil {
		return nil
	}
	key, rec := objectKey(id), bytes.Clone(raw)
	if old := p.w.reader.get(bucketRaw, key); old != nil {
		was, err := rawHash(key, old)
		if err != nil {
			return p.w.damaged(err, "raw data of %s of %s", id.Key, id.Instance)
		}
		is, err := rawHash(key, rec)
		if err != nil || was == is {
			return err
		}
	}
	p.put(bucketRaw, key, rec)
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
