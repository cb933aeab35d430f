package syntax

import "sync"

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

	items   []*ReturnItem
	index   map[string]int // name to index in List
	aliases map[string]int
	texts   func() map[string]int // names without alias, and expressions as they print
}

// Columns are the columns of the query's result.
func (q *Query) Columns() *Columns {
	c := &Columns{index: make(map[string]int), aliases: make(map[string]int)}
	c.texts = sync.OnceValue(c.readTexts)
	if q.Return == nil || q.Return.Tree {
		return c
	}
	c.items = q.Return.Items
	for _, item := range c.items {
		name := item.Column()
		at, seen := c.index[name]
		if seen {
			c.List[at].Expr = firstDefined(c.List[at].Expr, item.Expr)
		} else {
			at = len(c.List)
			c.index[name] = at
			c.List = append(c.List, Column{name, item.Expr})
		}
		if item.Alias != nil {
			c.aliases[name] = at
		}
	}
	return c
}

// readTexts prints the items, which only few queries need.
func (c *Columns) readTexts() map[string]int {
	texts := make(map[string]int)
	for _, item := range c.items {
		at := c.index[item.Column()]
		for _, key := range [...]string{item.Column(), item.Expr.String()} {
			if _, taken := texts[key]; !taken && (item.Alias == nil || key != item.Alias.Name) {
				texts[key] = at
			}
		}
	}
	return texts
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
	texts := c.texts()
	if index, ok = texts[name]; ok {
		return index, true
	}
	index, ok = texts[e.String()]
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
