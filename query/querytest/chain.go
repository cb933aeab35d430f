package querytest

import (
	"slices"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// row is one path: what it binds at each place of the chain, and where it stands.
type row struct {
	bound []*graph.Image // nil where nothing is bound
	at    *graph.Image
}

// bind returns r with an object at a place.
func (s *scope) bind(r row, place syntax.Node, im *graph.Image) row {
	r.bound = slices.Clone(r.bound)
	r.bound[s.slot[place]] = im
	return r
}

// paths enumerates the rows of the chain: depth first, so that they come in the
// order of table and row, place by place.
func (s *scope) paths() (rows []row, err error) {
	for _, im := range s.entities {
		if !s.selects(s.query.Start, im) {
			continue
		}
		start := s.bind(row{bound: make([]*graph.Image, len(s.slot))}, s.query.Start, im)
		start.at = im
		s.walk(start, s.query.Steps, func(r row) bool {
			rows = append(rows, r)
			return true
		})
		if s.tooMany() {
			return nil, ErrTooManyRows
		}
	}
	return rows, nil
}

// tooMany says that the evaluation has to be given up.
func (s *scope) tooMany() bool { return s.rows > s.MaxRows }

// walk yields every way to go on from r by steps. It reports false when that ended
// early, because yield did or because there are too many rows.
func (s *scope) walk(r row, steps []syntax.Step, yield func(row) bool) bool {
	if s.rows++; s.tooMany() {
		return false
	}
	if len(steps) == 0 {
		return yield(r)
	}
	rest := func(r row) bool { return s.walk(r, steps[1:], yield) }
	switch step := steps[0].(type) {
	case *syntax.Hop:
		if step.Negated {
			return s.walkNegated(r, step, steps[1:], yield)
		}
		return s.hop(r, step, rest)
	case *syntax.Optional:
		return s.group(r, step, rest)
	}
	return true
}

// walkNegated yields r when no way leads over the hop and on to the end: whatever
// follows a negated hop is inside the negation.
func (s *scope) walkNegated(r row, hop *syntax.Hop, rest []syntax.Step, yield func(row) bool) bool {
	inside := rest
	if !s.follows(NegationToEnd) {
		inside = nil
	}
	exists := !s.hop(r, hop, func(next row) bool {
		return s.walk(next, inside, func(row) bool { return false })
	})
	switch {
	case exists:
		return true
	case s.follows(NegationToEnd):
		return yield(r)
	}
	return s.walk(r, rest, yield)
}

// hop yields r after one step over each relationship that fits, as if the hop were
// not negated.
func (s *scope) hop(r row, hop *syntax.Hop, yield func(row) bool) bool {
	seen := map[*graph.Image]bool{}
	for _, rel := range s.relationships[endOf(r.at)] {
		if !fitsVerb(hop, rel) || s.usedBefore(r, rel) {
			continue
		}
		for _, end := range s.farEnds(r.at, rel, hop.Direction) {
			next := s.entity[end]
			if next == nil || !s.selects(hop.Target, next) || seen[next] && !s.follows(ParallelPaths) || s.visited(r, next) {
				continue
			}
			seen[next] = true
			reached := s.bind(s.bind(r, hop, rel), hop.Target, next)
			reached.at = next
			if !yield(reached) {
				return false
			}
		}
	}
	return true
}

// fitsVerb compares a relationship's class with a hop's verbs: RELATES TO fits all.
func fitsVerb(hop *syntax.Hop, rel *graph.Image) bool {
	return hop.AnyVerb || slices.ContainsFunc(hop.Verbs, func(v *syntax.Verb) bool { return v.Class == rel.Class[0] })
}

// farEnds is where a relationship leads from an entity: its other end, if it points
// the right way. A self-loop leads to its own entity, once, whatever the direction.
func (s *scope) farEnds(from, rel *graph.Image, way syntax.Direction) []graph.End {
	if way == syntax.Either && !s.follows(AnyDirection) {
		way = syntax.Outward
	}
	var ends []graph.End
	if rel.From == endOf(from) && way != syntax.Inward {
		ends = append(ends, rel.To)
	}
	if rel.To == endOf(from) && way != syntax.Outward {
		ends = append(ends, rel.From)
	}
	if len(ends) == 2 && s.follows(SelfLoopOnce) {
		ends = ends[:1]
	}
	return ends
}

// usedBefore says whether a path may not take a relationship because it did before.
// No path is barred from that: every hop is independent of the earlier ones.
func (s *scope) usedBefore(r row, rel *graph.Image) bool {
	return !s.follows(RelationshipReuse) && slices.Contains(r.bound, rel)
}

// visited says whether a path may not come to an entity because it was there
// before. It may.
func (s *scope) visited(r row, im *graph.Image) bool {
	return !s.follows(EntityReuse) && slices.Contains(r.bound, im)
}

// group yields the row that skips an optional group, and one row for each way
// through it. The alias after a group is where the row stands then.
func (s *scope) group(r row, g *syntax.Optional, yield func(row) bool) bool {
	named := func(r row) row {
		if g.Alias == nil {
			return r
		}
		return s.bind(r, g, r.at)
	}
	skipped := named(r)
	if !s.follows(GroupEnd) {
		skipped = r
	}
	var taken []row
	s.walk(r, hopsOf(g), func(m row) bool {
		if s.binds(m, r) || !s.follows(EmptyMatch) {
			taken = append(taken, named(m))
		}
		return true
	})
	all := append([]row{skipped}, taken...)
	switch {
	case !s.follows(SkipRow):
		all = taken
	case !s.follows(SkipFirst):
		all = append(taken, skipped)
	}
	for _, r := range all {
		if !yield(r) {
			return false
		}
	}
	return true
}

// hopsOf is the chain inside a group.
func hopsOf(g *syntax.Optional) []syntax.Step {
	steps := make([]syntax.Step, len(g.Hops))
	for i, hop := range g.Hops {
		steps[i] = hop
	}
	return steps
}

// binds says whether a way through a group binds anything. One of a negated hop
// alone does not: it is the row that skips the group.
func (s *scope) binds(m, before row) bool { return !slices.Equal(m.bound, before.bound) }

// withoutSubsumed drops the rows that another row extends: one that has the same
// object at every place that they bind, and binds more.
func (s *scope) withoutSubsumed(rows []row) []row {
	optional := func(step syntax.Step) bool { _, ok := step.(*syntax.Optional); return ok }
	if !s.follows(Subsumption) || !slices.ContainsFunc(s.query.Steps, optional) {
		return rows
	}
	siblings := map[*graph.Image][]row{} // only rows of one start can be alike
	for _, r := range rows {
		siblings[r.bound[0]] = append(siblings[r.bound[0]], r)
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
		return slices.ContainsFunc(siblings[r.bound[0]], func(other row) bool { return s.extends(other, r) })
	})
}

// extends says whether a has all that b binds and more. The alias after a group is
// no place of its own.
func (s *scope) extends(a, b row) bool {
	more := false
	for i, binding := range s.names.Bindings() {
		switch {
		case binding.Group != nil:
		case b.bound[i] == nil:
			more = more || a.bound[i] != nil
		case a.bound[i] != b.bound[i]:
			return false
		}
	}
	return more
}
