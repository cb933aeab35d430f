package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// subsume drops every row of which another binds the same and more. It has to see
// all rows first.
type subsume struct {
	env   *env
	meter *meter
	node  *plan.Subsume
	input *meter
}

// run needs all rows: any later one may subsume an earlier.
func (s *subsume) run(emit func(*batch) error) error {
	all := newStore(s.env, s.meter, s.node.Keep().With(s.node.Slots...))
	if err := s.input.run(all.addAll); err != nil {
		return err
	}
	if all.rows.n == 0 {
		return nil
	}
	return all.emit(s.kept(all.rows), emit)
}

// kept lists the rows that are left.
func (s *subsume) kept(rows *batch) []uint32 {
	var places []plan.Slot
	for _, slot := range s.node.Slots {
		if rows.at(slot) != nil {
			places = append(places, slot)
		}
	}
	// Only a row that binds a greater set of places can subsume another.
	byPattern, patterns := s.patterns(rows, places)
	subsumed := make([]bool, rows.n)
	for i, less := range patterns {
		for j, more := range patterns {
			if i != j && subset(less, more) {
				mark(rows, less, byPattern[i], byPattern[j], subsumed)
			}
		}
	}
	return slices.DeleteFunc(sequence(rows.n), func(i uint32) bool { return subsumed[i] })
}

// patterns sorts rows by the places that they bind.
func (s *subsume) patterns(rows *batch, places []plan.Slot) (byPattern [][]uint32, patterns [][]plan.Slot) {
	known := map[string]int{}
	key := make([]byte, len(places))
	var reader slotReader
	reader.read(rows, places)
	for i := range rows.n {
		var bound []plan.Slot
		for p, slot := range places {
			key[p] = 0
			if reader.refs[p][i] != 0 {
				key[p] = 1
				bound = append(bound, slot)
			}
		}
		at, ok := known[string(key)]
		if !ok {
			at = len(patterns)
			known[string(key)] = at
			patterns, byPattern = append(patterns, bound), append(byPattern, nil)
		}
		byPattern[at] = append(byPattern[at], uint32(i))
	}
	return byPattern, patterns
}

// subset reports whether every slot of less is in more; both ascend.
func subset(less, more []plan.Slot) bool {
	for _, slot := range less {
		if !slices.Contains(more, slot) {
			return false
		}
	}
	return true
}

// mark marks the rows of lesser that agree with one of greater in some slots.
func mark(rows *batch, slots []plan.Slot, lesser, greater []uint32, subsumed []bool) {
	key := make([]graph.Ref, len(slots))
	var bound slotReader
	bound.read(rows, slots)
	fill := func(i uint32) []graph.Ref {
		bound.fill(key, int(i))
		return key
	}
	set := newTuples(len(key))
	for _, i := range greater {
		set.add(fill(i))
	}
	for _, i := range lesser {
		subsumed[i] = subsumed[i] || set.has(fill(i))
	}
}
