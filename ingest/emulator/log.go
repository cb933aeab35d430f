package emulator

import (
	"maps"
	"net/http"
	"slices"
	"sync"
)

// Request is one request as a handler saw it, without the values of secrets.
type Request struct {
	Method string
	Path   string
	Query  string
	Route  string      // the pattern of the route, such as /teams/{team}/members; empty for none
	Header http.Header // credentials replaced by "[present]"
	Status int         // what was answered; 0 when the connection was cut before an answer
	Page   int         // page of the list that was asked for, from 1; 0 for no list
	Rows   int         // rows on that page
	Fault  string      // what the fault plan did, such as "status 500"; empty for nothing
}

// logLimit bounds the requests that a log keeps: a soak makes millions.
const logLimit = 20_000

// Log remembers the requests to one handler: the newest 20,000 whole, all of
// them as counts per route. It is safe for concurrent use.
type Log struct {
	mu       sync.Mutex
	requests []Request
	counts   map[string]int
}

// Requests gives the remembered requests in the order of their answers.
func (l *Log) Requests() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}

// Counts gives how many requests each route had since the last Reset.
func (l *Log) Counts() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.counts)
}

// Len is the number of requests since the last Reset, also those forgotten.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, c := range l.counts {
		n += c
	}
	return n
}

// Reset forgets everything.
func (l *Log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests, l.counts = nil, nil
}

// add remembers a request; when the log is full its older half goes.
func (l *Log) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[r.Route]++
	if len(l.requests) == logLimit {
		l.requests = slices.Delete(l.requests, 0, logLimit/2)
	}
	l.requests = append(l.requests, r)
}

// redact copies a header without the values of credentials.
func redact(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Authorization", "X-Api-Key", "Cookie", "Proxy-Authorization"} {
		if _, ok := h[name]; ok {
			h[name] = []string{"[present]"}
		}
	}
	return h
}
