package table

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// shardEntries is the number of entries of a full shard. An index is cut anew
// when its shards have grown to one and a half times that, or shrunk to an eighth.
const shardEntries = 4 << 10

// lostBits are those of a hash that an index does not keep.
const lostBits = 1<<(64-column.IndexBits) - 1

// idHash is under which an entity is in IndexID.
func idHash(id graph.Identity) uint64 {
	b := id.ID()
	return binary.BigEndian.Uint64(b[:])
}

// indexChange is what changes in an index. Filled are the entries of filled rows,
// by row group.
type indexChange struct {
	removed, added []column.Entry
	filled         [][]column.Entry
}

// more is the number of entries that are added.
func (c *indexChange) more() int {
	n := len(c.added)
	for _, list := range c.filled {
		n += len(list)
	}
	return n
}

// indexWrites returns the writes of the indexes. It lets go of the changes one by
// one: of a first load they are some thirty bytes for each object.
func (e *Editor) indexWrites(ctx context.Context, changes *[3]indexChange) ([]Write, error) {
	var out []Write
	for i, name := range [...]IndexName{IndexKey, IndexID, IndexRelationship} {
		x, err := OpenIndex(e.ts.file, name)
		if err != nil {
			return nil, err
		}
		w, err := e.editIndex(ctx, x, &changes[i])
		if err != nil {
			return nil, fmt.Errorf("edit index %c: %w", name, err)
		}
		out = append(out, w...)
		changes[i] = indexChange{}
	}
	return out, nil
}

// indexChanges collects what changes in the indexes: of keys, of IDs, and of
// relationships. It takes the entries out of outcomes.
func (e *Editor) indexChanges(outcomes []*outcome) (*[3]indexChange, error) {
	var out [3]indexChange
	for _, o := range outcomes {
		if o.d.rec.Kind == graph.RelationshipKind {
			out[2].filled = append(out[2].filled, o.entries.names)
			o.entries = entries{}
			continue
		}
		out[0].filled = append(out[0].filled, o.entries.names)
		out[1].filled = append(out[1].filled, o.entries.ids)
		o.entries = entries{}
	}
	for _, d := range e.touched() {
		for _, c := range d.changed(0, d.rec.Rows) {
			if c.before != nil && c.after != nil && c.before.Image.Identity() == c.after.Image.Identity() {
				continue
			}
			if e.o.KeyHash == nil {
				return nil, fmt.Errorf("%v: there is no hash of names", d)
			}
			e.noteName(&out, d, c.row, c.before, func(x *indexChange, at column.Entry) { x.removed = append(x.removed, at) })
			e.noteName(&out, d, c.row, c.after, func(x *indexChange, at column.Entry) { x.added = append(x.added, at) })
		}
	}
	return &out, nil
}

func (e *Editor) noteName(out *[3]indexChange, d *draft, row uint32, r *Row, note func(x *indexChange, at column.Entry)) {
	if r == nil {
		return
	}
	id := r.Image.Identity()
	at := column.Entry{Hash: e.o.KeyHash(id), Table: d.rec.Number, Row: row}
	if id.Kind == graph.RelationshipKind {
		note(&out[2], at)
		return
	}
	note(&out[0], at)
	at.Hash = idHash(id)
	note(&out[1], at)
}

// editIndex returns the writes that bring changes to an index.
func (e *Editor) editIndex(ctx context.Context, x *Index, c *indexChange) ([]Write, error) {
	more := c.more()
	if len(c.removed)+more == 0 {
		return nil, nil
	}
	if uint64(len(c.removed)) > x.count {
		return nil, fmt.Errorf("%d of its %d entries are removed", len(c.removed), x.count)
	}
	count := x.count + uint64(more) - uint64(len(c.removed))
	width := x.bits
	if full := uint64(shardEntries) << width; count > full*3/2 || count < full/8 {
		width = uint8(min(bits.Len64(count/shardEntries), maxShardBits))
	}
	out := []Write{x.head(width, count)}
	if width == x.bits {
		w, err := e.editShards(ctx, x, c)
		return append(out, w...), err
	}
	w, err := e.cutAnew(ctx, x, c, width)
	return append(out, w...), err
}

