package ingest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// The reason of a type that is not whole is the error that its list ended with,
// and not that it ended.
func TestErrorOfAListIsTheReason(t *testing.T) {
	page := httpx.Page{Rows: raw(`{"id":"user-1a"}`), Number: 1}
	t.Run("of a parent", func(t *testing.T) {
		f := orchard()
		f.Steps[1].Run = eachTeam(ingest.List{}, func(ctx context.Context, job *ingest.Job, _ ingest.Known) error {
			return readUsers(ctx, job, pagesOf(ingesttest.Status(500), page))
		})
		s, r := collect(t, f.Collector(), ingest.RunOptions{})
		want := "team-1: GET /fake: 500 Internal Server Error: made up 500"
		if got := r.Steps[1].Reason; got != want {
			t.Errorf("the reason is %q, want %q", got, want)
		}
		if !strings.Contains(s.Completeness(), "partial pear_user: fetch-users: "+want+"\n") {
			t.Errorf("completeness is:\n%s", s.Completeness())
		}
	})
	t.Run("when the step goes on", func(t *testing.T) {
		_, r := collect(t, oneStep(func(ctx context.Context, job *ingest.Job) error {
			_ = readUsers(ctx, job, pagesOf(ingesttest.Status(500), page))
			return nil
		}), ingest.RunOptions{})
		if got := r.Steps[0].Reason; got != "GET /fake: 500 Internal Server Error: made up 500" {
			t.Errorf("the reason is %q", got)
		}
	})
}

// A list that ends with 404 because its parent is gone is whole, and empty.
func TestListOfAParentThatIsGone(t *testing.T) {
	f := orchard()
	gone := func(context.Context, ingest.Known) (bool, error) { return true, nil }
	f.Steps[1].Run = eachTeam(ingest.List{Gone: gone}, func(ctx context.Context, job *ingest.Job, _ ingest.Known) error {
		return readUsers(ctx, job, pagesOf(ingesttest.Status(404)))
	})
	s, r := collect(t, f.Collector(), ingest.RunOptions{})
	if r.Outcome != graph.OK || !strings.Contains(s.Completeness(), "complete pear_user\n") {
		t.Errorf("%s%s", outcomes(r), s.Completeness())
	}
}

func eachTeam(list ingest.List, read func(context.Context, *ingest.Job, ingest.Known) error) func(context.Context, *ingest.Job) error {
	return func(ctx context.Context, job *ingest.Job) error { return job.Each(ctx, "pear_team", list, read) }
}

func readUsers(ctx context.Context, job *ingest.Job, pages pages) error {
	for row, err := range job.Rows(ctx, pages, "pear_user") {
		if err != nil {
			return err
		}
		if _, err := job.Entity(ctx, user(row.Str("id"), nil)); err != nil {
			return err
		}
	}
	return nil
}

// What follows from an optional step that was forbidden is excused as it is, even
// where it looked for what that step did not read.
func TestForbiddenIsExcusedAllTheWay(t *testing.T) {
	tests := []struct {
		name string
		fail func(f *ingesttest.Fake)
		want graph.Outcome
	}{
		{"nothing fails", func(*ingesttest.Fake) {}, graph.OK},
		{"the list is forbidden", func(f *ingesttest.Fake) { f.Fail("fetch-apps", ingesttest.Status(403)) }, graph.OK},
		{"the list fails", func(f *ingesttest.Fake) { f.Fail("fetch-apps", ingesttest.Status(500)) }, graph.PartialOK},
		{"one list of several is forbidden", func(f *ingesttest.Fake) { f.Fail("fetch-users/team-2", ingesttest.Status(403)) }, graph.OK},
		{"one list of several fails", func(f *ingesttest.Fake) { f.Fail("fetch-users/team-2", ingesttest.Status(500)) }, graph.PartialOK},
		{"one is forbidden, one fails", func(f *ingesttest.Fake) {
			f.Fail("fetch-users/team-1", ingesttest.Status(403)).Fail("fetch-users/team-2", ingesttest.Status(404))
		}, graph.PartialOK},
		{"one is forbidden, one has a row without id", func(f *ingesttest.Fake) {
			f.Fail("fetch-users/team-1", ingesttest.Status(403)).Set("fetch-users/team-2", ingest.Source{"name": "x"})
		}, graph.PartialOK},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := orchard()
			f.Steps = append(f.Steps, looking("build", "fetch-apps", "fetch-users"), looking("build-again", "build"))
			for i := 1; i < len(f.Steps); i++ {
				f.Steps[i].Optional = true
			}
			test.fail(f)
			_, r := collect(t, f.Collector(), ingest.RunOptions{})
			if r.Outcome != test.want {
				t.Errorf("want %s:\n%s", test.want, outcomes(r))
			}
		})
	}
}

// looking is a step that finds neither an app nor a user.
func looking(id string, needs ...string) ingest.Step {
	typ := "pear_" + strings.ReplaceAll(id, "-", "_")
	s := ingest.Step{ID: id, Needs: needs, Entities: []ingest.EntityType{{Type: typ, Class: []string{"Record"}}}}
	s.Uses = []ingest.Use{{Type: "pear_app"}, {Type: "pear_user"}}
	s.Run = func(_ context.Context, job *ingest.Job) error {
		job.HasKey("pear_app", "app-9")
		job.HasKey("pear_user", "user-9")
		return nil
	}
	return s
}

// Of the parents that fail at one time the first in order gives the reason, in
// one line.
func TestReasonIsOneLineAndDoesNotDependOnTime(t *testing.T) {
	for _, code := range []int{401, 403, 500} {
		for trial := range 4 {
			synctest.Test(t, func(t *testing.T) {
				f := orchard()
				f.Steps[1].Run = eachTeam(ingest.List{}, func(_ context.Context, _ *ingest.Job, team ingest.Known) error {
					time.Sleep(time.Duration((trial+int(team.Key[5]))%3) * time.Second)
					return errors.Join(ingesttest.Status(code), errors.New("of "+team.Key))
				})
				_, r := collect(t, f.Collector(), ingest.RunOptions{})
				got := r.Steps[1].Reason
				if !strings.HasSuffix(got, "; of team-1") || strings.Contains(got, "\n") {
					t.Errorf("%d, trial %d: the reason is %q", code, trial, got)
				}
			})
		}
	}
}
