package syntax_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query/syntax"
)

// built is a statement put together by hand, as generators and planners do.
func built() *syntax.Query {
	return &syntax.Query{
		Unique: true,
		Start: &syntax.Selector{
			Names: []*syntax.Name{{Text: "User"}},
			With: &syntax.Or{Terms: []syntax.Filter{
				&syntax.And{Terms: []syntax.Filter{
					&syntax.Comparison{Left: &syntax.Property{Name: "limit"}, Op: syntax.Equal, Right: &syntax.Number{Exact: true, Int: -5}},
					&syntax.Comparison{Left: &syntax.Property{Name: "tag.cost-center"}, Op: syntax.NotContains, Right: &syntax.String{Value: `say "hi"`}},
				}},
				&syntax.Comparison{Left: &syntax.Property{Name: "seen"}, Op: syntax.Less, Right: &syntax.DateNow{Amount: -1, Unit: syntax.Day}},
			}},
			Alias: &syntax.Alias{Name: "u"},
		},
		Steps: []syntax.Step{
			&syntax.Optional{Hops: []*syntax.Hop{{
				Verbs: []*syntax.Verb{{Class: "IS"}}, Direction: syntax.Outward,
				Target: &syntax.Selector{Names: []*syntax.Name{{Text: "Person"}}},
			}}, Alias: &syntax.Alias{Name: "who"}},
			&syntax.Hop{Negated: true, AnyVerb: true, Alias: &syntax.Alias{Name: "r"}, Target: &syntax.Selector{Smart: &syntax.SmartClass{Name: "Prod"}, Any: true}},
		},
		Where: &syntax.Comparison{Left: &syntax.Property{Selector: "u", Name: "a"}, Op: syntax.Equal, Right: &syntax.Property{Selector: "who", Name: "odd name"}},
		Return: &syntax.Return{Items: []*syntax.ReturnItem{
			{Expr: &syntax.Binary{Op: syntax.Multiply,
				Left:  &syntax.Binary{Op: syntax.Add, Left: &syntax.Number{Exact: true, Int: 1}, Right: &syntax.Property{Selector: "u", Name: "n"}},
				Right: &syntax.Number{Float: 2}}, Alias: &syntax.Alias{Name: "the sum"}},
			{Expr: &syntax.Call{Func: "COUNT", Star: true}},
		}},
		OrderBy: []*syntax.SortKey{{Expr: &syntax.Call{Func: "COUNT", Star: true}, Desc: true}},
		Limit:   &syntax.RowCount{Rows: 3},
	}
}

func TestBuiltTreePrints(t *testing.T) {
	want := `FIND UNIQUE User WITH (limit = -5 AND [tag.cost-center] !~= 'say "hi"') OR seen < date.now - 1 day AS u` +
		` (THAT IS >> Person)? AS who THAT !RELATES TO AS r #Prod * WHERE u.a = who.[odd name]` +
		` RETURN (1 + u.n) * 2.0 AS "the sum", COUNT(*) ORDER BY COUNT(*) DESC LIMIT 3`
	if got := built().String(); got != want {
		t.Errorf("String:\n got %s\nwant %s", got, want)
	}
}

func TestBuiltTreeFormats(t *testing.T) {
	want := `FIND UNIQUE User
    WITH (limit = -5 AND [tag.cost-center] !~= 'say "hi"')
      OR seen < date.now - 1 day
    AS u
  (THAT IS >> Person)? AS who
  THAT !RELATES TO AS r #Prod *
WHERE u.a = who.[odd name]
RETURN (1 + u.n) * 2.0 AS "the sum", COUNT(*)
ORDER BY COUNT(*) DESC
LIMIT 3`
	if got := built().Format(); got != want {
		t.Errorf("Format:\n got %s\nwant %s", got, want)
	}
}

func TestBuiltTreeColumns(t *testing.T) {
	q := built()
	if got := q.Return.Items[1].Column(); got != "COUNT(*)" {
		t.Errorf("Column is %q", got)
	}
	if i, ok := q.ColumnOf(q.OrderBy[0].Expr); !ok || i != 1 {
		t.Errorf("ORDER BY COUNT(*) is column %d, %t", i, ok)
	}
	want := []string{"u", "IS", "Person", "who", "r"}
	if diff := cmp.Diff(want, q.Scope().Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}
