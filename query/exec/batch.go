package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// defaultRows is how many rows the operators pass on at a time: enough to make
// calls cheap, few enough to stay in a core's cache.
const defaultRows = 1024

// batch is a number of rows, column by column. A batch that an operator passes on
// is valid until its next one.
type batch struct {
	n int
	// carried are the slots of which rows hold the bindings: mostly few of a plan's.
	carried []carried
	// cols hold what was computed.
	cols []column
	// weight is how many rows each row stands for, at least one; nil for one each.
	weight []int64
}

// carried is what the rows of a batch bind in one slot.
type carried struct {
	slot plan.Slot
	refs []graph.Ref
	own  bool // refs is the batch's memory, and not borrowed
}

// at is what rows bind in a slot, nil where it is not carried.
func (b *batch) at(slot plan.Slot) []graph.Ref {
	for i := range b.carried {
		if b.carried[i].slot == slot {
			return b.carried[i].refs
		}
	}
	return nil
}

// bind makes b carry a slot more. The handles are borrowed.
func (b *batch) bind(slot plan.Slot, refs []graph.Ref) {
	b.carried = append(b.carried, carried{slot: slot, refs: refs})
}

// only makes b n rows that bind one slot. The handles are borrowed.
func (b *batch) only(slot plan.Slot, refs []graph.Ref) {
	b.n, b.carried = len(refs), append(b.carried[:0], carried{slot: slot, refs: refs})
}

// reset empties b, keeping its memory, and makes it carry what from carries of the
// slots in keep (all of them, for nil), and all of its columns.
func (b *batch) reset(from *batch, keep plan.SlotSet) {
	b.n = 0
	old := b.carried
	b.carried = old[:0]
	for i := range from.carried {
		slot := from.carried[i].slot
		if keep != nil && !keep.Has(slot) {
			continue
		}
		// Memory may change its slot, but borrowed memory is not written to.
		c := carried{slot: slot, own: true}
		if at := len(b.carried); at < len(old) && old[at].own {
			c.refs = old[at].refs[:0]
		}
		b.carried = append(b.carried, c)
	}
	b.cols = slices.Grow(b.cols[:0], len(from.cols))[:len(from.cols)]
	for i := range b.cols {
		b.cols[i].clear(from.cols[i].kind)
	}
	if from.weight == nil {
		b.weight = nil
	} else {
		b.weight = slices.Grow(b.weight[:0], 1) // not nil: rows have weights
	}
}

// take appends row i of from, whose layout b has.
func (b *batch) take(from *batch, i int) { b.takeAll(from, []uint32{uint32(i)}) }

// takeAll appends the rows of from at some indices.
func (b *batch) takeAll(from *batch, rows []uint32) {
	for s := range b.carried {
		c := &b.carried[s]
		c.refs = gather(c.refs, from.at(c.slot), rows)
	}
	for c := range b.cols {
		b.cols[c].takeAll(&from.cols[c], rows)
	}
	if from.weight != nil {
		b.weight = gather(b.weight, from.weight, rows)
	}
	b.n += len(rows)
}

// copy makes b what from is, in memory of its own.
func (b *batch) copy(from *batch) {
	b.reset(from, nil)
	for i := range b.carried {
		c := &b.carried[i]
		c.refs = append(c.refs, from.at(c.slot)...)
	}
	if len(from.cols) > 0 {
		rows := sequence(from.n)
		for i := range b.cols {
			b.cols[i].takeAll(&from.cols[i], rows)
		}
	}
	b.weight = append(b.weight, from.weight...)
	b.n = from.n
}

// put makes row j what row i of from is, whose layout b has.
func (b *batch) put(j int, from *batch, i int) {
	for s := range b.carried {
		c := &b.carried[s]
		c.refs[j] = from.at(c.slot)[i]
	}
	for c := range b.cols {
		b.cols[c].put(j, &from.cols[c], i)
	}
	if from.weight != nil {
		b.weight[j] = from.weight[i]
	}
}

// weightAt is how many rows row i stands for.
func (b *batch) weightAt(i int) int64 {
	if b.weight == nil {
		return 1
	}
	return b.weight[i]
}

// bytes estimates the memory that the rows of b take, but for what their values
// share with the source.
func (b *batch) bytes() int64 {
	row := int64(len(b.carried)) * 8
	for i := range b.cols {
		row += b.cols[i].fieldBytes()
	}
	if b.weight != nil {
		row += 8
	}
	return row * int64(b.n)
}

// valueBytes is the size of a graph.Value.
const valueBytes = 56
