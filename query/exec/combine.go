package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// combine makes one row of those that agree in some slots, in the place of the
// first, to stand for them all.
type combine struct {
	env   *env
	meter *meter
	node  *plan.Combine
	input *meter
}

// run takes all rows before it makes any: a later one may add to the first.
func (c *combine) run(emit func(*batch) error) error {
	first := newStore(c.env, c.meter, c.node.Keep())
	seen := newTuples(len(c.node.Slots))
	held := int64(0)
	var weights []int64
	var fresh []uint32
	var bound slotReader
	key := make([]graph.Ref, len(c.node.Slots))
	err := c.input.run(func(in *batch) error {
		fresh = fresh[:0]
		bound.read(in, c.node.Slots)
		for i := range in.n {
			bound.fill(key, i)
			number, added := seen.add(key)
			if added {
				fresh = append(fresh, uint32(i))
				weights = append(weights, 0)
			}
			weights[number] = plus(weights[number], in.weightAt(i)) // numbers are places in first
		}
		more := seen.bytes() - held
		held += more
		if err := c.env.keep(c.meter, more); err != nil {
			return err
		}
		return first.add(in, fresh)
	})
	if err != nil || first.rows.n == 0 {
		return err
	}
	first.rows.weight = weights
	return first.emit(sequence(first.rows.n), emit)
}
