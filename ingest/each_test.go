package ingest_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

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

// The scope of a shared type is complete when all lists of all parents were.
func TestSharedScope(t *testing.T) {
	tests := []struct {
		name string
		fail func(f *ingesttest.Fake)
		want bool
	}{
		{"all lists are whole", func(*ingesttest.Fake) {}, true},
		{"one failed", func(f *ingesttest.Fake) { f.Fail("fetch-users/team-2", ingesttest.Status(500)) }, false},
		{"one was forbidden", func(f *ingesttest.Fake) { f.Fail("fetch-users/team-2", ingesttest.Status(403)) }, false},
		{"one has a row without id", func(f *ingesttest.Fake) { f.Set("fetch-users/team-2", ingest.Source{"name": "x"}) }, false},
		{"not all parents are known", func(f *ingesttest.Fake) { f.Fail("fetch-teams", ingesttest.Status(500)) }, false},
		{"there are no parents", func(f *ingesttest.Fake) { f.Set("fetch-teams") }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := orchard().Top("fetch-guests", "pear_user", "User").Fail("fetch-guests", ingesttest.Status(403))
			f.Steps[len(f.Steps)-1].Optional = true
			f.ListOf = ingest.List{Shared: []string{"pear_user"}, Scope: "/users"}
			test.fail(f)
			s, _ := collect(t, f.Collector(), ingest.RunOptions{})
			if got := strings.Contains(s.Completeness(), "complete pear_user under /users\n"); got != test.want {
				t.Errorf("completeness is:\n%s", s.Completeness())
			}
			if e, ok := s.Entity("user-1a"); ok && e.Parent != "/users" {
				t.Errorf("the parent is %q", e.Parent)
			}
		})
	}
}

// What is gone from a scope may be where another step looks: that must have looked
// there, unless it never does.
func TestScopeOfTypeOfTwoSteps(t *testing.T) {
	for _, test := range []struct {
		name     string
		optional bool
		status   int
		options  ingest.RunOptions
		want     bool
	}{
		{"the other step failed", true, 500, ingest.RunOptions{}, false},
		{"it was forbidden what it needs", false, 403, ingest.RunOptions{}, false},
		{"it was forbidden what it may lack", true, 403, ingest.RunOptions{}, true},
		{"it was skipped this time", true, 0, ingest.RunOptions{Skip: []string{"fetch-guests"}}, false},
		{"it is disabled", true, 0, ingest.RunOptions{Disabled: []string{"fetch-guests"}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := orchard().Top("fetch-guests", "pear_user", "User")
			if test.status > 0 {
				f.Fail("fetch-guests", ingesttest.Status(test.status))
			}
			f.Steps[len(f.Steps)-1].Optional = test.optional
			f.ListOf = ingest.List{Shared: []string{"pear_user"}, Scope: "/users"}
			s, _ := collect(t, f.Collector(), test.options)
			if got := strings.Contains(s.Completeness(), "complete pear_user under /users\n"); got != test.want {
				t.Errorf("completeness is:\n%s", s.Completeness())
			}
		})
	}
}
