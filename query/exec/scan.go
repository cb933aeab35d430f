package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// scan makes a row of each entity of a selection.
type scan struct {
	env   *env
	meter *meter
	node  *plan.Scan
}

// run divides what the source yields into batches, without copying it.
func (s *scan) run(emit func(*batch) error) error {
	out := &batch{}
	rows := s.env.firstRows(s.meter.stops)
	for refs, err := range s.env.source.Scan(s.env.ctx, s.env.selection(s.node.Select)) {
		if err != nil {
			return err
		}
		for len(refs) > 0 {
			part := refs[:min(len(refs), rows)]
			refs = refs[len(part):]
			rows = min(2*rows, s.env.batchRows()) // more is needed than at first
			out.only(s.node.Out, part)
			if err := emit(out); err != nil {
				return err
			}
		}
	}
	return nil
}

// gather implements gatherer where the source selects whole tables.
func (s *scan) gather() (*frontier, bool, error) {
	sel := s.env.selection(s.node.Select)
	columns, ok := s.env.columnar()
	if !ok || indexed(sel.Where) {
		return nil, false, nil
	}
	tables := columns.Tables(sel)
	selected, rows := make([][]uint64, len(tables)), 0
	for _, t := range tables {
		rows += int(t.Rows)
	}
	if ordered(sel.Where) {
		rows = 0 // so little that no other core is worth waking
	}
	err := s.env.tasks(len(tables), rows, func(i int) (err error) {
		selected[i], err = columns.Select(s.env.ctx, tables[i].Number, whereIn(&sel, &tables[i]))
		return err
	})
	f := &frontier{}
	for i, t := range tables {
		f.tables = append(f.tables, tableRows{number: t.Number, bits: selected[i]})
	}
	return f, true, err
}

// wholeTables is a source that shows whole tables and columns.
type wholeTables interface {
	Adjacent
	Columnar
}

// columnar is the source, if it shows whole tables and columns.
func (e *env) columnar() (wholeTables, bool) {
	c, ok := e.source.(wholeTables)
	return c, ok
}

// indexed reports whether a condition leaves a few objects that the source finds
// by an index.
func indexed(p graph.Predicate) bool {
	switch p := p.(type) {
	case graph.And:
		return slices.ContainsFunc(p, indexed)
	case graph.Where:
		return (p.Property == graph.PropKey || p.Property == graph.PropID) && p.Operator == graph.Eq && len(p.Operands) == 1
	}
	return false
}

// ordered reports whether a condition is one that the source answers by the order of
// names: it looks at few rows then.
func ordered(p graph.Predicate) bool {
	w, ok := p.(graph.Where)
	return ok && w.Property == graph.PropDisplayName && w.Operator == graph.StartsWith
}

// whereIn is what a selection asks of the rows of a table that can hold some of its
// entities: where only its classes name the table, not all rows need have them.
func whereIn(sel *graph.Selection, t *graph.Table) graph.Predicate {
	if sel.Any() || slices.Contains(sel.Types, t.Type) {
		return sel.Where
	}
	class := graph.Where{Property: graph.PropClass, Operator: graph.Eq}
	for _, c := range sel.Classes {
		class.Operands = append(class.Operands, graph.Operand{Value: graph.StringValue(c)})
	}
	if sel.Where == nil {
		return class
	}
	return graph.And{class, sel.Where}
}
