package httpx_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/httpx"
)

func newCache(t *testing.T, limit int64) *httpx.Cache {
	t.Helper()
	c, err := httpx.NewCache(limit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pages is an API with one list of numbers, three on a page, whose ETags name the
// rows alone and whose 304 says nothing but that.
type pages struct {
	rows     int
	statuses []int
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from := 0
	_, _ = fmt.Sscanf(r.Header.Get("Range"), "]%d..", &from)
	to := min(from+3, p.rows)
	var ids []int
	for i := from; i < to; i++ {
		ids = append(ids, i+1)
	}
	body := rows(ids...)
	etag := fmt.Sprintf("W/%q", body)
	if r.Header.Get("If-None-Match") == etag {
		p.statuses = append(p.statuses, 304)
		w.WriteHeader(304)
		return
	}
	w.Header().Set("ETag", etag)
	status := 200
	if to < p.rows {
		w.Header().Set("Next-Range", fmt.Sprintf("]%d..", to))
		status = 206
	}
	p.statuses = append(p.statuses, status)
	answer(w, status, body)
}

// A short list is read again with a 304 while it is the same, and any list is
// read whole whatever became of it: that a full page is the same does not mean that
// the list still ends there.
func TestCacheOfPages(t *testing.T) {
	p := &pages{}
	cache := newCache(t, 0)
	client, _ := serve(t, p.ServeHTTP, func(o *httpx.Options) { o.Cache = cache })
	for _, step := range []struct {
		rows     int
		statuses []int
	}{
		{2, []int{200}}, {2, []int{304}}, {1, []int{200}}, {1, []int{304}}, {3, []int{200}}, {3, []int{200}}, {4, []int{206, 200}},
		{4, []int{206, 200}}, {2, []int{200}}, {2, []int{304}}, {0, []int{200}}, {0, []int{304}}, {7, []int{206, 206, 200}}, {0, []int{200}},
	} {
		p.rows, p.statuses = step.rows, nil
		got, err := list(t, client, "/x")
		if err != nil || !got.Complete || len(strings.Fields(got.Rows)) != step.rows {
			t.Errorf("%d rows: %+v, %v", step.rows, got, err)
		}
		if diff := cmp.Diff(step.statuses, p.statuses); diff != "" {
			t.Errorf("%d rows (-want +got):\n%s", step.rows, diff)
		}
	}
	if cache.Hits() != 4 {
		t.Errorf("the cache counts %d hits, want 4", cache.Hits())
	}
}

// An answer that was wrong beside its rows, in what it said of the next page, does
// harm once and no more.
func TestCacheForgetsWrongCursors(t *testing.T) {
	for name, wrong := range map[string]http.HandlerFunc{
		"a page that comes again": says(206, rows(1), "ETag", `"1"`, "Next-Range", "id .."),
		"more, and nowhere":       says(206, rows(1), "ETag", `"1"`),
	} {
		t.Run(name, func(t *testing.T) {
			right := func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("If-None-Match") != "" {
					w.WriteHeader(304)
					return
				}
				says(200, rows(1), "ETag", `"1"`)(w, r)
			}
			client, _ := serve(t, script(wrong, right), func(o *httpx.Options) { o.Cache = newCache(t, 0) })
			for run := range 3 {
				got, err := list(t, client, "/x")
				if sound := err == nil && got.Complete && got.Rows == "1"; sound != (run > 0) {
					t.Errorf("run %d: %+v, %v", run, got, err)
				}
			}
		})
	}
}

// An API that repeats Next-Range in its 304 is believed.
func TestNextRangeOfA304(t *testing.T) {
	h := script(
		says(200, rows(1), "ETag", `"1"`),
		func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Next-Range", "]r1..")
			w.WriteHeader(304)
		},
		says(200, rows(2), "ETag", `"2"`),
	)
	client, _ := serve(t, h, func(o *httpx.Options) { o.Cache = newCache(t, 0) })
	for _, want := range []string{"1", "1 2"} {
		if got, err := list(t, client, "/x"); err != nil || got.Rows != want {
			t.Errorf("%+v, %v; want %s", got, err, want)
		}
	}
}

