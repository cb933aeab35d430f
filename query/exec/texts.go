package exec

import (
	"bytes"
	"hash/maphash"
)

// texts is a set of byte strings, numbered in the order in which they were added.
// It keeps them in one piece of memory.
type texts struct {
	seed  maphash.Seed
	n     int
	data  []byte
	ends  []int    // where each string ends in data
	index []uint32 // by hash: one more than the string's number, 0 for none
	hash  []uint32 // of each string, the upper half
}

// newTexts returns an empty set.
func newTexts() *texts { return &texts{seed: maphash.MakeSeed(), index: make([]uint32, 64)} }

// add puts a string into the set, and returns its number and whether it is new.
func (t *texts) add(s []byte) (number int, added bool) {
	h := maphash.Bytes(t.seed, s)
	mask := len(t.index) - 1
	at := int(h) & mask
	for ; t.index[at] != 0; at = (at + 1) & mask {
		number = int(t.index[at]) - 1
		if t.hash[number] == uint32(h>>32) && bytes.Equal(t.at(number), s) {
			return number, false
		}
	}
	t.n++
	t.data = append(t.data, s...)
	t.ends, t.hash = append(t.ends, len(t.data)), append(t.hash, uint32(h>>32))
	t.index[at] = uint32(t.n)
	if t.n*2 > len(t.index) { // half full: probes stay short
		t.grow()
	}
	return t.n - 1, true
}

// at is the string of that number.
func (t *texts) at(number int) []byte {
	start := 0
	if number > 0 {
		start = t.ends[number-1]
	}
	return t.data[start:t.ends[number]]
}

// grow makes the index four times as large: it is rebuilt seldom, and is small
// beside the strings.
func (t *texts) grow() {
	t.index = make([]uint32, 4*len(t.index))
	mask := len(t.index) - 1
	for i := range t.n {
		at := int(maphash.Bytes(t.seed, t.at(i))) & mask
		for t.index[at] != 0 {
			at = (at + 1) & mask
		}
		t.index[at] = uint32(i + 1)
	}
}

// bytes is the memory that the set takes.
func (t *texts) bytes() int64 {
	return int64(cap(t.data)) + int64(cap(t.ends))*8 + int64(cap(t.hash))*4 + int64(len(t.index))*4
}
