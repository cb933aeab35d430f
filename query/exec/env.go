package exec

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// Options are what one run of a plan is given.
type Options struct {
	// Now is what date.now stands for.
	Now time.Time
	// Variables are the values of parameters, by path; every parameter of the plan
	// must have one.
	Variables map[string]graph.Value
	// Smart defines smart classes by name.
	Smart map[string]graph.Predicate
	// LimitRows bounds the rows of the result, Memory the bytes that operators keep;
	// 0 is no bound.
	LimitRows, Memory int64
	// BatchRows is how many rows are passed on at a time; 0 is a default.
	BatchRows int
	// Clock times the operators; nil for no times.
	Clock func() time.Time
}

// env is what all operators of one run share. One goroutine uses it, but for what
// operators keep.
type env struct {
	ctx     context.Context
	source  Source
	options Options
	slots   int
	begun   time.Time                   // by the run's clock, if it has one
	subs    map[*plan.Sub][]graph.Value // what sub-queries returned
	meters  []*meter                    // inputs before what they feed
	// abandoned is set when nobody reads the rows any more.
	abandoned atomic.Bool
	used      atomic.Int64 // bytes that operators keep
	// collected is what Collect notes, entities and relationships alike.
	collected refSet
	tables    map[uint32]graph.Table // of an Adjacent source, once asked for
	reaches   map[[2]bool]*reach     // by bulk and counted
}

// batchRows is how many rows operators pass on at a time.
func (e *env) batchRows() int {
	if e.options.BatchRows > 0 {
		return e.options.BatchRows
	}
	return defaultRows
}

// maxFew is how many entities of a table are in any case asked for their neighbours
// one by one.
const maxFew = 64

// fewRows is maxFew, or less where batches are small.
func (e *env) fewRows() int { return min(maxFew, e.batchRows()) }

// firstRows is how many rows a scan passes on first, and then twice as many each
// time: few where LIMIT may end the work.
func (e *env) firstRows(stops bool) int {
	if stops {
		return min(64, e.batchRows())
	}
	return e.batchRows()
}

// reachOf is the reach of all operators that ask alike: patterns share their ends,
// and what one operator learns of them the next one knows.
func (e *env) reachOf(m *meter, bulk, counted bool) *reach {
	key := [2]bool{bulk, counted}
	if e.reaches == nil {
		e.reaches = map[[2]bool]*reach{}
	}
	if e.reaches[key] == nil {
		e.reaches[key] = newReach(e, m, bulk, counted)
	}
	return e.reaches[key]
}

// keep notes that the operator of m keeps so many bytes more, or fewer.
func (e *env) keep(m *meter, bytes int64) error {
	used := e.used.Add(bytes)
	if limit := e.options.Memory; limit > 0 && used > limit && bytes > 0 {
		return &LimitError{
			Operator: m.name(), Bytes: limit,
			Hint: "narrow the query with WITH, WHERE or LIMIT, or allow more memory",
		}
	}
	return nil
}
