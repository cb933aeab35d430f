package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// project computes columns, after those that are there.
type project struct {
	env   *env
	node  *plan.Project
	input *meter
}

// run shares the rows of its input and adds to their columns.
func (p *project) run(emit func(*batch) error) error {
	l := newLoader(p.env)
	cols := newColumns(l, p.node.Exprs)
	out := &batch{}
	return p.input.run(func(in *batch) error {
		if err := l.load(in); err != nil {
			return err
		}
		*out = *in
		out.cols = append(slices.Clone(in.cols), cols.compute(in.n)...)
		return emit(out)
	})
}

// columns compute one column for each of some expressions.
type columns struct {
	loader *loader
	exprs  []plan.Expr
	evals  []evaluator
	out    []column
	values [][]graph.Value // the memory of out
}

// newColumns compiles expressions that l is to load for.
func newColumns(l *loader, exprs []plan.Expr) *columns {
	n := len(exprs)
	c := &columns{loader: l, exprs: exprs, evals: make([]evaluator, n), out: make([]column, n), values: make([][]graph.Value, n)}
	for i, x := range exprs {
		c.evals[i] = l.compile(x)
	}
	return c
}

// compute makes the columns of the n rows of the batch that was loaded. They are
// valid until the next call.
func (c *columns) compute(n int) []column {
	for i, x := range c.exprs {
		if col, ok := x.(plan.Col); ok {
			c.out[i] = c.loader.batch.cols[col.Index]
			continue
		}
		if refs, ok := c.loader.objects(x); ok {
			c.out[i] = column{kind: ofObjects, refs: refs}
			continue
		}
		if f, ok := c.evals[i].(fetched); ok {
			c.out[i] = column{kind: ofFetched, fetched: f.vector}
			continue
		}
		values := slices.Grow(c.values[i][:0], n)[:n]
		for row := range values {
			values[row] = c.evals[i].value(row)
		}
		c.values[i] = values
		c.out[i] = column{values: values}
	}
	return c.out
}
