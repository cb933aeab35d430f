package syntax

import (
	"fmt"
	"strings"
)

// returns checks the columns.
func (v *validator) returns(q *Query) {
	if q.Return == nil {
		return
	}
	firsts := make(map[string]*ReturnItem)
	for _, item := range q.Return.Items {
		if all, ok := item.Expr.(*SelectorAll); ok {
			v.selector(all, all.Selector, returnUse, "")
			if item.Alias != nil {
				v.fail(item.Alias, "%s is several columns and cannot have one name", all).Hint = "name a property, or leave AS out"
			}
			continue
		}
		v.expr(item.Expr, exprPlace{use: returnUse, top: true, aggregates: true})
		v.sharedColumn(firsts[item.Column()], item)
		if firsts[item.Column()] == nil {
			firsts[item.Column()] = item
		}
	}
}

// sharedColumn checks that the item can share its column with the first one of the same
// name: that takes values.
func (v *validator) sharedColumn(first, item *ReturnItem) {
	if first == nil || isValue(first.Expr) && isValue(item.Expr) || EqualTrees(first.Expr, item.Expr) {
		return
	}
	v.fail(item, "two columns have the name %q", item.Column()).Hint = "give one of them another name with AS"
}

// isValue reports whether e has one value a row.
func isValue(e Expr) bool {
	switch e.(type) {
	case *SelectorRef, *SelectorAll:
		return false
	}
	return !HasUnwind(e)
}

// exprPlace is where an expression stands.
type exprPlace struct {
	use        use
	top        bool // it is the whole item
	aggregates bool // aggregates may stand here
	count      bool // it is the argument of COUNT
}

// expr checks an expression and what is inside it.
func (v *validator) expr(e Expr, at exprPlace) {
	inner := at
	inner.top, inner.count = false, false
	switch e := e.(type) {
	case *Property:
		v.property(e, at.use)
	case *SelectorRef:
		v.whole(e, at)
	case *SelectorAll:
		v.fail(e, "%s is several columns and cannot be a part of an expression", e).Hint = "name a property"
	case *Binary:
		v.expr(e.Left, inner)
		v.expr(e.Right, inner)
	case *Negate:
		v.expr(e.Operand, inner)
	case *Call:
		v.call(e, inner)
	}
}

// whole checks a selector that stands alone.
func (v *validator) whole(e *SelectorRef, at exprPlace) {
	v.selector(e, e.Name, at.use, e.Name)
	if _, ok := v.scope.Find(e.Name); ok && !at.top && !at.count {
		v.fail(e, "the whole of %q is no value to compute with", e.Name).Hint = "name a property: " + e.Name + ".property"
	}
}

// call checks the function, its arguments and that it may stand here.
func (v *validator) call(c *Call, at exprPlace) {
	f, known := c.Function()
	if !known {
		e := v.fail(c, "unknown function %q, the functions are: %s", c.Func, strings.Join(functionNames(), ", "))
		e.Valid = functionNames()
		e.Nearest = Nearest(c.Func, e.Valid)
		if len(e.Nearest) == 1 {
			e.repair = v.cut(Span{c.span.Start, c.span.Start + len(c.Func)}, e.Nearest[0])
		}
		return
	}
	v.arguments(c, f)
	inner := exprPlace{use: at.use, aggregates: at.aggregates && f.Kind == Scalar, count: c.Func == "COUNT"}
	switch {
	case f.Kind == Scalar:
	case !at.aggregates && f.Kind == Aggregate:
		v.fail(c, "%s cannot stand inside another aggregate or UNWIND", c.Func).Hint = "return it as a column of its own"
	case !at.aggregates:
		v.fail(c, "%s cannot stand inside an aggregate or another UNWIND", c.Func).Hint = "return it as a column of its own"
	}
	for _, arg := range c.Args {
		v.expr(arg, inner)
	}
}

// arguments checks how many there are.
func (v *validator) arguments(c *Call, f Function) {
	n := len(c.Args)
	switch {
	case c.Star && c.Func != "COUNT":
		v.fail(c, "only COUNT takes *").Hint = "name a property: " + c.Func + "(selector.property)"
	case c.Star:
	case n < f.MinArgs || f.MaxArgs >= 0 && n > f.MaxArgs:
		v.fail(c, "%s takes %s, not %d", f.Name, argumentCount(f), n)
	}
}

// argumentCount says how many arguments a function takes.
func argumentCount(f Function) string {
	switch {
	case f.MaxArgs < 0:
		return "one argument or more"
	case f.MaxArgs == 1:
		return "one argument"
	default:
		return fmt.Sprintf("%d to %d arguments", f.MinArgs, f.MaxArgs)
	}
}

// having checks that conditions are on columns.
func (v *validator) having(q *Query) {
	if q.Having == nil {
		return
	}
	if q.Return == nil || q.Return.Tree {
		v.fail(q.Having, "HAVING needs columns").Hint = "RETURN the columns first, then filter them: RETURN COUNT(u) AS n HAVING n > 5"
		return
	}
	v.filter(q.Having, inHaving)
	columns := q.Columns()
	Walk(q.Having, func(n Node) bool {
		c, ok := n.(*Comparison)
		if !ok {
			return true
		}
		if _, ok := columns.Find(c.Left); !ok {
			v.unknownColumn(columns, c.Left, "HAVING")
		}
		return false
	})
}

// unknownColumn is the error for a name that is no column.
func (v *validator) unknownColumn(columns *Columns, e Expr, keyword string) {
	var names []string
	for _, c := range columns.List {
		names = append(names, c.Name)
	}
	name := columnName(e)
	err := v.fail(e, "%s names no column: %q, the columns are: %s", keyword, name, quoteAll(names))
	err.Valid, err.Nearest = names, Nearest(name, names)
	if len(err.Nearest) == 1 && isName(err.Nearest[0]) {
		err.repair = v.cut(e.Span(), err.Nearest[0])
	}
}

// order checks the sort keys: columns, or properties where rows still stand for
// paths.
func (v *validator) order(q *Query) {
	columns := q.Columns()
	for _, key := range q.OrderBy {
		if _, ok := columns.Find(key.Expr); ok {
			continue
		}
		switch e := key.Expr.(type) {
		case *SelectorRef, *String:
			v.sortName(q, columns, e)
			continue
		}
		if q.Return != nil && !q.Return.Tree && (q.Unique || grouped(q.Return)) {
			v.unknownColumn(columns, key.Expr, "ORDER BY behind grouping or UNIQUE")
			continue
		}
		if HasAggregate(key.Expr) || HasUnwind(key.Expr) {
			v.fail(key, "an aggregate in ORDER BY must be a column too").Hint = "add it to RETURN"
		}
		v.expr(key.Expr, exprPlace{use: sortUse, aggregates: true})
	}
}

// sortName is the error for a sort key that is a name and no column.
func (v *validator) sortName(q *Query, columns *Columns, e Expr) {
	name := columnName(e)
	switch _, isSelector := v.scope.Find(name); {
	case isSelector:
		v.fail(e, "ORDER BY needs a property of %q", name).Hint = "write " + name + ".property"
	case q.Return != nil && !q.Return.Tree:
		v.unknownColumn(columns, e, "ORDER BY")
	default:
		v.selector(e, name, sortUse, name)
		if _, ok := e.(*String); ok {
			v.fail(e, "ORDER BY names no column: %q", name)
		}
	}
}

// grouped reports whether rows are groups: some column is an aggregate.
func grouped(r *Return) bool {
	for _, item := range r.Items {
		if HasAggregate(item.Expr) {
			return true
		}
	}
	return false
}
