package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// unwind makes a row of each element of a list, with the element and its index in
// two new columns.
type unwind struct {
	env   *env
	node  *plan.Unwind
	input *meter
}

// run makes batches of its own: a row can become many.
func (u *unwind) run(emit func(*batch) error) error {
	l := newLoader(u.env)
	list := l.compile(u.node.List)
	out := &batch{}
	var rows []uint32
	var elements, indices []graph.Value
	flush := func(in *batch) error {
		out.reset(in, u.node.Keep())
		out.takeAll(in, rows)
		if u.node.Each {
			out.weight = nil // each row was made as often as it stood for
		}
		out.cols = append(out.cols, column{values: elements}, column{values: indices})
		err := emit(out)
		rows, elements, indices = rows[:0], nil, nil
		return err
	}
	return u.input.run(func(in *batch) error {
		if err := l.load(in); err != nil {
			return err
		}
		for i := range in.n {
			times := int64(1)
			if u.node.Each {
				times = in.weightAt(i)
			}
			for range times {
				for k, v := range unwound(list.value(i)) {
					rows = append(rows, uint32(i))
					elements, indices = append(elements, v), append(indices, graph.IntValue(int64(k)))
				}
				if len(rows) < u.env.batchRows() {
					continue
				}
				if err := flush(in); err != nil {
					return err
				}
			}
		}
		if len(rows) == 0 {
			return nil
		}
		return flush(in)
	})
}

// unwound are the elements of a list; any other value is its own only element.
func unwound(v graph.Value) []graph.Value {
	if v.Kind() == graph.List {
		return v.List()
	}
	return []graph.Value{v}
}
