package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// dedup keeps the first of the rows that agree in some slots.
type dedup struct {
	env   *env
	meter *meter
	node  *plan.Dedup
	input *meter
}

// run passes on what is new in each batch, so that the first of equal rows stays
// in its place.
func (d *dedup) run(emit func(*batch) error) error {
	out := &batch{}
	seen := newSlotTuples(d.node.Slots, leads(d.node))
	held := int64(0)
	var kept []uint32
	return d.input.run(func(in *batch) error {
		kept = kept[:0]
		seen.read(in)
		for i := range in.n {
			if seen.add(i) {
				kept = append(kept, uint32(i))
			}
		}
		more := seen.bytes() - held
		held += more
		if err := d.env.keep(d.meter, more); err != nil {
			return err
		}
		return emitRows(out, in, kept, d.node.Keep(), emit)
	})
}

// leads reports whether the rows of a Dedup of pairs come in the order of the first
// slot: that of the scan, unless they were reordered.
func leads(d *plan.Dedup) bool {
	if len(d.Slots) != 2 {
		return false
	}
	for n := d.Input(); n != nil; n = n.Input() {
		switch n := n.(type) {
		case *plan.Scan:
			return n.Out == d.Slots[0]
		case *plan.Visit:
			return n.To == d.Slots[0]
		case *plan.Reorder, *plan.Sort, *plan.Subsume:
			return false
		}
	}
	return false
}

// slotTuples is a set of what rows bind in some slots. A single slot takes a bit a
// row of its table. Where rows come in the order of the first slot, a second takes a
// mark a row.
type slotTuples struct {
	slots  []plan.Slot
	bound  slotReader
	set    *tuples
	single refSet
	key    []graph.Ref
	// leads says that rows come in the order of the first slot, which last bound first.
	leads bool
	first graph.Ref
	marks marks
}

func newSlotTuples(slots []plan.Slot, leads bool) *slotTuples {
	return &slotTuples{slots: slots, set: newTuples(len(slots)), key: make([]graph.Ref, len(slots)), leads: leads}
}

// read begins with the rows of a batch.
func (s *slotTuples) read(b *batch) { s.bound.read(b, s.slots) }

// add adds what row i binds and reports whether it is new.
func (s *slotTuples) add(i int) bool {
	s.bound.fill(s.key, i)
	switch {
	case len(s.slots) == 1:
		return s.single.add(s.key[0])
	case s.leads:
		if s.key[0] != s.first {
			s.first = s.key[0]
			s.marks.begin()
		}
		return s.marks.add(s.key[1])
	}
	_, added := s.set.add(s.key)
	return added
}

func (s *slotTuples) bytes() int64 { return s.single.bytes() + s.set.bytes() + s.marks.bytes }

// slotReader reads what the rows of a batch bind in some slots.
type slotReader struct{ refs [][]graph.Ref }

// read begins with the rows of a batch.
func (r *slotReader) read(b *batch, slots []plan.Slot) {
	r.refs = r.refs[:0]
	for _, slot := range slots {
		r.refs = append(r.refs, b.at(slot))
	}
}

// fill sets key to what row i binds in each slot, zero where nothing is carried.
func (r *slotReader) fill(key []graph.Ref, i int) {
	for k, refs := range r.refs {
		key[k] = 0
		if refs != nil {
			key[k] = refs[i]
		}
	}
}
