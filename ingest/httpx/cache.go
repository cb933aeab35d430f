package httpx

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Cache keeps answers for conditional requests: an answer with an ETag is put
// under its request's key, and when the API says 304 it is used again. A Cache
// belongs to one credential, because what an API answers depends on who asks; it
// holds what the API said, so it must be kept as closely as the database. It is
// called by several goroutines.
type Cache interface {
	// Get returns what was put under key.
	Get(key string) (CachedResponse, bool)
	// Put keeps r under key, or does not: it may refuse and forget at will.
	Put(key string, r CachedResponse)
}

// CachedResponse is an answer worth keeping. Its Body and Header must not be
// changed.
type CachedResponse struct {
	ETag   string
	Status int
	Header http.Header // the few that paging needs
	Body   []byte      // unpacked
}

// cachedHeaders are kept with an answer: a 304 need not repeat them, and paging
// over cached pages depends on them.
var cachedHeaders = []string{"Next-Range", "Content-Range", "X-Total-Count", "Content-Type", "Link"}

// cacheKey tells answers apart: Range selects a page as much as the URL does, and
// so does what else the request alone carries.
func cacheKey(req *http.Request) string {
	return req.Method + " " + req.URL.String() + " " + req.Header.Get("Range") + " " + req.Header.Get("Accept") + " " + selection(req)
}

// selection prints the headers that are the request's own, but for Range: with
// them the same URL has another answer.
func selection(req *http.Request) string {
	own := aboutOf(req).own
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if http.CanonicalHeaderKey(name) != "Range" {
			lines = append(lines, name+": "+strings.Join(own[name], ", "))
		}
	}
	return strings.Join(lines, "; ")
}

func newCachedResponse(resp *Response, body []byte) CachedResponse {
	kept := http.Header{}
	for _, name := range cachedHeaders {
		if v := resp.Header.Values(name); len(v) > 0 {
			kept[http.CanonicalHeaderKey(name)] = v
		}
	}
	return CachedResponse{ETag: resp.Header.Get("ETag"), Status: resp.Status, Header: kept, Body: body}
}

// revive turns a 304 into the answer that it stands for.
func (c CachedResponse) revive(fresh http.Header) *Response {
	header := fresh.Clone()
	for name, values := range c.Header {
		header[name] = values
	}
	return &Response{Status: c.Status, Header: header, Bytes: int64(len(c.Body)), Cached: true}
}
