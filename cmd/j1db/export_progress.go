package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/query/render"
)

// exportProgress shows how an export goes on: on a terminal one line that is
// rewritten, elsewhere a line for each phase of a job.
type exportProgress struct {
	mu    sync.Mutex // guards everything below
	w     io.Writer
	live  bool
	quiet bool
	width int
	last  string // the phase that was told last, with its instance
	shown bool   // a live line is on the screen
}

func (a *app) newExportProgress() *exportProgress {
	return &exportProgress{w: a.stderr, live: a.stderrTerminal && a.getenv("TERM") != "dumb", quiet: a.flags.quiet, width: a.width()}
}

// observe hears how far a job is.
func (p *exportProgress) observe(j jupiterone.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quiet {
		return
	}
	line := render.Clean(progressLine(&j))
	if p.live {
		if p.width > 1 {
			line = twwidth.Truncate(line, p.width-1, "…")
		}
		p.shown = true
		fmt.Fprint(p.w, eraseLine+line)
		return
	}
	if now := fmt.Sprint(j.Instance, j.Cross, j.Phase, j.Job); now != p.last {
		p.last = now
		fmt.Fprintln(p.w, line)
	}
}

// clear removes the live line.
func (p *exportProgress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, eraseLine)
		p.shown = false
	}
}

func progressLine(j *jupiterone.Progress) string {
	name := laneName(&jupiterone.JobPlan{Instance: j.Instance, Cross: j.Cross})
	switch j.Phase {
	case jupiterone.PhaseSettling:
		return fmt.Sprintf("%s: an earlier export left job %s behind; asking what became of it", name, j.Job)
	case jupiterone.PhaseUploading:
		if j.Sent == 0 {
			return fmt.Sprintf("%s: job %s: uploading %d objects", name, j.Job, j.Of)
		}
		return fmt.Sprintf("%s: job %s: uploading %d objects, %d of them sent in %d batches", name, j.Job, j.Of, j.Sent, j.Batches)
	case jupiterone.PhaseFinalising:
		return fmt.Sprintf("%s: job %s: all %d objects are sent; waiting until they are applied", name, j.Job, j.Sent)
	}
	return fmt.Sprintf("%s: job %s: %s", name, j.Job, j.Phase)
}
