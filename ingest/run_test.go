package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// orchard is a provider of two levels, and a third that is apart.
func orchard() *ingesttest.Fake {
	f := ingesttest.NewFake().
		Top("fetch-teams", "pear_team", "Team").
		Under("fetch-users", "pear_team", "pear_user", "User", "fetch-teams").
		Top("fetch-apps", "pear_app", "Application")
	f.Set("fetch-teams", ingesttest.Rows("team-1", "team-2", "team-3")...)
	for _, team := range []string{"1", "2", "3"} {
		f.Set("fetch-users/team-"+team, ingesttest.Rows("user-"+team+"a", "user-"+team+"b")...)
	}
	return f.Set("fetch-apps", ingesttest.Rows("app-1")...)
}

func collect(t *testing.T, c *ingest.Collector, o ingest.RunOptions) (*ingesttest.Stage, *ingest.Report) {
	t.Helper()
	s := ingesttest.NewStage()
	r, err := ingest.Run(t.Context(), c, o, s)
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

// outcomes prints how the steps ended, one a line.
func outcomes(r *ingest.Report) string {
	var b strings.Builder
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "%s %s", s.Step, s.Outcome)
		if len(s.Partial) > 0 {
			fmt.Fprintf(&b, " %s", strings.Join(s.Partial, ","))
		}
		if s.Reason != "" {
			fmt.Fprintf(&b, " (%s)", s.Reason)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "run %s\n", r.Outcome)
	return b.String()
}

func compare(t *testing.T, what, want, got string) {
	t.Helper()
	if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
		t.Errorf("%s differ (-want +got):\n%s", what, diff)
	}
}

// lines cuts a text into lines without their indentation.
func lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func TestRunWhole(t *testing.T) {
	s, r := collect(t, orchard().Collector(), ingest.RunOptions{})
	compare(t, "outcomes", `
		fetch-teams success
		fetch-users success
		fetch-apps success
		run success`, outcomes(r))
	compare(t, "completeness", `
		complete pear_app
		complete pear_team
		complete pear_team_has_user
		complete pear_user`, s.Completeness())
	if e, l := s.Count(); e != 10 || l != 6 || r.Entities != 10 || r.Relationships != 6 {
		t.Errorf("%d entities and %d relationships arrived, %d and %d are reported; want 10 and 6", e, l, r.Entities, r.Relationships)
	}
	if e, _ := s.Entity("user-2a"); e.Parent != "team-2" || e.Props.Get("name").Str() != "user-2a" {
		t.Errorf("user-2a is %+v", e)
	}
}

func TestVerifyFails(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		hint string
	}{
		"unauthorized": {ingesttest.Status(401), "check apiKey (PEAR_API_KEY): it is wrong, revoked, or lacks a right"},
		"unreachable":  {&httpx.Error{Method: "GET", Path: "/", Err: errors.New("dial: no such host")}, "check the address, the network and the proxy"},
		"in trouble":   {ingesttest.Status(503), "the provider has trouble of its own; try again later"},
		"its own word": {errors.New("the key sees no organization; check orgId"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := orchard()
			c := f.Collector()
			c.Provider.Settings = []ingest.Setting{{Name: "apiKey", Env: "PEAR_API_KEY", Secret: true}, {Name: "orgId"}}
			c.Verify = func(context.Context) error { return test.err }
			s := ingesttest.NewStage()
			_, err := ingest.Run(t.Context(), c, ingest.RunOptions{}, s)
			v, ok := errors.AsType[*ingest.VerifyError](err)
			if !ok || v.Provider != "fake" || v.Hint != test.hint || !errors.Is(err, test.err) {
				t.Errorf("error is %#v", err)
			}
			if s.Batches() != 0 || f.Reads("fetch-teams") != 0 {
				t.Error("something was read or supplied")
			}
		})
	}
}

func TestTableIsCheckedFirst(t *testing.T) {
	f := orchard().Top("fetch-teams", "pear_tree", "Record")
	c := f.Collector()
	c.Verify = func(context.Context) error { t.Error("a request was made"); return nil }
	if _, err := ingest.Run(t.Context(), c, ingest.RunOptions{}, ingesttest.NewStage()); err == nil {
		t.Error("no error")
	}
}

func TestUnknownStep(t *testing.T) {
	for name, o := range map[string]ingest.RunOptions{
		"only": {Only: []string{"fetch-team"}}, "skip": {Skip: []string{"fetch-team"}}, "disabled": {Disabled: []string{"fetch-team"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ingest.Run(t.Context(), orchard().Collector(), o, ingesttest.NewStage())
			if u, ok := errors.AsType[*ingest.UnknownStepError](err); !ok || u.ID != "fetch-team" || strings.Join(u.Known, " ") != "fetch-teams fetch-users fetch-apps" {
				t.Errorf("error is %v", err)
			}
		})
	}
	_, err := ingest.Run(t.Context(), orchard().Collector(), ingest.RunOptions{Only: []string{"fetch-users"}, Skip: []string{"fetch-teams"}}, ingesttest.NewStage())
	if err == nil || !strings.Contains(err.Error(), "run step fetch-users: it is skipped: needs fetch-teams, which was skipped") {
		t.Errorf("error is %v", err)
	}
}

