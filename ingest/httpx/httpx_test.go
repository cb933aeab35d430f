package httpx_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest/httpx"
)

const key = "hunter2-s3cr3t/key+1" // invented, with characters that encodings change

// epoch is when tests with a hand-driven clock begin.
var epoch = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// serve starts a loopback server and returns a client of it. edit may change the
// options; waits are skipped.
func serve(t *testing.T, h http.HandlerFunc, edit ...func(*httpx.Options)) (*httpx.Client, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return dial(t, server.URL, edit...), server
}

// dial returns a client of base.
func dial(t *testing.T, base string, edit ...func(*httpx.Options)) *httpx.Client {
	t.Helper()
	o := httpx.Options{BaseURL: base, Credential: httpx.Bearer(key), Clock: httpx.SkippingClock(epoch)}
	for _, e := range edit {
		e(&o)
	}
	client, err := httpx.New(o)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(client.Close)
	return client
}

// inMemory lets a handler answer without a network, which a synctest bubble
// cannot wait for.
type inMemory http.HandlerFunc

func (h inMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	h(w, req)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

// bubble returns a client whose requests h answers in memory, on the clock of
// the synctest bubble.
func bubble(t *testing.T, h http.HandlerFunc, edit ...func(*httpx.Options)) *httpx.Client {
	t.Helper()
	return dial(t, "https://api.example.com", append([]func(*httpx.Options){func(o *httpx.Options) {
		o.Transport, o.Clock = inMemory(h), httpx.Clock{}
	}}, edit...)...)
}

// answer writes a JSON answer.
func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// script answers each request with the next of its handlers; the last one stays.
func script(handlers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handlers[0]
		if len(handlers) > 1 {
			handlers = handlers[1:]
		}
		mu.Unlock()
		h(w, r)
	}
}

// says is a handler with one answer; headers are name, value pairs.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		answer(w, status, body)
	}
}

// events collects what an Observer hears.
type events struct {
	mu   sync.Mutex
	list []httpx.Event
}

func (e *events) hear(ev httpx.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ev)
}

func (e *events) count(kind httpx.EventKind) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, ev := range e.list {
		if ev.Kind == kind {
			n++
		}
	}
	return n
}

func (e *events) waited() (total time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.list {
		total += ev.Wait
	}
	return total
}

// get fetches path and returns the error alone.
func get(ctx context.Context, c *httpx.Client, path string) error {
	var out any
	_, err := c.GetJSON(ctx, path, nil, &out)
	return err
}
