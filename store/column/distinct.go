package column

import (
	"encoding/binary"
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
	hashes []uint64 // by group
}

const (
	// patience is how many rows are looked at before a column may be found distinct.
	patience = 1024
	// crowd is how many places of the table are looked at for one value. Values made
	// to collide come so far, others do not.
	crowd = 256
	// leastTable is the size of the table to begin with.
	leastTable = 512
)

func (d *distinct) reset() {
	d.ids, d.first, d.hashes = d.ids[:0], d.first[:0], d.hashes[:0]
	if d.table == nil {
		d.table = make([]uint32, leastTable)
	}
	d.table = d.table[:leastTable]
	clear(d.table)
}

// group groups the rows of c.
func (d *distinct) group(c *cells) {
	n := c.len()
	d.reset()
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

// find returns the group of row i, a new one if it is the first of its kind, or
// false where too many values fall into one place.
func (d *distinct) find(c *cells, i int) (uint32, bool) {
	h := hashCell(c, i)
	mask := uint32(len(d.table) - 1)
	for k := uint32(0); k < crowd; k++ {
		at := (uint32(h) + k) & mask
		id := d.table[at]
		if id == 0 {
			d.add(i, h, at)
			return uint32(len(d.first) - 1), true
		}
		if d.hashes[id-1] == h && c.equal(i, c, int(d.first[id-1])) {
			return id - 1, true
		}
	}
	return 0, false
}

// add begins a group at a place of the table, which it makes larger for the groups
// to come when it is half full.
func (d *distinct) add(i int, h uint64, at uint32) {
	d.first = append(d.first, uint32(i))
	d.hashes = append(d.hashes, h)
	d.table[at] = uint32(len(d.first))
	if n := len(d.table); len(d.first)*2 > n {
		d.grow(2 * n)
	}
}

func (d *distinct) grow(size int) {
	if cap(d.table) < size {
		d.table = make([]uint32, size)
	}
	d.table = d.table[:size]
	clear(d.table)
	mask := uint32(size - 1)
	for id, h := range d.hashes {
		at := uint32(h) & mask
		for d.table[at] != 0 {
			at = (at + 1) & mask
		}
		d.table[at] = uint32(id + 1)
	}
}

func hashCell(c *cells, i int) uint64 {
	switch c.kinds[i] {
	case graph.String:
		return hashText(c.textAt(i))
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

// hashText hashes within one encoding: nothing stored depends on it.
func hashText(s []byte) uint64 {
	n := len(s)
	switch {
	case n > 16:
		return xxhash.Sum64(s)
	case n >= 8:
		high, low := bits.Mul64(binary.LittleEndian.Uint64(s)^0x9e3779b97f4a7c15, binary.LittleEndian.Uint64(s[n-8:])^uint64(n)<<56^0xbf58476d1ce4e5b9)
		return mix(high ^ low)
	case n >= 4:
		return mix(uint64(binary.LittleEndian.Uint32(s))<<32 | uint64(binary.LittleEndian.Uint32(s[n-4:])) ^ uint64(n)<<24)
	case n > 0:
		return mix(uint64(s[0])<<16 | uint64(s[n/2])<<8 | uint64(s[n-1]) | uint64(n)<<24)
	}
	return 0
}

// mix spreads the bits of x over the whole word (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
