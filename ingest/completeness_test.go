package ingest_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/ingesttest"
)

var (
	update = flag.Bool("update", false, "rewrite golden files")
	seed   = flag.Uint64("seed", 1, "seed of random trials")
)

// fault is one thing that can go wrong, and what it does to a run.
type fault struct {
	name string
	do   func(f *ingesttest.Fake, o *ingest.RunOptions)
}

var parentFaults = []fault{
	{"read whole", func(*ingesttest.Fake, *ingest.RunOptions) {}},
	{"with a row without id", func(f *ingesttest.Fake, _ *ingest.RunOptions) {
		f.Set("fetch-teams", append(ingesttest.Rows("team-1", "team-2", "team-3"), ingest.Source{"id": nil, "name": "x"})...)
	}},
	{"failed at its end", func(f *ingesttest.Fake, _ *ingest.RunOptions) { f.Fail("fetch-teams", ingesttest.Status(500)) }},
	{"not found", func(f *ingesttest.Fake, _ *ingest.RunOptions) {
		f.Set("fetch-teams").Fail("fetch-teams", ingesttest.Status(404))
	}},
	{"forbidden", func(f *ingesttest.Fake, _ *ingest.RunOptions) {
		f.Set("fetch-teams").Fail("fetch-teams", ingesttest.Status(403))
	}},
	{"suddenly empty", func(f *ingesttest.Fake, _ *ingest.RunOptions) { f.Set("fetch-teams") }},
	{"skipped", func(_ *ingesttest.Fake, o *ingest.RunOptions) { o.Skip = []string{"fetch-teams"} }},
	{"disabled", func(_ *ingesttest.Fake, o *ingest.RunOptions) { o.Disabled = []string{"fetch-teams"} }},
}

var childFaults = []fault{
	{"read whole", func(*ingesttest.Fake, *ingest.RunOptions) {}},
	{"one forbidden", func(f *ingesttest.Fake, _ *ingest.RunOptions) { f.Fail("fetch-users/team-2", ingesttest.Status(403)) }},
	{"all forbidden", func(f *ingesttest.Fake, _ *ingest.RunOptions) { failAll(f, 403) }},
	{"one not found, parent gone", func(f *ingesttest.Fake, _ *ingest.RunOptions) {
		f.Set("fetch-users/team-2").Fail("fetch-users/team-2", ingesttest.Status(404)).Vanish("team-2")
	}},
	{"one not found, parent there", func(f *ingesttest.Fake, _ *ingest.RunOptions) {
		f.Set("fetch-users/team-2").Fail("fetch-users/team-2", ingesttest.Status(404))
	}},
	{"one failed", func(f *ingesttest.Fake, _ *ingest.RunOptions) { f.Fail("fetch-users/team-2", ingesttest.Status(500)) }},
	{"all failed", func(f *ingesttest.Fake, _ *ingest.RunOptions) { failAll(f, 500) }},
	{"one with a row without id", func(f *ingesttest.Fake, _ *ingest.RunOptions) {
		f.Set("fetch-users/team-2", append(ingesttest.Rows("user-2a"), ingest.Source{"name": "x"})...)
	}},
	{"credential refused at the second", func(f *ingesttest.Fake, _ *ingest.RunOptions) {
		f.Fail("fetch-users/team-2", ingesttest.Status(401))
	}},
	{"one empty", func(f *ingesttest.Fake, _ *ingest.RunOptions) { f.Set("fetch-users/team-2") }},
	{"skipped", func(_ *ingesttest.Fake, o *ingest.RunOptions) { o.Skip = append(o.Skip, "fetch-users") }},
}

func failAll(f *ingesttest.Fake, code int) {
	for _, team := range []string{"team-1", "team-2", "team-3"} {
		f.Fail("fetch-users/"+team, ingesttest.Status(code))
	}
}

// Every way in which a list ends, with every way in which what it hangs from does.
func TestCompletenessMatrix(t *testing.T) {
	var b strings.Builder
	for _, p := range parentFaults {
		for _, c := range childFaults {
			f, o := orchard(), ingest.RunOptions{Concurrency: 1}
			p.do(f, &o)
			c.do(f, &o)
			s, r := collect(t, f.Collector(), o)
			fmt.Fprintf(&b, "== teams %s; users %s\n%s%s\n", p.name, c.name, outcomes(r), s.Completeness())
		}
	}
	ingesttest.Golden(t, filepath.Join("testdata", "completeness.txt"), b.String(), *update)
}

