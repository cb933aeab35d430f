package column

import (
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"github.com/j1db/j1db/store/graph"
)

// distinct groups equal rows of cells: ids numbers the groups in order of first
// appearance, first holds the row with which each begins.
type distinct struct {
	ids   []uint32
	first []uint32
	// estimate is the number of distinct values, missing ones not counted; it is
	// exact unless complete is false: then the rows seen were nearly all distinct
	// and the rest was not looked at.
	estimate int
	complete bool

	table  []uint32 // open addressing: group + 1
	hashes []uint32 // by group
}

// patience is how many rows are looked at before a column may be found distinct.
const patience = 1024

// reset prepares for cells of n rows.
func (d *distinct) reset(n int) {
	d.ids, d.first, d.hashes = d.ids[:0], d.first[:0], d.hashes[:0]
	size := 1 << bits.Len(uint(2*n))
	if cap(d.table) < size {
		d.table = make([]uint32, size)
	}
	d.table = d.table[:size]
	clear(d.table)
}

// group groups the rows of c.
func (d *distinct) group(c *cells) {
	n := c.len()
	d.reset(n)
	for i := range n {
		id, ok := d.find(c, i)
		if !ok || i >= patience && i%patience == 0 && len(d.first) > i-i/4 {
			d.complete = false
			d.estimate = int(uint64(len(d.first)) * uint64(n) / uint64(i+1))
			return
		}
		d.ids = append(d.ids, id)
	}
	d.complete, d.estimate = true, len(d.first)
	for _, kind := range []graph.ValueKind{graph.Undefined, graph.Null} {
		if c.count[kind] > 0 {
			d.estimate--
		}
	}
}

// crowd is how many places of the table are looked at for one value. Values made
// to collide come so far, others do not.
const crowd = 256

// find returns the group of row i, a new one if it is the first of its kind, or
// false where too many values fall into one place.
func (d *distinct) find(c *cells, i int) (uint32, bool) {
	h := hashCell(c, i)
	mask := uint32(len(d.table) - 1)
	for k := uint32(0); k < crowd; k++ {
		at := (uint32(h) + k) & mask
		id := d.table[at]
		if id == 0 {
			d.first = append(d.first, uint32(i))
			d.hashes = append(d.hashes, uint32(h>>32))
			d.table[at] = uint32(len(d.first))
			return uint32(len(d.first) - 1), true
		}
		if d.hashes[id-1] == uint32(h>>32) && c.equal(i, c, int(d.first[id-1])) {
			return id - 1, true
		}
	}
	return 0, false
}

func hashCell(c *cells, i int) uint64 {
	switch c.kinds[i] {
	case graph.String:
		return xxhash.Sum64(c.textAt(i))
	case graph.List:
		h := uint64(graph.List)
		lo, hi := c.span(i)
		for k := lo; k < hi; k++ {
			h = mix(h ^ hashCell(c.elems, k))
		}
		return h
	}
	return mix(c.nums[i] ^ uint64(c.kinds[i])<<56)
}

// mix spreads the bits of x over the whole word (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
