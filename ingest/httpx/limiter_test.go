package httpx_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/j1db/j1db/ingest/httpx"
)

// all sends n requests, from as many goroutines, and waits for them.
func all(t *testing.T, n int, clients ...*httpx.Client) (failed int) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		wg.Go(func() {
			if err := get(t.Context(), clients[i%len(clients)], "/x"); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed++
				if failed == 1 {
					t.Logf("first failure: %v", err)
				}
			}
		})
	}
	wg.Wait()
	return failed
}

// load counts requests that are under way together.
type load struct {
	mu        sync.Mutex
	now, most int
}

func (l *load) enter() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now++
	l.most = max(l.most, l.now)
}

func (l *load) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now--
}

func TestInFlightIsBoundedPerCredential(t *testing.T) {
	for name, width := range map[string]int{"default": 0, "two": 2} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l load
				h := func(w http.ResponseWriter, _ *http.Request) {
					l.enter()
					time.Sleep(time.Second)
					l.leave()
					answer(w, 200, `{}`)
				}
				limiter := httpx.NewLimiter(httpx.LimiterOptions{InFlight: width})
				share := func(o *httpx.Options) { o.Limiter = limiter }
				start := time.Now()
				if failed := all(t, 40, bubble(t, h, share), bubble(t, h, share)); failed > 0 {
					t.Errorf("%d failed", failed)
				}
				if width == 0 {
					width = 4
				}
				if l.most != width {
					t.Errorf("%d requests at once over two clients, want %d", l.most, width)
				}
				if got, want := time.Since(start), time.Duration(40/width)*time.Second; got != want {
					t.Errorf("took %v, want %v", got, want)
				}
			})
		})
	}
}

func TestWidthFollowsTheAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l load
		var complain atomic.Bool
		complain.Store(true)
		h := func(w http.ResponseWriter, _ *http.Request) {
			l.enter()
			time.Sleep(time.Second)
			l.leave()
			if complain.Load() {
				w.Header().Set("Retry-After", "1")
				answer(w, 429, `{}`)
				return
			}
			answer(w, 200, `{}`)
		}
		client := bubble(t, h)
		go func() { time.Sleep(time.Minute); complain.Store(false) }()
		if failed := all(t, 4, client); failed > 0 {
			t.Fatalf("%d failed", failed)
		}
		measure := func(n int) int {
			l.most = 0
			all(t, n, client)
			return l.most
		}
		if got := measure(4); got != 3 {
			t.Errorf("%d at once after the first four successes, want 3", got)
		}
		all(t, 30, client)
		if got := measure(30); got != 4 {
			t.Errorf("%d at once after a long calm, want 4", got)
		}
	})
}

// bucket is an API with a leaky bucket, such as Heroku's: it says what remains,
// never when more comes, and answers 429 when nothing does.
type bucket struct {
	mu       sync.Mutex
	tokens   float64
	refill   float64 // per second
	last     time.Time
	rejected int
	lowest   float64
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	now := time.Now()
	b.tokens += b.refill * now.Sub(b.last).Seconds()
	b.last = now
	ok := b.tokens >= 1
	if ok {
		b.tokens--
	} else {
		b.rejected++
	}
	b.lowest = min(b.lowest, b.tokens)
	w.Header().Set("RateLimit-Remaining", strconv.Itoa(int(b.tokens)))
	b.mu.Unlock()
	time.Sleep(50 * time.Millisecond)
	if !ok {
		answer(w, 429, `{"id":"rate_limit"}`)
		return
	}
	answer(w, 200, `{}`)
}

func TestBucketNeverRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bucket{tokens: 300, lowest: 300, refill: 1.25, last: time.Now()}
		limiter := httpx.NewLimiter(httpx.LimiterOptions{Refill: 1.25})
		client := bubble(t, b.ServeHTTP, func(o *httpx.Options) { o.Limiter = limiter })
		start := time.Now()
		if failed := all(t, 1000, client); failed > 0 {
			t.Errorf("%d requests failed", failed)
		}
		if b.rejected > 0 || b.lowest < 1 {
			t.Errorf("%d answers of 429, lowest remainder %v; want pacing before that", b.rejected, b.lowest)
		}
		// 300 were there; the other 700 come at 1.25 a second: 560 s.
		if took := time.Since(start); took < 500*time.Second || took > 600*time.Second {
			t.Errorf("took %v, want about the 560s that the refill needs", took)
		}
		if q := client.Quota(); !q.Known || q.Remaining < 1 {
			t.Errorf("quota %+v", q)
		}
	})
}

func TestEmptyBucketOfOthersIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bucket{tokens: 1, refill: 1.25, last: time.Now()}
		limiter := httpx.NewLimiter(httpx.LimiterOptions{Refill: 1.25})
		client := bubble(t, b.ServeHTTP, func(o *httpx.Options) { o.Limiter = limiter })
		if failed := all(t, 1, client) + all(t, 50, client); failed > 0 {
			t.Errorf("%d requests failed", failed)
		}
		if b.rejected > 2 {
			t.Errorf("%d answers of 429 for 51 requests", b.rejected)
		}
	})
}

// window is an API that allows so many requests in each window and says so, in
// one of several dialects.
type window struct {
	mu       sync.Mutex
	limit    int
	length   time.Duration
	tell     func(h http.Header, limit, left int, reset time.Time)
	start    time.Time
	used     int
	rejected int
}

