package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// oneStep is a collector whose only step runs run and may supply users, groups
// and what joins them.
func oneStep(run func(ctx context.Context, job *ingest.Job) error) *ingest.Collector {
	f := ingesttest.NewFake()
	f.Steps = []ingest.Step{{
		ID: "step", Entities: []ingest.EntityType{{Type: "pear_user", Class: []string{"User"}}, {Type: "pear_group", Class: []string{"Group"}}},
		Relationships: []ingest.RelationshipType{{Type: "pear_group_has_user", Class: "HAS", Source: "pear_group", Target: "pear_user"}},
		Mapped: []ingest.MappedType{{Type: "mapping_source_is_employee", Class: "IS", Source: "pear_user", Target: "employee",
			Direction: graph.Forward}},
		Run: run,
	}}
	return f.Collector()
}

func warnings(r *ingest.Report) string {
	var b strings.Builder
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "%s %s\n", w.Kind, &w)
	}
	return b.String()
}

func user(key string, props ingest.Props) ingest.EntityInput {
	return ingest.EntityInput{Key: key, Type: "pear_user", Assign: props}
}

func TestRejectedObjects(t *testing.T) {
	many := ingest.Props{}
	for i := range graph.MaxProps + 1 {
		many[fmt.Sprintf("p%d", i)] = 1
	}
	tests := []struct {
		name string
		in   ingest.EntityInput
		want string
	}{
		{"no key", user("", nil), "pear_user: the API gave no id to name it by (1)"},
		{"long key", user(strings.Repeat("k", graph.MaxKey+1), nil), "pear_user: the key is 4097 bytes long, the limit is 4096 (1, such as"},
		{"key with NUL", user("a\x00b", nil), `pear_user: the key contains a NUL (1, such as "a\x00b")`},
		{"not UTF-8", user("user-00001", ingest.Props{"login": "\xff"}), `pear_user: property "login": the text "\xff" is not UTF-8 (1, such as "user-00001")`},
		{"list in a list", user("user-00001", ingest.Props{"x": graph.ListValue(graph.ListValue())}), `pear_user: property "x": element 0 is a list in a list (1`},
		{"large value", user("user-00001", ingest.Props{"x": strings.Repeat("x", graph.MaxValue+1)}), `pear_user: property "x" is larger than 1048576 bytes (1`},
		{"large list", user("user-00001", ingest.Props{"x": slices.Repeat([]string{strings.Repeat("x", 1024)}, 1024)}), `pear_user: property "x" is larger than 1048576 bytes (1`},
		{"many properties", user("user-00001", many), "pear_user: it has more than 1000 properties (1"},
		{"empty property name", user("user-00001", ingest.Props{"": 1}), "pear_user: the property name is empty (1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, r := collect(t, oneStep(func(ctx context.Context, job *ingest.Job) error {
				if held, err := job.Entity(ctx, test.in); held || err != nil {
					t.Errorf("Entity says %v, %v", held, err)
				}
				_, err := job.Entity(ctx, user("user-00002", ingest.Props{"name": "Pip", "displayName": "Pip"}))
				return err
			}), ingest.RunOptions{})
			if n, _ := s.Count(); n != 1 || r.Rejected != 1 {
				t.Errorf("%d arrived, %d rejected; want the other one, and one", n, r.Rejected)
			}
			if got := warnings(r); !strings.Contains(got, "rejected "+test.want) {
				t.Errorf("warnings are:\n%swant %s", got, test.want)
			}
			if strings.Contains(s.Completeness(), "complete") {
				t.Errorf("a list with a rejected object is whole:\n%s", s.Completeness())
			}
		})
	}
}

