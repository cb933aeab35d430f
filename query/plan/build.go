package plan

import (
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// builder makes the operators of a draft, from the scan upwards.
type builder struct {
	*draft
	top  Node
	rows float64 // that the planner expects of top
	// bound are the slots that rows carry or carried, needed those that are looked
	// at above.
	bound, needed SlotSet
	pending       []term // of WHERE that were not asked yet
	sorted        []Slot // that rows are still to be sorted by
	// apart are slots that tell every two rows apart.
	apart SlotSet
	// low and high bound the nodes of the prefix that were reached.
	low, high int
	suffix    []Pattern // what must be found at each node; see pattern
	// endsOf names, for a slot that ends an optional group, the slot of where the row
	// stands after it.
	endsOf map[Slot]Slot
}

// term is a term of WHERE and the slots that it looks at.
type term struct {
	cond  Cond
	slots []Slot
}

// build makes the plan's operators.
func (d *draft) build() Node {
	b := &builder{draft: d, bound: d.newSet(), apart: d.newSet(), endsOf: d.groupEnds()}
	for _, c := range d.where {
		set := d.newSet()
		slotsOf(c, set)
		b.pending = append(b.pending, term{c, set.list()})
	}
	b.findNeeded()
	if d.reduce {
		b.reduced()
	} else {
		b.chain()
	}
	return b.output()
}

// simple reports whether rows can be given up, or not made, without a look at the
// other rows of the whole chain.
func (d *draft) simple() bool { return d.local || !d.groupsAfter(0) }

// chain makes the rows of the whole chain and asks WHERE.
func (b *builder) chain() {
	done := b.readPrefix()
	for i := b.prefix(); i < len(b.steps) && !done; i++ {
		if done = b.cutTail(i, b.currentAt(i)); done {
			break
		}
		b.addStep(i)
		b.afterStep(i + 1)
	}
	if !done && b.tail != nil && !b.tailInGroup() {
		b.reach(b.currentAt(len(b.steps)), b.tail, false)
	}
	if !b.simple() {
		b.put(&Subsume{over(b.top, b.rows), b.order})
	}
	b.filter(true)
}

// currentAt is where rows stand before the i-th step.
func (b *builder) currentAt(i int) Slot {
	if i == 0 {
		return b.start.Out
	}
	return b.steps[i-1].current
}

// put puts an operator on top.
func (b *builder) put(n Node) { b.top = n }

// addStep goes over a mandatory hop or a run of optional groups.
func (b *builder) addStep(i int) {
	from := b.currentAt(i)
	if s := b.steps[i]; s.hop != nil {
		b.expand(from, *s.hop, b.fanout(i))
		return
	}
	s := b.steps[i]
	g := &Group{
		node: over(b.top, b.rows), From: from, Groups: s.run, Current: s.current,
		Last: !b.mandatoryAfter(i), Subsume: b.local, label: b.labels[from],
	}
	if i == len(b.steps)-1 && b.simple() {
		g.Tail = b.tail
	}
	for _, branch := range s.run {
		for _, h := range branch.Hops {
			b.bind(h.Edge, h.To)
			b.apart.add(h.Edge)
		}
		b.bind(branch.Alias)
	}
	b.bind(s.current)
	b.put(g)
}

// tailInGroup reports whether the last step is a run, which asks for the tail
// itself: before it drops what is subsumed.
func (b *builder) tailInGroup() bool {
	return len(b.steps) > 0 && b.steps[len(b.steps)-1].hop == nil && b.simple()
}

// mandatoryAfter reports whether a hop follows that no row can skip. (Runs do not
// follow each other.)
func (b *builder) mandatoryAfter(i int) bool { return i+1 < len(b.steps) }

// expand goes over a hop.
func (b *builder) expand(from Slot, h Step, fanout float64) {
	b.bind(h.Edge, h.To)
	b.rows *= fanout
	b.put(&Expand{
		node: over(b.top, b.rows), From: from, Edge: h.Edge, To: h.To, Hop: h.Hop,
		label: b.labels[from], to: b.labels[h.To],
	})
	b.apart.add(h.Edge)
}

// bind notes that rows bind some slots from here on; None is ignored.
func (b *builder) bind(slots ...Slot) {
	for _, s := range slots {
		b.bound.add(s)
	}
}

// afterStep asks what can be asked now, and gives up what nobody looks at: the
// steps from i are still to come.
func (b *builder) afterStep(i int) {
	b.filter(false)
	live := b.needed.clone()
	if i < len(b.steps) || b.tail != nil && !b.tailInGroup() {
		live.add(b.currentAt(i))
	}
	b.giveUp(live, i == len(b.steps))
}

// giveUp makes rows that agree in all live slots into one, if that is allowed and
// an entity was lost that told them apart. After the last step it is for groups to
// count the rows that stand for several.
func (b *builder) giveUp(live SlotSet, last bool) {
	for i := range live {
		live[i] = live[i] && b.bound[i]
	}
	if !b.simple() || b.apart.within(live) {
		return
	}
	slots := live.list()
	if b.onlyEdgeLost(live) {
		return // few rows are repeated, and what is above drops them too
	}
	switch {
	case b.visited(slots):
	case b.dedup:
		b.put(&Dedup{over(b.top, b.rows), slots, b.names(slots)})
	case b.merge && !last:
		b.put(&Combine{over(b.top, b.rows), slots, b.names(slots)})
	default:
		return
	}
	b.apart = live
}

// visited puts a Visit in the place of the Expand on top, where its end is all that
// is looked at.
func (b *builder) visited(live []Slot) bool {
	x, ok := b.top.(*Expand)
	if !ok || !b.visit || !b.dedup && !b.merge || len(live) != 1 || live[0] != x.To {
		return false
	}
	b.top = &Visit{
		node: over(x.input, b.rows), From: x.From, To: x.To, Hop: x.Hop,
		Count: !b.dedup, label: x.label, to: x.to,
	}
	return true
}

// onlyEdgeLost reports whether all that is lost is which of several relationships
// joins two entities: rows are rarely repeated by that.
func (b *builder) onlyEdgeLost(live SlotSet) bool {
	for i, bound := range b.bound {
		slot := Slot(i)
		if bound && b.kindOf(slot) == graph.EntityKind && !live[slot] && !b.isCurrent(slot, live) {
			return false
		}
	}
	return true
}

// isCurrent reports whether a slot ends an optional group after which the entity
// where the row stands is live: it is no other one.
func (b *builder) isCurrent(slot Slot, live SlotSet) bool {
	current, ok := b.endsOf[slot]
	return ok && live[current]
}

// groupEnds finds the slots that can only be bound to where a row stands after a
// run: those that end its only group.
func (d *draft) groupEnds() map[Slot]Slot {
	ends := map[Slot]Slot{}
	for _, s := range d.steps {
		if s.hop != nil || len(s.run) != 1 {
			continue
		}
		group := s.run[0]
		if group.Alias != None {
			ends[group.Alias] = s.current
		}
		if len(group.Hops) == 1 {
			ends[group.Hops[0].To] = s.current
		}
	}
	return ends
}

// names are the labels of some slots.
func (b *builder) names(slots []Slot) []string {
	out := make([]string, len(slots))
	for i, s := range slots {
		out[i] = b.labels[s]
	}
	return out
}

// reach asks for, or counts, a pattern at a slot.
func (b *builder) reach(on Slot, p Pattern, count bool) *Reach {
	r := &Reach{node: over(b.top, b.rows), On: on, Pattern: p, Count: count, Bulk: b.bulk, label: b.labels[on]}
	if p != nil {
		b.put(r)
	}
	return r
}

// cutTail asks for the steps from i and the tail without going there, where no slot
// of theirs is looked at.
func (b *builder) cutTail(i int, on Slot) bool {
	if b.out.ends {
		r := b.reach(on, b.pattern(i), false)
		r.Ends = true
		return true
	}
	if !b.exists && !(b.count && !b.groupsAfter(i)) || !b.simple() {
		return false
	}
	for _, s := range b.steps[i:] {
		for _, slot := range s.slots() {
			if b.needed[slot] {
				return false
			}
		}
	}
	b.reach(on, b.pattern(i), b.count && i < len(b.steps))
	return true
}

// slots are all that a step binds, for others to look at.
func (s *step) slots() []Slot {
	if s.hop != nil {
		return []Slot{s.hop.Edge, s.hop.To}
	}
	var out []Slot
	for _, branch := range s.run {
		for _, h := range branch.Hops {
			out = append(out, h.Edge, h.To)
		}
		if branch.Alias != None {
			out = append(out, branch.Alias)
		}
	}
	return out
}

// pattern is what the steps from i and the tail ask for. It is made once, so that
// patterns share their ends.
func (b *builder) pattern(i int) Pattern {
	if b.suffix == nil {
		b.suffix = make([]Pattern, len(b.steps)+1)
		b.suffix[len(b.steps)] = b.tail
		for j := len(b.steps) - 1; j >= 0; j-- {
			b.suffix[j] = b.steps[j].pattern(b.suffix[j+1])
		}
	}
	return b.suffix[i]
}

// pattern is what the step, and then what then asks for beyond it, ask for.
func (s *step) pattern(then Pattern) Pattern {
	if s.hop != nil {
		return &Via{s.hop.Hop, then}
	}
	for i := len(s.run) - 1; i >= 0; i-- {
		then = optionalPattern(s.run[i], then)
	}
	return then
}

// filter asks the terms of WHERE whose slots are bound; with all, every one.
func (b *builder) filter(all bool) {
	if !all && !b.early {
		return
	}
	var now []Cond
	var later []term
	for _, t := range b.pending {
		if all || b.canAsk(t) {
			now = append(now, t.cond)
		} else {
			later = append(later, t)
		}
	}
	if len(now) == 0 {
		return
	}
	b.put(&Filter{node: over(b.top, b.rows), Cond: AllOf(now)})
	b.pending = later
	b.findNeeded()
}

// canAsk reports whether all that a term looks at is bound, and rows are subsumed
// already as far as that is concerned: those of mandatory places always are.
func (b *builder) canAsk(t term) bool {
	for _, slot := range t.slots {
		if !b.bound[slot] || !b.simple() && b.inGroup(slot) {
			return false
		}
	}
	return true
}

// inGroup reports whether an optional group binds a slot.
func (b *builder) inGroup(slot Slot) bool {
	for _, s := range b.steps {
		if s.hop == nil && slices.Contains(s.slots(), slot) {
			return true
		}
	}
	return false
}

// findNeeded finds what is looked at above: by the output, by terms of WHERE that
// are still to be asked, and by an order that is still to be made.
func (b *builder) findNeeded() {
	b.needed = b.visible()
	for _, t := range b.pending {
		addSlots(b.needed, t.slots)
	}
	for _, slot := range b.sorted {
		b.needed.add(slot)
	}
	for i := range b.needed {
		b.needed[i] = b.needed[i] || !b.prune || !b.simple()
	}
}
