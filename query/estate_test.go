package query_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// estate makes an invented estate of about n entities, with hubs: teams that own
// applications, which use hosts, which have findings; people, their logins and
// machines.
func estate(n int) *arrays {
	dice := rand.New(rand.NewPCG(11, uint64(n)))
	a := newArrays()
	size := map[string]int{}
	for _, t := range []struct {
		typ, class string
		share      float64
	}{
		{"app", "Application", 0.12}, {"device", "Device", 0.12}, {"finding", "Finding", 0.4}, {"host", "Host", 0.15},
		{"person", "Person", 0.08}, {"team", "Team", 0.02}, {"user", "User", 0.1},
	} {
		table := a.table(t.typ, t.class)
		size[t.typ] = max(2, int(t.share*float64(n)))
		for i := range size[t.typ] {
			table.add(fmt.Sprintf("%s:%d", t.typ, i), map[string]graph.Value{
				"displayName": graph.StringValue(fmt.Sprintf("%s-%s-%d", []string{"prod", "dev", "qa"}[dice.IntN(3)], []string{"redis", "web", "queue", "mail"}[dice.IntN(4)], i)),
				"region":      graph.StringValue([]string{"north", "north", "south", "east"}[dice.IntN(4)]),
				"severity":    graph.IntValue(int64(dice.IntN(10))),
			})
		}
	}
	// Low rows are hubs: the square of a fraction is small more often than not.
	hub := func(typ string) uint32 {
		x := dice.Float64()
		return uint32(x * x * x * float64(size[typ]))
	}
	link := func(from, verb, to string, count float64) {
		for range int(count * float64(n)) {
			a.join(a.byType[from], hub(from), verb, a.byType[to], hub(to))
		}
	}
	link("team", "OWNS", "app", 0.12)
	link("app", "USES", "host", 0.2)
	link("host", "HAS", "finding", 0.5)
	link("device", "HAS", "finding", 0.3)
	link("user", "HAS", "device", 0.12)
	link("user", "OWNS", "device", 0.04)
	link("person", "IS", "user", 0.09)
	link("team", "HAS", "user", 0.1)
	link("user", "TRUSTS", "user", 0.02)
	a.finish()
	return a
}

// estateQueries are questions of the kinds that people ask.
var estateQueries = []struct{ name, text string }{
	{"key", "FIND app WITH _key = 'app:17'"},
	{"equalities", "FIND host WITH region = 'east' AND severity = 3 AS h RETURN COUNT(h)"},
	{"substring", "FIND finding WITH displayName ~= 'redis' AS f RETURN COUNT(f)"},
	{"first pairs", "FIND team AS t THAT OWNS >> app AS a RETURN t._key, t.displayName, a._key LIMIT 250"},
	{"two hops", "FIND team THAT OWNS >> app THAT USES >> host RETURN COUNT(*)"},
	{"both ends", "FIND person WITH region = 'south' THAT IS >> user THAT HAS >> device THAT HAS >> finding WITH severity > 7 RETURN COUNT(*)"},
	{"top groups", "FIND team AS t THAT OWNS >> app AS a RETURN t._key, t.displayName AS team, COUNT(a) AS apps ORDER BY apps DESC, team LIMIT 10"},
	{"negation", "FIND team AS t THAT !OWNS >> app RETURN COUNT(t)"},
	{"optional", "FIND UNIQUE user AS u (THAT IS << person)? THAT (HAS|OWNS) >> device AS d RETURN u._key, d._key"},
	{"neighbours", "FIND team WITH _key = 'team:3' AS k THAT RELATES TO AS r * AS b RETURN r._class, b._key, b._type"},
	{"two steps", "FIND team WITH _key = 'team:3' THAT RELATES TO * THAT RELATES TO * AS c RETURN COUNT(c)"},
	{"hubs", "FIND team THAT OWNS >> app THAT USES >> host THAT HAS >> finding RETURN COUNT(*)"},
	{"prefix", "FIND * WITH displayName ^= 'prod-redis' AS n RETURN COUNT(n)"},
	{"list over hubs", "FIND team THAT OWNS app THAT USES host THAT HAS finding WITH severity = 9"},
	{"groups at the far end", "FIND team THAT OWNS >> app THAT USES >> host AS h RETURN h.region, COUNT(*) AS n ORDER BY n"},
	{"groups of a column", "FIND host AS h RETURN h.region, COUNT(h), COUNT(*)"},
	{"groups of columns with paths", "FIND host AS h THAT HAS >> finding RETURN h.region, h.severity, COUNT(*) AS n ORDER BY n"},
	{"ends of several hops", "FIND user AS u THAT (HAS|OWNS) >> device AS d RETURN u._key, COUNT(d) AS n ORDER BY n DESC, u._key LIMIT 7"},
	{"ends with a condition", "FIND team AS t THAT OWNS >> app WITH region = 'north' AS a RETURN t._key, COUNT(a) HAVING COUNT(a) > 3"},
	{"paths of each", "FIND team AS t THAT OWNS >> app THAT USES >> host RETURN t._key, COUNT(*) AS n ORDER BY n DESC LIMIT 9"},
	{"a pair of places", "FIND user AS a THAT TRUSTS user AS b WHERE a.region != b.region RETURN a._key, b._key ORDER BY b._key LIMIT 20"},
}