func TestRejectedRelationships(t *testing.T) {
	group, pip := ingest.Endpoint{Type: "pear_group", Key: "group-1"}, ingest.Endpoint{Type: "pear_user", Key: "user-1"}
	tests := []struct {
		name string
		add  func(ctx context.Context, job *ingest.Job) (bool, error)
		want string
	}{
		{"no source", func(ctx context.Context, job *ingest.Job) (bool, error) {
			return job.Relationship(ctx, "HAS", ingest.Endpoint{Type: "pear_group"}, pip, nil)
		}, "pear_group_has_user: the API gave no id to name one of its ends by"},
		{"no target", func(ctx context.Context, job *ingest.Job) (bool, error) {
			return job.Relationship(ctx, "HAS", group, ingest.Endpoint{Type: "pear_user"}, nil)
		}, "pear_group_has_user: the API gave no id to name one of its ends by"},
		{"long key", func(ctx context.Context, job *ingest.Job) (bool, error) {
			return job.Relationship(ctx, "HAS", group, pip, ingest.Props{"_key": strings.Repeat("x", 5000)})
		}, "pear_group_has_user: the key is 5000 bytes long, the limit is 4096"},
		{"no source of a mapped one", func(ctx context.Context, job *ingest.Job) (bool, error) {
			return job.Mapped(ctx, ingest.MappedInput{Verb: "IS", Source: ingest.Endpoint{Type: "pear_user"},
				Target: ingest.Props{"_type": "employee", "_key": "e"}})
		}, "mapping_source_is_employee: the API gave no id to name its source by"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, r := collect(t, oneStep(func(ctx context.Context, job *ingest.Job) error {
				if held, err := test.add(ctx, job); held || err != nil {
					t.Errorf("the Job says %v, %v", held, err)
				}
				return nil
			}), ingest.RunOptions{})
			if got := warnings(r); !strings.Contains(got, test.want) || strings.Contains(s.Completeness(), "complete") {
				t.Errorf("warnings are:\n%scompleteness is\n%s", got, s.Completeness())
			}
		})
	}
}

func TestUndeclaredTypes(t *testing.T) {
	for name, run := range map[string]func(ctx context.Context, job *ingest.Job) error{
		"entity": func(ctx context.Context, job *ingest.Job) error {
			_, err := job.Entity(ctx, ingest.EntityInput{Key: "k", Type: "plum_user", Class: []string{"User"}})
			return err
		},
		"entity of a relationship's type, error not passed on": func(ctx context.Context, job *ingest.Job) error {
			_, _ = job.Entity(ctx, ingest.EntityInput{Key: "k", Type: "pear_group_has_user", Class: []string{"User"}})
			return nil
		},
		"relationship": func(ctx context.Context, job *ingest.Job) error {
			_, err := job.Relationship(ctx, "OWNS", ingest.Endpoint{Type: "a", Key: "a"}, ingest.Endpoint{Type: "b", Key: "b"}, nil)
			return err
		},
		"lookup": func(_ context.Context, job *ingest.Job) error {
			for range job.Entities("pear_user") {
				t.Error("something is there")
			}
			return nil
		},
		"parents": func(ctx context.Context, job *ingest.Job) error {
			return job.Each(ctx, "pear_user", ingest.List{}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, r := collect(t, oneStep(run), ingest.RunOptions{})
			if r.Outcome != graph.Failed || len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Error(), "step step does not declare") {
				t.Errorf("outcome is %s, errors %v", r.Outcome, r.Errors)
			}
		})
	}
}

