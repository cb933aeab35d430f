package exec

import "github.com/j1db/j1db/query/plan"

// filter keeps the rows for which a condition holds.
type filter struct {
	env   *env
	node  *plan.Filter
	input *meter
}

// run reads what the condition needs of a batch, and then asks it row by row.
func (f *filter) run(emit func(*batch) error) error {
	l := newLoader(f.env)
	test := l.test(f.node.Cond)
	out := &batch{}
	var kept []uint32
	return f.input.run(func(in *batch) error {
		if err := l.load(in); err != nil {
			return err
		}
		kept = kept[:0]
		for i := range in.n {
			if test.holds(i) {
				kept = append(kept, uint32(i))
			}
		}
		return emitRows(out, in, kept, f.node.Keep(), emit)
	})
}

// emitRows passes on some rows of in, in ascending order: in itself when they are
// all of them.
func emitRows(out, in *batch, rows []uint32, keep plan.SlotSet, emit func(*batch) error) error {
	switch len(rows) {
	case 0:
		return nil
	case in.n:
		return emit(in)
	}
	out.reset(in, keep)
	out.takeAll(in, rows)
	return emit(out)
}
