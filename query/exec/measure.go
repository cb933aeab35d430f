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
	out := Measure{Rows: m.rows, Batches: m.batches, Self: m.total, Timed: m.env.options.Clock != nil}
	if m.below != nil {
		out.Self -= m.below.total
	}
	return out
}
