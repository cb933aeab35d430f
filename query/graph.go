package query

import (
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/plan"
)

// Graph is one version of a graph, to be asked. It must stay open until the
// Result of every run over it is closed. A Graph that is also an exec.Adjacent
// lets paths be counted without enumerating them.
type Graph interface {
	exec.Source
	plan.Catalog
}

// Stamped is a Graph that can be told from others. Two graphs of one stamp hold
// the same, so that a statement that was planned for the one need not be planned
// again for the other; a graph without a stamp is planned for at every run.
type Stamped interface {
	// Stamp names the version and the file that the graph shows, and what else makes
	// it show more or less. It is never empty.
	Stamp() string
}
