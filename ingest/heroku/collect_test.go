package heroku_test

import (
	"flag"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/heroku"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

var update = flag.Bool("update", false, "rewrite golden files and generated sections of documents")

// collect runs the collector once against a handler that stands for the API.
func collect(t *testing.T, h http.Handler) (*ingesttest.Stage, *ingest.Report) {
	t.Helper()
	stage, report, err := tryCollect(t, h)
	if err != nil {
		t.Fatal(err)
	}
	return stage, report
}

func tryCollect(t *testing.T, h http.Handler) (*ingesttest.Stage, *ingest.Report, error) {
	t.Helper()
	c, err := heroku.Provider().Open(ingest.Options{
		Settings: map[string]string{"apiKey": emulator.HerokuKey, "baseUrl": "https://heroku.example"},
		HTTP: httpx.Options{
			Transport: ingesttest.Transport{Handler: h, Plain: true},
			Attempts:  2, FirstBackoff: time.Nanosecond, MostBackoff: time.Nanosecond,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	stage := ingesttest.NewStage()
	report, err := ingest.Run(t.Context(), c, ingest.RunOptions{}, stage)
	return stage, report, err
}

// api answers lists that a test writes down, by path; others are empty.
type api map[string]string

// ServeHTTP implements http.Handler.
func (a api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := a[r.URL.Path]
	switch {
	case ok:
	case r.URL.Path == "/account":
		body = `{"id":"aaaaaaaa-0000-4000-8000-000000000001","email":"owner@orchard.example"}`
	default:
		body = "[]"
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write([]byte(body)); err != nil {
		panic(err)
	}
}

// list makes a list of JSON rows.
func list(rows ...string) string { return "[" + strings.Join(rows, ",") + "]" }

// step finds the outcome of a step in a report.
func step(t *testing.T, r *ingest.Report, id string) graph.StepOutcome {
	t.Helper()
	i := slices.IndexFunc(r.Steps, func(s graph.StepOutcome) bool { return s.Step == id })
	if i < 0 {
		t.Fatalf("the report has no step %s", id)
	}
	return r.Steps[i]
}
