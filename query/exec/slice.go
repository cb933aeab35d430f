package exec

import "github.com/j1db/j1db/query/plan"

// slicing drops the first rows and keeps the next.
type slicing struct {
	env   *env
	node  *plan.Slice
	input *meter
}

// run ends the work below with errEnough, which is no error of its own.
func (s *slicing) run(emit func(*batch) error) error {
	skip, left := s.node.Skip, s.node.Limit
	out := &batch{}
	err := s.input.run(func(in *batch) error {
		if left == 0 {
			return s.enough()
		}
		if err := emit(s.cut(out, in, &skip, &left)); err != nil || left != 0 {
			return err
		}
		return s.enough()
	})
	if err == errEnough {
		return nil
	}
	return err
}

// enough ends the work below, if the plan says so.
func (s *slicing) enough() error {
	if s.node.Stop {
		return errEnough
	}
	return nil
}

// cut takes of in what is after skip and within left, and counts both down. A row
// may stand for several.
func (s *slicing) cut(out, in *batch, skip, left *int64) *batch {
	out.reset(in, s.node.Keep())
	if in.weight == nil {
		first := min(*skip, int64(in.n))
		end := int64(in.n)
		if *left >= 0 {
			end = min(end, first+*left)
			*left -= end - first
		}
		*skip -= first
		rows := sequence(int(end))
		out.takeAll(in, rows[first:])
		return out
	}
	out.weight = []int64{}
	// Of the rows that one stands for, some may be skipped or beyond the limit.
	for i, w := range in.weight {
		drop := min(*skip, w)
		*skip -= drop
		w -= drop
		if *left >= 0 {
			w = min(w, *left)
			*left -= w
		}
		if w > 0 {
			out.take(in, i)
			out.weight[len(out.weight)-1] = w
		}
	}
	return out
}
