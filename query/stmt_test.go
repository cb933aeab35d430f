package query_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

const people = `
User   user:ada  name=Ada   age=36  tags=[math,engine]
User   user:bob  name=Bob   age=41
Device laptop:1  owner=Ada  displayName=Blue
user:ada HAS laptop:1  since=1
`

func parseGraph(t testing.TB, text string) *querytest.Graph {
	t.Helper()
	g, err := querytest.ParseGraph(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestPrepareKeepsStatements(t *testing.T) {
	engine := query.New(query.Options{Statements: 2})
	prepare := func(text string) *query.Stmt {
		t.Helper()
		s, err := engine.Prepare(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := prepare("FIND User")
	if first.Text() != "FIND User" || first.Query() == nil {
		t.Errorf("text %q, query %v", first.Text(), first.Query())
	}
	if prepare("FIND User") != first {
		t.Error("the statement was prepared again")
	}
	prepare("FIND Device")
	prepare("FIND User") // used last: Device goes
	prepare("FIND Team")
	if prepare("FIND User") != first {
		t.Error("the statement that was used last was forgotten")
	}
}

func TestPrepareErrors(t *testing.T) {
	engine := query.New(query.Options{})
	var parse *syntax.Error
	if _, err := engine.Prepare("FIND"); !errors.As(err, &parse) || !parse.Incomplete {
		t.Errorf("error %v, want an incomplete *syntax.Error", err)
	}
	var invalid *syntax.ValidationError
	if _, err := engine.Prepare("FIND User RETURN x.name"); !errors.As(err, &invalid) {
		t.Errorf("error %v, want a *syntax.ValidationError", err)
	}
	short := query.New(query.Options{Dialect: syntax.Dialect{ShortUnits: true}})
	if _, err := short.Prepare("FIND User WITH age > date.now - 2 weeks"); err != nil {
		t.Errorf("the dialect is not the engine's: %v", err)
	}
}

func TestMissingParameter(t *testing.T) {
	stmt, err := query.New(query.Options{}).Prepare("FIND User WITH\n  name = (FIND Device AS d WHERE d.owner = ${nam} RETURN d.owner)")
	if err != nil {
		t.Fatal(err)
	}
	options := query.RunOptions{Variables: map[string]graph.Value{"name": graph.StringValue("Ada")}}
	_, err = stmt.Run(t.Context(), parseGraph(t, people).Source(querytest.SourceOptions{}), options)
	var invalid *syntax.ValidationError
	if !errors.As(err, &invalid) {
		t.Fatalf("error %v, want a *syntax.ValidationError", err)
	}
	if invalid.Line != 2 || invalid.Column != 44 || cmp.Diff([]string{"name"}, invalid.Nearest) != "" || invalid.Code != syntax.CodeValidation {
		t.Errorf("%+v", invalid)
	}
	if _, err := stmt.ExplainAnalyze(t.Context(), parseGraph(t, people).Source(querytest.SourceOptions{}), query.RunOptions{}); !errors.As(err, &invalid) {
		t.Errorf("ExplainAnalyze: error %v, want a *syntax.ValidationError", err)
	}
}

func TestResultShapes(t *testing.T) {
	source := parseGraph(t, people).Source(querytest.SourceOptions{})
	tests := []struct {
		name, text string
		kind       query.Kind
		columns    []query.Column
	}{
		{"a list", "FIND User", query.List, []query.Column{{Name: "User", Object: true}}},
		{"a tree", "FIND User RETURN TREE", query.Tree, []query.Column{}},
		{
			"properties", "FIND User AS u THAT HAS AS h Device RETURN u.name, h.since AS 'Since when', h, u.age * 2", query.Table,
			[]query.Column{
				{Name: "u.name", Property: "name"}, {Name: "Since when", Property: "since", Renamed: true},
				{Name: "h", Object: true}, {Name: "u.age * 2"},
			},
		},
		{
			"all of a selector", "FIND Device AS d RETURN d.*, d.owner", query.Table,
			[]query.Column{
				{Name: "d._id", Property: "_id"}, {Name: "d._key", Property: "_key"}, {Name: "d._type", Property: "_type"}, {Name: "d._class", Property: "_class"},
				{Name: "d._source", Property: "_source"}, {Name: "d._integrationInstanceId", Property: "_integrationInstanceId"},
				{Name: "d._integrationName", Property: "_integrationName"}, {Name: "d._integrationType", Property: "_integrationType"},
				{Name: "d._integrationClass", Property: "_integrationClass"}, {Name: "d._version", Property: "_version"},
				{Name: "d._createdOn", Property: "_createdOn"}, {Name: "d._beginOn", Property: "_beginOn"}, {Name: "d._deleted", Property: "_deleted"},
				{Name: "d.displayName", Property: "displayName"}, {Name: "d.owner", Property: "owner"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stmt, err := query.New(query.Options{}).Prepare(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			result, err := stmt.Run(t.Context(), source, query.RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if result.Kind() != tt.kind {
				t.Errorf("kind %s, want %s", result.Kind(), tt.kind)
			}
			if d := cmp.Diff(tt.columns, result.Columns()); d != "" {
				t.Errorf("columns (-want +got):\n%s", d)
			}
		})
	}
}

func TestResultIsReadOnce(t *testing.T) {
	source := parseGraph(t, people).Source(querytest.SourceOptions{})
	run := func(text string) *query.Result {
		t.Helper()
		stmt, err := query.New(query.Options{}).Prepare(text)
		if err != nil {
			t.Fatal(err)
		}
		result, err := stmt.Run(t.Context(), source, query.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	readErr := func(r *query.Result) (err error) {
		for _, err = range r.Rows() {
			if err != nil {
				return err
			}
		}
		return nil
	}
	read := run("FIND User")
	if err := readErr(read); err != nil || read.Count() != 2 {
		t.Errorf("first reading: %d rows, error %v", read.Count(), err)
	}
	if err := readErr(read); !errors.Is(err, query.ErrRead) {
		t.Errorf("second reading: error %v", err)
	}
	closed := run("FIND User")
	if err := errors.Join(closed.Close(), closed.Close()); err != nil {
		t.Error(err)
	}
	if err := readErr(closed); !errors.Is(err, query.ErrRead) {
		t.Errorf("reading after Close: error %v", err)
	}
	tree := run("FIND User RETURN TREE")
	if _, err := tree.Subgraph(); err != nil || tree.Count() != 2 {
		t.Errorf("tree: %d vertices, error %v", tree.Count(), err)
	}
	if _, err := tree.Subgraph(); !errors.Is(err, query.ErrRead) {
		t.Errorf("second reading of a tree: error %v", err)
	}
}

// TestBlocked names the operator that let nothing through.
func TestBlocked(t *testing.T) {
	source := parseGraph(t, people).Source(querytest.SourceOptions{})
	tests := []struct{ text, want string }{
		{"FIND Team", "Scan Team"},
		{"FIND User WITH age > 50 AS u THAT HAS Device RETURN u.name", "Scan User WITH age > 50 AS u"},
		{"FIND User THAT HAS Device WITH owner = 'Eve'", "SemiJoin User THAT HAS Device WITH owner = 'Eve'"},
		{"FIND User AS u THAT HAS Device AS d WHERE u.name != d.owner RETURN u.name", "Filter u.name != d.owner"},
		{"FIND User WITH name = 'Ada' THAT !HAS Device", "AntiJoin User THAT HAS Device"},
		{"FIND User AS u RETURN u.name, COUNT(u) AS n HAVING n > 1", "Having n > 1"},
		{"FIND User SKIP 5", "Slice skip 5"},
		{"FIND User THAT USES Device RETURN TREE", "SemiJoin User THAT USES Device"},
		{"FIND User THAT USES Device RETURN COUNT(*)", ""},
		{"FIND User", ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			stmt, err := query.New(query.Options{}).Prepare(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			result, err := stmt.Run(t.Context(), source, query.RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if operator, ok := result.Blocked(); ok {
				t.Errorf("blocked at %q before anything was read", operator)
			}
			if _, err := answer(result); err != nil {
				t.Fatal(err)
			}
			operator, ok := result.Blocked()
			if operator != tt.want || ok != (tt.want != "") {
				t.Errorf("blocked at %q (%v), want %q", operator, ok, tt.want)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	source := parseGraph(t, people).Source(querytest.SourceOptions{})
	stmt, err := query.New(query.Options{}).Prepare("FIND usr AS x\nTHAT !HAZ device AS d\nWHERE d.ownr = 1\nRETURN x.name")
	if err != nil {
		t.Fatal(err)
	}
	result, err := stmt.Run(t.Context(), source, query.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range result.Warnings() {
		got = append(got, w.String())
	}
	want := []string{
		`there is no type "usr" in this graph; did you mean user? at line 1 column 6`,
		`there is no verb "HAZ" in this graph; did you mean HAS? at line 2 column 7`,
		`there is no type "device" in this graph at line 2 column 11`,
		`"d" is inside a negation, so it is always undefined at line 3 column 7`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("warnings (-want +got):\n%s", d)
	}
}

func TestExplain(t *testing.T) {
	source := parseGraph(t, people).Source(querytest.SourceOptions{})
	stmt, err := query.New(query.Options{}).Prepare("FIND User AS u THAT HAS Device AS d RETURN u.name, d.owner")
	if err != nil {
		t.Fatal(err)
	}
	got, err := stmt.Explain(t.Context(), source, query.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := "Output u.name, d.owner  ~1\n" +
		"└─ Expand from u HAS Device AS d  ~1\n" +
		"   └─ Scan User AS u  ~2\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Explain (-want +got):\n%s", d)
	}
	now := time.Unix(0, 0)
	clock := func() time.Time {
		now = now.Add(time.Millisecond)
		return now
	}
	got, err = stmt.ExplainAnalyze(t.Context(), source, query.RunOptions{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Scan User AS u  ~2  rows 2, ", " ms\n", "\n1 in the answer\n"} {
		if !strings.Contains(got, part) {
			t.Errorf("ExplainAnalyze has no %q:\n%s", part, got)
		}
	}
	if strings.Contains(got, " 0.000 ms") {
		t.Errorf("an operator took no time, although every look at the clock takes some:\n%s", got)
	}
	got, err = stmt.ExplainAnalyze(t.Context(), &chunked{Source: source}, query.RunOptions{Clock: clock})
	if err != nil || !strings.Contains(got, "Scan User AS u  ~2  rows 2, chunks 1 read 2 skipped") || strings.Count(got, "chunks") != 1 {
		t.Errorf("ExplainAnalyze over a measured source (error %v):\n%s", err, got)
	}
	sub, err := query.New(query.Options{}).Prepare("FIND User WITH name = (FIND Device AS d RETURN d.owner) RETURN TREE")
	if err != nil {
		t.Fatal(err)
	}
	got, err = sub.ExplainAnalyze(t.Context(), source, query.RunOptions{})
	want = "Tree  rows 1\n" +
		"└─ Collect User  ~1  rows 1\n" +
		"   └─ Scan User WITH name = (FIND Device AS d RETURN d.owner)  ~1  rows 1\n" +
		"sub-query 1: (FIND Device AS d RETURN d.owner)\n" +
		"Output d.owner  ~1  rows 1\n" +
		"└─ Scan Device AS d  ~1  rows 1\n" +
		"1 in the answer\n"
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("ExplainAnalyze with a sub-query (-want +got):\n%s%v", d, err)
	}
	if _, err := stmt.Explain(t.Context(), source, query.RunOptions{Without: []string{"magic"}}); err == nil || !strings.Contains(err.Error(), `no rule "magic"`) {
		t.Errorf("error %v, want one about the rule", err)
	}
}

// chunked is a graph that reads a chunk of three for every scan.
type chunked struct {
	*querytest.Source
	scans int64
}

func (c *chunked) Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error] {
	c.scans++
	return c.Source.Scan(ctx, sel)
}

func (c *chunked) Chunks() (read, skipped int64) { return c.scans, 2 * c.scans }

// stamped is a graph that says which version it is, and counts who asks what it
// holds.
type stamped struct {
	*querytest.Source
	stamp string
	asked *atomic.Int64
}

func (s stamped) Stamp() string { return s.stamp }

func (s stamped) Types(ctx context.Context) ([]graph.TypeStat, error) {
	s.asked.Add(1)
	return s.Source.Types(ctx)
}

func TestPlansAreKeptByStamp(t *testing.T) {
	g, asked := parseGraph(t, people), new(atomic.Int64)
	stmt, err := query.New(query.Options{}).Prepare("FIND User")
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		stamp string
		want  int64
	}{{"one", 1}, {"one", 1}, {"two", 2}, {"two", 2}, {"one", 3}} {
		source := stamped{g.Source(querytest.SourceOptions{}), step.stamp, asked}
		if _, err := stmt.Run(t.Context(), source, query.RunOptions{}); err != nil {
			t.Fatal(err)
		}
		if asked.Load() != step.want {
			t.Errorf("run %d: the catalogue was asked %d times, want %d", i, asked.Load(), step.want)
		}
	}
}

// TestStatementsAreShared runs one statement on several goroutines at once.
func TestStatementsAreShared(t *testing.T) {
	engine := query.New(query.Options{})
	source := stamped{parseGraph(t, people).Source(querytest.SourceOptions{}), "one", new(atomic.Int64)}
	var workers sync.WaitGroup
	var mu sync.Mutex // guards errs
	var errs []error
	for i := range 8 {
		workers.Go(func() {
			err := runShared(t.Context(), engine, source, i)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	workers.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

func runShared(ctx context.Context, engine *query.Engine, source query.Graph, i int) error {
	for range 50 {
		stmt, err := engine.Prepare("FIND User AS u (THAT HAS Device AS d)? WHERE u.age > ${age} RETURN u.name, d.owner ORDER BY u.name")
		if err != nil {
			return err
		}
		age := graph.IntValue(int64(35 + i%2*5))
		result, err := stmt.Run(ctx, source, query.RunOptions{Variables: map[string]graph.Value{"age": age}})
		if err != nil {
			return err
		}
		got, err := answer(result)
		if err != nil {
			return err
		}
		if want := 2 - i%2; len(got.Rows) != want {
			return fmt.Errorf("%d rows for age %s, want %d", len(got.Rows), age, want)
		}
	}
	return nil
}
