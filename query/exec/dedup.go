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
		seen.read(in)
		kept = seen.fresh(kept[:0], in.n)
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
	pairs seconds
}

func newSlotTuples(slots []plan.Slot, leads bool) *slotTuples {
	return &slotTuples{slots: slots, set: newTuples(len(slots)), key: make([]graph.Ref, len(slots)), leads: leads}
}

// read begins with the rows of a batch.
func (s *slotTuples) read(b *batch) { s.bound.read(b, s.slots) }

// fresh adds what n rows bind, and appends the indices of those that bind what is new.
func (s *slotTuples) fresh(to []uint32, n int) []uint32 {
	if s.leads && s.bound.refs[0] != nil && s.bound.refs[1] != nil {
		return s.freshPairs(to, s.bound.refs[0][:n], s.bound.refs[1][:n])
	}
	for i := range n {
		s.bound.fill(s.key, i)
		added := false
		if len(s.slots) == 1 {
			added = s.single.add(s.key[0])
		} else {
			_, added = s.set.add(s.key)
		}
		if added {
			to = append(to, uint32(i))
		}
	}
	return to
}

// freshPairs is fresh for pairs that come in the order of the first.
func (s *slotTuples) freshPairs(to []uint32, first, second []graph.Ref) []uint32 {
	for i, ref := range first {
		if ref != s.first {
			s.first = ref
			s.pairs.begin()
		}
		if s.pairs.add(second[i]) {
			to = append(to, uint32(i))
		}
	}
	return to
}

// seconds are what one first is paired with: mostly few, which are looked through;
// from maxSeconds on, marks tell.
type seconds struct {
	few   []graph.Ref
	many  bool
	marks marks
}

const maxSeconds = 16

// begin forgets everything.
func (s *seconds) begin() { s.few, s.many = s.few[:0], false }

// add adds a second and reports whether it is new.
func (s *seconds) add(ref graph.Ref) bool {
	if s.many {
		return s.marks.add(ref)
	}
	for _, known := range s.few {
		if known == ref {
			return false
		}
	}
	s.few = append(s.few, ref)
	if len(s.few) == maxSeconds {
		s.many = true
		s.marks.begin()
		for _, known := range s.few {
			s.marks.add(known)
		}
	}
	return true
}

func (s *slotTuples) bytes() int64 { return s.single.bytes() + s.set.bytes() + s.pairs.marks.bytes }

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
