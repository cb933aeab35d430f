package exec

import (
	"maps"
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// output computes the columns of the result, as the only columns of its rows.
type output struct {
	env   *env
	meter *meter
	node  *plan.Output
	input *meter
}

// run computes columns a batch at a time: after sorting and cutting, mostly.
func (o *output) run(emit func(*batch) error) error {
	l := newLoader(o.env)
	exprs := make([]plan.Expr, len(o.node.Items))
	for i, it := range o.node.Items {
		exprs[i] = it.Expr
	}
	cols := newColumns(l, exprs)
	out := &batch{}
	return o.input.run(func(in *batch) error {
		if err := l.load(in); err != nil {
			return err
		}
		out.n, out.weight, out.cols = in.n, in.weight, cols.compute(in.n)
		return emit(out)
	})
}

// cells are the rows of a batch of output, row after row.
func (e *env) cells(b *batch, into []Cell) ([]Cell, error) {
	width := len(b.cols)
	// Row after row, although columns come one by one: readers want rows.
	into = slices.Grow(into[:0], b.n*width)[:b.n*width]
	for c := range b.cols {
		col := &b.cols[c]
		if !col.object() {
			col.cells(into[c:], width, b.n)
			continue
		}
		images, err := e.source.Images(e.ctx, col.refs)
		if err != nil {
			return nil, err
		}
		for i, im := range images {
			into[i*width+c] = Cell{Object: im}
		}
	}
	return into, nil
}

// cells sets every width-th cell to the values of n rows.
func (c *column) cells(into []Cell, width, n int) {
	switch {
	case c.kind == ofFetched && c.fetched.Dict != nil:
		for i, code := range c.fetched.Codes[:n] {
			into[i*width].Value = c.fetched.Dict[code]
		}
	default:
		for i := range n {
			into[i*width].Value = c.value(i)
		}
	}
	for i := range n {
		into[i*width].Object = nil
	}
}

// spread is the rows of a result of which some columns stand for all properties of
// their objects: as many as the returned rows have.
type spread struct {
	columns []plan.Column
	rows    [][]Cell
}

// spreadOut turns columns of All into one for each property.
func spreadOut(columns []plan.Column, rows [][]Cell) spread {
	out := spread{rows: make([][]Cell, len(rows))}
	for c, column := range columns {
		if !column.All {
			out.columns = append(out.columns, column)
			for r, row := range rows {
				out.rows[r] = append(out.rows[r], row[c])
			}
			continue
		}
		for _, name := range propertiesOf(rows, c) {
			if isColumn(columns, column.Name+"."+name) {
				continue
			}
			out.columns = append(out.columns, plan.Column{Name: column.Name + "." + name, Property: name})
			for r, row := range rows {
				cell := Cell{}
				if im := row[c].Object; im != nil {
					cell.Value = im.Get(name)
				}
				out.rows[r] = append(out.rows[r], cell)
			}
		}
	}
	return out
}

// isColumn reports whether a column has that name already: a row can hold it once.
func isColumn(columns []plan.Column, name string) bool {
	return slices.ContainsFunc(columns, func(c plan.Column) bool { return !c.All && c.Name == name })
}

// propertiesOf names what the objects of a column have: the engine's properties in
// their usual order, then the suppliers' by name.
func propertiesOf(rows [][]Cell, c int) []string {
	supplied, engine := map[string]bool{}, map[string]bool{}
	var order []string
	for _, row := range rows {
		im := row[c].Object
		if im == nil {
			continue
		}
		order = graph.Metadata(im.Kind)
		for _, name := range order {
			if !engine[name] && im.Get(name).Kind() != graph.Undefined {
				engine[name] = true
			}
		}
		for name := range im.Props.All() {
			supplied[name] = true
		}
	}
	// All objects of a column are of one kind, so the last order is that of all.
	names := slices.DeleteFunc(order, func(name string) bool { return !engine[name] })
	return append(names, slices.Sorted(maps.Keys(supplied))...)
}
