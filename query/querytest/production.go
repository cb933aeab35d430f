package querytest

import (
	"slices"

	"github.com/j1db/j1db/query/syntax"
)

// Productions lists, by name, what Produced can find in a statement: every form of
// the grammar that a tree tells apart.
func Productions() []string {
	return []string{
		"UNIQUE", "full text", "smart class", "smart class and name", "*", "class", "type", "alternatives", "WITH", "AS",
		"hop", "one verb", "several verbs", "RELATES TO", "filler TO", "!", "! inside !", ">>", "<<", "relationship AS",
		"group", "group of several hops", "two groups", "group AS", "! inside a group", "hop after a group",
		"WHERE", "AND", "OR", "AND in OR", "OR in AND", "= property", "sub-query",
		"=", "!=", "<", "<=", ">", ">=", "~=", "^=", "$=", "!~=", "!^=", "!$=",
		"string", "number", "fraction", "boolean", "undefined", "regex", "regex i", "date.now", "date.now moved", "date",
		"parameter", "list OR", "list AND", "list of mixed values", "property in brackets", "metadata",
		"property in a list", "sub-query in HAVING", "columns of one name",
		"no RETURN", "TREE", "selector", "selector.*", "property", "column AS", "quoted column AS",
		"+", "-", "*op", "/", "^", "unary -", "literal column", "parameter column",
		"ABS", "AVG", "CEIL", "COALESCE", "CONCAT", "COUNT", "FLOOR", "MAX", "MERGE", "MIN", "ROUND", "SQRT", "SUM", "UNWIND",
		"COUNT(*)", "COUNT(selector)", "COUNT(property)", "aggregate and key", "aggregate alone", "aggregate in expression",
		"two UNWIND", "HAVING", "HAVING without aggregate",
		"ORDER BY column", "ORDER BY property", "several keys", "DESC", "SKIP", "LIMIT",
		"ORDER BY without RETURN", "TREE with LIMIT", "group without RETURN", "relationship default name",
	}
}

// Produced lists which of the Productions a statement uses.
func Produced(q *syntax.Query) []string {
	f := finder{}
	f.query(q)
	return slices.Compact(slices.Sorted(slices.Values(f.found)))
}

type finder struct{ found []string }

// add notes a production if it holds.
func (f *finder) add(name string, holds bool) {
	if holds {
		f.found = append(f.found, name)
	}
}

// query notes what a whole statement tells, its sub-queries among its nodes.
func (f *finder) query(q *syntax.Query) {
	syntax.Walk(q, func(n syntax.Node) bool {
		f.node(n)
		return true
	})
	groups, negations := 0, 0
	for _, step := range q.Steps {
		switch step := step.(type) {
		case *syntax.Hop:
			f.add("hop after a group", groups > 0)
			if step.Negated {
				negations++
			}
		case *syntax.Optional:
			groups++
		}
	}
	f.add("two groups", groups > 1)
	f.add("! inside !", negations > 1)
	f.add("UNIQUE", q.Unique)
	f.add("WHERE", q.Where != nil)
	f.add("no RETURN", q.Return == nil)
	f.add("group without RETURN", q.Return == nil && groups > 0)
	f.add("SKIP", q.Skip != nil)
	f.add("LIMIT", q.Limit != nil)
	f.add("several keys", len(q.OrderBy) > 1)
	f.add("ORDER BY without RETURN", len(q.OrderBy) > 0 && q.Return == nil)
	for _, key := range q.OrderBy {
		_, column := q.ColumnOf(key.Expr)
		f.add("ORDER BY column", column)
		f.add("ORDER BY property", !column)
		f.add("DESC", key.Desc)
	}
	f.returned(q)
}

// returned notes the forms of RETURN and HAVING.
func (f *finder) returned(q *syntax.Query) {
	if q.Return == nil {
		return
	}
	f.add("TREE", q.Return.Tree)
	f.add("TREE with LIMIT", q.Return.Tree && q.Limit != nil)
	aggregates, unwinds := 0, 0
	for _, item := range q.Return.Items {
		f.item(item)
		if syntax.HasAggregate(item.Expr) {
			aggregates++
		}
		if syntax.HasUnwind(item.Expr) {
			unwinds++
		}
	}
	f.add("columns of one name", len(q.Columns().List) < len(q.Return.Items))
	if q.Having != nil {
		syntax.Walk(q.Having, func(n syntax.Node) bool {
			_, sub := n.(*syntax.SubQuery)
			f.add("sub-query in HAVING", sub)
			return !sub
		})
	}
	f.add("two UNWIND", unwinds > 1)
	f.add("aggregate alone", aggregates > 0 && aggregates == len(q.Return.Items))
	f.add("aggregate and key", aggregates > 0 && aggregates < len(q.Return.Items))
	f.add("HAVING", q.Having != nil)
	f.add("HAVING without aggregate", q.Having != nil && aggregates == 0)
}

