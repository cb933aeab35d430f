package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// printReport prints how each step went and what was odd.
func (a *app) printReport(name string, r *ingest.Report) {
	w := newColumns(a.stdout)
	w.row(name, "outcome", "entities", "relationships", "requests", "time")
	for _, s := range r.Steps {
		w.row("  "+s.Step, s.Outcome.String(), count(s.Entities), count(s.Relationships), count(s.Requests),
			(time.Duration(s.Millis) * time.Millisecond).String())
	}
	w.flush()
	follow := 0
	for _, s := range r.Steps {
		switch {
		case follows(s):
			follow++
		case s.Reason != "":
			a.notice("%s: %s: %s", name, s.Step, s.Reason)
		}
	}
	if follow > 0 {
		a.notice("%s: steps that need what is missing, and are not whole either: %d", name, follow)
	}
	for _, w := range r.Warnings {
		a.notice("%s: %s: %s", name, w.Kind, w.String())
	}
}

// follows reports whether a step is not whole only because one that it needs is
// not: what went wrong is told there.
func follows(s graph.StepOutcome) bool { return strings.HasPrefix(s.Reason, "needs ") }

// printResult prints what a commit changed and what it could not take.
func (a *app) printResult(name string, res store.Result, dryRun bool) {
	a.printFindings(name, res)
	var sum graph.Counts
	for _, c := range res.Changes {
		sum = sum.Plus(c.Counts)
	}
	switch {
	case sum.Total() == 0:
		fmt.Fprintf(a.stdout, "%s: nothing changed\n", name)
		return
	case dryRun:
		fmt.Fprintf(a.stdout, "%s: would change %s (dry run, nothing was committed)\n", name, countsText(sum))
	default:
		fmt.Fprintf(a.stdout, "%s: version %d, %s\n", name, res.Version, countsText(sum))
	}
	w := newColumns(a.stdout)
	w.row("  type", "created", "updated", "deleted")
	for _, c := range res.Changes {
		label := c.Type
		if c.Instance != name {
			label += " (" + c.Instance + ")"
		}
		w.row("  "+label, count(c.Created), count(c.Updated), count(c.Deleted))
	}
	w.flush()
}

func (a *app) printFindings(name string, res store.Result) {
	for _, d := range res.Duplicates.Samples {
		a.notice("%s: duplicate %s %q of %s was left out: the one of %s came first", name, d.Kind, d.Key, d.Origin, d.Kept)
	}
	for _, d := range res.Dangling.Samples {
		a.notice("%s: %s %q was not stored: its end %q of %s is not there", name, d.Type, d.Key, d.Missing.Key, d.Missing.Instance)
	}
	for _, r := range res.Rejected.Samples {
		a.notice("%s: %s %q of %s was rejected: %s", name, r.Kind, r.Key, r.Origin, r.Reason)
	}
	for _, more := range []struct {
		what string
		n    int
	}{
		{"duplicates", res.Duplicates.Count - len(res.Duplicates.Samples)},
		{"dangling relationships", res.Dangling.Count - len(res.Dangling.Samples)},
		{"rejected objects", res.Rejected.Count - len(res.Rejected.Samples)},
	} {
		if more.n > 0 {
			a.notice("%s: and %d more %s", name, more.n, more.what)
		}
	}
	if n := res.Cascaded.Count; n > 0 {
		a.notice("%s: %d relationships went with their ends", name, n)
	}
	if n := len(res.Stale); n > 0 {
		types := make([]string, n)
		for i, s := range res.Stale {
			types[i] = s.Type
			if s.Since != 0 {
				types[i] += " (since " + formatTime(s.Since) + ")"
			}
		}
		if n > maxStaleShown {
			types = append(types[:maxStaleShown], fmt.Sprintf("and %d more", n-maxStaleShown))
		}
		a.notice("%s: kept and marked stale, because they were not read whole: %s", name, strings.Join(types, ", "))
	}
}

// maxStaleShown is how many stale types a summary names.
const maxStaleShown = 5

func countsText(n graph.Counts) string {
	return fmt.Sprintf("%d created, %d updated, %d deleted", n.Created, n.Updated, n.Deleted)
}

// count prints a number, nothing for none: a table of zeros hides what is there.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func formatTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05Z") }

// notice tells people something on stderr, unless they asked for quiet.
func (a *app) notice(format string, args ...any) {
	if !a.flags.quiet {
		fmt.Fprintln(a.stderr, render.Clean(fmt.Sprintf(format, args...)))
	}
}

// warn is a notice that quiet does not silence; --log-level error does.
func (a *app) warn(format string, args ...any) {
	if !a.logs("warn") {
		return
	}
	fmt.Fprintln(a.stderr, a.onStderr(yellow, "warning:")+" "+render.Clean(fmt.Sprintf(format, args...)))
}

func (a *app) warnAll(texts []string) {
	for _, t := range texts {
		a.warn("%s", t)
	}
}
