package httpx_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/httpx"
)

// rows prints rows with the ids from..to, without the bounds' zeros.
func rows(ids ...int) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprintf(`{"id":"r%d"}`, id)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func upTo(from, to int) (ids []int) {
	for ; from <= to; from++ {
		ids = append(ids, from)
	}
	return ids
}

// reading is what came of a list, in a form that tests can compare.
type reading struct {
	Rows, Repeated     string // ids, in order
	Pages, Pass, Total int
	Complete, Ended    bool
	Reason, Err        string
}

func read(pages iter.Seq2[httpx.Page, error]) (r reading, err error) {
	var got, again []string
	for page, e := range pages {
		if e != nil {
			r.Err, err = e.Error(), e
			break
		}
		for _, row := range page.Rows {
			got = append(got, httpx.RowKey(row))
		}
		for _, row := range page.Repeated {
			again = append(again, httpx.RowKey(row))
		}
		if r.Ended {
			r.Reason += "page after the last"
		}
		r.Pages, r.Pass, r.Total = page.Number, page.Pass, page.Total
		r.Ended, r.Complete, r.Reason = page.Last, page.Complete, page.Reason
	}
	clean := strings.NewReplacer(`"r`, "", `"`, "")
	r.Rows, r.Repeated = clean.Replace(strings.Join(got, " ")), clean.Replace(strings.Join(again, " "))
	return r, err
}

func ids(n int) string {
	var parts []string
	for _, id := range upTo(1, n) {
		parts = append(parts, strconv.Itoa(id))
	}
	return strings.Join(parts, " ")
}

func TestRangePages(t *testing.T) {
	page := func(status int, body, next string) http.HandlerFunc {
		if next == "" {
			return says(status, body)
		}
		return says(status, body, "Next-Range", next)
	}
	cases := []struct {
		name string
		h    http.HandlerFunc
		want reading
	}{
		{"one page", page(200, rows(1, 2), ""), reading{Rows: "1 2", Pages: 1, Complete: true}},
		{"empty", page(200, `[]`, ""), reading{Pages: 1, Complete: true}},
		{"three pages", script(page(206, rows(1, 2), "]r2..; max=2"), page(206, rows(3, 4), "]r4..; max=2"), page(200, rows(5), "")),
			reading{Rows: ids(5), Pages: 3, Complete: true}},
		{"last page is 206", script(page(206, rows(1), "]r1.."), page(206, rows(2), "")), reading{Rows: "1 2", Pages: 2, Complete: true}},
		{"200 with a next page", script(page(200, rows(1), "]r1.."), page(200, rows(2), "")), reading{Rows: "1 2", Pages: 2, Complete: true}},
		{"first page is 206 and says no more", page(206, rows(1), ""),
			reading{Rows: "1", Pages: 1, Reason: "the API says 206, so there is more, and does not say where (no Next-Range)"}},
		{"a row again", script(page(206, rows(1, 2), "]r2.."), page(200, rows(2, 3), "")), reading{Rows: "1 2 3", Repeated: "2", Pages: 2, Complete: true}},
		{"500 in the middle", script(page(206, rows(1), "]r1.."), says(500, `{}`), page(200, rows(2), "")), reading{Rows: "1 2", Pages: 2, Complete: true}},
		{"403 in the middle", script(page(206, rows(1), "]r1.."), says(403, `{"id":"forbidden"}`)),
			reading{Rows: "1", Pages: 1, Err: "GET /apps: 403 Forbidden (forbidden)"}},
		{"null", page(200, `null`, ""), reading{Err: "GET /apps: 200 OK: bad response body: null where a list was expected"}},
		{"an object", page(200, ` {"id":"x"}`, ""), reading{Err: "GET /apps: 200 OK: bad response body: an object where a list was expected"}},
		{"cursor comes back", script(page(206, rows(1), "a"), page(206, rows(2), "b"), page(206, rows(3), "a")),
			reading{Rows: "1 2 3", Pages: 3, Err: "GET /apps: 206 Partial Content: bad page cursor: it came before"}},
		{"cursor is the first range", page(206, rows(1), "id ..; max=2"),
			reading{Rows: "1", Pages: 1, Err: "GET /apps: 206 Partial Content: bad page cursor: it came before"}},
		{"cursor too long", page(206, rows(1), strings.Repeat("x", 4097)),
			reading{Rows: "1", Pages: 1, Err: "GET /apps: 206 Partial Content: bad page cursor: 4097 bytes, of at most 4096"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ranges, next := "id ..; max=2", ""
			client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Range"); got != ranges && got != next {
					t.Errorf("Range %q, want %q or %q", got, ranges, next)
				}
				c.h(w, r)
				if n := w.Header().Get("Next-Range"); n != "" {
					ranges, next = r.Header.Get("Range"), n
				}
			})
			got, err := read(client.RangePages(t.Context(), httpx.RangeList{Path: "/apps", Range: "id ..; max=2"}))
			c.want.Pass, c.want.Total, c.want.Ended = 1, -1, c.want.Err == ""
			if c.want.Pages == 0 {
				c.want.Pass, c.want.Total = 0, 0
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("reading (-want +got):\n%s", diff)
			}
			if strings.Contains(c.want.Err, "cursor") != errors.Is(err, httpx.ErrCursor) {
				t.Errorf("errors.Is ErrCursor is wrong for %v", err)
			}
		})
	}
}

