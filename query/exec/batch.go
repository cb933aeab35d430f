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
	// slots hold what each slot is bound to, by slot; nil for those not carried.
	slots [][]graph.Ref
	// cols hold what was computed.
	cols []column
	// weight is how many rows each row stands for, at least one; nil for one each.
	weight []int64
}

// column is a computed column: values, or handles of whole objects.
type column struct {
	object bool
	values []graph.Value
	refs   []graph.Ref
}

func newBatch(slots int) *batch { return &batch{slots: make([][]graph.Ref, slots)} }

// reset empties b, keeping its memory, and makes it carry what from carries of the
// slots in keep, and all of its columns.
func (b *batch) reset(from *batch, keep []plan.Slot) {
	b.n = 0
	for i := range b.slots {
		b.slots[i] = b.slots[i][:0:cap(b.slots[i])]
	}
	for i, slot := range b.slots {
		carried := slices.Contains(keep, plan.Slot(i)) && from.slots[i] != nil
		switch {
		case !carried:
			b.slots[i] = nil
		case slot == nil:
			b.slots[i] = []graph.Ref{}
		}
	}
	for len(b.cols) < len(from.cols) {
		b.cols = append(b.cols, column{object: from.cols[len(b.cols)].object})
	}
	b.cols = b.cols[:len(from.cols)]
	for i := range b.cols {
		c := &b.cols[i]
		c.object, c.values, c.refs = from.cols[i].object, c.values[:0], c.refs[:0]
	}
	if from.weight == nil {
		b.weight = nil
	} else {
		b.weight = slices.Grow(b.weight[:0], 1)
	}
}

// take appends row i of from, whose layout b has.
func (b *batch) take(from *batch, i int) {
	for s, refs := range b.slots {
		if refs != nil {
			b.slots[s] = append(refs, from.slots[s][i])
		}
	}
	for c := range b.cols {
		b.cols[c].take(&from.cols[c], i)
	}
	if from.weight != nil {
		b.weight = append(b.weight, from.weight[i])
	}
	b.n++
}

// takeAll appends the rows of from at some indices.
func (b *batch) takeAll(from *batch, rows []uint32) {
	for s, refs := range b.slots {
		if refs != nil {
			b.slots[s] = gather(refs, from.slots[s], rows)
		}
	}
	for c := range b.cols {
		col, src := &b.cols[c], &from.cols[c]
		if src.object {
			col.refs = gather(col.refs, src.refs, rows)
		} else {
			col.values = gather(col.values, src.values, rows)
		}
	}
	if from.weight != nil {
		b.weight = gather(b.weight, from.weight, rows)
	}
	b.n += len(rows)
}

// gather appends the elements of from at some indices.
func gather[T any](to, from []T, rows []uint32) []T {
	to = slices.Grow(to, len(rows))
	for _, i := range rows {
		to = append(to, from[i])
	}
	return to
}

func (c *column) take(from *column, i int) {
	if from.object {
		c.refs = append(c.refs, from.refs[i])
	} else {
		c.values = append(c.values, from.values[i])
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
	row := int64(0)
	for _, refs := range b.slots {
		if refs != nil {
			row += 8
		}
	}
	for i := range b.cols {
		if b.cols[i].object {
			row += 8
		} else {
			row += valueBytes
		}
	}
	if b.weight != nil {
		row += 8
	}
	return row * int64(b.n)
}

// valueBytes is the size of a graph.Value.
const valueBytes = 56
