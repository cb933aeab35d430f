package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/query/render"
)

// The values of --log-level, from the quietest. Warnings are told from "warn" on,
// failed attempts and waits of requests from "info" on, every request at "debug".
var logLevels = []string{"error", "warn", "info", "debug"}

// logs reports whether messages of a level are told.
func (a *app) logs(level string) bool {
	asked := cmp.Or(a.flags.logLevel, "warn")
	return slices.Index(logLevels, level) <= slices.Index(logLevels, asked)
}

// requestLevel is the level of a request's event.
func requestLevel(e httpx.Event) string {
	switch {
	case e.Kind == httpx.RequestStarted, e.Kind == httpx.RequestFinished && e.Err == nil:
		return "debug"
	}
	return "info"
}

// requestText says what happened to a request. Its path holds no secret.
func requestText(e httpx.Event) string {
	text := fmt.Sprintf("%s %s", e.Method, e.Path)
	switch e.Kind {
	case httpx.RequestStarted:
		return fmt.Sprintf("%s: attempt %d", text, e.Attempt)
	case httpx.RequestFinished:
		if e.Err != nil {
			return fmt.Sprintf("%s: attempt %d: %v", text, e.Attempt, e.Err)
		}
		return fmt.Sprintf("%s: status %d, %d bytes", text, e.Status, e.Bytes)
	}
	return fmt.Sprintf("%s: %s, %s", text, waitReason(e), e.Wait.Round(time.Millisecond))
}

// log tells of a request on a line of its own.
func (p *progress) log(e httpx.Event) {
	if p.logs == nil || !p.logs(requestLevel(e)) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, eraseLine)
		p.shown = false
	}
	fmt.Fprintf(p.w, "%s: %s\n", render.Clean(p.instance), render.Clean(requestText(e)))
}
