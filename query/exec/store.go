package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
)

// store keeps rows for an operator that needs to see all of them first.
type store struct {
	env   *env
	meter *meter
	keep  plan.SlotSet
	rows  *batch
	held  int64
	begun bool
}

// newStore returns a store of rows that carry the slots in keep.
func newStore(e *env, m *meter, keep plan.SlotSet) *store {
	return &store{env: e, meter: m, keep: keep, rows: &batch{}}
}

// add keeps the rows of in at some indices. All batches have one layout.
func (s *store) add(in *batch, rows []uint32) error {
	if !s.begun {
		s.begun = true
		s.rows.reset(in, s.keep)
	}
	s.rows.takeAll(in, rows)
	return s.account()
}

// addAll keeps all rows of in.
func (s *store) addAll(in *batch) error { return s.add(in, sequence(in.n)) }

// account notes the memory that the rows take.
func (s *store) account() error {
	more := s.rows.bytes() - s.held
	s.held += more
	return s.env.keep(s.meter, more)
}

// sequence is 0 to n-1.
func sequence(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}

// emit passes the kept rows on in an order, and lets go of them.
func (s *store) emit(order []uint32, emit func(*batch) error) error {
	// In batches again: what is above may stop early or need little memory.
	out := &batch{}
	for part := range slices.Chunk(order, s.env.batchRows()) {
		out.reset(s.rows, s.keep)
		out.takeAll(s.rows, part)
		if err := emit(out); err != nil {
			return err
		}
	}
	err := s.env.keep(s.meter, -s.held)
	s.held, s.rows = 0, nil
	return err
}
