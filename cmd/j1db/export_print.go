package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/query/render"
)

// planJupiterOne prints what an export would do, and fails as it would.
func (a *app) planJupiterOne(ctx context.Context, e *jupiterone.Exporter, req jupiterone.Request) error {
	plan, err := e.Plan(ctx, req)
	if err != nil {
		return err
	}
	a.printLine("version %d to %s", plan.Version, plan.Destination)
	for i := range plan.Jobs {
		a.printJobPlan(&plan.Jobs[i])
	}
	if !req.Force {
		return plan.Guard()
	}
	return nil
}

// printLine prints a line that may name what comes from outside.
func (a *app) printLine(format string, args ...any) {
	fmt.Fprintln(a.stdout, render.Clean(fmt.Sprintf(format, args...)))
}

func laneName(j *jupiterone.JobPlan) string {
	if j.Cross {
		return j.Instance + " (to other instances)"
	}
	return j.Instance
}

func (a *app) printJobPlan(j *jupiterone.JobPlan) {
	a.printLine("%s: %s: %s", laneName(j), j.Mode, j.Why)
	if j.Resumes != "" {
		a.printLine("  an earlier export left job %s behind: first it is asked for; what follows takes it for finished", j.Resumes)
	}
	if j.Mode != jupiterone.None {
		a.printLine("  %d entities, %d relationships, %d batches, %s", j.Entities, j.Relationships, j.Batches, bytesText(j.Bytes))
	}
	a.printTypes(j)
	if j.Mode == jupiterone.Diff && !j.Known {
		a.printLine("  what the account holds is not known: what it has besides is deleted")
	}
	if len(j.Partial) > 0 {
		a.printLine("  declared partial: %s", strings.Join(j.Partial, ", "))
	}
	for _, n := range []struct {
		n    int
		what string
	}{{len(j.TooLarge), "objects are too large to send"}, {j.Home, "relationships stay home: an end is not exported"},
		{j.Waiting.Total(), "changes wait: a patch cannot bring them"}} {
		if n.n > 0 {
			a.printLine("  %d %s", n.n, n.what)
		}
	}
}

// printTypes prints what happens to each type; of a lane without a job, what
// waits.
func (a *app) printTypes(j *jupiterone.JobPlan) {
	idle := j.Mode == jupiterone.None
	if idle && !slices.ContainsFunc(j.Types, func(t jupiterone.TypePlan) bool { return t.Total() > 0 }) {
		return
	}
	w := newColumns(a.stdout)
	w.row("  type", "created", "updated", "deleted", "sent", "")
	for _, t := range j.Types {
		note := ""
		switch {
		case idle && t.Total() == 0:
			continue
		case t.Owed:
			note = "deletions wait until it is read whole"
		case t.Whole && !idle:
			note = "sent whole"
		}
		w.row("  "+t.Type, count(t.Created), count(t.Updated), count(t.Deleted), count(t.Send), note)
	}
	w.flush()
}

func (a *app) printExport(r *jupiterone.Report) {
	for i := range r.Jobs {
		j := &r.Jobs[i]
		name := laneName(&j.JobPlan)
		a.printJob(name, j)
		for _, d := range j.Differences {
			a.warn("%s: %s", name, d)
		}
		for _, n := range []struct {
			n    int
			what string
		}{{j.RawDropped, "objects went without their raw data, which are too large"}, {j.Trimmed, "objects went with shortened raw data"},
			{j.Dropped, "properties stayed, because JupiterOne does not take them"}, {j.Home, "relationships stayed home: an end is not exported"},
			{j.Waiting.Total(), "changes wait: a patch cannot bring them"}} {
			if n.n > 0 {
				a.notice("%s: %d %s", name, n.n, n.what)
			}
		}
		for _, t := range j.TooLarge {
			a.warn("%s: %q is too large to send", name, t.Key)
		}
	}
}

// printJob prints what became of a lane in a line.
func (a *app) printJob(name string, j *jupiterone.JobReport) {
	switch {
	case j.Err != nil && j.Resumes != "":
		a.printLine("%s: job %s of an earlier export: %v", name, j.Resumes, j.Err)
	case j.Resumes != "" && j.Job == j.Resumes:
		a.printLine("%s: job %s of an earlier export has finished, version %d confirmed", name, j.Job, j.Confirmed)
	case j.Err != nil:
		a.printLine("%s: %s: failed, %d batches were sent", name, j.Mode, j.SentBatches)
	case j.Mode == jupiterone.None:
		a.printLine("%s: %s", name, j.Why)
	default:
		a.printLine("%s: %s, job %s, version %d confirmed: %d objects in %d batches, %s", name, j.Mode, j.Job, j.Confirmed,
			j.SentObjects, j.SentBatches, bytesText(j.SentBytes))
	}
}
