package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// keptRows lists the local rows that are passed on: those at whose end the tail is
// found, without those that another subsumes.
func (g *group) keptRows(rows *localRows) ([]uint32, error) {
	kept := make([]uint32, 0, len(rows.parent))
	if g.node.Tail == nil {
		for i := range rows.parent {
			kept = append(kept, uint32(i))
		}
	} else {
		ways, err := g.reach.ways(g.node.Tail, rows.current)
		if err != nil {
			return nil, err
		}
		for i, w := range ways {
			if w > 0 {
				kept = append(kept, uint32(i))
			}
		}
	}
	if !g.node.Subsume {
		return kept, nil
	}
	return g.withoutSubsumed(rows, kept), nil
}

// withoutSubsumed drops the rows of which another, of the same incoming row, binds
// the same and more, and stands at the same entity unless this is the Last run.
func (g *group) withoutSubsumed(rows *localRows, kept []uint32) []uint32 {
	byPattern := make([][]uint32, len(g.patterns.sets))
	for _, i := range kept {
		byPattern[rows.pattern[i]] = append(byPattern[rows.pattern[i]], i)
	}
	subsumed := make([]bool, len(rows.parent))
	// There are as many patterns as occur, mostly two: rows that skip and rows that pass.
	for less, lesser := range byPattern {
		for more, greater := range byPattern {
			if less != more && len(lesser) > 0 && len(greater) > 0 && g.patterns.within(less, more) {
				g.mark(rows, g.places(g.patterns.sets[less]), lesser, greater, subsumed)
			}
		}
	}
	return slices.DeleteFunc(kept, func(i uint32) bool { return subsumed[i] })
}

// mark marks the rows of lesser that some row of greater subsumes: they agree in
// places.
func (g *group) mark(rows *localRows, places []int, lesser, greater []uint32, subsumed []bool) {
	key := make([]graph.Ref, 2+len(places))
	fill := func(i uint32) []graph.Ref {
		key[0] = graph.Ref(rows.parent[i])
		if !g.node.Last { // what follows depends on where the row stands
			key[1] = rows.current[i]
		}
		for k, place := range places {
			key[2+k] = rows.bound[int(i)*rows.width+place]
		}
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

// places are the indices, in a row's bound handles, of what some groups bind;
// aliases after groups are no places of their own.
func (g *group) places(bound []bool) []int {
	var out []int
	at := 0
	for i, branch := range g.node.Groups {
		for h := range branch.Hops {
			if bound[i] {
				out = append(out, at+2*h, at+2*h+1)
			}
		}
		at += 2 * len(branch.Hops)
		if branch.Alias != plan.None {
			at++
		}
	}
	return out
}

// boundGroups numbers the sets of groups that rows bind; 0 is the empty one.
type boundGroups struct {
	sets [][]bool
	next map[[2]int]int // by set and group, the set with that group
}

// newBoundGroups begins with the empty set.
func newBoundGroups(groups int) boundGroups {
	return boundGroups{sets: [][]bool{make([]bool, groups)}, next: map[[2]int]int{}}
}

// with is the set that has one group more.
func (b *boundGroups) with(set, group int) int {
	key := [2]int{set, group}
	if n, ok := b.next[key]; ok {
		return n
	}
	more := slices.Clone(b.sets[set])
	more[group] = true
	b.sets = append(b.sets, more)
	b.next[key] = len(b.sets) - 1
	return len(b.sets) - 1
}

// within reports whether every group of one set is in another.
func (b *boundGroups) within(less, more int) bool {
	for i, bound := range b.sets[less] {
		if bound && !b.sets[more][i] {
			return false
		}
	}
	return true
}
