package plan

// maxPrefix is how many hops are compared, from every node: no person writes more,
// and a machine that does shall not wait.
const maxPrefix = 30

// startAnywhere chooses the node of the prefix from which the fewest rows have to
// be made, and at each turn the side that grows least. It stays with the head of
// the chain unless another start is clearly cheaper: rows then come in order.
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
	best := t.cost(0)
	for s := 1; s <= p; s++ {
		if c := t.cost(s); c.work*1.5 < best.work {
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

// cost expects the work of a traversal that starts at a node.
func (t *traversal) cost(start int) way {
	w := way{}
	n := t.e.nodes[start]
	rows := n.rows
	w.work = n.all * scanCost
	if n.key {
		w.work = 1
	}
	w.work += rows
	low, high, last := start, start, t.prefix()
	for low > 0 || high < last {
		right, rightRows := t.side(rows, high < last, func() (float64, float64) { return t.e.right(high) }, t.seenFrom(high))
		left, leftRows := t.side(rows, low > 0, func() (float64, float64) { return t.e.left(low) }, t.seenBefore(low))
		if low == 0 || high < last && rightRows <= leftRows {
			high++
			w.growth = append(w.growth, high)
			w.work, rows = w.work+min(right, t.bound(high-1, t.seenFrom(high-1))), rightRows
		} else {
			low--
			w.growth = append(w.growth, low)
			w.work, rows = w.work+min(left, t.bound(low, t.seenBefore(low+1))), leftRows
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

// Costs in units of one step of an expansion.
const (
	scanCost = 0.05
	sortCost = 4
)

// side is the steps that one side makes of rows, and the rows that are left of
// them. Where nothing beyond is looked at, rows do not multiply.
func (t *traversal) side(rows float64, open bool, degree func() (float64, float64), seen bool) (steps, left float64) {
	if !open {
		return 0, 0
	}
	raw, kept := degree()
	if !seen {
		kept = min(kept, 1)
	}
	return rows * raw, rows * kept
}

// seenFrom reports whether something beyond node i of the prefix is looked at.
func (t *traversal) seenFrom(i int) bool { return t.needed.any(t.nodeSlot(i)+1, Slot(len(t.needed))) }

// seenBefore reports whether something before node i is looked at: its order, too.
func (t *traversal) seenBefore(i int) bool {
	return t.ordered() || t.needed.any(0, t.nodeSlot(i))
}

// bound is the most steps that a hop costs: where nothing beyond it is looked at,
// no entity is visited twice.
func (t *traversal) bound(hop int, seen bool) float64 {
	if seen {
		return 1e300
	}
	return t.e.edges[hop]
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