// TestRulesOnAnEstate asks every question with all rules and with none: hubs, whole
// adjacencies and batches that are full are beyond what random pairs can hold.
func TestRulesOnAnEstate(t *testing.T) {
	a := estate(4000)
	var without []string
	for _, r := range plan.Rules() {
		without = append(without, r.Name)
	}
	for _, q := range estateQueries {
		t.Run(q.name, func(t *testing.T) {
			got, want := rowsOf(t, a, q.text, query.RunOptions{}), rowsOf(t, a, q.text, query.RunOptions{Without: without})
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("with rules (-without +with):\n%s", d)
			}
			if len(got) == 0 {
				t.Error("there is no answer to compare")
			}
		})
	}
}

// TestEstateInSmallParts asks every question with batches of three rows, which makes
// everything that is done in parts be done in many, and several at a time; and of a
// source that shows less of itself.
func TestEstateInSmallParts(t *testing.T) {
	a := estate(1500)
	sources := map[string]query.Graph{
		"columns": a,
		"tables": struct {
			query.Graph
			exec.Adjacent
		}{a, a},
		"rows": struct{ query.Graph }{a},
	}
	for _, q := range estateQueries {
		want := rowsOf(t, a, q.text, query.RunOptions{})
		for _, name := range slices.Sorted(maps.Keys(sources)) {
			t.Run(q.name+" of "+name, func(t *testing.T) {
				got := rowsOf(t, sources[name], q.text, query.RunOptions{BatchRows: 3})
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("in large parts (-) and in small ones (+):\n%s", d)
				}
			})
		}
	}
}

// rowsOf is the answer of a statement, a line a row.
func rowsOf(tb testing.TB, g query.Graph, text string, options query.RunOptions) []string {
	tb.Helper()
	stmt, err := query.New(query.Options{}).Prepare(text)
	if err != nil {
		tb.Fatal(err)
	}
	result, err := stmt.Run(tb.Context(), g, options)
	if err != nil {
		tb.Fatal(err)
	}
	var lines []string
	for row, err := range result.Rows() {
		if err != nil {
			tb.Fatal(err)
		}
		parts := make([]string, len(row))
		for i, c := range row {
			parts[i] = c.Value.String()
			if c.Object != nil {
				parts[i] = c.Object.Key
			}
		}
		lines = append(lines, strings.Join(parts, " "))
	}
	return slices.Clip(lines)
}

// BenchmarkEstate asks the questions of an estate of a hundred thousand entities in
// plain arrays: what the operators cost where the source costs little.
func BenchmarkEstate(b *testing.B) {
	a := estate(100_000)
	engine := query.New(query.Options{})
	for _, q := range estateQueries {
		b.Run(strings.ReplaceAll(q.name, " ", "-"), func(b *testing.B) {
			stmt, err := engine.Prepare(q.text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				result, err := stmt.Run(b.Context(), a, query.RunOptions{})
				if err != nil {
					b.Fatal(err)
				}
				for _, err := range result.Rows() {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
