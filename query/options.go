package query

import (
	"time"

	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store/graph"
)

// RunOptions are what one run may be given. The zero value runs without limits
// and variables; only a statement with date.now needs Now.
type RunOptions struct {
	// Now is what date.now stands for.
	Now time.Time
	// Variables are the values of ${…}, by path. A list stands for any of its
	// elements.
	Variables map[string]graph.Value
	// Smart defines smart classes by name, beyond the tags that always count.
	Smart map[string]graph.Predicate
	// LimitRows is how many rows an answer may have before the run ends with an
	// *exec.LimitError; 0 is no limit.
	LimitRows int64
	// Memory is how many bytes the operators of a run may keep, by their own
	// estimate, before it ends with an *exec.LimitError; 0 is no limit.
	Memory int64
	// Without names planner rules to switch off. Answers do not depend on it.
	Without []string
	// BatchRows is how many rows the operators pass on at a time; 0 is a default
	// that suits most. Answers do not depend on it.
	BatchRows int
	// Clock times the operators of ExplainAnalyze; without one no times are shown.
	Clock func() time.Time
}

// exec is what the executor is told of them.
func (o RunOptions) exec() exec.Options {
	return exec.Options{
		Now: o.Now, Variables: o.Variables, Smart: o.Smart,
		LimitRows: o.LimitRows, Memory: o.Memory, BatchRows: o.BatchRows, Clock: o.Clock,
	}
}