// offsets serves a list by limit and skip; change may alter it before a request.
type offsets struct {
	list     []int
	total    int // told instead of the length, when not 0
	untold   bool
	bare     bool
	most     int // the server's own page limit
	change   func(request int, o *offsets)
	requests []string
}

func (o *offsets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.requests = append(o.requests, r.URL.RawQuery)
	if o.change != nil {
		o.change(len(o.requests), o)
	}
	skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	if o.most > 0 {
		limit = min(limit, o.most)
	}
	from := min(skip, len(o.list))
	body, total := rows(o.list[from:min(from+limit, len(o.list))]...), len(o.list)
	if o.total > 0 {
		total = o.total
	}
	switch {
	case o.bare && !o.untold:
		w.Header().Set("x-total-count", strconv.Itoa(total))
	case !o.bare && !o.untold:
		body = fmt.Sprintf(`{"totalCount":%d,"results":%s}`, total, body)
	case !o.bare:
		body = fmt.Sprintf(`{"results":%s}`, body)
	}
	answer(w, 200, body)
}

func TestOffsetPages(t *testing.T) {
	atRequest := func(n int, do func(o *offsets)) func(int, *offsets) {
		return func(request int, o *offsets) {
			if request == n {
				do(o)
			}
		}
	}
	cases := []struct {
		name     string
		o        offsets
		want     reading
		requests int
	}{
		{"v1", offsets{list: upTo(1, 25)}, reading{Rows: ids(25), Pages: 3, Pass: 1, Total: 25, Complete: true}, 3},
		{"v1, empty", offsets{}, reading{Pages: 1, Pass: 1, Complete: true}, 1},
		{"v1, exactly one page", offsets{list: upTo(1, 10)}, reading{Rows: ids(10), Pages: 1, Pass: 1, Total: 10, Complete: true}, 1},
		{"v1, server gives less than asked", offsets{list: upTo(1, 9), most: 4}, reading{Rows: ids(9), Pages: 3, Pass: 1, Total: 9, Complete: true}, 3},
		{"v2 with totals", offsets{list: upTo(1, 25), bare: true}, reading{Rows: ids(25), Pages: 3, Pass: 1, Total: 25, Complete: true}, 3},
		{"v2 without", offsets{list: upTo(1, 20), bare: true, untold: true}, reading{Rows: ids(20), Pages: 3, Pass: 1, Total: -1, Complete: true}, 3},
		{"v2 without, short", offsets{list: upTo(1, 3), bare: true, untold: true}, reading{Rows: ids(3), Pages: 2, Pass: 1, Total: -1, Complete: true}, 2},
		{"v1 without totals", offsets{list: upTo(1, 3), untold: true}, reading{Rows: ids(3), Pages: 2, Pass: 1, Total: -1, Complete: true}, 2},
		{"shrinks while read", offsets{list: upTo(1, 25), change: atRequest(2, func(o *offsets) { o.list = append(upTo(1, 4), upTo(6, 25)...) })},
			reading{Rows: "1 2 3 4 5 6 7 8 9 10 12 13 14 15 16 17 18 19 20 21 22 23 24 25 11", Pages: 6, Pass: 2, Total: 24, Complete: true}, 6},
		{"grows while read", offsets{list: upTo(1, 15), change: atRequest(2, func(o *offsets) { o.list = upTo(1, 16) })},
			reading{Rows: ids(16), Pages: 4, Pass: 2, Total: 16, Complete: true}, 4},
		{"always moves", offsets{list: upTo(1, 15), change: func(n int, o *offsets) { o.list = upTo(1, 15+n) }},
			reading{Rows: ids(19), Pages: 4, Pass: 2, Total: 19, Reason: "the list changed while it was read: 18 rows before, 19 after"}, 4},
		{"a total that is never reached", offsets{list: upTo(1, 15), total: 17},
			reading{Rows: ids(15), Pages: 6, Pass: 2, Total: 17, Reason: "the API says 17 rows and gave 15 different ones"}, 6},
		{"rows that the total leaves out", offsets{list: upTo(1, 8), total: 5},
			reading{Rows: ids(8), Pages: 2, Pass: 2, Total: 5, Reason: "the API says 5 rows and gave 8 different ones"}, 2},
		{"a row twice instead of another, once", offsets{list: append(upTo(1, 9), append([]int{9}, upTo(11, 15)...)...),
			change: atRequest(3, func(o *offsets) { o.list = upTo(1, 15) })},
			reading{Rows: "1 2 3 4 5 6 7 8 9 11 12 13 14 15 10", Repeated: "9", Pages: 4, Pass: 2, Total: 15, Complete: true}, 4},
		{"a row twice instead of another, for ever", offsets{list: append(upTo(1, 9), append([]int{9}, upTo(11, 15)...)...)},
			reading{Rows: "1 2 3 4 5 6 7 8 9 11 12 13 14 15", Repeated: "9 9", Pages: 4, Pass: 2, Total: 15,
				Reason: "the API says 15 rows and gave 14 different ones"}, 4},
		{"v2 without, a row moved once", offsets{bare: true, untold: true, list: append(upTo(1, 9), append([]int{9}, upTo(11, 15)...)...),
			change: atRequest(4, func(o *offsets) { o.list = upTo(1, 15) })},
			reading{Rows: "1 2 3 4 5 6 7 8 9 11 12 13 14 15 10", Repeated: "9", Pages: 6, Pass: 2, Total: -1, Complete: true}, 6},
		{"v2 without, a row that is really there twice", offsets{bare: true, untold: true, list: []int{1, 2, 2, 3}},
			reading{Rows: "1 2 3", Repeated: "2 2", Pages: 4, Pass: 2, Total: -1, Complete: true}, 4},
		{"v2 without, rows move at each reading", offsets{bare: true, untold: true, list: []int{1, 2, 2, 3},
			change: atRequest(3, func(o *offsets) { o.list = []int{1, 3, 3, 4} })},
			reading{Rows: "1 2 3 4", Repeated: "2 3", Pages: 4, Pass: 2, Total: -1, Reason: "1 rows came twice, so others may have been missed"}, 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, c.o.ServeHTTP)
			list := httpx.OffsetList{Path: "/users", Limit: 10, Sort: "_id", TotalHeader: "X-Total-Count"}
			if !c.o.bare {
				list.Rows, list.Total = "results", "totalCount"
			}
			got, _ := read(client.OffsetPages(t.Context(), list))
			c.want.Ended = true
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("reading (-want +got):\n%s", diff)
			}
			if len(c.o.requests) != c.requests {
				t.Errorf("requests %q, want %d", c.o.requests, c.requests)
			}
			if first := "limit=10&skip=0&sort=_id"; c.o.requests[0] != first {
				t.Errorf("first query %q, want %q", c.o.requests[0], first)
			}
		})
	}
}

