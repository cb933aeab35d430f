package exec

import "github.com/j1db/j1db/store/graph"

// tuples is a set of tuples of handles, or of other numbers, of one width. They
// are numbered in the order in which they were added.
type tuples struct {
	width int
	n     int
	data  []graph.Ref // the tuples one after another
	index []uint32    // by hash: one more than the tuple's number, 0 for none
}

// newTuples returns an empty set of tuples of a width.
func newTuples(width int) *tuples { return &tuples{width: width, index: make([]uint32, 64)} }

// add puts a tuple into the set, and returns its number and whether it is new.
func (t *tuples) add(key []graph.Ref) (number int, added bool) {
	at, number := t.find(key)
	if number >= 0 {
		return number, false
	}
	t.n++
	t.data = append(t.data, key...)
	t.index[at] = uint32(t.n)
	if t.n*2 > len(t.index) { // half full: probes stay short
		t.grow()
	}
	return t.n - 1, true
}

// has reports whether a tuple is in the set.
func (t *tuples) has(key []graph.Ref) bool {
	_, number := t.find(key)
	return number >= 0
}

// find returns where a tuple is in the index, or where it would be, and its number
// or -1.
func (t *tuples) find(key []graph.Ref) (at, number int) {
	mask := len(t.index) - 1
	for at = int(hashTuple(key)) & mask; t.index[at] != 0; at = (at + 1) & mask {
		number = int(t.index[at]) - 1
		if equalTuples(t.data[number*t.width:(number+1)*t.width], key) {
			return at, number
		}
	}
	return at, -1
}

// equalTuples compares two tuples of one width.
func equalTuples(a, b []graph.Ref) bool {
	for i, ref := range a {
		if ref != b[i] {
			return false
		}
	}
	return true
}

// grow makes the index four times as large; the tuples stay where they are.
func (t *tuples) grow() {
	t.index = make([]uint32, 4*len(t.index))
	mask := len(t.index) - 1
	for i := range t.n {
		at := int(hashTuple(t.data[i*t.width:(i+1)*t.width])) & mask
		for t.index[at] != 0 {
			at = (at + 1) & mask
		}
		t.index[at] = uint32(i + 1)
	}
}

// hashTuple mixes the handles of a tuple; the multiplier is that of Fibonacci
// hashing, 2^64 over the golden ratio.
func hashTuple(key []graph.Ref) uint64 {
	h := uint64(0)
	for _, ref := range key {
		h = (h ^ uint64(ref)) * 0x9e3779b97f4a7c15
		h ^= h >> 32
	}
	return h
}

// bytes is the memory that the set takes.
func (t *tuples) bytes() int64 { return int64(cap(t.data))*8 + int64(len(t.index))*4 }
