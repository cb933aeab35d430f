package heroku_test

import (
	"flag"
	"net/http"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/heroku"
	"github.com/j1db/j1db/ingest/ingesttest"
)

var update = flag.Bool("update", false, "rewrite golden files and generated sections of documents")

// provider is the collector on trial, with the key that its emulated API takes.
func provider() ingesttest.Provider {
	return ingesttest.Provider{Provider: heroku.Provider(), Key: emulator.HerokuKey}
}

// collect runs the collector once against a handler that stands for the API.
func collect(t *testing.T, h http.Handler) (*ingesttest.Stage, *ingest.Report) {
	t.Helper()
	return provider().Collect(t, h)
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
