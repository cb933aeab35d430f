package syntax_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query/syntax"
)

// TestChoices names every decision about the language that JupiterOne's documents leave
// open: a statement, and what it is read as. Where want begins with an exclamation
// mark, the statement is an error that contains the rest.
func TestChoices(t *testing.T) {
	for _, c := range []struct{ choice, text, want string }{
		{"a full text without FIND may have a tail", `"x" WITH a = 1`, `FIND "x" WITH a = 1`},
		{"full text only starts a query", `FIND A THAT B "x"`, `!full text can only start`},
		{"the clauses have one order", `FIND A LIMIT 1 SKIP 1`, `!the order of clauses`},
		{"WHO is not THAT", `FIND A WHO HAS B`, `!THAT`},
		{"a backslash protects quotes and backslashes", `FIND A WITH a = 'x\'y'`, `FIND A WITH a = "x'y"`},
		{"any other backslash is itself", `FIND A WITH a = '\w'`, `FIND A WITH a = "\w"`},
		{"curly quotes are no quotes", `FIND A WITH a = “x”`, `!straight quotes`},
		{"line comments are no comments", "FIND A -- x", `!/* ... */`},
		{"negative numbers", `FIND A WITH a = -1.5`, `FIND A WITH a = -1.5`},
		{"booleans in any case", `FIND A WITH a = TRUE`, `FIND A WITH a = true`},
		{"null is undefined", `FIND A WITH a = NULL`, `FIND A WITH a = undefined`},
		{"one semicolon may end a statement", `FIND A;`, `FIND A`},
		{"but not two", `FIND A;;`, `!one statement`},
		{"no arithmetic in filters", `FIND A WITH a = 1 + 1`, `!no arithmetic`},
		{"a list of one is its value", `FIND A WITH a = ("x")`, `FIND A WITH a = "x"`},
		{"lists hold regular expressions and parameters", `FIND A WITH a = (/x/ OR ${p})`, `FIND A WITH a = (/x/ OR ${p})`},
		{"lists do not mix AND and OR", `FIND A WITH a = (1 AND 2 OR 3)`, `!AND and OR in one list`},
		{"lists do not nest", `FIND A WITH a = (1 OR (2 OR 3))`, `!unexpected token "("`},
		{"regular expressions are RE2", `FIND A WITH a = /^(x|y)\s$/`, `FIND A WITH a = /^(x|y)\s$/`},
		{"no minutes", `FIND A WITH a > date.now - 5 minutes`, `!no minutes`},
		{"no weeks", `FIND A WITH a > date.now - 5 wks`, `!no weeks`},
		{"an arrow may follow the alias of a relationship", `FIND A THAT B AS r >> C`, `FIND A THAT B >> AS r C`},
		{"but there is one arrow", `FIND A THAT B >> AS r >> C`, `!one direction`},
		{"RELATES needs TO", `FIND A THAT RELATES B`, `!RELATES TO`},
		{"UNIQUE behind FIND is never a type", `FIND UNIQUE WITH a = 1`, `!expected a class or type`},
		{"optional groups do not nest", `FIND A (THAT B C (THAT D E)?)?`, `!do not nest`},
		{"LIMIT is at least one", `FIND A LIMIT 0`, `!LIMIT one from 1`},
		{"LIMIT has no upper bound", `FIND A LIMIT 5000`, `FIND A LIMIT 5000`},
		{"SKIP is accepted", `FIND A SKIP 5`, `FIND A SKIP 5`},
		{"COUNT(*) is accepted", `FIND A RETURN COUNT(*)`, `FIND A RETURN COUNT(*)`},
		{"placeholders are no part of the language", `FIND A WITH a = {{x}}`, `!placeholders`},
		{"a parameter has braces", `FIND A WITH a = $x`, `!${name}`},
		{"a minus binds looser than a power", `FIND A RETURN -2^2 AS x`, `FIND A RETURN -2 ^ 2 AS x`},
		{"powers group to the right", `FIND A RETURN 2^(3^2) AS x`, `FIND A RETURN 2 ^ 3 ^ 2 AS x`},
		{"TREE may be an alias", `FIND A AS tree RETURN tree.a, tree`, `FIND A AS tree RETURN tree.a, tree`},
		{"HAVING stands before ORDER BY", `FIND A RETURN A.x ORDER BY A.x HAVING A.x = 1`, `!the order of clauses`},
		{"a date may stand on the left", `FIND A WITH date.now >= a`, `FIND A WITH a <= date.now`},
		{"other values may not", `FIND A WITH 5 < a`, `!property comes first`},
		{"THAT before a condition is WITH", `FIND A THAT a = 1`, `FIND A WITH a = 1`},
		{"braces belong to a property's name", `FIND A WITH tag.{x} = 1`, `FIND A WITH [tag.{x}] = 1`},
		{"quotes may have a backslash in front", `FIND A WITH a = \"x\"`, `FIND A WITH a = "x"`},
		{"escaped line breaks are space", `FIND A\n THAT B\tC`, `FIND A THAT B C`},
		{"a column alias may be a reserved word of selectors", `FIND A AS a RETURN a.x AS has`, `FIND A AS a RETURN a.x AS has`},
		{"a column alias that shapes statements has quotes", `FIND A AS a RETURN a.x AS "limit"`, `FIND A AS a RETURN a.x AS "limit"`},
		{"names of classes have ASCII letters", `FIND Größe`, `!letters A to Z`},
		{"arithmetic on date.now in front needs no parentheses", `FIND A RETURN date.now - 1 day AS x`, `FIND A RETURN date.now - 1 day AS x`},
		{"elsewhere it does", `FIND A RETURN 5 - date.now - 1 day AS x`, `!unexpected token "day"`},
	} {
		t.Run(c.choice, func(t *testing.T) {
			q, err := syntax.Parse(c.text)
			if part, isError := strings.CutPrefix(c.want, "!"); isError {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("%s: error %v, want one with %q", c.text, err, part)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := q.String(); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}

// TestValidationChoices does the same for what Validate decides: empty means valid.
func TestValidationChoices(t *testing.T) {
	for _, c := range []struct{ choice, text, want string }{
		{"an alias is declared once", `FIND A AS x THAT B AS x C`, `declared twice`},
		{"an alias replaces the default name", `FIND A AS x RETURN A.a`, `Invalid return selector provided: "A"`},
		{"alternatives have no default name", `FIND (A|B) RETURN A.a`, `no selector has a name`},
		{"a smart class gives no default name", `FIND #S RETURN S.a`, `no selector has a name`},
		{"a smart class with a class has the class's name", `FIND #S A RETURN A.a`, ``},
		{"default names of verbs have no case", `FIND A THAT HAS B WHERE has.x = 1`, ``},
		{"default names of classes have", `FIND User RETURN user.x`, `Invalid return selector`},
		{"a default name at two places is none", `FIND A THAT HAS A RETURN A.x`, `several places`},
		{"unless one has an alias", `FIND A THAT HAS A AS b RETURN A.x`, ``},
		{"or is inside a negation", `FIND A THAT !HAS A RETURN A.x`, ``},
		{"names inside a negation may be used", `FIND A THAT !HAS B AS b RETURN b.x`, ``},
		{"WHERE needs selectors", `FIND A WHERE x = 1`, `Invalid predicate filter selector provided: "x", valid predicate selectors are: "A"`},
		{"two columns of one name are one", `FIND A RETURN A.x AS n, A.y AS n`, ``},
		{"unless one is a whole entity", `FIND A RETURN A AS n, A.y AS n`, `two columns`},
		{"functions are those of the documents", `FIND A RETURN UPPER(A.x)`, `unknown function "UPPER"`},
		{"a whole entity is no number", `FIND A RETURN SUM(A)`, `no value to compute with`},
		{"UNWIND stands outside of aggregates", `FIND A RETURN SUM(UNWIND(A.x))`, `cannot stand inside`},
		{"HAVING is on columns", `FIND A RETURN A.x AS n HAVING A.y = 1`, `names no column`},
		{"also by their expression", `FIND A RETURN A.x AS n HAVING A.x = 1`, ``},
		{"ORDER BY a property that is not returned", `FIND A RETURN A.x ORDER BY A.y`, ``},
		{"but not behind UNIQUE", `FIND UNIQUE A RETURN A.x ORDER BY A.y`, `names no column`},
		{"nor behind grouping", `FIND A RETURN A.x, COUNT(A) ORDER BY A.y`, `names no column`},
		{"sub-queries return one column", `FIND A WITH a = (FIND B RETURN B.x, B.y)`, `exactly one property`},
		{"which may be computed", `FIND A WITH a = (FIND B RETURN COALESCE(B.x, B.y))`, ``},
		{"sub-queries have = and !=", `FIND A WITH a > (FIND B RETURN B.x)`, `cannot be compared with >`},
		{"sub-queries see no outer names", `FIND A AS a WHERE a.x = (FIND B WHERE B.y = a.y RETURN B.x)`, `Invalid predicate`},
	} {
		t.Run(c.choice, func(t *testing.T) {
			q, err := syntax.Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			err = syntax.Validate(q)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%s: %v", c.text, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%s: error %v, want one with %q", c.text, err, c.want)
			}
		})
	}
}

// TestChoiceColumns: a column is named as its author wrote it, white space collapsed;
// one name stands for the first value that is defined.
func TestChoiceColumns(t *testing.T) {
	q := parse(t, "FIND A AS a RETURN a.x  +\n 1, Count( a ), a.y AS n, a.z AS n, a.x  +\n 1, a.*")
	var got []string
	for _, c := range q.Columns().List {
		got = append(got, c.Name+" = "+c.Expr.String())
	}
	want := []string{"a.x + 1 = a.x + 1", "Count( a ) = COUNT(a)", "n = COALESCE(a.y, a.z)", "a.* = a.*"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// TestChoiceSortKeys: a sort key is a column's alias, then an item's text, then an
// item's expression.
func TestChoiceSortKeys(t *testing.T) {
	q := parse(t, `FIND A AS a RETURN a.y AS x, a.x, COUNT(a), a.z AS "a.w"
		ORDER BY x, a.w, count( a ), a.y, "x", a.none`)
	want := []int{0, 3, 2, 0, 0, -1}
	var got []int
	for _, key := range q.OrderBy {
		i, ok := q.ColumnOf(key.Expr)
		if !ok {
			i = -1
		}
		got = append(got, i)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns of the sort keys (-want +got):\n%s", diff)
	}
}

// TestChoiceDialects: what the service does not know, or not allow, hangs on a switch.
func TestChoiceDialects(t *testing.T) {
	q, err := syntax.Dialect{ShortUnits: true}.Parse("FIND A WITH a > date.now - 30 min AND b < date.now + 2 wks")
	if err != nil {
		t.Fatal(err)
	}
	if want := "FIND A WITH a > date.now - 30 minutes AND b < date.now + 2 weeks"; q.String() != want {
		t.Errorf("got %s", q)
	}
	for pattern, ok := range map[string]bool{
		`/ab[c-f]\d+\W*.?/i`: true, `/a|b/`: false, `/(a)/`: false, `/^a/`: false, `/a$/`: false,
		`/\s/`: false, `/[[:alpha:]]/`: false, `/[^a$]/`: true, `/\$\(/`: true,
	} {
		_, err := syntax.Dialect{ServiceRegex: true}.Parse("FIND A WITH a = " + pattern)
		if (err == nil) != ok {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}

// TestChoiceDates: months and years are those of the calendar in UTC, clamped to the
// end of the month; a date without zone is UTC.
func TestChoiceDates(t *testing.T) {
	now := time.Date(2024, time.March, 31, 12, 30, 0, 0, time.FixedZone("", 3600))
	for text, want := range map[string]string{
		"date.now":                        "2024-03-31T11:30:00Z",
		"date.now - 1 month":              "2024-02-29T11:30:00Z",
		"date.now + 1 mo":                 "2024-04-30T11:30:00Z",
		"date.now - 13 months":            "2023-02-28T11:30:00Z",
		"date.now - 1 year":               "2023-03-31T11:30:00Z",
		"date.now - 1.5 days":             "2024-03-29T23:30:00Z",
		"date.now+12hr":                   "2024-03-31T23:30:00Z",
		"date(2024-02-29)":                "2024-02-29T00:00:00Z",
		"date(2024-02)":                   "2024-02-01T00:00:00Z",
		"date(2024-02-29T10:00:00+02:00)": "2024-02-29T08:00:00Z",
		"date(2024-02-29T10:00)":          "2024-02-29T10:00:00Z",
		"date( 20240229 )":                "2024-02-29T00:00:00Z",
	} {
		q := parse(t, "FIND A WITH a = "+text)
		var millis int64
		switch n := q.Start.With.(*syntax.Comparison).Right.(type) {
		case *syntax.DateNow:
			millis = n.At(now)
		case *syntax.Date:
			millis = n.Millis
		default:
			t.Fatalf("%s is a %T", text, n)
		}
		if got := time.UnixMilli(millis).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func parse(tb testing.TB, text string) *syntax.Query {
	tb.Helper()
	q, err := syntax.Parse(text)
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return q
}
