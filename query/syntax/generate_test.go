package syntax_test

import (
	"math/rand/v2"
	"testing"

	"github.com/j1db/j1db/query/syntax"
)

// TestBuiltTreesRoundTrip prints random trees that no parser made and parses them.
func TestBuiltTreesRoundTrip(t *testing.T) {
	t.Logf("-seed %d", *seed)
	g := generator{rand.New(rand.NewPCG(*seed, 1))}
	for range 1000 {
		q := g.query(2)
		for _, text := range []string{q.String(), q.Format()} {
			parsed, err := syntax.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if !q.Equal(parsed) {
				t.Fatalf("%s parses as %s", text, parsed)
			}
		}
	}
}

// generator makes random trees that keep the invariants of the nodes.
type generator struct{ *rand.Rand }

func (g generator) one(n int) bool { return g.IntN(n) == 0 }

func (g generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func some[T any](g generator, least, most int, make func() T) []T {
	var list []T
	for range least + g.IntN(most-least+1) {
		list = append(list, make())
	}
	return list
}

func (g generator) name() string {
	return g.pick("User", "acme_user", "employee", "PR", "having", "tree", "desc", "x", "_y9")
}

func (g generator) property() string {
	return g.pick("name", "tag.Name", "a.b.c", "where", "and", "true", "odd name", "tag.cost-center", "@x", "date.now", "1st", "a..b", "ü")
}

func (g generator) text() string {
	return g.pick("", "x", `it's`, `say "hi"`, `both ' and "`, `\`, `\\`, `\d`, `\"`, "two\nlines", "日本", "/* no comment */", "%")
}

func (g generator) alias(most int) *syntax.Alias {
	if !g.one(most) {
		return nil
	}
	return &syntax.Alias{Name: g.pick("u", "any", "group", "unique", "asc", "Value")}
}

func (g generator) query(depth int) *syntax.Query {
	q := &syntax.Query{Unique: g.one(4), Start: g.selector(depth)}
	if g.one(8) {
		q.Start.Smart, q.Start.Any, q.Start.Names = nil, false, nil
		q.Start.Text = &syntax.String{Value: g.text()}
	}
	q.Steps = some(g, 0, 3, func() syntax.Step {
		if g.one(3) {
			return &syntax.Optional{Hops: some(g, 1, 2, func() *syntax.Hop { return g.hop(depth) }), Alias: g.alias(3)}
		}
		return g.hop(depth)
	})
	if g.one(2) {
		q.Where = g.filter(depth, func() syntax.Expr { return &syntax.Property{Selector: g.name(), Name: g.property()} }, true)
	}
	switch g.IntN(4) {
	case 0:
		q.Return = &syntax.Return{Tree: true}
	case 1, 2:
		q.Return = &syntax.Return{Items: some(g, 1, 3, func() *syntax.ReturnItem { return g.item(depth) })}
	}
	if q.Return != nil && g.one(3) {
		q.Having = g.filter(depth, g.column, false)
	}
	q.OrderBy = some(g, 0, 2, func() *syntax.SortKey { return &syntax.SortKey{Expr: g.expr(1), Desc: g.one(2)} })
	if g.one(4) {
		q.Skip = &syntax.RowCount{Rows: int64(g.IntN(3))}
	}
	if g.one(4) {
		q.Limit = &syntax.RowCount{Rows: 1 + int64(g.IntN(300))}
	}
	return q
}

func (g generator) selector(depth int) *syntax.Selector {
	s := &syntax.Selector{Alias: g.alias(2)}
	switch g.IntN(4) {
	case 0:
		s.Any = true
	case 1:
		s.Smart = &syntax.SmartClass{Name: "Prod"}
	default:
		s.Names = some(g, 1, 3, func() *syntax.Name { return &syntax.Name{Text: g.name()} })
	}
	if g.one(5) {
		s.Smart = &syntax.SmartClass{Name: "Sev1"}
	}
	if g.one(2) {
		s.With = g.filter(depth, func() syntax.Expr { return &syntax.Property{Name: g.property()} }, false)
	}
	return s
}

func (g generator) hop(depth int) *syntax.Hop {
	h := &syntax.Hop{Negated: g.one(4), Direction: syntax.Direction(g.IntN(3)), Alias: g.alias(3), Target: g.selector(depth)}
	if g.one(4) {
		h.AnyVerb = true
		return h
	}
	h.Filler = g.one(5)
	h.Verbs = some(g, 1, 3, func() *syntax.Verb { return &syntax.Verb{Class: g.pick("HAS", "IS", "OWNS", "FROM", "LIMITS")} })
	return h
}

func (g generator) filter(depth int, left func() syntax.Expr, where bool) syntax.Filter {
	switch {
	case depth > 0 && g.one(3):
		return &syntax.And{Terms: some(g, 2, 3, func() syntax.Filter { return g.term(depth-1, left, where, false) })}
	case depth > 0 && g.one(3):
		return &syntax.Or{Terms: some(g, 2, 3, func() syntax.Filter { return g.term(depth-1, left, where, true) })}
	}
	return &syntax.Comparison{Left: left(), Op: syntax.Equal + syntax.Op(g.IntN(12)), Right: g.operand(depth, where)}
}

// term is a filter that is not joined by the word that joins it.
func (g generator) term(depth int, left func() syntax.Expr, where, either bool) syntax.Filter {
	for {
		f := g.filter(depth, left, where)
		_, isAnd := f.(*syntax.And)
		_, isOr := f.(*syntax.Or)
		if either && !isOr || !either && !isAnd {
			return f
		}
	}
}

func (g generator) operand(depth int, where bool) syntax.Operand {
	switch n := g.IntN(8); {
	case n == 0 && depth > 0:
		return &syntax.List{All: g.one(2), Items: some(g, 2, 3, func() syntax.Operand { return g.leafOperand(where) })}
	case n == 1 && depth > 1:
		return &syntax.SubQuery{Query: g.query(depth - 2)}
	}
	return g.leafOperand(where)
}

func (g generator) leafOperand(where bool) syntax.Operand {
	switch g.IntN(5) {
	case 0:
		return &syntax.Regex{Pattern: g.pick("ada", `a\d+`, "a/b", `\\`, "[/]", "x y"), IgnoreCase: g.one(2)}
	case 1:
		if where {
			return &syntax.Property{Selector: g.name(), Name: g.property()}
		}
	}
	return g.literal().(syntax.Operand)
}

func (g generator) literal() syntax.Expr {
	switch g.IntN(8) {
	case 0:
		return &syntax.Number{Exact: true, Int: g.Int64N(200) - 100}
	case 1:
		return &syntax.Number{Float: float64(g.IntN(4000))/16 - 100}
	case 2:
		return &syntax.Bool{Value: g.one(2)}
	case 3:
		return &syntax.Undefined{}
	case 4:
		return &syntax.Parameter{Path: g.pick("x", "param.the-name")}
	case 5:
		return &syntax.Date{Text: "2024-01-31", Millis: 1706659200000}
	case 6:
		if g.one(2) {
			return &syntax.DateNow{}
		}
		return &syntax.DateNow{Amount: float64(g.IntN(9) - 4), Unit: syntax.Hour + syntax.Unit(g.IntN(4))}
	}
	return &syntax.String{Value: g.text()}
}

func (g generator) item(depth int) *syntax.ReturnItem {
	item := &syntax.ReturnItem{Expr: g.expr(depth)}
	if g.one(5) {
		item.Expr = &syntax.SelectorAll{Selector: g.name()}
	}
	if g.one(2) {
		item.Alias = &syntax.Alias{Name: g.pick("n", "count", "limit", "the name", "", `"`, "has", "tree")}
	}
	return item
}

func (g generator) column() syntax.Expr {
	switch g.IntN(4) {
	case 0:
		return &syntax.String{Value: g.pick("the name", "", "x")}
	case 1:
		return &syntax.Property{Selector: g.name(), Name: g.property()}
	case 2:
		return &syntax.Call{Func: "COUNT", Args: []syntax.Expr{g.expr(0)}}
	}
	return &syntax.SelectorRef{Name: g.pick("n", "having", "total")}
}

func (g generator) expr(depth int) syntax.Expr {
	if depth > 0 {
		switch g.IntN(6) {
		case 0, 1:
			return &syntax.Binary{Op: syntax.Add + syntax.ArithmeticOp(g.IntN(5)), Left: g.expr(depth - 1), Right: g.expr(depth - 1)}
		case 2:
			if e := g.expr(depth - 1); !plain(e) {
				return &syntax.Negate{Operand: e}
			}
		case 3:
			if g.one(4) {
				return &syntax.Call{Func: "COUNT", Star: true}
			}
			return &syntax.Call{Func: g.pick("COUNT", "CONCAT", "NOSUCH"), Args: some(g, 0, 3, func() syntax.Expr { return g.expr(depth - 1) })}
		}
	}
	switch g.IntN(3) {
	case 0:
		return &syntax.Property{Selector: g.name(), Name: g.property()}
	case 1:
		return &syntax.SelectorRef{Name: g.pick("u", "User", "having", "x")}
	}
	return g.literal()
}

// plain reports whether e is a number that is not negative, which Negate never holds.
func plain(e syntax.Expr) bool {
	n, ok := e.(*syntax.Number)
	return ok && n.Value() >= 0
}
