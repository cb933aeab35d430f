package exec

import (
	"math/bits"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// refSet is a set of handles: a bit for each row of a table. The zero set is empty.
type refSet struct {
	tables []tableSet // ascending by number
	last   int        // the table that was asked for last
	n      int
}

// tableSet is a bit for each row of one table, as far as the greatest in the set.
type tableSet struct {
	number uint32
	words  []uint64
}

// add puts ref into s and reports whether it was not there.
func (s *refSet) add(ref graph.Ref) bool {
	t := s.table(ref.Table())
	word, bit := int(ref.Row()>>6), uint64(1)<<(ref.Row()&63)
	if word >= len(t.words) {
		// By half at least, so that a table that comes row by row is copied seldom.
		t.words = append(t.words, make([]uint64, max(word+1-len(t.words), len(t.words)/2))...)
	}
	if t.words[word]&bit != 0 {
		return false
	}
	t.words[word] |= bit
	s.n++
	return true
}

// table is the set of a table. Handles mostly come table by table.
func (s *refSet) table(number uint32) *tableSet {
	if s.last < len(s.tables) && s.tables[s.last].number == number {
		return &s.tables[s.last]
	}
	at, ok := slices.BinarySearchFunc(s.tables, number, func(t tableSet, n uint32) int { return int(t.number) - int(n) })
	if !ok {
		s.tables = slices.Insert(s.tables, at, tableSet{number: number})
	}
	s.last = at
	return &s.tables[at]
}

// bytes is the memory that s takes.
func (s *refSet) bytes() int64 {
	n := int64(0)
	for _, t := range s.tables {
		n += int64(cap(t.words)) * 8
	}
	return n
}

// all lists the handles by table and row.
func (s *refSet) all() []graph.Ref {
	out := make([]graph.Ref, 0, s.n)
	for _, t := range s.tables {
		for i, word := range t.words {
			for ; word != 0; word &= word - 1 {
				out = append(out, graph.NewRef(t.number, uint32(i*64+bits.TrailingZeros64(word))))
			}
		}
	}
	return out
}
