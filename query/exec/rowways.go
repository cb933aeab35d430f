package exec

import (
	"math/bits"

	"github.com/j1db/j1db/store/graph"
)

// rowWays is in how many ways something is found at the rows of a table.
type rowWays struct {
	// every says that there is one way at every living row.
	every bool
	// ways is the number by row. Where it is nil, bits are the rows with one way.
	ways []int64
	bits []uint64
}

// at is the number of ways at a row.
func (w *rowWays) at(row uint32) int64 {
	switch {
	case w.every:
		return 1
	case w.ways != nil:
		return w.ways[row]
	}
	return bitAt(w.bits, row)
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
	if w.ways == nil {
		copy(out, w.bits)
		within(out, among)
		return out
	}
	for i, word := range among {
		for rest := word; rest != 0; rest &= rest - 1 {
			if bit := bits.TrailingZeros64(rest); w.ways[i*64+bit] == 0 {
				word &^= 1 << bit
			}
		}
		out[i] = word
	}
	return out
}

// times makes the rows of t stand for each way at them, and leaves those without.
func (w *rowWays) times(t *tableRows) tableRows {
	out := tableRows{number: t.number, bits: w.found(t.bits)}
	switch {
	case w.ways == nil:
		out.ways = t.ways
	case t.ways == nil:
		out.ways = w.ways
	default:
		out.ways = make([]int64, len(w.ways))
		out.each(func(row uint32) { out.ways[row] = times(t.ways[row], w.ways[row]) })
	}
	return out
}

// tableHop is one list of neighbours of a table, and what is found at them.
type tableHop struct {
	list   *graph.Adjacency
	beyond rowWays
}

// count adds for the rows of need from one row to another, or all of them when need
// is nil, the ways of their neighbours.
func (h *tableHop) count(ways []int64, need []uint64, from, to int) {
	offsets := h.list.Offsets[from : to+1]
	for i, end := range offsets[1:] {
		row, start := from+i, offsets[i]
		if start == end || need != nil && need[row>>6]>>(row&63)&1 == 0 {
			continue
		}
		if h.beyond.every {
			ways[row] = plus(ways[row], int64(end-start))
			continue
		}
		sum := ways[row]
		if h.beyond.ways != nil {
			for _, n := range h.list.Neighbours[start:end] {
				sum = plus(sum, h.beyond.ways[n])
			}
		} else {
			for _, n := range h.list.Neighbours[start:end] {
				sum += int64(h.beyond.bits[n>>6] >> (n & 63) & 1)
			}
		}
		ways[row] = sum
	}
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
