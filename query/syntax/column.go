package syntax

// Column is one column of the result, or for `selector.*` a family of them.
type Column struct {
	// Name is the heading; see [ReturnItem.Column].
	Name string
	// Expr gives the value.
	Expr Expr
}

// Columns are the columns of a result in order.
type Columns struct {
	// List has the return items, except that items of the same name are one column,
	// since a row can hold a name once: its value is that of the first item that is
	// defined. It is empty without RETURN and for TREE.
	List []Column

	aliases map[string]int
	texts   map[string]int // names without alias, and expressions as they print
}

// Columns are the columns of the query's result.
func (q *Query) Columns() *Columns {
	c := &Columns{}
	if q.Return == nil || q.Return.Tree {
		return c
	}
	c.aliases, c.texts = make(map[string]int), make(map[string]int)
	index := make(map[string]int, len(q.Return.Items))
	for _, item := range q.Return.Items {
		name := item.Column()
		at, seen := index[name]
		if seen {
			c.List[at].Expr = firstDefined(c.List[at].Expr, item.Expr)
		} else {
			at = len(c.List)
			index[name] = at
			c.List = append(c.List, Column{name, item.Expr})
		}
		if item.Alias != nil {
			c.aliases[name] = at
		} else {
			keepFirst(c.texts, name, at)
		}
		keepFirst(c.texts, item.Expr.String(), at)
	}
	return c
}

func keepFirst(index map[string]int, key string, at int) {
	if _, taken := index[key]; !taken {
		index[key] = at
	}
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

// Find is the column that an expression of ORDER BY or HAVING stands for, as an index
// into List: first by column alias, then by the text or the tree of a return item. A
// sort key that is no column is a selector's property.
func (c *Columns) Find(e Expr) (index int, ok bool) {
	name := columnName(e)
	if index, ok = c.aliases[name]; ok {
		return index, true
	}
	if index, ok = c.texts[name]; ok {
		return index, true
	}
	index, ok = c.texts[e.String()]
	return index, ok
}

// ColumnOf is [Columns.Find] for a single expression.
func (q *Query) ColumnOf(e Expr) (index int, ok bool) { return q.Columns().Find(e) }

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
