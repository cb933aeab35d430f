package httpx_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/httpx"
)

// shelf is a Cache.
type shelf struct {
	mu   sync.Mutex
	kept map[string]httpx.CachedResponse
}

func (s *shelf) Get(key string) (httpx.CachedResponse, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.kept[key]
	return r, ok
}

func (s *shelf) Put(key string, r httpx.CachedResponse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[string]httpx.CachedResponse{}
	}
	s.kept[key] = r
}

func TestCacheAnswersForA304(t *testing.T) {
	bodies := map[string][2]string{ // by Range: the body, and the next range
		"id ..": {rows(1, 2), "]r2.."},
		"]r2..": {rows(3), ""},
	}
	var statuses []int
	h := func(w http.ResponseWriter, r *http.Request) {
		body := bodies[r.Header.Get("Range")]
		etag := `"` + r.Header.Get("Range") + body[0] + `"`
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			statuses = append(statuses, 304)
			w.WriteHeader(304)
			return
		}
		if body[1] != "" {
			w.Header().Set("Next-Range", body[1])
		}
		statuses = append(statuses, 200)
		answer(w, 200, body[0])
	}
	s := &shelf{}
	client, _ := serve(t, h, func(o *httpx.Options) { o.Cache = s })
	want := reading{Rows: "1 2 3", Pages: 2, Pass: 1, Total: -1, Complete: true, Ended: true}
	for run := range 2 {
		got, _ := read(client.RangePages(t.Context(), httpx.RangeList{Path: "/x", Range: "id .."}))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("run %d (-want +got):\n%s", run, diff)
		}
	}
	bodies["]r2.."] = [2]string{rows(3, 4), ""}
	want.Rows = "1 2 3 4"
	got, _ := read(client.RangePages(t.Context(), httpx.RangeList{Path: "/x", Range: "id .."}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a change (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{200, 200, 304, 304, 304, 200}, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	resp, err := client.Do(t.Context(), httpx.Request{Path: "/x", Header: http.Header{"Range": {"id .."}}}, nil)
	if err != nil || !resp.Cached || resp.Status != 200 || resp.Header.Get("Next-Range") != "]r2.." {
		t.Errorf("cached answer %+v, %v", resp, err)
	}
}

func TestUnaskedFor304IsAnError(t *testing.T) {
	client, _ := serve(t, says(304, ""))
	if err := get(t.Context(), client, "/x"); !httpx.IsStatus(err, 304) {
		t.Errorf("error %v, want a 304", err)
	}
}

func TestBadBodiesAreNotCached(t *testing.T) {
	s := &shelf{}
	client, _ := serve(t, says(200, `<html>`, "ETag", `"1"`), func(o *httpx.Options) { o.Cache = s })
	if err := get(t.Context(), client, "/x"); err == nil || len(s.kept) != 0 {
		t.Errorf("error %v, %d answers kept; want an error and none", err, len(s.kept))
	}
}

// What one account was answered is not offered to another.
func TestCacheTellsAccountsApart(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(304) // an API that counts versions per account
			return
		}
		w.Header().Set("ETag", `"1"`)
		answer(w, 200, `"`+r.Header.Get("X-Account")+`"`)
	}
	client, _ := serve(t, h, func(o *httpx.Options) { o.Cache = &shelf{} })
	for _, account := range []string{"a", "b", "a"} {
		var got string
		if _, err := client.Do(t.Context(), httpx.Request{Path: "/x", Header: http.Header{"X-Account": {account}}}, &got); err != nil || got != account {
			t.Errorf("account %s was answered %q, %v", account, got, err)
		}
	}
}
