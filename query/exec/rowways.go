package exec

import (
	"math"
	"math/bits"

	"github.com/j1db/j1db/store/graph"
)

// rowWays is in how many ways something is found at the rows of a table.
type rowWays struct {
	// every says that there is one way at every living row.
	every bool
	// narrow or wide is the number by row. Where both are nil, bits are the rows with
	// one way.
	narrow []uint32
	wide   []int64
	bits   []uint64
}

// at is the number of ways at a row.
func (w *rowWays) at(row uint32) int64 {
	switch {
	case w.every:
		return 1
	case w.narrow != nil:
		return int64(w.narrow[row])
	case w.wide != nil:
		return w.wide[row]
	}
	return bitAt(w.bits, row)
}

// counted reports whether some rows may have more than one way.
func (w *rowWays) counted() bool { return w.narrow != nil || w.wide != nil }

// bytes is the memory that w takes.
func (w *rowWays) bytes() int64 {
	return int64(len(w.narrow))*4 + int64(len(w.wide))*8 + int64(len(w.bits))*8
}

// bitAt is the bit of a row, 0 beyond the words.
func bitAt(words []uint64, row uint32) int64 {
	if int(row>>6) >= len(words) {
		return 0
	}
	return int64(words[row>>6] >> (row & 63) & 1)
}

// found are the rows among some with a way.
func (w *rowWays) found(among []uint64) []uint64 {
	if w.every {
		return among
	}
	out := make([]uint64, len(among))
	if !w.counted() {
		copy(out, w.bits)
		within(out, among)
		return out
	}
	for i, word := range among {
		for rest := word; rest != 0; rest &= rest - 1 {
			if bit := bits.TrailingZeros64(rest); w.at(uint32(i*64+bit)) == 0 {
				word &^= 1 << bit
			}
		}
		out[i] = word
	}
	return out
}

// times makes the rows of t stand for each way at them, and leaves those without.
func (w *rowWays) times(t *tableRows) tableRows {
	out := tableRows{number: t.number, bits: w.found(t.bits), ways: t.ways}
	if w.counted() {
		out.ways = make([]int64, len(out.bits)*64)
		out.each(func(row uint32) { out.ways[row] = times(t.wayOf(row), w.at(row)) })
	}
	return out
}

// asWays is what rows stand for, as the ways at them.
func (t *tableRows) asWays() rowWays {
	if t.ways == nil {
		return rowWays{bits: t.bits}
	}
	out := rowWays{wide: make([]int64, len(t.bits)*64)}
	t.each(func(row uint32) { out.wide[row] = t.ways[row] })
	return out
}

// tableHop is one list of neighbours of a table, and what is found at them.
type tableHop struct {
	list   *graph.Adjacency
	beyond rowWays
}

// count adds for the rows of need from a first one on, or all of them when need is
// nil, the ways of their neighbours: ways[i] is of row first+i.
func (h *tableHop) count(ways []int64, need []uint64, first int) {
	last := min(first+len(ways), len(h.list.Offsets)-1)
	if last <= first {
		return
	}
	offsets := h.list.Offsets[first : last+1]
	start := offsets[0]
	if h.beyond.every && need == nil { // no branch: degrees cannot be foreseen
		for i, end := range offsets[1:] {
			ways[i] += int64(end - start) // fewer than 2^32 each
			start = end
		}
		return
	}
	for i, end := range offsets[1:] {
		row := first + i
		if start != end && (need == nil || need[row>>6]>>(row&63)&1 != 0) {
			ways[i] = plus(ways[i], h.sum(start, end))
		}
		start = end
	}
}

// sum is the ways of the neighbours from one place of the list to another.
func (h *tableHop) sum(start, end uint32) int64 {
	b := &h.beyond
	sum := int64(0)
	switch {
	case b.every:
		sum = int64(end - start)
	case b.narrow != nil:
		for _, n := range h.list.Neighbours[start:end] { // fewer than 2^32 of less than 2^32
			sum += int64(b.narrow[n])
		}
		if sum < 0 {
			sum = math.MaxInt64
		}
	case b.wide != nil:
		for _, n := range h.list.Neighbours[start:end] {
			sum = plus(sum, b.wide[n])
		}
	default:
		for _, n := range h.list.Neighbours[start:end] {
			sum += int64(b.bits[n>>6] >> (n & 63) & 1)
		}
	}
	return sum
}

// find sets for the rows of need from one row to another, or all of them when need
// is nil, those of which some neighbour has a way.
func (h *tableHop) find(found, need []uint64, from, to int) {
	offsets := h.list.Offsets[from : to+1]
	for i, end := range offsets[1:] {
		row, start := from+i, offsets[i]
		if start == end || need != nil && need[row>>6]>>(row&63)&1 == 0 {
			continue
		}
		if h.beyond.every || h.some(h.list.Neighbours[start:end]) {
			found[row>>6] |= 1 << (row & 63)
		}
	}
}

// some reports whether a neighbour has a way.
func (h *tableHop) some(neighbours []uint32) bool {
	for _, n := range neighbours {
		if h.beyond.at(n) > 0 {
			return true
		}
	}
	return false
}
