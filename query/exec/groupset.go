package exec

import "github.com/j1db/j1db/store/graph"

// groupSet is a set of pairs of a group and an object. The first group, often the
// only one, is a set of objects. The others mostly come one after the other: as long
// as they do, it notes at every object only the last group that had it, and keeps
// the pairs aside for the case that a group comes back.
type groupSet struct {
	first  refSet
	group  int // the last one
	tables map[uint32][]uint32
	number uint32 // the table that was asked for last
	marks  []uint32
	pairs  []graph.Ref
	all    *tuples // instead of marks, once a group came back
	bytes  int64
}

// add puts a pair into the set and reports whether it was not there.
func (s *groupSet) add(group int, ref graph.Ref) bool {
	switch {
	case group == 0:
		return s.first.add(ref)
	case s.all != nil:
		return s.addPair(graph.Ref(group), ref)
	case group < s.group:
		s.fallBack()
		return s.addPair(graph.Ref(group), ref)
	}
	s.group = group
	mark := s.mark(ref)
	if *mark == uint32(group)+1 {
		return false
	}
	*mark = uint32(group) + 1
	s.pairs = append(s.pairs, graph.Ref(group), ref)
	return true
}

// mark is one more than the last group that had an object.
func (s *groupSet) mark(ref graph.Ref) *uint32 {
	if s.number != ref.Table() || s.marks == nil {
		s.number, s.marks = ref.Table(), s.tables[ref.Table()]
	}
	if row := int(ref.Row()); row >= len(s.marks) {
		// Twice as many, so that a table that comes row by row is copied seldom.
		more := make([]uint32, max(row+1, 2*len(s.marks), 64))
		copy(more, s.marks)
		s.bytes += int64(len(more)-len(s.marks)) * 4
		if s.tables == nil {
			s.tables = map[uint32][]uint32{}
		}
		s.marks, s.tables[s.number] = more, more
	}
	return &s.marks[ref.Row()]
}

// addPair is add for groups in any order.
func (s *groupSet) addPair(group, ref graph.Ref) bool {
	_, added := s.all.add([]graph.Ref{group, ref})
	return added
}

// fallBack puts the pairs so far into a set that does not care for their order.
func (s *groupSet) fallBack() {
	s.all = newTuples(2)
	for i := 0; i < len(s.pairs); i += 2 {
		s.all.add(s.pairs[i : i+2])
	}
	s.tables, s.marks, s.pairs, s.bytes = nil, nil, nil, 0
}

// size is the memory that the set takes.
func (s *groupSet) size() int64 {
	n := s.first.bytes() + s.bytes + int64(cap(s.pairs))*8
	if s.all != nil {
		n += s.all.bytes()
	}
	return n
}