// Where nobody says how large a page is, the end of a list is always read.
func TestCacheOfPagesOfUnknownSize(t *testing.T) {
	p := &pages{rows: 5}
	client, _ := serve(t, p.ServeHTTP, func(o *httpx.Options) { o.Cache = newCache(t, 0) })
	for range 2 {
		if got, err := read(client.RangePages(t.Context(), httpx.RangeList{Path: "/x", Range: "id .."})); err != nil || got.Rows != "1 2 3 4 5" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if diff := cmp.Diff([]int{206, 200, 206, 200}, p.statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// Of everything else more counts than the body: a list with a total, the account
// that proves a key.
func TestNoCacheOfOtherAnswers(t *testing.T) {
	conditional := 0
	h := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			conditional++
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("X-Total-Count", "2")
		answer(w, 200, rows(1, 2))
	}
	client, _ := serve(t, h, func(o *httpx.Options) { o.Cache = newCache(t, 0) })
	for range 2 {
		if got, err := read(client.OffsetPages(t.Context(), httpx.OffsetList{Path: "/x", Limit: 2, TotalHeader: "X-Total-Count"})); err != nil || !got.Complete {
			t.Errorf("%+v, %v", got, err)
		}
		if err := get(t.Context(), client, "/x"); err != nil {
			t.Error(err)
		}
	}
	if conditional > 0 {
		t.Errorf("%d requests were conditional", conditional)
	}
}

func TestUnaskedFor304IsAnError(t *testing.T) {
	client, _ := serve(t, says(304, ""), func(o *httpx.Options) { o.Cache = newCache(t, 0) })
	if err := get(t.Context(), client, "/x"); !httpx.IsStatus(err, 304) {
		t.Errorf("error %v, want a 304", err)
	}
}

// conditions answers with a body and remembers which requests were conditional.
func conditions(body func(n int) string, told *[]bool) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		n++
		*told = append(*told, r.Header.Get("If-None-Match") != "")
		w.Header().Set("ETag", `"1"`)
		answer(w, 200, body(n))
	}
}

// list reads a short list at path.
func list(t *testing.T, c *httpx.Client, path string) (reading, error) {
	t.Helper()
	return read(c.RangePages(t.Context(), httpx.RangeList{Path: path, Range: "id ..", Full: 3}))
}

func TestBadBodiesAreNotCached(t *testing.T) {
	var told []bool
	h := conditions(func(n int) string { return []string{rows(1), `<html>`}[(n-1)%2] }, &told)
	client, _ := serve(t, h, func(o *httpx.Options) { o.Cache = newCache(t, 0) })
	for i := range 4 {
		if _, err := list(t, client, "/x"); (err != nil) != (i%2 == 1) {
			t.Errorf("request %d: %v", i, err)
		}
	}
	if diff := cmp.Diff([]bool{false, true, true, true}, told); diff != "" {
		t.Errorf("conditional (-want +got):\n%s", diff)
	}
}

// A cache holds what it may, and forgets what a whole run did not ask for.
func TestCacheIsBounded(t *testing.T) {
	var told []bool
	cache := newCache(t, 2000)
	client, _ := serve(t, conditions(func(int) string { return `["` + strings.Repeat("pear ", 1000) + `"]` }, &told), func(o *httpx.Options) { o.Cache = cache })
	ask := func(paths ...string) []bool {
		told = nil
		for _, path := range paths {
			if _, err := list(t, client, path); err != nil {
				t.Fatal(err)
			}
		}
		return told
	}
	ask("/a", "/b", "/c", "/d", "/e", "/f")
	if diff := cmp.Diff([]bool{true, true, true, false, false, false}, ask("/a", "/b", "/c", "/d", "/e", "/f")); diff != "" {
		t.Errorf("full (-want +got):\n%s", diff)
	}
	cache.Sweep()
	ask("/a", "/d")
	cache.Sweep() // b and c go
	ask("/e", "/f")
	if diff := cmp.Diff([]bool{true, true, true, false, false}, ask("/a", "/e", "/f", "/b", "/c")); diff != "" {
		t.Errorf("swept (-want +got):\n%s", diff)
	}
}

// What one credential was answered is not offered to another.
func TestCacheTellsCredentialsApart(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(304) // an API that counts versions per account
			return
		}
		w.Header().Set("ETag", `"1"`)
		answer(w, 200, fmt.Sprintf(`[{"id":%q}]`, r.Header.Get("Authorization")))
	}
	cache := newCache(t, 0)
	client, server := serve(t, h, func(o *httpx.Options) { o.Cache = cache })
	other := dial(t, server.URL, func(o *httpx.Options) { o.Cache, o.Credential = cache, httpx.Bearer("other-key") })
	for range 2 {
		for c, secret := range map[*httpx.Client]string{client: key, other: "other-key"} {
			if got, err := list(t, c, "/x"); err != nil || got.Rows != "Bearer "+secret {
				t.Errorf("%s was answered %q, %v", secret, got.Rows, err)
			}
		}
	}
	if cache.Hits() != 2 {
		t.Errorf("%d hits, want 2", cache.Hits())
	}
}
