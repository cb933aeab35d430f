package ingesttest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"syscall"
	"testing/iotest"
)

// Transport answers requests from a handler, without a network. Like a real one it
// tells the trace of a request's context that the request was sent. A handler that
// panics with http.ErrAbortHandler cuts the connection: the client gets what was
// written before, and an error where the rest should be.
type Transport struct {
	Handler http.Handler
	// Plain hides from the handler that the client takes packed answers: packing
	// them costs more than all the rest of a run.
	Plain bool
}

// RoundTrip implements http.RoundTripper.
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
	rec := httptest.NewRecorder()
	cut := t.serve(rec, t.received(req))
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if cut && rec.Body.Len() == 0 {
		return nil, syscall.ECONNRESET
	}
	resp := rec.Result()
	resp.Request = req
	if cut {
		resp.Body = io.NopCloser(io.MultiReader(resp.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
	}
	return resp, nil
}

// received is the request as a server gets it.
func (t Transport) received(req *http.Request) *http.Request {
	in := req.Clone(req.Context())
	in.RequestURI = req.URL.RequestURI()
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if t.Plain {
		in.Header.Del("Accept-Encoding")
	}
	return in
}

// serve reports whether the handler cut the connection.
func (t Transport) serve(w http.ResponseWriter, r *http.Request) (cut bool) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			cut = true
		default:
			panic(p)
		}
	}()
	t.Handler.ServeHTTP(w, r)
	return false
}
