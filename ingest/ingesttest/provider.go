package ingesttest

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/store/graph"
)

// Provider is a provider under test whose settings are apiKey and baseUrl.
type Provider struct {
	*ingest.Provider
	Key string
}

// Collect runs the collector once against a handler that stands for the API.
func (p Provider) Collect(t testing.TB, h http.Handler) (*Stage, *ingest.Report) {
	t.Helper()
	stage, report, err := p.TryCollect(t, h)
	if err != nil {
		t.Fatal(err)
	}
	return stage, report
}

// TryCollect is Collect for runs that may not begin. Nothing is waited for.
func (p Provider) TryCollect(t testing.TB, h http.Handler) (*Stage, *ingest.Report, error) {
	t.Helper()
	return p.run(t, "https://api.orchard.example", httpx.Options{
		Transport: Transport{Handler: h, Plain: true},
		Attempts:  2, FirstBackoff: time.Nanosecond, MostBackoff: time.Nanosecond,
	})
}

// CollectFrom runs the collector once as users do: by an address and a key.
func (p Provider) CollectFrom(t testing.TB, address string) *Stage {
	t.Helper()
	stage, report, err := p.run(t, address, httpx.Options{})
	if err != nil || len(report.Errors) > 0 {
		t.Fatal(err, report)
	}
	return stage
}

func (p Provider) run(t testing.TB, address string, o httpx.Options) (*Stage, *ingest.Report, error) {
	t.Helper()
	c, err := p.Open(ingest.Options{Settings: map[string]string{"apiKey": p.Key, "baseUrl": address}, HTTP: o})
	if err != nil {
		t.Fatal(err)
	}
	stage := NewStage()
	report, err := ingest.Run(t.Context(), c, ingest.RunOptions{}, stage)
	return stage, report, err
}

// TestSettings holds Open to good and bad settings: it makes no request, and its
// errors name the setting and never the key.
func (p Provider) TestSettings(t *testing.T) {
	tests := []struct {
		name     string
		settings map[string]string
		want     string // in the error; "" for none
	}{
		{"default address", map[string]string{"apiKey": "a-key"}, ""},
		{"no key", nil, "setting apiKey is empty"},
		{"blank key", map[string]string{"apiKey": " \n"}, "setting apiKey is empty"},
		{"key with a line break", map[string]string{"apiKey": "a\nkey-of-mine"}, "credential has a character"},
		{"address without scheme", map[string]string{"apiKey": "a-key", "baseUrl": "api.orchard.example"}, `baseUrl "api.orchard.example"`},
		{"plain http", map[string]string{"apiKey": "a-key", "baseUrl": "http://api.orchard.example"}, "in the clear"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := p.Open(ingest.Options{Settings: test.settings})
			switch {
			case test.want == "" && (err != nil || c.Verify == nil || len(c.Steps) != len(p.Steps)):
				t.Errorf("error %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("error %v, want %q in it", err, test.want)
			case err != nil && strings.Contains(err.Error(), "key-of-mine"):
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
}

// TestWrongKey runs once against an API that takes another key: one request tells
// so, nothing is supplied, and the error does not show the key. requests counts.
func (p Provider) TestWrongKey(t *testing.T, h http.Handler, requests func() int) {
	stage, _, err := p.TryCollect(t, h)
	if !httpx.IsUnauthorized(err) || requests() != 1 {
		t.Errorf("error %v after %d requests", err, requests())
	}
	if stage.Batches() > 0 {
		t.Error("something was supplied")
	}
	if err != nil && strings.Contains(err.Error(), p.Key) {
		t.Errorf("the error shows the key: %v", err)
	}
}

// TestSteps compares the steps that are not optional, as "ID: NAME", with those of
// JupiterOne's own integration.
func (p Provider) TestSteps(t *testing.T, want []string) {
	var got []string
	for _, s := range p.Steps {
		if !s.Optional {
			got = append(got, s.ID+": "+s.Name)
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("steps of JupiterOne's integration: -want +got\n%s", diff)
	}
}

// TestPages compares what is found through pages of every size; serve makes an API
// with that many rows on a page.
func (p Provider) TestPages(t *testing.T, serve func(size int) http.Handler) {
	want := ""
	for _, size := range []int{1000, 7, 1} {
		stage, report := p.Collect(t, serve(size))
		if len(report.Warnings)+len(stage.Duplicates()) > 0 {
			t.Errorf("pages of %d: %v, %v", size, report.Warnings, stage.Duplicates())
		}
		if got := stage.Text(); want == "" {
			want = got
		} else if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d: -want +got\n%s", size, diff)
		}
	}
}

// TestGolden runs once and compares what is supplied, and what is whole, with the
// golden files of the package. Nothing may be odd.
func (p Provider) TestGolden(t *testing.T, h http.Handler, update bool) {
	stage, report := p.Collect(t, h)
	for _, s := range report.Steps {
		if s.Outcome != graph.OK {
			t.Errorf("step %s: %s: %s", s.Step, s.Outcome, s.Reason)
		}
	}
	for _, w := range report.Warnings {
		t.Errorf("%s: %s", w.Kind, w.String())
	}
	if d := stage.Duplicates(); len(d) > 0 {
		t.Errorf("duplicates: %v", d)
	}
	Golden(t, "testdata/golden.graph", stage.Text(), update)
	Golden(t, "testdata/golden.complete", stage.Completeness(), update)
}

// ForbiddenAlone checks that a run in which an optional step was forbidden is whole
// but for optional steps.
func (p Provider) ForbiddenAlone(t testing.TB, report *ingest.Report) {
	t.Helper()
	for _, s := range report.Steps {
		if s.Outcome != graph.OK && slices.Contains(p.RequiredSteps(), s.Step) {
			t.Errorf("%s is %s: %s", s.Step, s.Outcome, s.Reason)
		}
	}
	if report.Outcome != graph.OK {
		t.Errorf("the run is %s", report.Outcome)
	}
}

// RequiredSteps lists the ids of the steps that are not optional.
func (p Provider) RequiredSteps() []string {
	var ids []string
	for _, s := range p.Steps {
		if !s.Optional {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// StepOf finds the outcome of a step in a report.
func StepOf(t testing.TB, r *ingest.Report, id string) graph.StepOutcome {
	t.Helper()
	i := slices.IndexFunc(r.Steps, func(s graph.StepOutcome) bool { return s.Step == id })
	if i < 0 {
		t.Fatalf("the report has no step %s", id)
	}
	return r.Steps[i]
}

// Document keeps the generated section of a provider's page in step; update
// rewrites it.
func Document(t testing.TB, p *ingest.Provider, file string, update bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ingest.InsertDocument(string(text), p)
	switch {
	case err != nil:
		t.Fatal(err)
	case want == string(text):
	case !update:
		t.Fatalf("%s is out of step; run the test with -update", file)
	default:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
