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

func (d *dedup) run(emit func(*batch) error) error {
	out := newBatch(d.env.slots)
	seen := newSlotTuples(d.node.Slots)
	held := int64(0)
	var kept []uint32
	return d.input.run(func(in *batch) error {
		kept = kept[:0]
		for i := range in.n {
			if seen.add(in, i) {
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

// slotTuples is a set of what rows bind in some slots. A single slot takes a bit a
// row of its table.
type slotTuples struct {
	slots  []plan.Slot
	set    *tuples
	single refSet
	key    []graph.Ref
}

func newSlotTuples(slots []plan.Slot) *slotTuples {
	return &slotTuples{slots: slots, set: newTuples(len(slots)), key: make([]graph.Ref, len(slots))}
}

// add adds what row i of b binds and reports whether it is new.
func (s *slotTuples) add(b *batch, i int) bool {
	if len(s.slots) == 1 {
		return s.single.add(refAt(b, s.slots[0], i))
	}
	_, added := s.set.add(fillKey(s.key, b, s.slots, i))
	return added
}

// fillKey sets key to what row i binds in some slots.
func fillKey(key []graph.Ref, b *batch, slots []plan.Slot, i int) []graph.Ref {
	for k, slot := range slots {
		key[k] = refAt(b, slot, i)
	}
	return key
}

// refAt is what a row binds in a slot, zero where nothing is carried.
func refAt(b *batch, slot plan.Slot, i int) graph.Ref {
	if b.slots[slot] == nil {
		return 0
	}
	return b.slots[slot][i]
}

func (s *slotTuples) bytes() int64 { return s.single.bytes() + s.set.bytes() }
