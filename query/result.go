package query

import (
	"errors"
	"iter"

	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/syntax"
)

// Kind is the shape of an answer.
type Kind uint8

// The kinds of answer.
const (
	// List is the answer without RETURN: distinct entities of the chain's start.
	// Its rows have one cell, an object.
	List Kind = iota
	// Table is the answer of RETURN with columns.
	Table
	// Tree is the answer of RETURN TREE: a graph, and no rows.
	Tree
)

// String is the kind as JupiterOne names it: "list", "table" or "tree".
func (k Kind) String() string { return [...]string{"list", "table", "tree"}[k] }

// Column describes one column of a table.
type Column struct {
	// Name is the heading, unique in the table.
	Name string
	// Property is the property that the column shows as it is stored, "" when the
	// column is computed or a whole object.
	Property string
	// Renamed says that the author named the column with AS.
	Renamed bool
	// Object says that the column's cells are whole entities or relationships.
	Object bool
}

// Result is the answer of one run. It is read once, by one goroutine: Rows of a
// List or a Table, Subgraph of a Tree. Work is done while it is read.
type Result struct {
	kind     Kind
	columns  []Column
	warnings []syntax.Warning
	run      *exec.Run
	read     bool
}

// ErrRead is returned when a Result is read a second time or after Close.
var ErrRead = errors.New("the result was read or closed before")

// Kind is the shape of the answer.
func (r *Result) Kind() Kind { return r.kind }

// Columns are the columns of a Table in order, the single column of a List, and
// none of a Tree. Do not write to the slice.
func (r *Result) Columns() []Column { return r.columns }

// Warnings are remarks on the statement, in the order of its text: what it may not
// mean, and the names that the graph does not hold, with the nearest that it does.
func (r *Result) Warnings() []syntax.Warning { return r.warnings }

// Rows yields the rows of a List or a Table in order. A row is valid until the
// next one, its cells until the Graph closes. An error ends the rows: of the
// Graph, of the context, or an *exec.LimitError.
func (r *Result) Rows() iter.Seq2[[]exec.Cell, error] {
	return func(yield func([]exec.Cell, error) bool) {
		if r.read {
			yield(nil, ErrRead)
			return
		}
		r.read = true
		r.run.Rows()(yield) // an error ends it
	}
}

// Subgraph returns the answer of a Tree. Its errors are those of Rows.
func (r *Result) Subgraph() (*exec.Subgraph, error) {
	if r.read {
		return nil, ErrRead
	}
	r.read = true
	return r.run.Subgraph()
}

// Count is the number of rows that were read so far: JupiterOne's totalCount once
// all were. For a Tree it is the number of vertices.
func (r *Result) Count() int { return r.run.Count() }

// Blocked names the first operator that let nothing through, when everything was
// read and nothing came: ok is false otherwise.
func (r *Result) Blocked() (operator string, ok bool) { return r.run.Blocked() }

// Close ends the run; reading is an error from then on. It may be called twice.
func (r *Result) Close() error {
	r.read = true
	return nil
}
