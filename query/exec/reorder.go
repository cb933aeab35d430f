package exec

import (
	"cmp"

	"github.com/j1db/j1db/query/plan"
)

// reorder sorts rows by table and row of some slots, in turn: the order in which a
// traversal from the head of the chain would have made them.
type reorder struct {
	env   *env
	meter *meter
	node  *plan.Reorder
	input *meter
}

// run needs all rows; an unbound slot, the zero handle, sorts first.
func (r *reorder) run(emit func(*batch) error) error {
	all := newStore(r.env, r.meter, r.node.Keep().With(r.node.Slots...))
	if err := r.input.run(all.addAll); err != nil || all.rows.n == 0 {
		return err
	}
	all.keep = r.node.Keep() // what only the order needed goes no further
	var bound slotReader
	bound.read(all.rows, r.node.Slots)
	order := sequence(all.rows.n)
	err := r.env.sortRows(order, func(a, b uint32) int {
		for _, refs := range bound.refs {
			if refs != nil {
				if c := cmp.Compare(refs[a], refs[b]); c != 0 {
					return c
				}
			}
		}
		return cmp.Compare(a, b)
	})
	if err != nil {
		return err
	}
	return all.emit(order, emit)
}