func TestWarningsAndStrict(t *testing.T) {
	run := func(ctx context.Context, job *ingest.Job) error {
		for i := range 3 {
			src := ingest.Source{"id": "x", "name": "Pip", "createdAt": json.Number("5"), "notes": []any{"a", map[string]any{}}}
			in := ingest.EntityInput{Key: fmt.Sprintf("user-0000%d", i), Type: "pear_user", Source: src,
				Assign: ingest.Props{"mixed": []any{"a", 1}, "snake_case": true, "nested": map[string]any{}, "_id": "mine"}}
			if _, err := job.Entity(ctx, in); err != nil {
				return err
			}
			job.Warn("pear_user", in.Key, "has no e-mail address")
		}
		_, err := job.Entity(ctx, user("short", ingest.Props{"name": "s"}))
		return err
	}
	s, r := collect(t, oneStep(run), ingest.RunOptions{})
	compare(t, "warnings", `
		invalid pear_user._key: must have at least 10 characters (1, such as "short")
		invalid pear_user.mixed: is a list of mixed kinds (3, such as "user-00000")
		invalid pear_user.snake_case: property name must be letters, digits, spaces, dots and hyphens (3, such as "user-00000")
		dropped pear_user._id: property that the engine supplies dropped (3, such as "user-00000")
		dropped pear_user.createdOn: time given as a number of unknown unit dropped (3, such as "user-00000")
		dropped pear_user.nested: nested value dropped (3, such as "user-00000")
		dropped pear_user.notes: nested value dropped (3, such as "user-00000")
		note pear_user: has no e-mail address (3, such as "user-00000")`,
		strings.ReplaceAll(warnings(r), "pear_user.createdAt", "pear_user.createdOn"))
	if n, _ := s.Count(); n != 4 || r.Outcome != graph.OK {
		t.Errorf("%d arrived, outcome %s; warnings alone must not harm", n, r.Outcome)
	}
	_, r = collect(t, oneStep(run), ingest.RunOptions{Strict: true})
	if e, ok := errors.AsType[*ingest.InvalidError](r.Errors[0]); !ok || e.Key != "user-00000" || r.Steps[0].Outcome != graph.Failed {
		t.Errorf("a strict run ends with %v", r.Errors)
	}
}

// Texts that differ from object to object do not fill the memory.
func TestWarningsAreBounded(t *testing.T) {
	_, r := collect(t, oneStep(func(_ context.Context, job *ingest.Job) error {
		for i := range 10_000 {
			job.Warn("pear_user", "", fmt.Sprintf("text %d", i))
		}
		return nil
	}), ingest.RunOptions{})
	if last := r.Warnings[len(r.Warnings)-1]; len(r.Warnings) != 501 || last.Text != "further warnings of other kinds" && r.Warnings[0].Count == 0 {
		t.Errorf("%d warnings, the last is %s", len(r.Warnings), &last)
	}
}

// recorder notes the ranks of all objects, in the order in which they arrive.
type recorder struct {
	*ingesttest.Stage
	ranks map[uint64]string
}

func (r *recorder) Put(ctx context.Context, b graph.Batch) error {
	for i, e := range b.Entities {
		r.ranks[b.Rank+uint64(i)] = e.Key
	}
	for i, l := range b.Relationships {
		r.ranks[b.Rank+uint64(len(b.Entities)+i)] = l.Key
	}
	return r.Stage.Put(ctx, b)
}

// Ranks follow the table and the API, whatever ends first.
func TestRanksUnderConcurrency(t *testing.T) {
	var first string
	for trial := range 8 {
		var got string
		synctest.Test(t, func(t *testing.T) {
			sink := &recorder{ingesttest.NewStage(), map[uint64]string{}}
			c := slowOrchard(rand.New(rand.NewPCG(*seed, uint64(trial))))
			if _, err := ingest.Run(t.Context(), c, ingest.RunOptions{Concurrency: 1 + trial}, lockedSink{sink, make(chan bool, 1)}); err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, rank := range slices.Sorted(mapKeys(sink.ranks)) {
				fmt.Fprintf(&b, "%d %s\n", rank, sink.ranks[rank])
			}
			got = b.String() + sink.Text() + strings.Join(sink.Duplicates(), "\n")
		})
		if trial == 0 {
			first = got
		} else if got != first {
			t.Fatalf("seed %d, trial %d: the order depends on time:\n%s\nand was\n%s", *seed, trial, got, first)
		}
	}
	if !strings.Contains(first, "user-x: fetch-users, kept fetch-users") || !strings.Contains(first, "name = \"of team-1\"") {
		t.Errorf("the first of two is not kept:\n%s", first)
	}
}

