package plan

// maxPrefix is how many hops are compared, from every node: no person writes more,
// and a machine that does shall not wait.
const maxPrefix = 30

// startAnywhere chooses the node of the prefix from which the fewest rows have to
// be made, and at each turn the side that grows least. Where rows have an order it
// stays with the head of the chain unless another start is clearly cheaper: rows
// then come in order.
func startAnywhere(d *draft) {
	p := d.prefix()
	if p == 0 || p > maxPrefix || d.out.kind == Tree && d.out.limit < 0 {
		return
	}
	e := d.estimate()
	needed := d.visible()
	for _, c := range d.where {
		slotsOf(c, needed)
	}
	t := traversal{draft: d, e: e, needed: needed}
	clearly := 1.1
	if d.ordered() {
		clearly = 1.5
	}
	best := t.cost(0)
	for s := 1; s <= p; s++ {
		if c := t.cost(s); c.work*clearly < best.work {
			best, d.startAt, d.growth = c, s, c.growth
		}
	}
}

// traversal compares the ways to traverse a prefix.
type traversal struct {
	*draft
	e      *estimator
	needed SlotSet
}

// way is one way, with the work that is expected of it.
type way struct {
	work   float64
	growth []int
}

// Costs in units of one step of an expansion.
const (
	scanCost   = 0.05 // of a row that a condition is asked of
	gatherCost = 0.05 // of an entity in a set
	degreeCost = 0.3  // of an entity of which only the number of neighbours is asked
	sortCost   = 4    // of a row that has to be put in order
)

// cost expects the work of a traversal that starts at a node. What is not looked at
// on either side is only tested for or counted, for which the plan has no growth: it
// is noted all the same, for plans that must go there.
func (t *traversal) cost(start int) way {
	rows := t.e.nodes[start].rows
	w := way{work: t.scan(start)}
	low, high, last := start, start, t.prefix()
	for low > 0 || high < last {
		right, rightRows := t.side(rows, high < last, func() (float64, float64) { return t.e.right(high) })
		left, leftRows := t.side(rows, low > 0, func() (float64, float64) { return t.e.left(low) })
		switch {
		case high < last && !t.seenFrom(high):
			w.work += t.beyond(rows, high, 1)
			for ; high < last; high++ {
				w.growth = append(w.growth, high+1)
			}
		case low > 0 && !t.seenBefore(low):
			w.work += t.beyond(rows, low, -1)
			for ; low > 0; low-- {
				w.growth = append(w.growth, low-1)
			}
		case low == 0 || high < last && rightRows <= leftRows:
			high++
			w.growth = append(w.growth, high)
			w.work, rows = w.work+right, t.once(rightRows, high, low)
		default:
			low--
			w.growth = append(w.growth, low)
			w.work, rows = w.work+left, t.once(leftRows, low, high)
		}
	}
	switch {
	case start == 0:
		w.work *= t.stopShare(rows)
	case t.ordered():
		w.work += rows * sortCost
	}
	return w
}

// scan is the work of finding the entities of a node.
func (t *traversal) scan(node int) float64 {
	n := t.e.nodes[node]
	work := n.rows
	if !t.ordered() {
		work *= gatherCost
	}
	switch {
	case n.key:
		return 1
	case n.rows < n.all:
		work += n.all * scanCost
	}
	return work
}

// side is the steps that one side makes of rows, and the rows that are left of them.
func (t *traversal) side(rows float64, open bool, degree func() (float64, float64)) (steps, left float64) {
	if !open {
		return 0, 0
	}
	raw, kept := degree()
	return rows * raw, rows * kept
}

// once is how many of rows are left at the node that was reached last, when the other
// end is not looked at: then no entity is there twice.
func (t *traversal) once(rows float64, reached, other int) float64 {
	if !t.ordered() && !t.needed.any(t.nodeSlot(min(reached, other)), t.nodeSlot(max(reached, other))+1) {
		return min(rows, t.e.nodes[reached].rows)
	}
	return rows
}

// beyond is the work of testing for what lies beyond a node on one side, or of
// counting it: no entity is looked at twice, and where the last ones may be any, only
// degrees are.
func (t *traversal) beyond(rows float64, node, side int) float64 {
	work := 0.0
	for end := t.prefix() * max(side, 0); node != end; node += side {
		raw, kept, edges := 0.0, 0.0, 0.0
		if side > 0 {
			raw, kept = t.e.right(node)
			edges = t.e.edges[node]
		} else {
			raw, kept = t.e.left(node)
			edges = t.e.edges[node-1]
		}
		far := t.e.nodes[node+side]
		if node+side == end && far.rows >= far.all && (side < 0 || end == len(t.steps) && t.tail == nil) {
			return work + rows*degreeCost
		}
		work += min(rows*raw, edges)
		if far.rows < far.all {
			work += far.all * scanCost
		}
		rows = min(rows*kept, far.rows)
	}
	return work
}

// seenFrom reports whether something beyond node i of the prefix is looked at.
func (t *traversal) seenFrom(i int) bool { return t.needed.any(t.nodeSlot(i)+1, Slot(len(t.needed))) }

// seenBefore reports whether something before node i is looked at: its order, too.
func (t *traversal) seenBefore(i int) bool {
	return t.ordered() || t.needed.any(0, t.nodeSlot(i))
}

// stopShare is the part of the work after which LIMIT is expected to end it.
func (t *traversal) stopShare(rows float64) float64 {
	o := &t.out
	if o.limit < 0 || len(o.sort) > 0 || o.grouped || o.unique {
		return 1
	}
	return min(1, float64(o.skip+o.limit)/max(rows, 1))
}

// nodeRows is the expected number of entities at a node of the prefix, -1 when
// nothing was asked of the catalogue.
func (d *draft) nodeRows(i int) float64 {
	if d.expect == nil {
		return -1
	}
	return d.expect.nodes[i].rows
}

// fanout is the number of rows that the i-th step is expected to make of one.
func (d *draft) fanout(i int) float64 {
	if d.expect == nil || d.steps[i].hop == nil {
		return 1
	}
	_, kept := d.expect.right(i)
	return kept
}

// fanin is the same for the hop back from node i.
func (d *draft) fanin(i int) float64 {
	if d.expect == nil {
		return 1
	}
	_, kept := d.expect.left(i)
	return kept
}