func TestOffsetPagesBadAnswers(t *testing.T) {
	cases := []struct{ name, body, want string }{
		{"null", `null`, "null where an object was expected"},
		{"bare", `[]`, "a list where an object was expected"},
		{"no rows", `{"totalCount":0}`, `no member "results"`},
		{"null rows", `{"totalCount":0,"results":null}`, `member "results": null where a list was expected`},
		{"text rows", `{"totalCount":0,"results":"x"}`, `member "results": a string where a list was expected`},
		{"null total", `{"totalCount":null,"results":[]}`, `member "totalCount" is not a count`},
		{"negative total", `{"totalCount":-1,"results":[]}`, `member "totalCount" is not a count`},
		{"text total", `{"totalCount":"7","results":[]}`, `member "totalCount" is not a count`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, says(200, c.body))
			_, err := read(client.OffsetPages(t.Context(), httpx.OffsetList{Path: "/users", Rows: "results", Total: "totalCount"}))
			want := "GET /users?limit=100&skip=0: 200 OK: bad response body: " + c.want
			if !errors.Is(err, httpx.ErrBody) || err.Error() != want {
				t.Errorf("error %v, want %q", err, want)
			}
		})
	}
}

func TestServerThatIgnoresSkip(t *testing.T) {
	for name, headers := range map[string][]string{"with totals": {"X-Total-Count", "25"}, "without": nil} {
		t.Run(name, func(t *testing.T) {
			client, _ := serve(t, says(200, rows(upTo(1, 10)...), headers...))
			got, err := read(client.OffsetPages(t.Context(), httpx.OffsetList{Path: "/x", Limit: 10, TotalHeader: "X-Total-Count"}))
			if err != nil || got.Complete || !got.Ended || got.Rows != ids(10) || got.Pages != 4 || got.Reason == "" {
				t.Errorf("got %+v, %v; want 10 rows, not complete, after 4 pages", got, err)
			}
		})
	}
}