func TestPanicIsAFailedStep(t *testing.T) {
	f := orchard()
	f.Steps[2].Run = func(context.Context, *ingest.Job) error { panic("pip") }
	f.Steps[1].Run = func(ctx context.Context, job *ingest.Job) error {
		return job.Each(ctx, "pear_team", ingest.List{}, func(context.Context, *ingest.Job, ingest.Known) error { panic("core") })
	}
	s, r := collect(t, f.Collector(), ingest.RunOptions{})
	compare(t, "outcomes", `
		fetch-teams success
		fetch-users failed pear_team_has_user,pear_user (panic: core)
		fetch-apps failed pear_app (panic: pip)
		run partial`, outcomes(r))
	if p, ok := errors.AsType[*ingest.PanicError](r.Errors[1]); !ok || !strings.Contains(string(p.Stack), "run_test.go") {
		t.Errorf("the stack is lost: %v", r.Errors)
	}
	compare(t, "completeness", `
		complete pear_team
		partial pear_app: fetch-apps: panic: pip
		partial pear_team_has_user: fetch-users: panic: core
		partial pear_user: fetch-users: panic: core`, s.Completeness())
}

// cancelAfter cancels a run when it has taken n batches.
type cancelAfter struct {
	*ingesttest.Stage
	n      int
	cancel context.CancelFunc
	late   bool
}

func (c *cancelAfter) Put(ctx context.Context, b graph.Batch) error {
	c.late = c.late || c.n == 0
	if c.n--; c.n == 0 {
		defer c.cancel()
	}
	return c.Stage.Put(ctx, b)
}

func TestCancel(t *testing.T) {
	for n := 1; n <= 5; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		sink := &cancelAfter{Stage: ingesttest.NewStage(), n: n, cancel: cancel}
		_, err := ingest.Run(ctx, orchard().Collector(), ingest.RunOptions{Concurrency: 1}, sink)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d batches: error is %v", n, err)
		}
		if got := sink.Completeness(); got != "" {
			t.Errorf("after %d batches: a cancelled run says what is whole:\n%s", n, got)
		}
		if sink.late {
			t.Errorf("after %d batches: another one was supplied", n)
		}
	}
}

// A run that waits for a provider ends as soon as it is cancelled.
func TestCancelWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := orchard()
		f.Steps[0].Run = func(ctx context.Context, _ *ingest.Job) error { <-ctx.Done(); return ctx.Err() }
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := ingest.Run(ctx, f.Collector(), ingest.RunOptions{}, ingesttest.NewStage())
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("error is %v after %v", err, time.Since(start))
		}
	})
}

type brokenSink struct{ err error }

func (b brokenSink) Put(context.Context, graph.Batch) error { return b.err }

func TestSinkFails(t *testing.T) {
	full := errors.New("disk is full")
	_, err := ingest.Run(t.Context(), orchard().Collector(), ingest.RunOptions{}, brokenSink{full})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "collect from fake: supply: disk is full") {
		t.Errorf("error is %v", err)
	}
}

// journal writes down what an Observer hears.
type journal struct{ lines []string }

func (j *journal) StepStarted(s *ingest.Step) { j.lines = append(j.lines, "start "+s.ID) }
func (j *journal) StepProgress(s *ingest.Step, e, r, q int) {
	j.lines = append(j.lines, fmt.Sprintf("%s %d %d %d", s.ID, e, r, q))
}
func (j *journal) StepEnded(s *ingest.Step, o graph.StepOutcome) {
	j.lines = append(j.lines, fmt.Sprintf("end %s %s %d ms", s.ID, o.Outcome, o.Millis))
}

func TestObserver(t *testing.T) {
	var j journal
	now := time.Unix(0, 0)
	tick := func() time.Time { now = now.Add(time.Millisecond); return now }
	f := orchard().Fail("fetch-apps", ingesttest.Status(403))
	collect(t, f.Collector(), ingest.RunOptions{Observer: &j, Concurrency: 1, Now: tick, Skip: []string{"fetch-users"}})
	// The two steps run one after the other, in whatever order.
	got := strings.Join(j.lines, "\n")
	for _, want := range []string{
		"start fetch-teams\nfetch-teams 3 0 0\nend fetch-teams success 1 ms",
		"start fetch-apps\nfetch-apps 1 0 0\nend fetch-apps forbidden 1 ms",
		"end fetch-users skipped 0 ms",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}
