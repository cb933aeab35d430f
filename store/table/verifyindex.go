package table

import (
	"context"
	"fmt"

	"github.com/j1db/j1db/store/column"
)

// census counts entries of an index, and sums up what they are, so that two lists
// of them can be compared that come in different orders.
type census struct{ n, sum uint64 }

func (c *census) add(hash uint64, at Place) {
	c.n++
	c.sum += scramble(scramble(hash>>(64-column.IndexBits)) ^ (uint64(at.Table)<<32 | uint64(at.Row)))
}

func (c *census) merge(o census) {
	c.n += o.n
	c.sum += o.sum
}

// scramble is the finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of
// x changes half of the bits.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// indexCheck is the verification of one index; its pieces are the shards.
type indexCheck struct {
	*verifier
	name    IndexName
	index   *Index // nil where it cannot be read
	shards  []census
	entries census
	broken  bool // something was wrong with it
	lost    bool // it does not have what the tables have
}

func (x *indexCheck) size() int64 { return 1 << 16 }

func (x *indexCheck) begin(_ context.Context, f *findings) int {
	var err error
	if x.index, err = OpenIndex(x.ts.file, x.name); err != nil {
		f.say(err, "open index")
		x.broken = true
		return 0
	}
	if x.index.count == 0 {
		return 0
	}
	x.shards = make([]census, 1<<x.index.bits)
	return len(x.shards)
}

func (x *indexCheck) piece(ctx context.Context, i int, f *findings) {
	if err := ctx.Err(); err != nil {
		return
	}
	f.say(x.shard(ctx, uint16(i)), "index %c, shard %d", x.name, i)
}

// shard checks that the entries of a shard are in order and belong there.
func (x *indexCheck) shard(ctx context.Context, n uint16) error {
	b, err := get(x.ts.file, BucketIndex, shardKey(x.name, x.index.bits, n))
	if err != nil || b == nil {
		return err
	}
	s, err := column.OpenIndex(b)
	if err != nil {
		return err
	}
	if err := s.Verify(); err != nil {
		return err
	}
	for at, err := range s.All() {
		if err != nil {
			return err
		}
		if x.index.shardOf(at.Hash) != n {
			return fmt.Errorf("an entry of row %d of table %d belongs to shard %d", at.Row, at.Table, x.index.shardOf(at.Hash))
		}
		x.shards[n].add(at.Hash, Place{at.Table, at.Row})
		if x.shards[n].n%(1<<16) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (x *indexCheck) end(f *findings) {
	for _, s := range x.shards {
		x.entries.merge(s)
	}
	if x.index != nil && x.entries.n != x.index.count {
		f.say(fmt.Errorf("it has %d entries and counts %d", x.entries.n, x.index.count), "index %c", x.name)
		x.broken = true
	}
}

// has checks that the index leads to a row.
func (x *indexCheck) has(hash uint64, at Place) error {
	var room [4]column.Entry
	found, err := x.index.Look(room[:0], hash)
	if err != nil {
		return fmt.Errorf("index %c: %w", x.name, err)
	}
	for _, e := range found {
		if e.Table == at.Table && e.Row == at.Row {
			return nil
		}
	}
	return fmt.Errorf("index %c does not have it", x.name)
}

// search looks up the rows of a table in the indexes that do not have all.
type search struct{ *inspection }

func (t *search) begin(ctx context.Context, _ *findings) int {
	var ignored findings // was told before
	return t.inspection.begin(ctx, &ignored)
}

func (t *search) piece(ctx context.Context, g int, f *findings) {
	v := t.view.fresh()
	if v.GroupLen(g) > 0 {
		f.say(t.rows(ctx, v, g, t.find), "%s, group %d", t.title, g)
	}
}

func (t *search) end(*findings) { t.ends = nil }

// find looks one row up.
func (t *search) find(_ *part, index int, hash uint64, at Place) error {
	if x := t.indexes[index]; x.lost {
		return x.has(hash, at)
	}
	return nil
}
