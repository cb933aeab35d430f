package render

import (
	"errors"
	"iter"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
)

// Answer is what is printed: the rows of a list or a table, or a tree.
type Answer struct {
	Kind    query.Kind
	Columns []query.Column
	// Rows yields the rows of a List or Table. Unless the answer was collected,
	// it can be read once.
	Rows iter.Seq2[[]exec.Cell, error]
	Tree *exec.Subgraph // of a Tree
}

// From takes the answer of a query. Rows are read while it is printed.
func From(r *query.Result) (Answer, error) {
	a := Answer{Kind: r.Kind(), Columns: r.Columns(), Rows: r.Rows()}
	if a.Kind == query.Tree {
		var err error
		if a.Tree, err = r.Subgraph(); err != nil {
			return Answer{}, err
		}
	}
	return a, nil
}

// ErrTooLarge is returned by Collect when an answer does not fit its bound.
var ErrTooLarge = errors.New("the answer is too large to keep")

// Collect returns a copy of a that can be printed any number of times and shares
// no memory with the graph. It gives up with ErrTooLarge beyond limit cells.
func (a Answer) Collect(limit int) (Answer, error) {
	if a.Kind == query.Tree {
		return Answer{Kind: a.Kind, Tree: cloneTree(a.Tree)}, nil
	}
	var rows [][]exec.Cell
	for row, err := range a.Rows {
		if err != nil {
			return Answer{}, err
		}
		if limit -= len(row); limit < 0 {
			return Answer{}, ErrTooLarge
		}
		kept := make([]exec.Cell, len(row))
		for i, c := range row {
			kept[i] = c.Clone()
		}
		rows = append(rows, kept)
	}
	a.Rows = each(rows)
	return a, nil
}

func each(rows [][]exec.Cell) iter.Seq2[[]exec.Cell, error] {
	return func(yield func([]exec.Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func cloneTree(t *exec.Subgraph) *exec.Subgraph {
	c := &exec.Subgraph{}
	for _, v := range t.Vertices {
		c.Vertices = append(c.Vertices, v.Clone())
	}
	for _, e := range t.Edges {
		c.Edges = append(c.Edges, e.Clone())
	}
	return c
}