type lockedSink struct {
	ingest.Sink
	turn chan bool
}

func (l lockedSink) Put(ctx context.Context, b graph.Batch) error {
	l.turn <- true
	defer func() { <-l.turn }()
	return l.Sink.Put(ctx, b)
}

func mapKeys[K comparable, V any](m map[K]V) iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// slowOrchard takes a random time for every request, and lists user-x under every
// team.
func slowOrchard(r *rand.Rand) *ingest.Collector {
	f := orchard()
	for i := range f.Steps {
		run, pause := f.Steps[i].Run, time.Duration(r.IntN(1000))*time.Millisecond
		f.Steps[i].Run = func(ctx context.Context, job *ingest.Job) error {
			time.Sleep(pause)
			return run(ctx, job)
		}
	}
	pauses := map[string]time.Duration{}
	for _, team := range []string{"team-1", "team-2", "team-3"} {
		pauses[team] = time.Duration(r.IntN(1000)) * time.Millisecond
	}
	f.Steps[1].Run = func(ctx context.Context, job *ingest.Job) error {
		if _, err := job.Entity(ctx, user("before", nil)); err != nil {
			return err
		}
		err := job.Each(ctx, "pear_team", ingest.List{}, func(ctx context.Context, job *ingest.Job, team ingest.Known) error {
			for _, key := range []string{team.Key + "-a", "user-x", team.Key + "-b"} {
				time.Sleep(pauses[team.Key])
				if _, err := job.Entity(ctx, user(key, ingest.Props{"name": "of " + team.Key})); err != nil {
					return err
				}
				if _, err := job.Relationship(ctx, "HAS", team.Endpoint(), ingest.Endpoint{Type: "pear_user", Key: key}, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		_, err = job.Entity(ctx, user("after", nil))
		return err
	}
	return f.Collector()
}

// Parents are read at once, as many as the run allows and no more.
func TestEachIsConcurrent(t *testing.T) {
	for concurrency, want := range map[int]time.Duration{1: 6 * time.Second, 2: 3 * time.Second, 8: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			f := ingesttest.NewFake().Top("fetch-teams", "pear_team", "Team").Under("fetch-users", "pear_team", "pear_user", "User", "fetch-teams")
			f.Set("fetch-teams", ingesttest.Rows("1", "2", "3", "4", "5", "6")...)
			f.Steps[1].Run = func(ctx context.Context, job *ingest.Job) error {
				return job.Each(ctx, "pear_team", ingest.List{}, func(context.Context, *ingest.Job, ingest.Known) error {
					time.Sleep(time.Second)
					return nil
				})
			}
			start := time.Now()
			collect(t, f.Collector(), ingest.RunOptions{Concurrency: concurrency})
			if took := time.Since(start); took != want {
				t.Errorf("with %d at a time: %v, want %v", concurrency, took, want)
			}
		})
	}
}

func TestEachWithinEach(t *testing.T) {
	f := orchard()
	f.Steps[1].Run = func(ctx context.Context, job *ingest.Job) error {
		return job.Each(ctx, "pear_team", ingest.List{}, func(ctx context.Context, job *ingest.Job, _ ingest.Known) error {
			return job.Each(ctx, "pear_team", ingest.List{}, nil)
		})
	}
	_, r := collect(t, f.Collector(), ingest.RunOptions{})
	if r.Steps[1].Outcome != graph.Failed || !strings.Contains(r.Steps[1].Reason, "Each is not to be called within Each") {
		t.Error(outcomes(r))
	}
}

// A provider that is down is not asked for every single parent.
func TestEachGivesUp(t *testing.T) {
	f := orchard()
	var teams []string
	for i := range 50 {
		team := fmt.Sprintf("team-%d", i)
		teams = append(teams, team)
		if i >= 3 {
			f.Fail("fetch-users/"+team, ingesttest.Status(503))
		}
	}
	f.Set("fetch-teams", ingesttest.Rows(teams...)...)
	s, r := collect(t, f.Collector(), ingest.RunOptions{Concurrency: 1})
	if f.Reads("fetch-users/team-7") != 1 || f.Reads("fetch-users/team-8") != 0 {
		t.Error("it did not give up after five")
	}
	if out := r.Steps[1]; out.Outcome != graph.Failed || !strings.HasPrefix(out.Reason, "gave up after 5 lists in a row: GET /fake: 503") {
		t.Errorf("outcome is %+v", out)
	}
	if got := s.Completeness(); !strings.Contains(got, "complete pear_user under team-2\n") || strings.Contains(got, "complete pear_user\n") {
		t.Errorf("completeness is:\n%s", got)
	}
}

func TestSharedTypes(t *testing.T) {
	f := orchard().Fail("fetch-users/team-2", ingesttest.Status(403))
	f.Steps[1].Run = func(ctx context.Context, job *ingest.Job) error {
		list := ingest.List{Shared: []string{"pear_user"}, Only: func(p ingest.Known) bool { return p.Key != "team-3" }}
		return job.Each(ctx, "pear_team", list, func(ctx context.Context, job *ingest.Job, team ingest.Known) error {
			if team.Key == "team-2" {
				return ingesttest.Status(403)
			}
			if _, err := job.Entity(ctx, user("user-x", nil)); err != nil {
				return err
			}
			_, err := job.Relationship(ctx, "HAS", team.Endpoint(), ingest.Endpoint{Type: "pear_user", Key: "user-x"}, nil)
			return err
		})
	}
	s, _ := collect(t, f.Collector(), ingest.RunOptions{})
	if e, _ := s.Entity("user-x"); e.Parent != "" {
		t.Errorf("a shared entity has the parent %q", e.Parent)
	}
	compare(t, "completeness", `
		complete pear_app
		complete pear_team
		complete pear_team_has_user under team-1
		complete pear_team_has_user under team-3
		partial pear_team_has_user: fetch-users: team-2: GET /fake: 403 Forbidden: made up 403
		partial pear_user: fetch-users: team-2: GET /fake: 403 Forbidden: made up 403`, s.Completeness())
}

// A type that two steps supply is whole when both read it whole.
func TestTypeOfTwoSteps(t *testing.T) {
	build := func() *ingesttest.Fake {
		f := orchard().Top("fetch-guests", "pear_user", "User", "fetch-apps")
		f.Steps[len(f.Steps)-1].Optional = true
		return f
	}
	s, _ := collect(t, build().Collector(), ingest.RunOptions{})
	if !strings.Contains(s.Completeness(), "complete pear_user\n") {
		t.Errorf("completeness is:\n%s", s.Completeness())
	}
	s, r := collect(t, build().Fail("fetch-guests", ingesttest.Status(403)).Collector(), ingest.RunOptions{})
	for _, want := range []string{"complete pear_user under team-1\n", "partial pear_user: fetch-guests: GET /fake: 403"} {
		if !strings.Contains(s.Completeness(), want) {
			t.Errorf("%q is missing in:\n%s", want, s.Completeness())
		}
	}
	if r.Outcome != graph.OK {
		t.Errorf("an optional step that is forbidden makes the run %s", r.Outcome)
	}
	_, r = collect(t, build().Fail("fetch-guests", ingesttest.Status(500)).Collector(), ingest.RunOptions{})
	if r.Outcome != graph.PartialOK {
		t.Errorf("an optional step that fails makes the run %s", r.Outcome)
	}
}

// What earlier steps supplied is there, in order, each key once, with the
// properties that were asked for and no others.
func TestLookups(t *testing.T) {
	f := orchard().Set("fetch-teams", ingest.Source{"id": "team-2", "name": "two", "description": "d"},
		ingest.Source{"id": "team-1", "name": "one"}, ingest.Source{"id": "team-2", "name": "again"})
	var got strings.Builder
	f.Steps = append(f.Steps, ingest.Step{
		ID: "look", Needs: []string{"fetch-users"},
		Uses:     []ingest.Use{{Type: "pear_team", Props: []string{"name"}}, {Type: "pear_user"}},
		Entities: []ingest.EntityType{{Type: "pear_look", Class: []string{"Record"}}},
		Run: func(_ context.Context, job *ingest.Job) error {
			for k := range job.Entities("pear_team") {
				fmt.Fprintf(&got, "%s %v\n", k.Key, k.Props)
			}
			k, ok := job.Find("pear_user", "user-2a")
			fmt.Fprintln(&got, k.Key, k.Parent, len(k.Props), ok)
			fmt.Fprintln(&got, job.HasKey("pear_user", "nobody"), job.MayHave("pear_user", "nobody"), job.HasKey("pear_team", "team-1"))
			return nil
		},
	})
	_, r := collect(t, f.Collector(), ingest.RunOptions{})
	compare(t, "lookups", `
		team-2 [{name "two"}]
		team-1 [{name "one"}]
		user-2a team-2 0 true
		false false true`, got.String())
	if r.Outcome != graph.OK {
		t.Error(outcomes(r))
	}
}

func pagesOf(err error, pages ...httpx.Page) iter.Seq2[httpx.Page, error] {
	return func(yield func(httpx.Page, error) bool) {
		for _, p := range pages {
			if !yield(p, nil) {
				return
			}
		}
		if err != nil {
			yield(httpx.Page{}, err)
		}
	}
}

func raw(rows ...string) []json.RawMessage {
	var out []json.RawMessage
	for _, r := range rows {
		out = append(out, json.RawMessage(r))
	}
	return out
}

func TestRows(t *testing.T) {
	good := httpx.Page{Rows: raw(`{"id":"u-1"}`, `{"id":12345678901234567890123}`), Number: 1}
	last := httpx.Page{Rows: raw(`{"id":"u-3"}`), Number: 2, Last: true, Complete: true}
	tests := []struct {
		name  string
		pages iter.Seq2[httpx.Page, error]
		keys  string
		why   string // why it is not whole; "" when it is
	}{
		{"whole", pagesOf(nil, good, last), "u-1 12345678901234567890123 u-3", ""},
		{"no last page", pagesOf(nil, good), "u-1 12345678901234567890123", "reading the list ended before its last page"},
		{"total does not fit", pagesOf(nil, httpx.Page{Last: true, Reason: "3 of 4 rows"}), "", "3 of 4 rows"},
		{"null row", pagesOf(nil, httpx.Page{Rows: raw("null", `{"id":"u-1"}`), Last: true, Complete: true}), "u-1", "pear_user without what was rejected: a row of the list is not an object"},
		{"row of text", pagesOf(nil, httpx.Page{Rows: raw(`"x"`), Last: true, Complete: true}), "", "pear_user without what was rejected: a row of the list is not an object"},
		{"error at a later page", pagesOf(ingesttest.Status(500), good), "u-1 12345678901234567890123", "GET /fake: 500 Internal Server Error: made up 500"},
		{"repeated row", pagesOf(nil, httpx.Page{Rows: raw(`{"id":"u-1"}`), Repeated: raw(`{"id":"u-1"}`), Last: true, Complete: true}), "u-1", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var keys []string
			s, r := collect(t, oneStep(func(ctx context.Context, job *ingest.Job) error {
				for row, err := range job.Rows(ctx, test.pages, "pear_user", "pear_group_has_user") {
					if err != nil {
						return err
					}
					keys = append(keys, row.Str("id"))
				}
				return nil
			}), ingest.RunOptions{})
			if got := strings.Join(keys, " "); got != test.keys {
				t.Errorf("rows are %s, want %s", got, test.keys)
			}
			if whole := strings.Contains(s.Completeness(), "complete pear_user\n"); whole != (test.why == "") || r.Steps[0].Reason != test.why {
				t.Errorf("whole is %v, reason %q, want %q", whole, r.Steps[0].Reason, test.why)
			}
		})
	}
}
