package exec

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// Run is one execution of a plan, to be read once by one goroutine.
type Run struct {
	env     *env
	plan    *plan.Plan
	root    *meter
	subs    []*Run
	columns []plan.Column
	spread  *spread // the whole result, when its columns depend on it
	count   int
	whole   bool // everything was read
}

// errClosed ends a run whose reader wants no more.
var errClosed = errors.New("the reader stopped")

// New begins a run of a plan: it computes the sub-queries, and where the columns
// depend on the rows, the rows. Its errors are those of Rows.
func New(ctx context.Context, p *plan.Plan, source Source, options Options) (*Run, error) {
	e := &env{ctx: ctx, source: source, options: options, slots: p.Slots, subs: map[*plan.Sub][]graph.Value{}}
	if options.Clock != nil {
		e.begun = options.Clock()
	}
	r := &Run{env: e, plan: p, columns: p.Columns}
	for _, s := range p.Subs {
		if err := r.runSub(s); err != nil {
			return nil, err
		}
	}
	var err error
	if r.root, err = e.compile(p.Root, false); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(p.Columns, func(c plan.Column) bool { return c.All }) {
		return r, r.readAll()
	}
	return r, nil
}

// runSub computes the values of a sub-query: those of its only column, lists
// flattened, each once.
func (r *Run) runSub(s *plan.Sub) error {
	options := r.env.options
	options.LimitRows = 0 // it bounds what is returned to the caller, not to a condition
	sub, err := New(r.env.ctx, s.Plan, r.env.source, options)
	if err != nil {
		return err
	}
	r.subs = append(r.subs, sub)
	var values []graph.Value
	seen := map[string]bool{}
	add := func(v graph.Value) {
		key := string(appendKey(nil, v))
		if !v.Missing() && !seen[key] {
			seen[key] = true
			values = append(values, v)
		}
	}
	for row, err := range sub.Rows() {
		if err != nil {
			return err
		}
		v := row[0].Value
		if v.Kind() != graph.List {
			add(v)
			continue
		}
		for _, e := range v.List() {
			add(e)
		}
	}
	r.env.subs[s] = values
	return nil
}

// Columns are the columns of the rows.
func (r *Run) Columns() []plan.Column { return r.columns }

// readAll reads the whole result, to find its columns.
func (r *Run) readAll() error {
	var rows [][]Cell
	for row, err := range r.read() {
		if err != nil {
			return err
		}
		if err := r.env.keep(r.root, int64(len(row))*cellBytes); err != nil {
			return fmt.Errorf("run query: %w", err)
		}
		rows = append(rows, slices.Clone(row))
	}
	r.count = 0 // nothing was handed out yet
	s := spreadOut(r.plan.Columns, rows)
	r.spread, r.columns = &s, s.columns
	return nil
}

// cellBytes is the size of a Cell.
const cellBytes = valueBytes + 8

// Rows yields the rows; a row is valid until the next one, its cells as long as the
// Source.
func (r *Run) Rows() iter.Seq2[[]Cell, error] {
	if r.spread == nil {
		return r.read()
	}
	return func(yield func([]Cell, error) bool) {
		for _, row := range r.spread.rows {
			r.count++
			if !yield(row, nil) {
				return
			}
		}
	}
}

// read runs the plan.
func (r *Run) read() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		var cells []Cell
		err := r.root.run(func(b *batch) (err error) {
			if cells, err = r.env.cells(b, cells); err != nil {
				return err
			}
			return r.yieldRows(b, cells, yield)
		})
		switch {
		case err == nil:
			r.whole = true
		case !errors.Is(err, errClosed):
			yield(nil, fmt.Errorf("run query: %w", err))
		}
	}
}

// yieldRows yields the rows of a batch, each as often as it stands for.
func (r *Run) yieldRows(b *batch, cells []Cell, yield func([]Cell, error) bool) error {
	width := len(b.cols)
	for i := range b.n {
		row := cells[i*width : (i+1)*width : (i+1)*width]
		for range b.weightAt(i) {
			if limit := r.env.options.LimitRows; limit > 0 && int64(r.count) >= limit {
				return &LimitError{
					Operator: "Output", Rows: limit,
					Hint: "add LIMIT, or allow more rows",
				}
			}
			r.count++
			if !yield(row, nil) {
				return errClosed
			}
		}
	}
	return nil
}

// Subgraph runs a plan of RETURN TREE.
func (r *Run) Subgraph() (*Subgraph, error) {
	out, err := r.collected()
	if err != nil {
		return nil, fmt.Errorf("run query: %w", err)
	}
	r.whole, r.count = true, len(out.Vertices)
	return out, nil
}

// collected runs the plan and fetches what it collected.
func (r *Run) collected() (*Subgraph, error) {
	if err := r.root.run(func(*batch) error { return nil }); err != nil {
		return nil, err
	}
	if limit := r.env.options.LimitRows; limit > 0 && int64(r.env.collected.n) > limit {
		return nil, &LimitError{Operator: "Tree", Rows: limit, Hint: "narrow the query, or allow more rows"}
	}
	return r.env.subgraph(r.env.ctx)
}

// Count is the number of rows, or of vertices, that were read so far.
func (r *Run) Count() int { return r.count }

// Blocked names the first operator that let nothing through; ok is false when
// there were rows or not everything was read.
func (r *Run) Blocked() (operator string, ok bool) {
	if !r.whole || r.count > 0 {
		return "", false
	}
	for _, m := range r.env.meters {
		if m.rows == 0 {
			return m.name(), true
		}
	}
	return "", false
}
