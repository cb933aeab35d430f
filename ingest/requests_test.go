package ingest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
)

// Every attempt counts for the step that made it, one that had to be repeated and
// those of parents that are read at the same time included.
func TestRequestsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := make(chan string, 100)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls <- r.URL.Path
			if r.URL.Path == "/teams" && len(calls) == 1 {
				http.Error(w, "{}", http.StatusServiceUnavailable)
				return
			}
			fmt.Fprint(w, `{"id":"x"}`)
		})
		client, err := httpx.New(httpx.Options{BaseURL: "https://pear.example", Transport: ingesttest.Transport{Handler: handler}})
		if err != nil {
			t.Fatal(err)
		}
		_, r := collect(t, asking(client), ingest.RunOptions{})
		compare(t, "outcomes", "fetch-teams success\nfetch-users success\nfetch-apps success\nrun success", outcomes(r))
		if got := []int{r.Steps[0].Requests, r.Steps[1].Requests, r.Steps[2].Requests, r.Requests}; fmt.Sprint(got) != "[2 3 0 5]" {
			t.Errorf("requests are %v, want [2 3 0 5]", got)
		}
	})
}

// The same over a real connection.
func TestRequestsAreCountedOverANetwork(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id":"x"}`) }))
	defer server.Close()
	client, err := httpx.New(httpx.Options{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	_, r := collect(t, asking(client), ingest.RunOptions{})
	if r.Requests != 4 {
		t.Errorf("%d requests, want 4:\n%s", r.Requests, outcomes(r))
	}
}

// asking makes a request for the teams and one for the users of each.
func asking(client *httpx.Client) *ingest.Collector {
	f := orchard()
	first := f.Steps[0].Run
	f.Steps[0].Run = func(ctx context.Context, job *ingest.Job) error {
		var s ingest.Source
		if _, err := client.GetJSON(ctx, "/teams", nil, &s); err != nil {
			return err
		}
		return first(ctx, job)
	}
	f.Steps[1].Run = func(ctx context.Context, job *ingest.Job) error {
		return job.Each(ctx, "pear_team", ingest.List{}, func(ctx context.Context, _ *ingest.Job, team ingest.Known) error {
			var s ingest.Source
			_, err := client.GetJSON(ctx, "/teams/"+team.Key+"/users", nil, &s)
			return err
		})
	}
	return f.Collector()
}
