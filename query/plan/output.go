package plan

import (
	"github.com/j1db/j1db/query/syntax"
)

// output is what becomes of the rows of the chain.
type output struct {
	kind    Kind
	unwinds []Expr // the lists; see Unwind for the columns that they make
	// grouped says that items are computed from groups of rows.
	grouped bool
	keys    []Expr
	aggs    []Agg
	// weigh says that each row is a group of its own, and how many rows it stands for
	// what every aggregate computes; ends, that it stands for the ends of its first hop.
	weigh, ends bool
	// places are the slots that the returned columns tell apart: rows of a UNIQUE
	// output are different where these are. Nil where that is not known.
	places []Slot
	// items are the columns, first those that are returned. Those of a grouped
	// output are computed from the columns of Aggregate, others from rows.
	items    []item
	returned int
	having   Cond // on the columns that items fill
	sort     []sortKey
	unique   bool
	skip     int64
	limit    int64 // -1 for none
}

// item is one column of the result, or a hidden one that HAVING or ORDER BY needs.
type item struct {
	expr   Expr
	column Column
}

// sortKey orders by an item.
type sortKey struct {
	item int
	desc bool
}

// base is the number of columns below those of the items.
func (o *output) base() int {
	switch {
	case o.weigh:
		return 1
	case o.grouped:
		return len(o.keys) + len(o.aggs)
	}
	return 2 * len(o.unwinds)
}

// readOutput reads RETURN and the clauses after it.
func (d *draft) readOutput() error {
	q := d.query
	d.out = output{unique: q.Unique, limit: -1}
	if q.Skip != nil {
		d.out.skip = q.Skip.Rows
	}
	if q.Limit != nil {
		d.out.limit = q.Limit.Rows
	}
	l := &exprLowering{draft: d}
	switch {
	case q.Return == nil:
		d.out.kind = List
		d.out.items = []item{{
			expr:   Object{d.start.Out, d.labels[d.start.Out]},
			column: Column{Name: d.labels[d.start.Out], Object: true},
		}}
	case q.Return.Tree:
		d.out.kind = Tree
	default:
		d.out.kind = Table
		d.readItems(l)
	}
	d.out.returned = len(d.out.items)
	for _, key := range q.OrderBy {
		d.out.sort = append(d.out.sort, sortKey{d.columnItem(l, key.Expr), key.Desc})
	}
	if q.Having == nil || d.out.kind != Table {
		return nil
	}
	return d.readHaving(l)
}

// readItems reads the columns of a table.
func (d *draft) readItems(l *exprLowering) {
	l.columns = d.query.Columns()
	columns := l.columns.List
	for _, c := range columns {
		d.out.grouped = d.out.grouped || syntax.HasAggregate(c.Expr)
	}
	if d.out.grouped {
		for _, c := range columns {
			if !syntax.HasAggregate(c.Expr) {
				l.addKey(c.Expr)
			}
		}
	}
	for _, c := range columns {
		d.out.items = append(d.out.items, item{expr: l.item(c.Expr), column: d.column(c)})
	}
}

// column describes what a column of the statement shows.
func (d *draft) column(c syntax.Column) Column {
	out := Column{Name: c.Name}
	for _, it := range d.query.Return.Items {
		out.Renamed = out.Renamed || it.Alias != nil && it.Alias.Name == c.Name
	}
	switch e := c.Expr.(type) {
	case *syntax.Property:
		out.Property = e.Name
	case *syntax.SelectorRef:
		out.Object = true
	case *syntax.SelectorAll:
		out.Object, out.All, out.Name = true, true, e.Selector
	}
	return out
}

// readHaving lowers HAVING, whose left sides are items.
func (d *draft) readHaving(l *exprLowering) error {
	type side struct {
		expr syntax.Expr
		item int
	}
	var sides []side
	syntax.Walk(d.query.Having, func(n syntax.Node) bool {
		c, ok := n.(*syntax.Comparison)
		if ok {
			sides = append(sides, side{c.Left, d.columnItem(l, c.Left)})
		}
		return !ok
	})
	cond, err := d.filter(d.query.Having, func(e syntax.Expr) Expr {
		for _, s := range sides {
			if s.expr == e {
				return d.itemColumn(s.item)
			}
		}
		return Const{}
	})
	d.out.having = cond
	return err
}

// columnItem is the item that an expression of HAVING or ORDER BY stands for: one
// of those that are returned, else a hidden one that computes it.
func (d *draft) columnItem(l *exprLowering, e syntax.Expr) int {
	if l.columns != nil {
		if i, ok := l.columns.Find(e); ok {
			return i
		}
	}
	d.out.items = append(d.out.items, item{expr: l.item(e), column: Column{Name: e.String()}})
	return len(d.out.items) - 1
}

// itemColumn is the column that holds an item once the items are computed.
func (d *draft) itemColumn(i int) Col { return Col{d.out.base() + i, d.out.items[i].column.Name} }
