package httpx_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/j1db/j1db/ingest/httpx"
)

// half makes jitter certain: half of the backoff.
func half(o *httpx.Options) { o.Rand = func() float64 { return 0.5 } }

func TestRetries(t *testing.T) {
	ok := says(200, `{}`)
	reset := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	cases := []struct {
		name     string
		h        http.HandlerFunc
		attempts int           // requests seen
		waited   time.Duration // in all
		want     string        // the error, "" for none
	}{
		{"well at once", ok, 1, 0, ""},
		{"500 once", script(says(500, `{}`), ok), 2, 250 * time.Millisecond, ""},
		{"500, 502, 504, then well", script(says(500, `{}`), says(502, `x`), says(504, ``), ok), 4, 1750 * time.Millisecond, ""},
		{"408 once", script(says(408, `{}`), ok), 2, 250 * time.Millisecond, ""},
		{"500 for ever", says(500, `{"id":"boom","message":"sorry"}`), 5, 3750 * time.Millisecond,
			"GET /x: 500 Internal Server Error: sorry (boom; 5 attempts)"},
		{"503 says when", script(says(503, `{}`, "Retry-After", "40"), ok), 2, 40 * time.Second, ""},
		{"429 says when", script(says(429, `{}`, "Retry-After", "40"), ok), 2, 40 * time.Second, ""},
		{"429 says a date", script(says(429, `{}`, "Date", "Mon, 02 Mar 2026 08:00:00 GMT", "Retry-After", "Mon, 02 Mar 2026 08:01:00 GMT"), ok), 2, time.Minute, ""},
		{"429 says a past date", script(says(429, `{}`, "Date", "Mon, 02 Mar 2026 08:00:00 GMT", "Retry-After", "Mon, 02 Mar 2026 07:00:00 GMT"), ok), 2, 1250 * time.Millisecond, ""},
		{"429 says a window", script(says(429, `{}`, "RateLimit-Remaining", "0", "RateLimit-Reset", "9"), ok), 2, 9 * time.Second, ""},
		{"429 says nothing", script(says(429, `{}`), says(429, `{}`), ok), 3, 1250*time.Millisecond + 1500*time.Millisecond, ""},
		{"429 more often than attempts", script(
			says(429, `{}`, "Retry-After", "5"), says(429, `{}`, "Retry-After", "5"), says(429, `{}`, "Retry-After", "5"), says(429, `{}`, "Retry-After", "5"),
			says(429, `{}`, "Retry-After", "5"), says(429, `{}`, "Retry-After", "5"), says(429, `{}`, "Retry-After", "5"), ok), 8, 35 * time.Second, ""},
		{"429 for too long", says(429, `{"id":"rate_limit","message":"slow down"}`, "Retry-After", "3600"), 1, 0,
			"GET /x: 429 Too Many Requests: slow down: waiting 1h0m0s for the rate limit: time budget is used up (rate_limit)"},
		{"503 for too long", says(503, `{}`, "Retry-After", "3600"), 1, 0,
			"GET /x: 503 Service Unavailable: waiting 1h0m0s to try again: time budget is used up"},
		{"429 for ever", says(429, `{}`, "Retry-After", "60"), 10, 9 * time.Minute,
			"GET /x: 429 Too Many Requests: waiting 1m0s for the rate limit: time budget is used up (10 attempts)"},
		{"reset once", script(reset, ok), 2, 250 * time.Millisecond, ""},
		{"reset for ever", reset, 5, 3750 * time.Millisecond, "GET /x: EOF (5 attempts)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var requests atomic.Int32
			var heard events
			clock := httpx.SkippingClock(epoch)
			client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				c.h(w, r)
			}, half, func(o *httpx.Options) {
				o.Clock, o.Observer, o.Budget = clock, heard.hear, 9*time.Minute+30*time.Second
			})
			err := get(t.Context(), client, "/x")
			if got := errText(err); got != c.want {
				t.Errorf("error\n %s\nwant\n %s", got, c.want)
			}
			if got := int(requests.Load()); got != c.attempts {
				t.Errorf("%d requests, want %d", got, c.attempts)
			}
			if got := clock.Now().Sub(epoch); got != c.waited || heard.waited() != c.waited {
				t.Errorf("waited %v and told of %v, want %v", got, heard.waited(), c.waited)
			}
			if started, finished := heard.count(httpx.RequestStarted), heard.count(httpx.RequestFinished); started != c.attempts || finished != c.attempts {
				t.Errorf("told of %d started and %d finished requests, want %d", started, finished, c.attempts)
			}
			if strings.Contains(c.want, "budget") != errors.Is(err, httpx.ErrBudget) {
				t.Errorf("errors.Is ErrBudget is wrong for %v", err)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestJitterIsFullAndCapped(t *testing.T) {
	for _, c := range []struct {
		rand float64
		want time.Duration
	}{{0, 0}, {0.999999999, 30*time.Second + 16*time.Second + 15500*time.Millisecond}} {
		clock := httpx.SkippingClock(epoch)
		client, _ := serve(t, says(500, `{}`), func(o *httpx.Options) {
			o.Clock, o.Attempts, o.Rand = clock, 8, func() float64 { return c.rand }
		})
		_ = get(t.Context(), client, "/x")
		if got := clock.Now().Sub(epoch).Round(time.Millisecond); got != c.want {
			t.Errorf("rand %v: waited %v over 7 backoffs, want %v", c.rand, got, c.want)
		}
	}
}

func TestOnlyRepeatableRequestsAreRepeated(t *testing.T) {
	reset := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	ok := says(200, `{}`)
	cases := []struct {
		name     string
		r        httpx.Request
		h        http.HandlerFunc
		requests int
	}{
		{"POST, 500", httpx.Request{Method: "POST"}, script(says(500, `{}`), ok), 1},
		{"POST, reset", httpx.Request{Method: "POST"}, script(reset, ok), 1},
		{"POST, 429", httpx.Request{Method: "POST"}, script(says(429, `{}`), ok), 2},
		{"repeatable POST, 500", httpx.Request{Method: "POST", Repeatable: true}, script(says(500, `{}`), ok), 2},
		{"HEAD, 500", httpx.Request{Method: "HEAD"}, script(says(500, ``), ok), 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var seen atomic.Int32
			client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				requests := seen.Add(1)
				if body, _ := io.ReadAll(r.Body); string(body) != string(c.r.Body) {
					t.Errorf("request %d has body %q", requests, body)
				}
				c.h(w, r)
			})
			c.r.Path = "/x"
			if c.r.Method == "POST" {
				c.r.Body = []byte(`{"a":1}`)
			}
			_, err := client.Do(t.Context(), c.r, nil)
			if requests := int(seen.Load()); requests != c.requests || (err == nil) != (c.requests == 2) {
				t.Errorf("%d requests, %v; want %d", requests, err, c.requests)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	l.Close()
	client := dial(t, base)
	err = get(t.Context(), client, "/x")
	e, ok := errors.AsType[*httpx.Error](err)
	if !ok || e.Status != 0 || e.Attempts != 5 || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("error %v", err)
	}
}

func TestUntrustedCertificateIsFinal(t *testing.T) {
	server := httptest.NewUnstartedServer(says(200, `{}`))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	err := get(t.Context(), dial(t, server.URL), "/x")
	e, ok := errors.AsType[*httpx.Error](err)
	if !ok || e.Attempts != 1 || !strings.Contains(e.Hint, "CA file") {
		t.Errorf("error %+v", err)
	}
}

func TestSlowAnswersAreCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		client := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests < 3 {
				<-r.Context().Done()
				return
			}
			answer(w, 200, `{}`)
		}, half)
		start := time.Now()
		if err := get(t.Context(), client, "/x"); err != nil {
			t.Fatal(err)
		}
		if got, want := time.Since(start), 2*time.Minute+750*time.Millisecond; got != want {
			t.Errorf("took %v, want %v", got, want)
		}
	})
}

func TestSlowForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := bubble(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, half, func(o *httpx.Options) { o.Budget = 90 * time.Second })
		start := time.Now()
		err := get(t.Context(), client, "/x")
		if got := time.Since(start); got > 90*time.Second {
			t.Errorf("took %v, of a budget of 90s", got)
		}
		if err == nil || !strings.Contains(err.Error(), "no complete answer in time") || !errors.Is(err, httpx.ErrBudget) {
			t.Errorf("error %v", err)
		}
	})
}

func TestCancelReturnsAtOnce(t *testing.T) {
	cases := map[string]http.HandlerFunc{
		"in flight":    func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"in backoff":   says(503, `{}`, "Retry-After", "300"),
		"rate limited": says(429, `{}`, "Retry-After", "300"),
	}
	for name, h := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := bubble(t, h)
				ctx, cancel := context.WithCancelCause(t.Context())
				stopped := errors.New("the user pressed a key")
				go func() { time.Sleep(time.Second); cancel(stopped) }()
				start := time.Now()
				err := get(ctx, client, "/x")
				if time.Since(start) != time.Second {
					t.Errorf("took %v, want 1s", time.Since(start))
				}
				if _, ok := errors.AsType[*httpx.Error](err); !ok || !errors.Is(err, context.Canceled) || !errors.Is(err, stopped) {
					t.Errorf("error %v, want an *Error with the context's", err)
				}
			})
		})
	}
}

func TestErrorsNeverShowTheKey(t *testing.T) {
	echo := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Request-Id", "id "+r.Header.Get("Authorization"))
			answer(w, status, `{"id":"`+r.Header.Get("Authorization")+`","message":"got `+r.Header.Get("Authorization")+` at `+r.RequestURI+`"}`)
		}
	}
	var heard events
	client, _ := serve(t, script(echo(400), echo(401), echo(500)), func(o *httpx.Options) { o.Observer, o.Attempts = heard.hear, 2 })
	var all bytes.Buffer
	for range 3 {
		_, err := client.Do(t.Context(), httpx.Request{Path: "/x/" + httpx.Path(key)[1:], Query: map[string][]string{"q": {key}}}, nil)
		e, _ := errors.AsType[*httpx.Error](err)
		all.WriteString(err.Error() + e.Code + e.Message + e.Path + e.RequestID + "\n")
	}
	for _, ev := range heard.list {
		all.WriteString(ev.Path + errText(ev.Err) + "\n")
	}
	if strings.Contains(all.String(), "s3cr3t") || !strings.Contains(all.String(), "***") {
		t.Errorf("the key shows, or nothing was hidden:\n%s", all.String())
	}
}
