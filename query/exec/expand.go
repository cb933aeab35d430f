package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// expand makes a row of each hop from each row.
type expand struct {
	env   *env
	node  *plan.Expand
	input *meter
}

// run makes as many batches of one as the source makes steps.
func (x *expand) run(emit func(*batch) error) error {
	hop := x.env.hop(x.node.Hop)
	out := &batch{}
	return x.input.run(func(in *batch) error {
		for steps, err := range x.env.source.Expand(x.env.ctx, in.at(x.node.From), hop) {
			if err != nil {
				return err
			}
			x.take(out, in, steps)
			if err := emit(out); err != nil {
				return err
			}
		}
		return nil
	})
}

// take fills out with the rows that steps make of in.
func (x *expand) take(out, in *batch, steps graph.Steps) {
	keep := x.node.Keep()
	out.reset(in, keep)
	out.takeAll(in, steps.Origin) // origins ascend, so rows keep their order
	x.set(out, x.node.Edge, steps.Edge)
	x.set(out, x.node.To, steps.Node)
}

// set binds a slot, if somebody looks at it. The batch that the source yielded is
// valid as long as the one that is made of it.
func (x *expand) set(out *batch, slot plan.Slot, refs []graph.Ref) {
	if x.node.Keep().Has(slot) {
		out.bind(slot, refs)
	}
}
