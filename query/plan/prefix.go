package plan

// The prefix is the mandatory hops before the first optional group: nodes 0 to p.
// The traversal may start at any of them and grow both ways.

// nodeSlot is the slot of a node of the prefix.
func (d *draft) nodeSlot(i int) Slot {
	if i == 0 {
		return d.start.Out
	}
	return d.steps[i-1].hop.To
}

// nodeSelect is the selection of a node of the prefix.
func (d *draft) nodeSelect(i int) Select {
	if i == 0 {
		return d.start.Select
	}
	return d.steps[i-1].hop.Hop.Target
}

// back is the hop from node i to node i-1.
func (d *draft) back(i int) Step {
	h := d.steps[i-1].hop
	return Step{Edge: h.Edge, To: d.nodeSlot(i - 1), Hop: h.Hop.reversed(d.nodeSelect(i - 1))}
}

// readPrefix makes the rows of the prefix. It reports whether what follows the
// prefix was asked for too.
func (b *builder) readPrefix() (done bool) {
	b.low, b.high = b.startAt, b.startAt
	slot := b.nodeSlot(b.startAt)
	b.rows = b.nodeRows(b.startAt)
	b.put(&Scan{node: node{rows: b.rows}, Out: slot, Select: b.nodeSelect(b.startAt), label: b.labels[slot]})
	b.bind(slot)
	b.apart.add(slot)
	closure := b.closeOrder()
	b.filter(false)
	headDone := b.startAt == 0
	for _, next := range b.growth {
		switch {
		case next > b.high && !done:
			if done = b.cutTail(b.high, b.nodeSlot(b.high)); !done {
				b.growRight()
			}
		case next < b.low && !headDone:
			if headDone = b.cutHead(); !headDone {
				b.growLeft()
			}
		}
		b.afterPrefix(done, headDone)
	}
	if closure != nil {
		b.put(&Reorder{over(b.top, b.rows), closure, b.names(closure)})
		b.sorted = nil
		b.findNeeded()
		b.afterPrefix(done, true)
	}
	return done
}

// growRight reaches the node after the last that was reached.
func (b *builder) growRight() {
	b.expand(b.nodeSlot(b.high), *b.steps[b.high].hop, b.fanout(b.high))
	b.high++
}

// growLeft reaches the node before the first that was reached.
func (b *builder) growLeft() {
	b.expand(b.nodeSlot(b.low), b.back(b.low), b.fanin(b.low))
	b.low--
}

// afterPrefix gives up what nobody looks at once a node of the prefix was reached.
func (b *builder) afterPrefix(done, headDone bool) {
	b.filter(false)
	live := b.needed.clone()
	rightToDo := !done && (b.high < len(b.steps) || b.tail != nil)
	if rightToDo {
		live.add(b.nodeSlot(b.high))
	}
	if b.low > 0 && !headDone {
		live.add(b.nodeSlot(b.low))
	}
	b.giveUp(live, !rightToDo && (b.low == 0 || headDone))
}

// closeOrder makes the rows of a prefix that does not start at its head carry what
// orders them, and returns those slots: all up to the last that is looked at. It
// returns nil where rows come in order, or where no order shows.
func (b *builder) closeOrder() []Slot {
	if b.startAt == 0 || !b.ordered() {
		return nil
	}
	last := b.needed.last()
	if end := b.nodeSlot(b.prefix()); last > end {
		last = end
	}
	var closure []Slot
	for _, slot := range b.order {
		if slot <= last {
			closure = append(closure, slot)
		}
	}
	b.sorted = closure
	b.findNeeded()
	return closure
}

// cutHead asks for the nodes before the first one that was reached, where no slot
// of theirs is looked at.
func (b *builder) cutHead() bool {
	if !b.exists && !b.count || !b.simple() || b.needed.any(0, b.nodeSlot(b.low)) {
		return false
	}
	var p Pattern
	for i := 1; i <= b.low; i++ {
		back := b.back(i)
		p = &Via{back.Hop, p}
	}
	b.reach(b.nodeSlot(b.low), p, b.count)
	return true
}

// reduced collects a tree hop by hop: of every node only what lies on a whole path
// is followed, and once.
func (b *builder) reduced() {
	at := b.start.Out
	b.rows = b.nodeRows(0)
	b.put(&Scan{node: node{rows: b.rows}, Out: at, Select: b.start.Select, label: b.labels[at]})
	b.reach(at, b.pattern(0), false)
	b.collect(at)
	for i, s := range b.steps {
		b.expand(at, *s.hop, b.fanout(i))
		at = s.hop.To
		b.reach(at, b.pattern(i+1), false)
		b.collect(s.hop.Edge, at)
		if i < len(b.steps)-1 {
			b.put(&Dedup{over(b.top, b.rows), []Slot{at}, b.names([]Slot{at})})
		}
	}
}

// collect notes what rows bind in some slots, for a tree.
func (b *builder) collect(slots ...Slot) {
	b.put(&Collect{over(b.top, b.rows), slots, b.names(slots)})
}