func TestPagesStopWhenTheCallerDoes(t *testing.T) {
	o := offsets{list: upTo(1, 25)}
	client, _ := serve(t, o.ServeHTTP)
	for range client.OffsetPages(t.Context(), httpx.OffsetList{Path: "/x", Limit: 10, Rows: "results", Total: "totalCount"}) {
		break
	}
	if len(o.requests) != 1 {
		t.Errorf("%d requests after the caller stopped at the first page", len(o.requests))
	}
}

func TestRowKey(t *testing.T) {
	for row, want := range map[string]string{
		`{"id":"a","_id":"b"}`:  `"a"`,
		`{"_id":"b"}`:           `"b"`,
		`{"id":null,"_id":"b"}`: `"b"`,
		`{"id":7}`:              `7`,
		`{"to":{"id":"x"}}`:     `{"to":{"id":"x"}}`,
		`null`:                  `null`,
		`"text"`:                `"text"`,
	} {
		if got := httpx.RowKey(json.RawMessage(row)); got != want {
			t.Errorf("RowKey(%s) = %s, want %s", row, got, want)
		}
	}
}

func TestRowsWithoutIdentifier(t *testing.T) {
	long := strings.Repeat("x", 200)
	body := `[{"to":{"id":"` + long + `a"}},{"to":{"id":"` + long + `b"}},{"to":{"id":"` + long + `a"}},null,null]`
	client, _ := serve(t, says(200, body))
	for page, err := range client.RangePages(t.Context(), httpx.RangeList{Path: "/x", Range: "id .."}) {
		if err != nil || len(page.Rows) != 3 || len(page.Repeated) != 2 {
			t.Errorf("%d rows, %d repeated, %v; want 3 and 2", len(page.Rows), len(page.Repeated), err)
		}
	}
	byEnd := httpx.RangeList{Path: "/x", Range: "id ..", Key: func(json.RawMessage) string { return "same" }}
	for page, err := range client.RangePages(t.Context(), byEnd) {
		if err != nil || len(page.Rows) != 1 {
			t.Errorf("own key: %d rows, %v; want 1", len(page.Rows), err)
		}
	}
}

// BenchmarkOffsetPages reads 100,000 rows of 1.5 kB in pages of 100.
func BenchmarkOffsetPages(b *testing.B) {
	page := make([]string, 100)
	var request atomic.Int64
	h := func(w http.ResponseWriter, _ *http.Request) {
		n := int(request.Add(1)-1) % 1000
		for i := range page {
			page[i] = fmt.Sprintf(`{"id":"%024d","filler":"%s"}`, n*100+i, strings.Repeat("pear ", 300))
		}
		answer(w, 200, `{"totalCount":100000,"results":[`+strings.Join(page, ",")+`]}`)
	}
	client, err := httpx.New(httpx.Options{BaseURL: "https://api.example.com", Transport: inMemory(h)})
	if err != nil {
		b.Fatal(err)
	}
	list := httpx.OffsetList{Path: "/users", Rows: "results", Total: "totalCount"}
	b.ReportAllocs()
	for b.Loop() {
		rows := 0
		for page, err := range client.OffsetPages(b.Context(), list) {
			if err != nil {
				b.Fatal(err)
			}
			rows += len(page.Rows)
		}
		if rows != 100000 {
			b.Fatalf("%d rows", rows)
		}
	}
}
