package exec

import (
	"runtime"
	"runtime/debug"

	"github.com/j1db/j1db/query/plan"
)

// handover runs its input in a goroutine of its own, a few batches ahead of what is
// above it: so that rows are found while others are read. Rows keep their order.
type handover struct {
	env   *env
	input *meter

	full, free chan *batch
	stop       chan struct{} // closed when no more batches are taken
	err        error         // of the input, once full is closed
	panicked   any
}

// ahead is how many batches there are for the two sides.
const ahead = 4

// handoverRows is from how many scanned entities on it is worth to hand over.
const handoverRows = 1 << 14

// run takes the batches in order. The goroutine has ended when it returns, whatever
// the reason.
func (h *handover) run(emit func(*batch) error) error {
	h.full, h.free, h.stop = make(chan *batch, ahead), make(chan *batch, ahead), make(chan struct{})
	for range ahead {
		h.free <- &batch{}
	}
	go h.produce()
	ended := false
	defer func() {
		if !ended { // emit returned an error, or did not return
			close(h.stop)
			h.env.abandoned.Store(true) // to be seen before there is another batch
			for range h.full {
			}
		}
	}()
	for b := range h.full {
		if err := emit(b); err != nil {
			return err
		}
		h.free <- b
	}
	ended = true
	if h.panicked != nil {
		panic(h.panicked)
	}
	return h.err
}

// produce runs the input and hands over copies of its batches.
func (h *handover) produce() {
	defer close(h.full)
	// What is read may lie in a file: a fault there is the caller's to recover from.
	debug.SetPanicOnFault(true)
	defer func() { h.panicked = recover() }()
	h.err = h.input.run(func(b *batch) error {
		select {
		case c := <-h.free:
			c.copy(b)
			h.full <- c // there is room for all that there are
			return nil
		case <-h.stop:
			return errEnough
		}
	})
}

// handsOver reports whether the rows below an operator are many and found step by
// step, so that it pays to find them ahead. Operators that are timed run in turn.
func (e *env) handsOver(n plan.Node, stops bool) bool {
	if stops || e.options.Clock != nil || runtime.GOMAXPROCS(0) < 2 {
		return false
	}
	adjacent, ok := e.source.(Adjacent)
	steps := false
	for n = n.Input(); ok; n = n.Input() {
		switch n := n.(type) {
		case *plan.Expand, *plan.Group:
			steps = true
		case *plan.Reach, *plan.Dedup, *plan.Filter, *plan.Distinct, *plan.Project:
		case *plan.Scan:
			return steps && e.many(adjacent, n)
		default:
			return false
		}
	}
	return false
}

// many reports whether a scan may find many entities.
func (e *env) many(a Adjacent, n *plan.Scan) bool {
	sel := e.selection(n.Select)
	if indexed(sel.Where) {
		return false
	}
	live := 0
	for _, t := range a.Tables(sel) {
		live += int(t.Live)
	}
	return live >= min(handoverRows, 8*e.batchRows())
}
