package graph_test

import (
	"testing"

	"github.com/j1db/j1db/store/graph"
)

func operands(vs ...graph.Value) []graph.Operand {
	out := make([]graph.Operand, len(vs))
	for i, v := range vs {
		out[i] = graph.Operand{Value: v}
	}
	return out
}

// The table of value lists: a negated operator is the negation of the whole
// positive test.
func TestValueLists(t *testing.T) {
	a, b := str("a"), str("b")
	for _, c := range []struct {
		value                    graph.Value
		eqAnd, eqOr, neAnd, neOr bool
	}{
		{a, false, true, true, false},
		{b, false, true, true, false},
		{list(a, b), true, true, false, false},
		{str("other"), false, false, true, true},
		{graph.Value{}, false, false, true, true},
		{graph.NullValue(), false, false, true, true},
		{list(), false, false, true, true},
	} {
		got := [4]bool{
			graph.Test(c.value, graph.Eq, operands(a, b), true), graph.Test(c.value, graph.Eq, operands(a, b), false),
			graph.Test(c.value, graph.NotEq, operands(a, b), true), graph.Test(c.value, graph.NotEq, operands(a, b), false),
		}
		if want := [4]bool{c.eqAnd, c.eqOr, c.neAnd, c.neOr}; got != want {
			t.Errorf("%v: got %v, want %v", c.value, got, want)
		}
	}
}

func TestOperators(t *testing.T) {
	absent := []graph.Operand{{Absent: true}}
	for _, c := range []struct {
		value graph.Value
		op    graph.Operator
		with  []graph.Operand
		want  bool
	}{
		{graph.Value{}, graph.Eq, absent, true}, {graph.NullValue(), graph.Eq, absent, true}, {str(""), graph.Eq, absent, false},
		{graph.Value{}, graph.NotEq, absent, false}, {list(), graph.Eq, absent, false},
		{graph.Value{}, graph.Eq, operands(graph.Value{}), false}, {graph.Value{}, graph.NotEq, operands(graph.Value{}), true},
		{num(1), graph.Eq, operands(str("1")), false}, {num(1), graph.Eq, operands(float(1)), true}, {boolean(true), graph.Eq, operands(str("true")), false},
		{str("Apple"), graph.Contains, operands(str("pp")), true}, {str("Apple"), graph.Contains, operands(str("PP")), false},
		{str("Apple"), graph.StartsWith, operands(str("Ap")), true}, {str("Apple"), graph.EndsWith, operands(str("le")), true},
		{list(str("x"), str("Apple")), graph.StartsWith, operands(str("Ap")), true}, {list(str("x"), str("Apple")), graph.NotStartsWith, operands(str("Ap")), false},
		{graph.Value{}, graph.NotContains, operands(str("x")), true}, {num(12), graph.Contains, operands(str("1")), false},
		{num(2), graph.Greater, operands(num(1)), true}, {str("b"), graph.Greater, operands(str("a")), true}, {str("2"), graph.Greater, operands(num(1)), false},
		{graph.Value{}, graph.Less, operands(num(1)), false}, {list(num(5), num(0)), graph.Less, operands(num(1)), true},
		{boolean(true), graph.Greater, operands(boolean(false)), false}, {num(1), graph.LessEq, operands(num(1)), true}, {num(1), graph.GreaterEq, operands(num(2)), false},
		{list(str("a"), str("b")), graph.Eq, operands(list(str("b"), str("c"))), true}, {list(str("a")), graph.Eq, operands(list(str("c"))), false},
	} {
		if got := graph.Test(c.value, c.op, c.with, false); got != c.want {
			t.Errorf("%v %v %v is %v", c.value, c.op, c.with, got)
		}
	}
}

func TestRegex(t *testing.T) {
	for _, c := range []struct {
		source string
		fold   bool
		op     graph.Operator
		value  string
		want   bool
	}{
		{"ad.in", false, graph.Eq, "the admin role", true}, {"AD.IN", false, graph.Eq, "admin", false}, {"AD.IN", true, graph.Contains, "admin", true},
		{"a|b", false, graph.StartsWith, "xb", false}, {"a|b", false, graph.StartsWith, "bx", true}, {"a|b", false, graph.EndsWith, "xb", true},
		{"a|b", false, graph.EndsWith, "bx", false}, {"x", false, graph.Less, "x", false},
	} {
		r, err := graph.CompileRegex(c.source, c.fold)
		if err != nil {
			t.Fatal(err)
		}
		if got := graph.Test(str(c.value), c.op, []graph.Operand{{Regex: r}}, false); got != c.want {
			t.Errorf("%q %v %v is %v", c.value, c.op, r, got)
		}
	}
	if _, err := graph.CompileRegex("(", false); err == nil {
		t.Error("( is a regular expression")
	}
}

func TestPredicates(t *testing.T) {
	im := &graph.Image{Kind: graph.EntityKind, Instance: "in", Key: "key-Ada", Type: "acme_user", Class: []string{"User"},
		Props: graph.SortProperties([]graph.Property{{Name: "name", Value: str("Ada Q")}, {Name: "n", Value: num(42)}, {Name: "tags", Value: list(str("Prod"))}})}
	name := graph.Equals("name", str("Ada Q"))
	for text, c := range map[string]struct {
		p    graph.Predicate
		want bool
	}{
		"and":         {graph.And{name, graph.Equals("n", num(42))}, true},
		"and empty":   {graph.And{}, true},
		"or":          {graph.Or{graph.Equals("n", num(1)), name}, true},
		"or empty":    {graph.Or{}, false},
		"not":         {graph.Not{Part: name}, false},
		"metadata":    {graph.Equals(graph.PropClass, str("User")), true},
		"text":        {graph.NewFullText("ada PROD 42"), true},
		"text type":   {graph.NewFullText("ACME_us"), true},
		"text fails":  {graph.NewFullText("ada nobody"), false},
		"text of key": {graph.NewFullText("key-ada"), true},
	} {
		if got := c.p.Eval(im); got != c.want {
			t.Errorf("%s: %v is %v", text, c.p, got)
		}
	}
}
