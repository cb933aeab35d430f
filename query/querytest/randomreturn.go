package querytest

import (
	"fmt"

	"github.com/j1db/j1db/query/syntax"
)

// returns gives a query a RETURN, or none.
func (m *queryMaker) returns(q *syntax.Query, known names) {
	if len(known.all()) == 0 || m.chance(22) {
		return
	}
	q.Return = &syntax.Return{}
	if m.chance(12) {
		q.Return.Tree = true
		return
	}
	aggregate := m.chance(40)
	for range 1 + m.weighted(35, 35, 20, 10) {
		item := &syntax.ReturnItem{Expr: m.item(known, aggregate)}
		if m.chance(40) {
			item.Alias = &syntax.Alias{Name: fmt.Sprintf(pick(m.dice, "c%d", "c%d", "Column %d"), len(q.Return.Items))}
		}
		if m.chance(5) {
			item.Alias = &syntax.Alias{Name: "c0"} // which the first column may have too
		}
		if _, all := item.Expr.(*syntax.SelectorAll); all {
			item.Alias = nil
		}
		q.Return.Items = append(q.Return.Items, item)
	}
}

// item makes one column; with aggregate, mostly one of those.
func (m *queryMaker) item(known names, aggregate bool) syntax.Expr {
	switch {
	case aggregate && m.chance(65):
		return m.aggregate(known)
	case m.chance(15):
		return &syntax.SelectorRef{Name: pick(m.dice, known.all()...)}
	case m.chance(5):
		return &syntax.SelectorAll{Selector: pick(m.dice, known.all()...)}
	case m.chance(13):
		return &syntax.Call{Func: "UNWIND", Args: []syntax.Expr{m.list(known)}}
	}
	return m.expr(known, 2)
}

// aggregate makes an aggregate, alone or inside an expression.
func (m *queryMaker) aggregate(known names) syntax.Expr {
	call := &syntax.Call{Func: pick(m.dice, "COUNT", "COUNT", "COUNT", "SUM", "SUM", "AVG", "AVG", "MIN", "MAX")}
	switch {
	case call.Func == "COUNT" && m.chance(20):
		call.Star = true
	case call.Func == "COUNT" && m.chance(60):
		call.Args = []syntax.Expr{&syntax.SelectorRef{Name: pick(m.dice, known.all()...)}}
	default:
		call.Args = []syntax.Expr{m.expr(known, 1)}
	}
	switch m.weighted(80, 8, 6, 6) {
	case 1:
		return &syntax.Binary{Op: m.operator(), Left: call, Right: &syntax.Number{Exact: true, Int: int64(1 + m.IntN(3))}}
	case 2:
		return &syntax.Binary{Op: m.operator(), Left: call, Right: m.aggregate(known)}
	case 3:
		return &syntax.Call{Func: pick(m.dice, "ROUND", "COALESCE", "CONCAT"), Args: []syntax.Expr{call}}
	}
	return call
}

// operator is one of arithmetic.
func (m *queryMaker) operator() syntax.ArithmeticOp {
	return pick(m.dice, syntax.Add, syntax.Subtract, syntax.Multiply, syntax.Divide, syntax.Power)
}

// list makes an expression that is a list more often than others.
func (m *queryMaker) list(known names) syntax.Expr {
	selector, properties := m.subject(known)
	if len(properties) == len(relationshipProperties) || m.chance(15) {
		return &syntax.Call{Func: "MERGE", Args: []syntax.Expr{m.expr(known, 0), m.expr(known, 0)}}
	}
	return &syntax.Property{Selector: selector, Name: pick(m.dice, "tags", "sizes", "_class", "n")}
}

// expr makes a scalar expression of at most a depth.
func (m *queryMaker) expr(known names, depth int) syntax.Expr {
	if depth == 0 || m.chance(55) {
		return m.leaf(known)
	}
	sub := func() syntax.Expr { return m.expr(known, depth-1) }
	switch m.weighted(40, 8, 20, 12, 12, 8) {
	case 0:
		return &syntax.Binary{Op: m.operator(), Left: m.numeric(known), Right: sub()}
	case 1:
		return &syntax.Negate{Operand: m.numeric(known)}
	case 2:
		arg := sub()
		if m.chance(60) {
			arg = m.numeric(known)
		}
		return &syntax.Call{Func: pick(m.dice, "ABS", "SQRT", "CEIL", "FLOOR", "ROUND", "ROUND"), Args: []syntax.Expr{arg}}
	case 3:
		return &syntax.Call{Func: "COALESCE", Args: []syntax.Expr{sub(), sub(), &syntax.String{Value: "none"}}}
	case 4:
		return &syntax.Call{Func: "CONCAT", Args: []syntax.Expr{sub(), &syntax.String{Value: "-"}, sub()}}
	}
	return &syntax.Call{Func: "MERGE", Args: []syntax.Expr{sub(), sub()}}
}

// numeric makes a property that is a number more often than others.
func (m *queryMaker) numeric(known names) syntax.Expr {
	selector, _ := m.subject(known)
	return &syntax.Property{Selector: selector, Name: pick(m.dice, "n", "n", "score", "score", "_createdOn")}
}

// leaf makes a property or a literal.
func (m *queryMaker) leaf(known names) syntax.Expr {
	switch m.weighted(82, 5, 4, 3, 3, 3) {
	case 1:
		return &syntax.Number{Exact: true, Int: int64(m.IntN(5) - 1)}
	case 2:
		return &syntax.String{Value: pick(m.dice, randomTexts...)}
	case 3:
		return &syntax.Bool{Value: m.chance(50)}
	case 4:
		return m.date().(syntax.Expr)
	case 5:
		return m.parameter(entityProperties[m.IntN(len(entityProperties))])
	}
	selector, properties := m.subject(known)
	return m.property(selector, properties)
}

// havingTerm makes a comparison of a column.
func (m *queryMaker) havingTerm(q *syntax.Query) syntax.Filter {
	item := pick(m.dice, q.Return.Items...)
	c := &syntax.Comparison{Left: item.Expr, Op: pick(m.dice, randomOps...), Right: m.operand(randomProperty{values: mixedNumber})}
	if item.Alias != nil {
		c.Left = &syntax.SelectorRef{Name: item.Alias.Name}
		if m.chance(30) || !plainWord.MatchString(item.Alias.Name) {
			c.Left = &syntax.String{Value: item.Alias.Name}
		}
	}
	if !m.inner && m.chance(10) {
		c.Op = pick(m.dice, syntax.Equal, syntax.NotEqual)
		c.Right = m.subQuery("n")
	}
	return c
}

// orderBy gives a query sort keys: columns, or properties that need not be returned.
func (m *queryMaker) orderBy(q *syntax.Query, known names) {
	for range 1 + m.weighted(70, 30) {
		key := &syntax.SortKey{Desc: m.chance(45)}
		switch {
		case q.Return != nil && !q.Return.Tree && m.chance(65):
			item := pick(m.dice, q.Return.Items...)
			key.Expr = item.Expr
			if item.Alias != nil && plainWord.MatchString(item.Alias.Name) {
				key.Expr = &syntax.SelectorRef{Name: item.Alias.Name}
			}
		case len(known.all()) > 0:
			selector, properties := m.subject(known)
			key.Expr = m.property(selector, properties)
		default:
			return
		}
		q.OrderBy = append(q.OrderBy, key)
	}
}
