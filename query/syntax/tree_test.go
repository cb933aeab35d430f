package syntax_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query/syntax"
)

// everything has a node of every kind.
const everything = `FIND UNIQUE #S (User|acme_user) WITH a = ("x" OR 1) AND (b != /x/i OR c > date.now - 1 day) AS u
  (THAT !(HAS|OWNS) TO >> AS r * WITH d = (FIND "text" AS t RETURN t.x))? AS g
  THAT RELATES TO Device AS d
WHERE u.a = d.b AND d.c = date(2024-01-31) AND d.e = ${p} AND d.f = true AND d.g = undefined
RETURN u, d.*, -(u.a + 1) * 2 AS n, COUNT(d), "s" AS s
HAVING n > 5
ORDER BY n DESC, COUNT(d)
SKIP 1
LIMIT 2`

func TestWalkVisitsInOrder(t *testing.T) {
	q := parse(t, everything)
	kinds := make(map[string]int)
	last := 0
	syntax.Walk(q, func(n syntax.Node) bool {
		kinds[reflect.TypeOf(n).Elem().Name()]++
		if _, pair := n.(*syntax.Verb); !pair && n.Span().Start < last {
			t.Errorf("%T %s at %v comes behind %d", n, n, n.Span(), last)
		}
		last = n.Span().Start
		return true
	})
	want := map[string]int{
		"Query": 2, "Selector": 4, "Name": 3, "SmartClass": 1, "Alias": 7, "Hop": 2, "Verb": 2, "Optional": 1,
		"And": 2, "Or": 1, "Comparison": 10, "List": 1, "Regex": 1, "SubQuery": 1, "Return": 2, "ReturnItem": 6,
		"SortKey": 2, "RowCount": 2, "Property": 12, "SelectorRef": 5, "SelectorAll": 1, "Binary": 2, "Negate": 1,
		"Call": 2, "String": 3, "Number": 4, "Bool": 1, "Undefined": 1, "Parameter": 1, "DateNow": 1, "Date": 1,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
}

// TestSpansHoldTheNode: the text under a node's span parses to that node in its place.
func TestSpansHoldTheNode(t *testing.T) {
	q := parse(t, everything)
	for node, want := range map[syntax.Node]string{
		q:                        everything,
		q.Start.Smart:            "#S",
		q.Start.Names[1]:         "acme_user",
		q.Start.With:             `a = ("x" OR 1) AND (b != /x/i OR c > date.now - 1 day`,
		q.Start.Alias:            "u",
		q.Steps[0]:               "(THAT !(HAS|OWNS) TO >> AS r * WITH d = (FIND \"text\" AS t RETURN t.x))? AS g",
		q.Steps[1]:               "THAT RELATES TO Device AS d",
		q.Return.Items[2]:        "-(u.a + 1) * 2 AS n",
		q.Return.Items[3].Expr:   "COUNT(d)",
		q.OrderBy[0]:             "n DESC",
		q.Limit:                  "2",
		q.Steps[1].(*syntax.Hop): "THAT RELATES TO Device AS d",
	} {
		if got := everything[node.Span().Start:node.Span().End]; got != want {
			t.Errorf("%T has the text %q, want %q", node, got, want)
		}
	}
	var sub *syntax.SubQuery
	syntax.Walk(q, func(n syntax.Node) bool {
		if s, ok := n.(*syntax.SubQuery); ok {
			sub = s
		}
		return true
	})
	if got := everything[sub.Span().Start:sub.Span().End]; got != `(FIND "text" AS t RETURN t.x)` {
		t.Errorf("the sub-query has the text %q", got)
	}
}

func TestBindingsFollowTheChain(t *testing.T) {
	q := parse(t, everything)
	var got []string
	for _, b := range q.Scope().Bindings() {
		mark := b.Name
		if b.Default {
			mark += " default"
		}
		if b.Optional {
			mark += " optional"
		}
		if b.Negated {
			mark += " negated"
		}
		got = append(got, mark)
	}
	want := []string{"u", "r optional negated", " optional negated", "g", "", "d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bindings (-want +got):\n%s", diff)
	}
}

// TestNegationReachesToTheEnd: what follows a negated hop is inside the negation, up
// to the end of the chain or of the group.
func TestNegationReachesToTheEnd(t *testing.T) {
	for text, want := range map[string]string{
		"FIND A THAT B C THAT !D E THAT F G (THAT H I)? AS j": "A B C",
		"FIND A (THAT !B C THAT D E)? THAT F G":               "A F G",
	} {
		var bound []string
		for _, b := range parse(t, text).Scope().Bindings() {
			if !b.Negated {
				bound = append(bound, b.Name)
			}
		}
		if got := strings.Join(bound, " "); got != want {
			t.Errorf("%s binds %s, want %s", text, got, want)
		}
	}
}

func TestEqualSeesEveryDifference(t *testing.T) {
	q := parse(t, everything)
	for from, to := range map[string]string{
		"UNIQUE ": "", "#S": "#T", "acme_user": "acme_users", `"x"`: `"y"`, "OR 1": "AND 1", "/i": "/", "1 day": "2 days",
		"!(": "(", "HAS": "IS", "TO >>": ">>", ">>": "<<", "AS r": "AS s", "AS g": "", "RELATES TO": "HAS", "u.a =": "u.a !=",
		"d.f = true": "d.f = false", "${p}": "${q}", "2024": "2023", "-(": "(", "* 2": "/ 2", "COUNT(d), ": "", "COUNT(d),": "Count(d),",
		"DESC": "ASC", "SKIP 1": "", "LIMIT 2": "LIMIT 3", "n > 5": "n > 5.0", "AS n": "AS m", `"text"`: `"test"`,
	} {
		other := parse(t, strings.Replace(everything, from, to, 1))
		if q.Equal(other) {
			t.Errorf("%q and %q make no difference", from, to)
		}
	}
	if spread := parse(t, strings.ReplaceAll(everything, " ", " /**/ ")); !q.Equal(spread) {
		t.Errorf("space and comments make a difference: %s", spread)
	}
}

func TestPositionsCountRunes(t *testing.T) {
	text := "FIND A\n  WITH é = 1"
	if line, column := syntax.Position(text, strings.Index(text, "= 1")); line != 2 || column != 10 {
		t.Errorf("line %d, column %d", line, column)
	}
	if line, column := syntax.Position(text, 1000); line != 2 || column != 13 {
		t.Errorf("behind the end: line %d, column %d", line, column)
	}
}

func TestOperators(t *testing.T) {
	for op, want := range map[syntax.Op]syntax.Op{
		syntax.NotEqual: syntax.Equal, syntax.NotContains: syntax.Contains,
		syntax.NotStartsWith: syntax.StartsWith, syntax.NotEndsWith: syntax.EndsWith,
	} {
		if !op.Negated() || op.Positive() != want || want.Negated() || want.Positive() != want {
			t.Errorf("%s is the negation of %s", op, op.Positive())
		}
	}
}

func TestFunctionsAreSorted(t *testing.T) {
	last := ""
	for _, f := range syntax.Functions() {
		if f.Name <= last {
			t.Errorf("%s stands behind %s", f.Name, last)
		}
		if found, ok := syntax.LookupFunction(strings.ToLower(f.Name)); !ok || found != f {
			t.Errorf("%s is not found", f.Name)
		}
		last = f.Name
	}
}
