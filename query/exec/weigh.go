package exec

import "github.com/j1db/j1db/query/plan"

// weigh makes a column of how many rows each row stands for, and lets it stand for
// itself alone.
type weigh struct {
	node  *plan.Weigh
	input *meter
}

// run shares the rows of its input.
func (w *weigh) run(emit func(*batch) error) error {
	out := &batch{}
	return w.input.run(func(in *batch) error {
		*out = *in
		weights := in.weight
		for i := len(weights); i < in.n; i++ {
			weights = append(weights, 1) // there were none: rows stand for one each
		}
		out.weight, out.cols = nil, []column{{kind: ofNumbers, numbers: weights}}
		return emit(out)
	})
}
