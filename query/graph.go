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
