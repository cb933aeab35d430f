package query_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/store/graph"
)

// catalog answers from memory, as a store that has read its statistics does.
type catalog struct {
	types []graph.TypeStat
	joins []graph.RelationshipStat
	props map[string][]graph.PropertyStat
}

func newCatalog(tb testing.TB, s plan.Catalog) *catalog {
	tb.Helper()
	c := &catalog{props: map[string][]graph.PropertyStat{}}
	var err error
	if c.types, err = s.Types(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	if c.joins, err = s.Relationships(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	for _, t := range c.types {
		if c.props[t.Kind.String()+t.Type], err = s.Properties(tb.Context(), t.Kind, t.Type); err != nil {
			tb.Fatal(err)
		}
	}
	return c
}

func (c *catalog) Types(context.Context) ([]graph.TypeStat, error) { return slices.Clone(c.types), nil }

func (c *catalog) Relationships(context.Context) ([]graph.RelationshipStat, error) {
	return slices.Clone(c.joins), nil
}

func (c *catalog) Properties(_ context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	return slices.Clone(c.props[kind.String()+typ]), nil
}

// statements are those of the scripts that parse, each with a catalogue.
func statements(tb testing.TB) (texts []string, catalogs []*catalog) {
	tb.Helper()
	paths, err := filepath.Glob("../testdata/query/*.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	known := map[*querytest.Graph]*catalog{}
	for _, path := range paths {
		cases, err := querytest.ReadScript(path)
		if err != nil {
			tb.Fatal(err)
		}
		for _, c := range cases {
			if _, err := query.New(query.Options{}).Prepare(c.Request.Text); err != nil {
				continue
			}
			if known[c.Graph] == nil {
				known[c.Graph] = newCatalog(tb, c.Graph.Source(querytest.SourceOptions{}))
			}
			texts, catalogs = append(texts, c.Request.Text), append(catalogs, known[c.Graph])
		}
	}
	return texts, catalogs
}

// BenchmarkPrepare reports how long the statements of the scripts take to be parsed
// and to be planned: the median statement, in nanoseconds.
func BenchmarkPrepare(b *testing.B) {
	texts, catalogs := statements(b)
	best := func(f func()) time.Duration {
		least := time.Hour
		for range 5 {
			start := time.Now()
			f()
			least = min(least, time.Since(start))
		}
		return least
	}
	for b.Loop() {
		var parsing, planning []time.Duration
		for i, text := range texts {
			var stmt *query.Stmt
			parsing = append(parsing, best(func() { stmt, _ = query.New(query.Options{}).Prepare(text) }))
			planning = append(planning, best(func() { _, _ = plan.New(b.Context(), stmt.Query(), catalogs[i], plan.Options{}) }))
		}
		slices.Sort(parsing)
		slices.Sort(planning)
		b.ReportMetric(float64(parsing[len(parsing)/2]), "parse-ns")
		b.ReportMetric(float64(planning[len(planning)/2]), "plan-ns")
		b.ReportMetric(float64(planning[len(planning)*9/10]), "plan-p90-ns")
	}
}
