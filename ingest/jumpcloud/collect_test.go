package jumpcloud_test

import (
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/ingest/jumpcloud"
)

var update = flag.Bool("update", false, "rewrite golden files and generated sections of documents")

// provider is the collector on trial, with the key that its emulated API takes.
func provider() ingesttest.Provider {
	return ingesttest.Provider{Provider: jumpcloud.Provider(), Key: emulator.JumpCloudKey}
}

// collect runs the collector once against a handler that stands for the API.
func collect(t *testing.T, h http.Handler) (*ingesttest.Stage, *ingest.Report) {
	t.Helper()
	return provider().Collect(t, h)
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
