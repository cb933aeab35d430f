package jupiterone_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/jupiterone"
)

// seen is a request as it arrived.
type seen struct {
	Method, Path, Query string
	Header              http.Header
	Body                string // unpacked
}

// script answers each request with the next of its answers, and remembers them.
type script struct {
	mu      sync.Mutex
	answers []string // "status body", or "reset"
	seen    []seen
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := seen{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone(), ""}
	if r.Body != nil {
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				return nil, err
			}
			body = z
		}
		b, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		e.Body = string(b)
	}
	s.seen = append(s.seen, e)
	next := s.answers[min(len(s.seen), len(s.answers))-1]
	if next == "reset" {
		return nil, errCut
	}
	var status int
	var body string
	if _, err := fmt.Sscanf(next, "%d", &status); err != nil {
		return nil, err
	}
	_, body, _ = strings.Cut(next, " ")
	header := http.Header{"Content-Type": {"application/json"}}
	if status == http.StatusTooManyRequests {
		header.Set("Retry-After", "7")
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// dial returns a client whose requests are answered by a script, and the time it
// has spent waiting.
func dial(t *testing.T, answers ...string) (*jupiterone.Client, *script, func() time.Duration) {
	t.Helper()
	s := &script{answers: answers}
	clock := httpx.SkippingClock(epoch)
	return dialOnto(t, s, clock), s, func() time.Duration { return clock.Now().Sub(epoch) }
}

func dialOnto(t *testing.T, s *script, clock httpx.Clock) *jupiterone.Client {
	t.Helper()
	c, err := jupiterone.NewClient(jupiterone.Options{
		Account: "orchard", APIKey: testKey, Region: "eu", Deadline: time.Minute,
		HTTP: httpx.Options{Transport: s, Clock: clock, Rand: func() float64 { return 0.5 }},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const awaiting = `200 {"job":{"id":"job-1","status":"AWAITING_UPLOADS"}}`

func TestRequests(t *testing.T) {
	c, s, _ := dial(t, awaiting)
	ctx := t.Context()
	job, err := c.Start(ctx, jupiterone.JobSpec{Source: "api", Scope: "orchard-heroku", SyncMode: jupiterone.SyncDiff})
	if err != nil || job.ID != "job-1" {
		t.Fatalf("start: %+v, %v", job, err)
	}
	if _, err := c.Job(ctx, "job-1"); err != nil {
		t.Error(err)
	}
	if _, err := c.Finalize(ctx, "job-1", []string{"heroku_team"}); err != nil {
		t.Error(err)
	}
	if _, err := c.Finalize(ctx, "job/../1", nil); err != nil {
		t.Error(err)
	}
	if err := c.Abort(ctx, "job-1", "interrupted"); err != nil {
		t.Error(err)
	}
	const jobs = "/persister/synchronization/jobs"
	want := [][3]string{
		{"POST", jobs, `{"source":"api","scope":"orchard-heroku","syncMode":"DIFF"}`},
		{"GET", jobs + "/job-1", ``},
		{"POST", jobs + "/job-1/finalize", `{"partialDatasets":{"types":["heroku_team"]}}`},
		{"POST", jobs + "/job/../1/finalize", `{}`},
		{"POST", jobs + "/job-1/abort", `{"reason":"interrupted"}`},
	}
	var got [][3]string
	ids := map[string]bool{}
	for _, e := range s.seen {
		got = append(got, [3]string{e.Method, e.Path, e.Body})
		id := e.Header.Get("JupiterOne-Correlation-Id")
		if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) || ids[id] {
			t.Errorf("%s %s: correlation id %q", e.Method, e.Path, id)
		}
		ids[id] = true
		for name, value := range map[string]string{
			"Authorization": "Bearer " + testKey, "JupiterOne-Account": "orchard", "LifeOmic-Account": "orchard", "Content-Type": "application/json",
		} {
			if e.Header.Get(name) != value {
				t.Errorf("%s %s: header %s is %q", e.Method, e.Path, name, e.Header.Get(name))
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHosts(t *testing.T) {
	for _, tt := range []struct{ name, region, base, want string }{
		{"default", "", "", "jupiterone:api.us.jupiterone.io/orchard"},
		{"region", "eu", "", "jupiterone:api.eu.jupiterone.io/orchard"},
		{"development", "dev", "", "jupiterone:api.dev.jupiterone.io/orchard"},
		{"address", "eu", "https://proxy.example.com/j1/", "jupiterone:proxy.example.com/j1/orchard"},
		{"loopback", "", "http://127.0.0.1:8080", "jupiterone:127.0.0.1:8080/orchard"},
		{"not a region", "eu.example.com/", "", ""},
		{"plain http", "", "http://api.example.com", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := jupiterone.NewClient(jupiterone.Options{Account: "orchard", APIKey: testKey, Region: tt.region, BaseURL: tt.base})
			if (err != nil) != (tt.want == "") {
				t.Fatalf("error %v", err)
			}
			if err == nil && c.Destination() != tt.want {
				t.Errorf("destination %s, want %s", c.Destination(), tt.want)
			}
		})
	}
	if _, err := jupiterone.NewClient(jupiterone.Options{APIKey: testKey}); err == nil {
		t.Error("a client without an account")
	}
}

func TestRepeats(t *testing.T) {
	spec := jupiterone.JobSpec{Source: "api", Scope: "s", SyncMode: "DIFF"}
	for _, tt := range []struct {
		name     string
		answers  []string
		requests int
		least    time.Duration // waited
		wantErr  string
	}{
		{"429 waits as asked", []string{"429 {}", awaiting}, 2, 7 * time.Second, ""},
		{"408", []string{"408 {}", awaiting}, 2, 0, ""},
		{"503 and reset", []string{"503 {}", "reset", awaiting}, 3, 0, ""},
		{"5xx without end", []string{"500 {}"}, 5, 0, "500"},
		{"400", []string{`400 {"error":{"code":"BAD","message":"no scope"}}`}, 1, 0, "no scope (BAD)"},
		{"401", []string{`401 {"error":{"code":"UNAUTHORIZED","message":"key ` + testKey + `"}}`}, 1, 0, "key ***"},
		{"no job", []string{"200 {}"}, 1, 0, "names no job"},
		{"a strange job", []string{`200 {"job":{"id":"\u001b[2J"}}`}, 1, 0, `no job but "\x1b[2J"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, s, waited := dial(t, tt.answers...)
			_, err := c.Start(t.Context(), spec)
			if (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("error %v, want %q", err, tt.wantErr)
			}
			if len(s.seen) != tt.requests || waited() < tt.least {
				t.Errorf("%d requests in %s, want %d in at least %s", len(s.seen), waited(), tt.requests, tt.least)
			}
			if err != nil && strings.Contains(fmt.Sprintf("%+v %#v", err, c), emulator.SecretMarker) {
				t.Errorf("the key shows in %#v or %v", c, err)
			}
		})
	}
}

func TestAwait(t *testing.T) {
	status := func(s string) string { return `200 {"job":{"id":"job-1","status":"` + s + `","numEntitiesCreated":3}}` }
	for _, tt := range []struct {
		name     string
		answers  []string
		requests int
		want     string
	}{
		{"finished", []string{status("FINALIZE_PENDING"), status("FINALIZING_ENTITIES"), status("FINALIZING_RELATIONSHIPS"), status("FINISHED")}, 4, "FINISHED"},
		{"not finalised", []string{status("AWAITING_UPLOADS")}, 1, "AWAITING_UPLOADS"},
		{"aborted", []string{status("FINALIZE_PENDING"), status("ABORTED_DUE_TO_INVALID_CONFIGURATION")}, 2, "*JobError"},
		{"bad data", []string{status("ERROR_BAD_DATA")}, 1, "*JobError"},
		{"unknown", []string{status("UNKNOWN")}, 1, "*JobError"},
		{"done, in a state to come", []string{`200 {"job":{"id":"job-1","status":"EXPIRED","done":true}}`}, 1, "*JobError"},
		{"a state to come", []string{status("FINALIZING_SECRETS"), status("FINISHED")}, 2, "FINISHED"},
		{"forgotten", []string{`404 {"error":{"code":"NOT_FOUND"}}`}, 1, "*JobError"},
		{"too slow", []string{status("FINALIZE_PENDING")}, 17, "*UnfinishedError"},
		{"unreachable", []string{"500 {}"}, 5, "*UnfinishedError"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, s, _ := dial(t, tt.answers...)
			job, err := c.Await(t.Context(), "job-1")
			got := job.Status
			var failed *jupiterone.JobError
			var unfinished *jupiterone.UnfinishedError
			switch {
			case errors.As(err, &failed):
				got = "*JobError"
			case errors.As(err, &unfinished):
				got = "*UnfinishedError"
			case err != nil:
				t.Fatal(err)
			}
			if got != tt.want || len(s.seen) != tt.requests {
				t.Errorf("%s after %d requests, want %s after %d (%v)", got, len(s.seen), tt.want, tt.requests, err)
			}
		})
	}
}

func TestAwaitIsInterrupted(t *testing.T) {
	c, _, _ := dial(t, `200 {"job":{"id":"job-1","status":"FINALIZE_PENDING"}}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Await(ctx, "job-1")
	var unfinished *jupiterone.UnfinishedError
	if !errors.As(err, &unfinished) || !strings.Contains(unfinished.Hint(), "export again") {
		t.Errorf("error %v", err)
	}
}

// TestUploads looks at what uploads carry.
func TestUploads(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.raw = true
	a := entity("crm", "crm_account", "acme-0001", "displayName", "Acme", "n", 3, "tags", []any{"x", "y"}, "none", nil, "_own", 1, "mixed", []any{"x", 1})
	b := entity("crm", "crm_user", "user-0001", "displayName", "Pip \u2028 \"quoted\"")
	r.world.raw[b.Identity()] = []byte(`[{"name":"default","rawData":{"id":7}}]`)
	r.world.raw[a.Identity()] = []byte(`{"id":8}`)
	r.world.edit(func(e *edit) {
		e.put(a)
		e.put(b)
		e.put(relationship("crm", "crm_account_has_user", "acme-0001|has|user-0001", "acme-0001", "user-0001", "displayName", "HAS"))
	})
	s := &script{answers: []string{awaiting, "200 {}", "200 {}", `200 {"job":{"id":"job-1","status":"FINISHED"}}`}}
	r.dialled, r.wire = dialOnto(t, s, httpx.SkippingClock(epoch)), &wire{}
	report := r.export(jupiterone.Diff)
	if n := report.Jobs[0].Dropped; n != 2 {
		t.Errorf("%d properties dropped, want 2", n)
	}
	var uploads []seen
	for _, e := range s.seen {
		if strings.HasSuffix(e.Path, "entities") || strings.HasSuffix(e.Path, "relationships") {
			uploads = append(uploads, e)
			if e.Header.Get("Content-Encoding") != "gzip" || e.Query != "ignoreDuplicates=true" {
				t.Errorf("%s: encoding %q, query %q", e.Path, e.Header.Get("Content-Encoding"), e.Query)
			}
			if !json.Valid([]byte(e.Body)) {
				t.Errorf("%s: no JSON: %s", e.Path, e.Body)
			}
		}
	}
	want := []string{
		`{"entities":[{"_key":"acme-0001","_type":"crm_account","_class":["Record"],"displayName":"Acme","n":3,"none":null,"tags":["x","y"],"_rawData":[{"name":"default","rawData":{"id":8}}]},` +
			`{"_key":"user-0001","_type":"crm_user","_class":["Record"],"displayName":"Pip \u2028 \"quoted\"","_rawData":[{"name":"default","rawData":{"id":7}}]}]}`,
		`{"relationships":[{"_key":"acme-0001|has|user-0001","_type":"crm_account_has_user","_class":"HAS","_fromEntityKey":"acme-0001","_toEntityKey":"user-0001","displayName":"HAS"}]}`,
	}
	var got []string
	for _, e := range uploads {
		got = append(got, e.Body)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
