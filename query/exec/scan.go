package exec

import "github.com/j1db/j1db/query/plan"

// scan makes a row of each entity of a selection.
type scan struct {
	env  *env
	node *plan.Scan
}

// run divides what the source yields into batches, without copying it.
func (s *scan) run(emit func(*batch) error) error {
	out := &batch{}
	rows := s.env.firstRows()
	for refs, err := range s.env.source.Scan(s.env.ctx, s.env.selection(s.node.Select)) {
		if err != nil {
			return err
		}
		for len(refs) > 0 {
			part := refs[:min(len(refs), rows)]
			refs = refs[len(part):]
			rows = min(2*rows, s.env.batchRows()) // more is needed than at first
			out.only(s.node.Out, part)
			if err := emit(out); err != nil {
				return err
			}
		}
	}
	return nil
}
