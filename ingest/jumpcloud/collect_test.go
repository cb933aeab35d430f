package jumpcloud_test

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/ingest/jumpcloud"
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
	c, err := jumpcloud.Provider().Open(ingest.Options{
		Settings: map[string]string{"apiKey": emulator.JumpCloudKey, "baseUrl": "https://jumpcloud.example"},
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

// api answers lists that a test writes down, by path; others are empty. There is
// one organization.
type api map[string]string

// ServeHTTP implements http.Handler.
func (a api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := a[r.URL.Path]
	v2 := strings.HasPrefix(r.URL.Path, "/api/v2/")
	switch {
	case ok && r.URL.Query().Get("skip") != "0" && r.URL.Query().Has("skip"):
		body = list(v2)
	case ok:
	case r.URL.Path == "/api/organizations":
		body = list(false, `{"_id":"60b5a0000000000000000001","displayName":"Orchard"}`)
	default:
		body = list(v2)
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write([]byte(body)); err != nil {
		panic(err)
	}
}

// list makes a list of JSON rows as version 1 or 2 of the API gives it.
func list(v2 bool, rows ...string) string {
	if v2 {
		return "[" + strings.Join(rows, ",") + "]"
	}
	return fmt.Sprintf(`{"totalCount":%d,"results":[%s]}`, len(rows), strings.Join(rows, ","))
}

// step finds the outcome of a step in a report.
func step(t *testing.T, r *ingest.Report, id string) graph.StepOutcome {
	t.Helper()
	i := slices.IndexFunc(r.Steps, func(s graph.StepOutcome) bool { return s.Step == id })
	if i < 0 {
		t.Fatalf("the report has no step %s", id)
	}
	return r.Steps[i]
}