// What is there is never deleted, whatever goes wrong, and one good run makes the
// graph what the provider has.
func TestNothingThereIsDeleted(t *testing.T) {
	t.Logf("seed %d", *seed)
	r := rand.New(rand.NewPCG(*seed, 0))
	g := ingesttest.NewGraph()
	for day := range 400 {
		f, truth := randomOrchard(r)
		o := ingest.RunOptions{Concurrency: 1 + r.IntN(4)}
		spoil(r, f, &o)
		before := maps.Clone(g.Entities)
		s, _ := collect(t, f.Collector(), o)
		g.Commit(s)
		for key := range before {
			if _, ok := g.Entities[key]; !ok && truth[key] {
				t.Fatalf("day %d: %s is there and was deleted; the run said:\n%s", day, key, s.Completeness())
			}
		}
		s, _ = collect(t, orchardOf(truth).Collector(), ingest.RunOptions{})
		g.Commit(s)
		if got, want := slices.Sorted(maps.Keys(g.Entities)), slices.Sorted(maps.Keys(truth)); !slices.Equal(got, want) {
			t.Fatalf("day %d: the graph holds %v, the provider %v", day, got, want)
		}
	}
}

// randomOrchard fills the lists at random and returns the keys that are there.
func randomOrchard(r *rand.Rand) (*ingesttest.Fake, map[string]bool) {
	truth := map[string]bool{}
	for n := range 4 {
		if r.IntN(4) == 0 {
			continue
		}
		team := fmt.Sprintf("team-%d", n)
		truth[team] = true
		for m := range 4 {
			if r.IntN(2) == 0 {
				truth[fmt.Sprintf("user-%d%c", n, 'a'+rune(m))] = true
			}
		}
	}
	truth["app-1"] = true
	return orchardOf(truth), truth
}

// orchardOf returns a provider that has exactly the keys of truth.
func orchardOf(truth map[string]bool) *ingesttest.Fake {
	f := orchard().Set("fetch-teams").Set("fetch-apps", ingesttest.Rows("app-1")...)
	var teams []string
	for n := range 4 {
		team := fmt.Sprintf("team-%d", n)
		if truth[team] {
			teams = append(teams, team)
		}
		var users []string
		for m := range 4 {
			if key := fmt.Sprintf("user-%d%c", n, 'a'+rune(m)); truth[key] {
				users = append(users, key)
			}
		}
		f.Set("fetch-users/"+team, ingesttest.Rows(users...)...)
	}
	return f.Set("fetch-teams", ingesttest.Rows(teams...)...)
}

// spoil makes lists end early, with an error. What was left out is still there.
func spoil(r *rand.Rand, f *ingesttest.Fake, o *ingest.RunOptions) {
	lists := []string{"fetch-teams", "fetch-users/team-0", "fetch-users/team-1", "fetch-users/team-2", "fetch-users/team-3", "fetch-apps"}
	for _, list := range lists {
		if r.IntN(3) != 0 {
			continue
		}
		f.Cut(list, r.IntN(3))
		f.Fail(list, []error{ingesttest.Status(500), ingesttest.Status(403), ingesttest.Status(404), errors.New("cut off")}[r.IntN(4)])
	}
	switch r.IntN(10) {
	case 0:
		o.Skip = []string{"fetch-users"}
	case 1:
		o.Disabled = []string{"fetch-teams"}
	case 2:
		o.Only = []string{"fetch-apps"}
	}
}

// A step that looks up what was not read whole has not read whole either, unless
// it asks in a way that does not care.
func TestLookupOfWhatIsNotWhole(t *testing.T) {
	tests := []struct {
		name string
		ask  func(job *ingest.Job) bool
		want string
	}{
		{"find", func(job *ingest.Job) bool { return job.HasKey("pear_app", "app-9") },
			"partial pear_share: share: pear_app was not read whole"},
		{"find what is there", func(job *ingest.Job) bool { return !job.HasKey("pear_app", "app-1") },
			"complete pear_share under team-1\ncomplete pear_share under team-2\ncomplete pear_share under team-3\n" +
				"partial pear_share: share: needs fetch-apps, which failed"},
		{"may have", func(job *ingest.Job) bool { return !job.MayHave("pear_app", "app-9") },
			"complete pear_share under team-1\ncomplete pear_share under team-2\ncomplete pear_share under team-3\n" +
				"partial pear_share: share: needs fetch-apps, which failed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := orchard().Fail("fetch-apps", ingesttest.Status(500))
			f.Steps = append(f.Steps, ingest.Step{
				ID: "share", Needs: []string{"fetch-teams", "fetch-apps"}, Uses: []ingest.Use{{Type: "pear_team"}, {Type: "pear_app"}},
				Entities: []ingest.EntityType{{Type: "pear_share", Class: []string{"Record"}}},
				Run: func(ctx context.Context, job *ingest.Job) error {
					return job.Each(ctx, "pear_team", ingest.List{}, func(_ context.Context, job *ingest.Job, _ ingest.Known) error {
						if test.ask(job) {
							t.Error("the answer is wrong")
						}
						return nil
					})
				},
			})
			s, _ := collect(t, f.Collector(), ingest.RunOptions{})
			var got []string
			for line := range strings.Lines(s.Completeness()) {
				if strings.Contains(line, "pear_share") {
					got = append(got, strings.TrimSpace(line))
				}
			}
			compare(t, "completeness", test.want, strings.Join(got, "\n"))
		})
	}
}