// cutAnew writes all shards of an index for another number of them.
func (e *Editor) cutAnew(ctx context.Context, x *Index, c *indexChange, width uint8) ([]Write, error) {
	all := make([]column.Entry, 0, x.count)
	var out []Write
	for n := range 1 << x.bits {
		if x.count == 0 {
			break
		}
		s, err := x.shard(uint16(n))
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		out = append(out, Write{Bucket: BucketIndex, Key: shardKey(x.name, x.bits, uint16(n))})
		if all, err = appendEntries(all, s); err != nil {
			return nil, err
		}
	}
	empty := &Index{file: x.file, name: x.name, bits: width, shards: map[uint16]*column.Index{}}
	all, err := merge(all, c)
	if err != nil {
		return nil, err
	}
	w, err := e.editShards(ctx, empty, &indexChange{added: all, filled: c.filled})
	return append(out, w...), err
}

func appendEntries(dst []column.Entry, s *column.Index) ([]column.Entry, error) {
	for at, err := range s.All() {
		if err != nil {
			return nil, err
		}
		dst = append(dst, at)
	}
	return dst, nil
}

// merge returns old, without what was removed and with what was added, but for
// what was filled.
func merge(old []column.Entry, c *indexChange) ([]column.Entry, error) {
	if len(c.removed) > 0 {
		gone := make(map[column.Entry]bool, len(c.removed))
		for _, at := range c.removed {
			at.Hash &^= lostBits
			gone[at] = true
		}
		n := len(old)
		old = slices.DeleteFunc(old, func(at column.Entry) bool { return gone[at] })
		if n-len(old) != len(c.removed) {
			return nil, fmt.Errorf("%d of %d entries to be removed are not there", len(c.removed)-(n-len(old)), len(c.removed))
		}
	}
	if len(c.added) > len(old)/2 {
		return append(old, c.added...), nil // to be sorted with the others
	}
	for i := range c.added {
		c.added[i].Hash &^= lostBits
	}
	slices.SortFunc(c.added, compareEntries)
	return weave(old, c.added), nil
}

// weave returns the entries of both, which are in order, in order. It uses the
// room of a.
func weave(a, b []column.Entry) []column.Entry {
	i, k := len(a)-1, len(b)-1
	a = append(a, b...)
	for at := len(a) - 1; k >= 0; at-- {
		if i >= 0 && compareEntries(a[i], b[k]) > 0 {
			a[at] = a[i]
			i--
		} else {
			a[at] = b[k]
			k--
		}
	}
	return a
}

// compareEntries orders entries as an index does.
func compareEntries(a, b column.Entry) int {
	return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Row, b.Row))
}

// editShards writes the shards of an index in which something changes.
func (e *Editor) editShards(ctx context.Context, x *Index, c *indexChange) ([]Write, error) {
	shards := x.divide(c)
	out := make([]Write, len(shards))
	err := e.each(ctx, len(shards), func(_ *worker, i int) error {
		n := shards[i].number
		var old []column.Entry
		if x.count > 0 {
			s, err := x.shard(n)
			if err != nil {
				return err
			}
			if s != nil {
				if old, err = appendEntries(make([]column.Entry, 0, s.Len()+len(shards[i].added)), s); err != nil {
					return err
				}
			}
		}
		all, err := merge(old, &shards[i].indexChange)
		if err != nil {
			return fmt.Errorf("shard %d: %w", n, err)
		}
		key := shardKey(x.name, x.bits, n)
		if len(all) == 0 {
			out[i] = Write{Bucket: BucketIndex, Key: key}
			return nil
		}
		chunk, err := column.EncodeIndex(nil, all)
		out[i] = put(BucketIndex, key, chunk)
		return err
	})
	return out, err
}

// shardChange is what changes in one shard.
type shardChange struct {
	number uint16
	indexChange
}

// divide sorts changes by shard.
func (x *Index) divide(c *indexChange) []shardChange {
	removed, added := x.scatter(c.removed), x.scatter(append(slices.Clip(c.filled), c.added)...)
	var out []shardChange
	for n := range 1 << x.bits {
		s := shardChange{number: uint16(n), indexChange: indexChange{removed: removed[n], added: added[n]}}
		if len(s.removed)+len(s.added) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// scatter returns entries by shard.
func (x *Index) scatter(lists ...[]column.Entry) [][]column.Entry {
	out := make([][]column.Entry, 1<<x.bits)
	counts := make([]int, 1<<x.bits)
	total := 0
	for _, entries := range lists {
		total += len(entries)
		for _, at := range entries {
			counts[x.shardOf(at.Hash)]++
		}
	}
	room, from := make([]column.Entry, total), 0
	for n, k := range counts {
		out[n] = room[from : from : from+k]
		from += k
	}
	for _, entries := range lists {
		for _, at := range entries {
			n := x.shardOf(at.Hash)
			out[n] = append(out[n], at)
		}
	}
	return out
}
