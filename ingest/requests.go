package ingest

import (
	"context"
	"net/http/httptrace"
)

// countRequests returns a context under which every request that is sent counts
// for s.
func countRequests(ctx context.Context, s *stepRun) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) {
		s.mu.Lock()
		s.outcome.Requests++
		s.mu.Unlock()
		s.run.progress(s)
	}})
}