// item notes what a column is made of.
func (f *finder) item(item *syntax.ReturnItem) {
	f.add("column AS", item.Alias != nil)
	f.add("quoted column AS", item.Alias != nil && !plainWord.MatchString(item.Alias.Name))
	outermost := syntax.Function{}
	if call, ok := item.Expr.(*syntax.Call); ok {
		outermost, _ = call.Function()
	}
	f.add("aggregate in expression", syntax.HasAggregate(item.Expr) && outermost.Kind != syntax.Aggregate)
	switch item.Expr.(type) {
	case *syntax.SelectorRef:
		f.add("selector", true)
	case *syntax.String, *syntax.Number, *syntax.Bool, *syntax.Date, *syntax.DateNow:
		f.add("literal column", true)
	case *syntax.Parameter:
		f.add("parameter column", true)
	}
}

// node notes what one node alone tells.
func (f *finder) node(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Selector:
		f.selector(n)
	case *syntax.Hop:
		f.hop(n)
	case *syntax.Optional:
		f.add("group", true)
		f.add("group of several hops", len(n.Hops) > 1)
		f.add("group AS", n.Alias != nil)
		f.add("! inside a group", slices.ContainsFunc(n.Hops, func(h *syntax.Hop) bool { return h.Negated }))
	case *syntax.And:
		f.add("AND", true)
		f.add("OR in AND", slices.ContainsFunc(n.Terms, func(t syntax.Filter) bool { _, ok := t.(*syntax.Or); return ok }))
	case *syntax.Or:
		f.add("OR", true)
		f.add("AND in OR", slices.ContainsFunc(n.Terms, func(t syntax.Filter) bool { _, ok := t.(*syntax.And); return ok }))
	case *syntax.Comparison:
		f.add(n.Op.String(), true)
		_, property := n.Right.(*syntax.Property)
		f.add("= property", property)
	case *syntax.Binary:
		f.add(map[syntax.ArithmeticOp]string{
			syntax.Add: "+", syntax.Subtract: "-", syntax.Multiply: "*op", syntax.Divide: "/", syntax.Power: "^",
		}[n.Op], true)
	case *syntax.Call:
		f.call(n)
	default:
		f.leaf(n)
	}
}

// selector notes the forms of a selector.
func (f *finder) selector(s *syntax.Selector) {
	f.add("full text", s.Text != nil)
	f.add("smart class", s.Smart != nil && len(s.Names) == 0 && !s.Any)
	f.add("smart class and name", s.Smart != nil && len(s.Names) > 0)
	f.add("*", s.Any)
	f.add("alternatives", len(s.Names) > 1)
	for _, name := range s.Names {
		f.add("class", name.IsClass())
		f.add("type", !name.IsClass())
	}
	f.add("WITH", s.With != nil)
	f.add("AS", s.Alias != nil)
}

// hop notes the forms of a hop.
func (f *finder) hop(h *syntax.Hop) {
	f.add("hop", true)
	f.add("one verb", len(h.Verbs) == 1)
	f.add("several verbs", len(h.Verbs) > 1)
	f.add("RELATES TO", h.AnyVerb)
	f.add("filler TO", h.Filler)
	f.add("!", h.Negated)
	f.add(h.Direction.String(), h.Direction != syntax.Either)
	f.add("relationship AS", h.Alias != nil)
}

// call notes a function and what COUNT counts.
func (f *finder) call(c *syntax.Call) {
	f.add(c.Func, true)
	f.add("COUNT(*)", c.Star)
	for _, arg := range c.Args {
		_, selector := arg.(*syntax.SelectorRef)
		_, property := arg.(*syntax.Property)
		f.add("COUNT(selector)", c.Func == "COUNT" && selector)
		f.add("COUNT(property)", c.Func == "COUNT" && property)
	}
}

// leaf notes properties, literals and the other small nodes.
func (f *finder) leaf(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Property:
		f.add("property", n.Selector != "")
		f.add("property in brackets", n.Name == "tag.cost-center")
		f.add("metadata", n.Name[0] == '_')
		f.add("relationship default name", slices.ContainsFunc(randomVerbs, func(v string) bool { return v == n.Selector }))
	case *syntax.SelectorAll:
		f.add("selector.*", true)
	case *syntax.Negate:
		f.add("unary -", true)
	case *syntax.List:
		f.add("list AND", n.All)
		f.add("list OR", !n.All)
		f.add("property in a list", slices.ContainsFunc(n.Items, func(o syntax.Operand) bool { _, ok := o.(*syntax.Property); return ok }))
		f.add("list of mixed values", slices.ContainsFunc(n.Items, func(o syntax.Operand) bool { _, ok := o.(*syntax.Undefined); return ok }))
	case *syntax.SubQuery:
		f.add("sub-query", true)
	case *syntax.String:
		f.add("string", true)
	case *syntax.Number:
		f.add("number", n.Exact)
		f.add("fraction", !n.Exact)
	case *syntax.Bool:
		f.add("boolean", true)
	case *syntax.Undefined:
		f.add("undefined", true)
	case *syntax.Regex:
		f.add("regex", !n.IgnoreCase)
		f.add("regex i", n.IgnoreCase)
	case *syntax.DateNow:
		f.add("date.now", n.Unit == 0)
		f.add("date.now moved", n.Unit != 0)
	case *syntax.Date:
		f.add("date", true)
	case *syntax.Parameter:
		f.add("parameter", true)
	}
}
