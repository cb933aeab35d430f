package syntax

// Column is one column of the result, or for `selector.*` a family of them.
type Column struct {
	// Name is the heading; see [ReturnItem.Column].
	Name string
	// Expr gives the value.
	Expr Expr
}

// Columns are the columns of the result in order, nil without RETURN and for TREE.
// They are the return items, except that items of the same name are one column, since
// a row can hold a name once: its value is that of the first item that is defined.
func (q *Query) Columns() []Column {
	if q.Return == nil {
		return nil
	}
	columns := make([]Column, 0, len(q.Return.Items))
	index := make(map[string]int, len(q.Return.Items))
	for _, item := range q.Return.Items {
		name := item.Column()
		at, seen := index[name]
		if !seen {
			index[name] = len(columns)
			columns = append(columns, Column{name, item.Expr})
			continue
		}
		columns[at].Expr = firstDefined(columns[at].Expr, item.Expr)
	}
	return columns
}

// firstDefined is a, or b where a is undefined.
func firstDefined(a, b Expr) Expr {
	if EqualTrees(a, b) {
		return a
	}
	if c, ok := a.(*Call); ok && c.Func == "COALESCE" {
		return &Call{place: c.place, Func: c.Func, Args: append(c.Args[:len(c.Args):len(c.Args)], b)}
	}
	return &Call{Func: "COALESCE", Args: []Expr{a, b}}
}

// ColumnOf finds the result column that an expression of ORDER BY or HAVING stands
// for, as an index into [Query.Columns]: first by column alias, then by the text or
// the tree of a return item. A sort key that is no column is a selector's property.
func (q *Query) ColumnOf(e Expr) (index int, ok bool) {
	if q.Return == nil {
		return 0, false
	}
	name := columnName(e)
	for _, item := range q.Return.Items {
		if item.Alias != nil && item.Alias.Name == name {
			return q.columnIndex(item), true
		}
	}
	for _, item := range q.Return.Items {
		if EqualTrees(item.Expr, e) || item.Alias == nil && item.Column() == name {
			return q.columnIndex(item), true
		}
	}
	return 0, false
}

// columnIndex is the index of the column that the item is or belongs to.
func (q *Query) columnIndex(item *ReturnItem) int {
	for i, c := range q.Columns() {
		if c.Name == item.Column() {
			return i
		}
	}
	return 0
}

// columnName is the column name that e may be.
func columnName(e Expr) string {
	switch e := e.(type) {
	case *SelectorRef:
		return e.Name
	case *String:
		return e.Value
	default:
		return e.String()
	}
}
