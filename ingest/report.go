package ingest

import (
	"errors"
	"strings"

	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/store/graph"
)

// Report says how a run went.
type Report struct {
	Outcome graph.Outcome // of the run: OK, PartialOK or Failed
	// Steps are in the order of the table.
	Steps    []graph.StepOutcome
	Warnings []Warning // sorted, one for each kind
	// Errors are those of the steps that failed, in the order of the table.
	Errors []StepError
	// Entities and Relationships count what was supplied, Rejected what could not
	// be, Invalid what JupiterOne's data model would not take in what was, Requests
	// what was sent.
	Entities, Relationships, Rejected, Invalid, Requests int
}

// StepError is why a step failed.
type StepError struct {
	Step string
	Err  error
}

// Error names the step and the cause.
func (e StepError) Error() string { return e.Step + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e StepError) Unwrap() error { return e.Err }

// report sums up the run.
func (r *runner) report() *Report {
	rep := &Report{Warnings: mergeTallies(r.steps)}
	troubled := false
	for _, s := range r.steps {
		s.mu.Lock() // a request that was cancelled may still be counted
		out := s.outcome
		s.mu.Unlock()
		rep.Steps = append(rep.Steps, out)
		rep.Entities += out.Entities
		rep.Relationships += out.Relationships
		rep.Requests += out.Requests
		if s.err != nil {
			rep.Errors = append(rep.Errors, StepError{s.ID, s.err})
		}
		switch out.Outcome {
		case graph.PartialOK, graph.Failed, graph.Forbidden:
			troubled = troubled || !s.excused
		}
	}
	for _, w := range rep.Warnings {
		switch w.Kind {
		case WarnRejected:
			rep.Rejected += w.Count
		case WarnInvalid:
			rep.Invalid += w.Count
		}
	}
	switch {
	case troubled && rep.Entities+rep.Relationships == 0:
		rep.Outcome = graph.Failed
	case troubled:
		rep.Outcome = graph.PartialOK
	}
	return rep
}

// verifyHint says what to check when a provider does not let one in.
func verifyHint(p *Provider, err error) string {
	if httpx.IsUnauthorized(err) || httpx.IsForbidden(err) {
		var names []string
		for _, s := range p.Settings {
			if s.Secret && s.Env != "" {
				names = append(names, s.Name+" ("+s.Env+")")
			} else if s.Secret {
				names = append(names, s.Name)
			}
		}
		if len(names) > 0 {
			return "check " + strings.Join(names, ", ") + ": it is wrong, revoked, or lacks a right"
		}
	}
	e, ok := errors.AsType[*httpx.Error](err)
	switch {
	case !ok:
		return "" // the collector's own finding says what to check
	case e.Hint != "":
		return e.Hint
	case e.Status >= 500:
		return "the provider has trouble of its own; try again later"
	case e.Status == 0 && !errors.Is(err, httpx.ErrUnrecorded):
		return "check the address, the network and the proxy"
	}
	return ""
}
