package exec

import "github.com/j1db/j1db/query/plan"

// distinct keeps the first of the rows that agree in some columns.
type distinct struct {
	env   *env
	meter *meter
	node  *plan.Distinct
	input *meter
}

// run passes on what is new in each batch. Rows stand for themselves alone from
// here on.
func (d *distinct) run(emit func(*batch) error) error {
	out := &batch{}
	seen := newTexts()
	held := int64(0)
	var kept []uint32
	var key []byte
	return d.input.run(func(in *batch) error {
		kept = kept[:0]
		for i := range in.n {
			key = key[:0]
			for _, c := range d.node.Cols {
				key = appendColumnKey(key, &in.cols[c], i)
			}
			if _, added := seen.add(key); added {
				kept = append(kept, uint32(i))
			}
		}
		more := seen.bytes() - held
		held += more
		if err := d.env.keep(d.meter, more); err != nil || len(kept) == 0 {
			return err
		}
		out.reset(in, d.node.Keep())
		out.takeAll(in, kept)
		out.weight = nil
		return emit(out)
	})
}
