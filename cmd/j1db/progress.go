package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store/graph"
)

// progress shows how a sync goes on: on a terminal one line that is rewritten,
// elsewhere a line per finished step. It implements ingest.Observer and hears
// httpx events. A quiet one shows nothing.
type progress struct {
	mu       sync.Mutex // guards everything below
	w        io.Writer
	live     bool // rewrite one line
	quiet    bool
	width    int
	now      func() time.Time
	instance string
	drawn    time.Time
	shown    bool // a live line is on the screen
	running  []string
	counts   map[string]stepCount
	done     int
	logs     func(level string) bool
	waiting  time.Time // until when the rate limit makes us wait
}

// eraseLine goes to the start of a terminal's line and empties it.
const eraseLine = "\r\x1b[K"

type stepCount struct{ entities, relationships, requests int }

func (a *app) newProgress(instance string) *progress {
	return &progress{w: a.stderr, live: a.stderrTerminal && a.getenv("TERM") != "dumb",
		quiet: a.flags.quiet, width: a.width(), now: a.now, instance: instance, counts: map[string]stepCount{}, logs: a.logs}
}

// StepStarted implements ingest.Observer.
func (p *progress) StepStarted(s *ingest.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = append(p.running, s.ID)
	p.draw(true)
}

// StepProgress implements ingest.Observer.
func (p *progress) StepProgress(s *ingest.Step, entities, relationships, requests int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[s.ID] = stepCount{entities, relationships, requests}
	p.draw(false)
}

// StepEnded implements ingest.Observer.
func (p *progress) StepEnded(s *ingest.Step, out graph.StepOutcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = remove(p.running, s.ID)
	p.counts[s.ID] = stepCount{out.Entities, out.Relationships, out.Requests}
	p.done++
	if !p.live && !p.quiet {
		fmt.Fprintf(p.w, "%s: %s: %s, %d entities, %d relationships, %d requests\n",
			render.Clean(p.instance), out.Step, out.Outcome, out.Entities, out.Relationships, out.Requests)
	}
	p.draw(true)
}

// event hears of requests: only waits are worth telling.
func (p *progress) event(e httpx.Event) {
	p.log(e)
	if e.Kind != httpx.WaitingForLimit && e.Kind != httpx.WaitingToRetry {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	until := p.now().Add(e.Wait)
	long := e.Wait >= time.Second && until.After(p.waiting.Add(time.Second))
	if until.After(p.waiting) {
		p.waiting = until
	}
	if long && !p.live && !p.quiet {
		fmt.Fprintf(p.w, "%s: %s, %s\n", render.Clean(p.instance), waitReason(e), e.Wait.Round(time.Second))
	}
	p.draw(true)
}

func waitReason(e httpx.Event) string {
	if e.Kind == httpx.WaitingForLimit {
		return "waiting for the rate limit"
	}
	return "waiting to try again"
}

// draw rewrites the live line, at most ten times a second unless it is urgent.
func (p *progress) draw(urgent bool) {
	now := p.now()
	if !p.live || p.quiet || !urgent && now.Sub(p.drawn) < 100*time.Millisecond {
		return
	}
	p.drawn, p.shown = now, true
	fmt.Fprint(p.w, eraseLine+p.line(now))
}

// line is what the live line says.
func (p *progress) line(now time.Time) string {
	var sum stepCount
	for _, c := range p.counts {
		sum.entities += c.entities
		sum.relationships += c.relationships
		sum.requests += c.requests
	}
	line := p.instance + ": "
	if left := p.waiting.Sub(now); left > 0 {
		line += fmt.Sprintf("waiting %s for the rate limit, ", left.Round(time.Second))
	}
	line += fmt.Sprintf("%d steps done, %d entities, %d relationships, %d requests", p.done, sum.entities, sum.relationships, sum.requests)
	if len(p.running) > 0 {
		line += ", " + strings.Join(p.running, " ")
	}
	return fitted(render.Clean(line), p.width)
}

// clear removes the live line.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, eraseLine)
		p.shown = false
	}
}

func remove(list []string, s string) []string {
	for i, x := range list {
		if x == s {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}
