package exec

import (
	"time"

	"github.com/j1db/j1db/query/plan"
)

// Measure is what one operator of a run did so far.
type Measure struct {
	Rows    int64 // that it made
	Batches int64 // that it made them in
	// Self is the time that it took without its inputs, for a run with a Clock.
	Self  time.Duration
	Timed bool
	// Read and Skipped are the chunks of columns that it had read and passed over, for
	// a run with a Clock over a Measured source.
	Read, Skipped int64
}

// spent is what operators take: time, and chunks of the source.
type spent struct {
	time          time.Duration
	read, skipped int64
}

// add adds what was taken from one moment to another.
func (s *spent) add(from, to spent) {
	s.time += to.time - from.time
	s.read, s.skipped = s.read+to.read-from.read, s.skipped+to.skipped-from.skipped
}

// now is what was taken since the run began: only differences of it count.
func (e *env) now() spent {
	s := spent{time: e.options.Clock().Sub(e.begun)}
	if m, ok := e.source.(Measured); ok {
		s.read, s.skipped = m.Chunks()
	}
	return s
}

// Measured says what an operator of the run's plan, or of one of its sub-queries',
// did; ok is false for an operator of another plan.
func (r *Run) Measured(n plan.Node) (m Measure, ok bool) {
	for _, meter := range r.env.meters {
		if meter.node == n {
			return meter.measure(), true
		}
	}
	for _, sub := range r.subs {
		if m, ok := sub.Measured(n); ok {
			return m, true
		}
	}
	return Measure{}, false
}

// measure is what the meter has seen so far.
func (m *meter) measure() Measure {
	self := m.total
	if m.below != nil {
		self.add(m.below.total, spent{})
	}
	return Measure{
		Rows: m.rows, Batches: m.batches, Self: self.time, Timed: m.env.options.Clock != nil,
		Read: self.read, Skipped: self.skipped,
	}
}
