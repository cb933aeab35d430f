package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/query/render"
)

// exportProgress tells how an export goes on: in the line of the meter where there
// is one, else a line for each phase of a job.
type exportProgress struct {
	mu    sync.Mutex // guards last
	w     io.Writer
	quiet bool
	live  *meter
	last  string // the phase that was told last, with its job
}

func (a *app) newExportProgress() *exportProgress {
	return &exportProgress{w: a.stderr, quiet: a.flags.quiet, live: a.live}
}

// observe hears how far a job is.
func (p *exportProgress) observe(j jupiterone.Progress) {
	line := progressLine(&j)
	if p.live != nil {
		p.live.say("%s", line)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := fmt.Sprint(j.Instance, j.Cross, j.Phase, j.Job); now != p.last && !p.quiet {
		p.last = now
		fmt.Fprintln(p.w, render.Clean(line))
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
