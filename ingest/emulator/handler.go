package emulator

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Handler is an emulated API. Its faults and its log may be used while it serves.
type Handler struct {
	Faults *Faults
	Log    *Log
	state  *State
	api    provider
}

// provider is what differs between the two APIs.
type provider interface {
	answer(*call) *reply           // computes the right answer
	problem(status int) (body any) // the provider's error body
	can(Fault, *page) bool         // whether a fault of paging means something here
	spoil(*call, Fault, *reply)    // does to a page what depends on the provider
}

// call is one request on its way through a handler.
type call struct {
	request *http.Request
	view    *view
	route   string                  // the pattern that matched
	id      string                  // what stood for the pattern's {name}
	gone    func(first bool) string // the row that is hidden from this list
}

// reply is an answer before it is written.
type reply struct {
	status int
	header http.Header
	body   any   // what is encoded, unless page is set
	page   *page // a page of a list
	raw    []byte
	etag   bool // name the body, and answer 304 to a client that has it
	cut    bool // write half of raw and cut the connection
}

// page is a part of a list.
type page struct {
	rows   []json.RawMessage
	keys   []string // the rows' keys
	before func() json.RawMessage
	number int // from 1
	of     int
	total  int
	wrap   func(*page) any // the document around the rows; nil is the bare array
}

// ServeHTTP answers one request: the right answer first, then what the fault
// plan makes of it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{request: r, view: h.state.now.Load()}
	c.gone = func(first bool) string { return h.Faults.gone(listOf(r), first) }
	answer := h.api.answer(c)
	entry := Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Route: c.route, Header: redact(r.Header)}
	number, pages := 0, 0
	if p := answer.page; p != nil {
		number, pages = p.number, p.of
		entry.Page, entry.Rows = number, len(p.rows)
	}
	able := func(f Fault) bool { return h.able(f, answer) }
	fault, hit := h.Faults.take(r.URL.Path, number, pages, able)
	if hit {
		entry.Fault = fault.name()
		if !wait(r.Context(), fault.Delay) {
			h.Log.add(entry)
			panic(http.ErrAbortHandler)
		}
		h.damage(c, fault, answer)
		if fault.Action == Reset {
			h.Log.add(entry)
			reset(w)
		}
	}
	entry.Status = answer.said(r)
	h.Log.add(entry)
	answer.write(w, r)
}

// listOf names the list that a request is for: organizations have lists of their
// own under one path.
func listOf(r *http.Request) string { return r.URL.Path + " " + r.Header.Get("X-Org-Id") }

// name says what a fault does, for the log.
func (f Fault) name() string {
	switch {
	case f.Action == Answer && f.Status != 0:
		return "status " + strconv.Itoa(f.Status)
	case f.Action != Answer && f.Action != Pass:
		return f.Action.String()
	case f.Delay > 0:
		return "slow"
	case f.Edit != nil:
		return "edit"
	}
	return "pass"
}

// wait sleeps, and says whether the client is still there.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reset cuts the connection without an answer.
func reset(w http.ResponseWriter) {
	if hijacker, ok := w.(http.Hijacker); ok {
		if conn, _, err := hijacker.Hijack(); err == nil {
			if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
				_ = tcp.SetLinger(0) // a reset, not an orderly end; without it the client sees EOF
			}
			_ = conn.Close() // there is nobody to tell
		}
	}
	panic(http.ErrAbortHandler)
}

// encode fills raw from the body or the page.
func (a *reply) encode() {
	if a.raw != nil {
		return
	}
	body := a.body
	if a.page != nil {
		body = a.page.document()
	}
	a.raw = encode(body)
}

// document is the page with what the API puts around it.
func (p *page) document() any {
	if p.wrap != nil {
		return p.wrap(p)
	}
	return List[json.RawMessage](p.rows)
}

// encode gives JSON without escaping <, > and &, as both APIs do.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Errorf("encode %T: %w", v, err)) // only our own types are encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// unsaid are the headers about the rows that a 304 leaves out, as it may: a client
// that takes their absence for the end of a list would read too little.
var unsaid = []string{"Next-Range", "Content-Range", "Accept-Ranges", "Last-Modified"}

// gzipFrom is the size from which answers are compressed for clients that ask.
const gzipFrom = 1400

// said is the status that a client sees.
func (a *reply) said(r *http.Request) int {
	if asked := r.Header.Get("If-None-Match"); a.etag && asked != "" {
		a.encode()
		if asked == etag(a.raw) {
			return http.StatusNotModified
		}
	}
	return a.status
}

// write sends the answer.
func (a *reply) write(w http.ResponseWriter, r *http.Request) {
	a.encode()
	body := a.raw
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	header.Add("Vary", "Accept-Encoding")
	if a.etag {
		header.Set("Etag", etag(body))
	}
	if a.said(r) == http.StatusNotModified {
		for _, n := range unsaid {
			header.Del(n)
		}
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	if len(body) >= gzipFrom && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	if a.cut {
		_, _ = w.Write(body[:len(body)/2]) // cutting is the purpose
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body) // a client that left is no error here
}

// compress gives a body as gzip. Speed matters more than size on loopback.
func compress(body []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err == nil {
		_, err = z.Write(body)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(fmt.Errorf("compress answer: %w", err)) // a buffer takes everything
	}
	return b.Bytes()
}