func (w *window) ServeHTTP(rw http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	if now := time.Now(); now.Sub(w.start) >= w.length {
		w.start, w.used = now, 0
	}
	ok := w.used < w.limit
	if ok {
		w.used++
	} else {
		w.rejected++
	}
	w.tell(rw.Header(), w.limit, w.limit-w.used, w.start.Add(w.length))
	w.mu.Unlock()
	time.Sleep(20 * time.Millisecond)
	if !ok {
		answer(rw, 429, `{}`)
		return
	}
	answer(rw, 200, `{}`)
}

func TestWindowNeverRunsOut(t *testing.T) {
	seconds := func(reset time.Time) string { return strconv.Itoa(int(time.Until(reset).Seconds() + 0.999)) }
	dialects := map[string]func(h http.Header, limit, left int, reset time.Time){
		"RateLimit-*, seconds": func(h http.Header, limit, left int, reset time.Time) {
			h.Set("RateLimit-Limit", strconv.Itoa(limit)+", "+strconv.Itoa(limit)+";w=60")
			h.Set("RateLimit-Remaining", strconv.Itoa(left))
			h.Set("RateLimit-Reset", seconds(reset))
		},
		"X-RateLimit-*, epoch seconds": func(h http.Header, limit, left int, reset time.Time) {
			h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
			h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
			h.Set("X-RateLimit-Reset", strconv.FormatInt(reset.Unix()+1, 10))
		},
		"X-RateLimit-*, epoch milliseconds": func(h http.Header, _, left int, reset time.Time) {
			h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
			h.Set("X-RateLimit-Reset", strconv.FormatInt(reset.UnixMilli(), 10))
		},
		"RateLimit, one field": func(h http.Header, limit, left int, reset time.Time) {
			h.Set("RateLimit", "limit="+strconv.Itoa(limit)+", remaining="+strconv.Itoa(left)+", reset="+seconds(reset))
		},
		"RateLimit, named policy": func(h http.Header, _, left int, reset time.Time) {
			h.Set("RateLimit", `"default";r=`+strconv.Itoa(left)+`;t=`+seconds(reset))
		},
	}
	for name, tell := range dialects {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &window{limit: 100, length: time.Minute, tell: tell, start: time.Now()}
				client := bubble(t, w.ServeHTTP)
				start := time.Now()
				if failed := all(t, 450, client); failed > 0 {
					t.Errorf("%d requests failed", failed)
				}
				if w.rejected > 0 {
					t.Errorf("%d answers of 429; want a wait before the window is spent", w.rejected)
				}
				if took := time.Since(start); took < 4*time.Minute || took > 5*time.Minute {
					t.Errorf("450 requests at 100 a minute took %v", took)
				}
			})
		})
	}
}

func TestPlentyIsNotPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := bubble(t, says(200, `{}`, "RateLimit-Remaining", "4000", "RateLimit-Limit", "4500", "RateLimit-Reset", "3600"))
		start := time.Now()
		all(t, 100, client)
		if took := time.Since(start); took != 0 {
			t.Errorf("100 of 4000 requests took %v, want no wait", took)
		}
	})
}

func TestNonsenseHeadersDoNotStop(t *testing.T) {
	for _, reset := range []string{"-5", "abc", "1e300", "NaN", "99999999999999999999", ""} {
		synctest.Test(t, func(t *testing.T) {
			client := bubble(t, says(200, `{}`, "RateLimit-Remaining", "0", "RateLimit-Reset", reset, "RateLimit-Limit", "x", "Retry-After", "x"))
			start := time.Now()
			if failed := all(t, 3, client); failed > 0 {
				t.Errorf("reset %q: %d requests failed", reset, failed)
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("reset %q: took %v", reset, took)
			}
		})
	}
}

func TestOthersHearOfA429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter := httpx.NewLimiter(httpx.LimiterOptions{})
		limited := bubble(t, script(says(429, `{}`, "Retry-After", "30"), says(200, `{}`)), func(o *httpx.Options) { o.Limiter = limiter })
		start := time.Now()
		var sent time.Duration
		other := bubble(t, func(w http.ResponseWriter, _ *http.Request) {
			sent = time.Since(start)
			answer(w, 200, `{}`)
		}, func(o *httpx.Options) { o.Limiter = limiter })
		var wg sync.WaitGroup
		wg.Go(func() { _ = get(t.Context(), limited, "/x") })
		time.Sleep(time.Second)
		if err := get(t.Context(), other, "/x"); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if sent != 30*time.Second {
			t.Errorf("the other client of the credential asked after %v, want 30s", sent)
		}
	})
}

func TestWaitingForATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		limiter := httpx.NewLimiter(httpx.LimiterOptions{InFlight: 1})
		client := bubble(t, func(w http.ResponseWriter, _ *http.Request) { <-release; answer(w, 200, `{}`) },
			func(o *httpx.Options) { o.Limiter, o.Budget, o.AttemptTimeout = limiter, time.Hour, time.Hour })
		var wg sync.WaitGroup
		wg.Go(func() { _ = get(t.Context(), client, "/x") })
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := get(ctx, client, "/x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
		// The time budget of a call begins with its turn, not in the queue.
		wg.Go(func() {
			if err := get(t.Context(), client, "/x"); err != nil {
				t.Errorf("after two hours in the queue: %v", err)
			}
		})
		time.Sleep(59 * time.Minute)
		close(release)
		wg.Wait()
	})
}
