package plan

import (
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// chainReader walks the places of the chain in the order of the scope's bindings,
// so that the n-th place gets the n-th slot.
type chainReader struct {
	*draft
	next Slot
	err  error
}

// slot is the slot of the next place.
func (r *chainReader) slot() Slot {
	r.next++
	return r.next - 1
}

// readChain fills start, steps and tail.
func (d *draft) readChain() error {
	r := &chainReader{draft: d}
	out := r.slot()
	d.start = Scan{node: node{rows: -1}, Out: out, Select: r.selection(d.query.Start, out), label: d.labels[out]}
	for i, s := range d.query.Steps {
		switch s := s.(type) {
		case *syntax.Hop:
			if s.Negated {
				d.tail = &Lacks{r.pattern(d.query.Steps[i:])}
				return r.err
			}
			hop := r.step(s)
			d.steps = append(d.steps, step{hop: &hop, current: hop.To})
		case *syntax.Optional:
			r.addGroup(s)
		}
	}
	return r.err
}

// addGroup appends an optional group to the run that it belongs to. A group that
// binds nothing gives no row beside the one that skips it.
func (r *chainReader) addGroup(g *syntax.Optional) {
	branch := r.branch(g)
	if len(branch.Hops) == 0 {
		if branch.Alias == None {
			return
		}
		branch.Tail = nil
	}
	if n := len(r.steps); n == 0 || r.steps[n-1].hop != nil {
		r.steps = append(r.steps, step{current: r.newSlot("end of group")})
	}
	run := &r.steps[len(r.steps)-1]
	run.run = append(run.run, branch)
}

// branch reads one optional group. A negation inside it ends with it.
func (r *chainReader) branch(g *syntax.Optional) Branch {
	b := Branch{Alias: None}
	for i, h := range g.Hops {
		if h.Negated {
			b.Tail = &Lacks{r.pattern(asSteps(g.Hops[i:]))}
			break
		}
		b.Hops = append(b.Hops, r.step(h))
	}
	if g.Alias != nil {
		b.Alias = r.slot()
	}
	return b
}

// asSteps is hops as steps of a chain.
func asSteps(hops []*syntax.Hop) []syntax.Step {
	steps := make([]syntax.Step, len(hops))
	for i, h := range hops {
		steps[i] = h
	}
	return steps
}

// selection reads a selector and keeps the first error.
func (r *chainReader) selection(s *syntax.Selector, slot Slot) Select {
	out, err := r.draft.selection(s, slot)
	if r.err == nil {
		r.err = err
	}
	return out
}

// step reads a hop that is taken.
func (r *chainReader) step(h *syntax.Hop) Step {
	edge, to := r.slot(), r.slot()
	return Step{Edge: edge, To: to, Hop: r.hop(h, to)}
}

// hop reads a hop and its target, whose slot is to.
func (r *chainReader) hop(h *syntax.Hop, to Slot) Hop {
	hop := Hop{Direction: direction(h.Direction), Target: r.selection(h.Target, to)}
	for _, v := range h.Verbs {
		hop.Verbs = append(hop.Verbs, v.Class)
	}
	r.checkVerbs(h)
	return hop
}

// direction is the way that an arrow points.
func direction(d syntax.Direction) graph.Direction {
	switch d {
	case syntax.Outward:
		return graph.Forward
	case syntax.Inward:
		return graph.Reverse
	}
	return graph.Both
}

// pattern is what steps ask for, the first as if it were not negated. All that
// follows a negated hop is inside the negation.
func (r *chainReader) pattern(steps []syntax.Step) Pattern {
	if len(steps) == 0 {
		return nil
	}
	switch s := steps[0].(type) {
	case *syntax.Hop:
		via := &Via{Hop: r.step(s).Hop}
		if len(steps) > 1 && negated(steps[1]) {
			via.Then = &Lacks{r.pattern(steps[1:])}
		} else {
			via.Then = r.pattern(steps[1:])
		}
		return via
	case *syntax.Optional:
		branch := r.branch(s)
		if len(steps) > 1 && negated(steps[1]) {
			return optionalPattern(branch, &Lacks{r.pattern(steps[1:])})
		}
		return optionalPattern(branch, r.pattern(steps[1:]))
	}
	return nil
}

// negated reports whether a step is a negated hop.
func negated(s syntax.Step) bool {
	h, ok := s.(*syntax.Hop)
	return ok && h.Negated
}

// optionalPattern is found where then is, at once or beyond the group.
func optionalPattern(b Branch, then Pattern) Pattern {
	if then == nil || len(b.Hops) == 0 {
		return then
	}
	return &Either{[]Pattern{then, hopsPattern(b.Hops, conjoin(b.Tail, then))}}
}

// hopsPattern is found where hops lead to what then is found at.
func hopsPattern(hops []Step, then Pattern) Pattern {
	for i := len(hops) - 1; i >= 0; i-- {
		then = &Via{hops[i].Hop, then}
	}
	return then
}

// conjoin is found where both a and b are, either of which may be nil.
func conjoin(a, b Pattern) Pattern {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &Both{a, b}
}
