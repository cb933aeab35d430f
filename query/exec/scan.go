package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
)

// scan makes a row of each entity of a selection.
type scan struct {
	env  *env
	node *plan.Scan
}

func (s *scan) run(emit func(*batch) error) error {
	out := newBatch(s.env.slots)
	rows := s.env.batchRows()
	for refs, err := range s.env.source.Scan(s.env.ctx, s.env.selection(s.node.Select)) {
		if err != nil {
			return err
		}
		for part := range slices.Chunk(refs, rows) {
			out.n, out.slots[s.node.Out] = len(part), part
			if err := emit(out); err != nil {
				return err
			}
		}
	}
	return nil
}
