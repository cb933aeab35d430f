package exec

import "iter"

// Run is one execution of a plan, to be read once by one goroutine.
type Run struct {
	count   int
	blocked string
}

// Rows yields the rows; a row is valid until the next one.
func (r *Run) Rows() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {}
}

// Subgraph runs a plan of RETURN TREE.
func (r *Run) Subgraph() (*Subgraph, error) { return &Subgraph{}, nil }

// Count is the number of rows, or of vertices, that were read so far.
func (r *Run) Count() int { return r.count }

// Blocked names the first operator that let nothing through; ok is false when
// there were rows or not everything was read.
func (r *Run) Blocked() (operator string, ok bool) { return r.blocked, r.blocked != "" }
