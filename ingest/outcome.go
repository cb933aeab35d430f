package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/store/graph"
)

// conclude decides how a step ended, tells the sink which of its types were not
// read whole, and which parents' lists were all the same. err is what its
// function returned. A run that is over concludes nothing.
func (s *stepRun) conclude(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	s.judge(err)
	for _, m := range s.known {
		m.freeze()
	}
	batch := graph.Batch{Origin: s.ID}
	for _, c := range s.lists {
		// Of a type that is whole it will be said once, for all parents. Of a scope it
		// is said when all steps have ended.
		if (!s.whole(c.Type) || s.run.shared[c.Type]) && !s.run.sharedScope(c) {
			batch.Complete = append(batch.Complete, c)
		}
	}
	sortComplete(batch.Complete)
	for _, typ := range s.outcome.Partial {
		batch.Partial = append(batch.Partial, graph.Partial{Type: typ, Reason: s.ID + ": " + s.why(typ)})
	}
	out := s.outcome
	s.mu.Unlock()
	if len(batch.Partial)+len(batch.Complete) > 0 {
		if err := s.run.put(ctx, batch); err != nil {
			return
		}
	}
	s.run.observe(func(o Observer) { o.StepEnded(s.Step, out) })
}

func sortComplete(list []graph.Complete) {
	slices.SortFunc(list, func(a, b graph.Complete) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Parent, b.Parent))
	})
}

// sharedScope reports whether c is a scope of a type that other steps supply as
// well. What is no longer there may have moved to where those look.
func (r *runner) sharedScope(c graph.Complete) bool {
	return r.shared[c.Type] && strings.HasPrefix(c.Parent, "/")
}

// scopes lists the scopes of shared types that are complete: those whose objects
// can be nowhere else, because every other step that supplies the type read it
// whole. A step that the configuration disables does not count, nor one that may
// be forbidden and is: where it would look nothing is collected.
func (r *runner) scopes() []graph.Complete {
	var done []graph.Complete
	for _, s := range r.steps {
		elsewhere := func(o *stepRun, typ string) bool {
			return o != s && slices.Contains(o.types(), typ) && !o.whole(typ) &&
				!o.excused && o.outcome.Outcome != graph.Disabled
		}
		for _, c := range s.lists {
			if r.sharedScope(c) && !slices.ContainsFunc(r.steps, func(o *stepRun) bool { return elsewhere(o, c.Type) }) {
				done = append(done, c)
			}
		}
	}
	sortComplete(done)
	return done
}

// judge sets the outcome of the step.
func (s *stepRun) judge(err error) {
	out := &s.outcome
	switch {
	case out.Outcome == graph.Skipped || out.Outcome == graph.Disabled:
		out.Partial = s.types()
		return
	case err != nil:
		s.err = err
		out.Outcome, out.Reason, out.Partial = graph.Failed, oneLine(err.Error()), s.types()
		if httpx.IsForbidden(err) {
			out.Outcome = graph.Forbidden
		}
		s.excused = s.Optional && out.Outcome == graph.Forbidden
		if !errors.Is(err, s.eachErr) {
			s.lists = nil // the step had more to do with what it read
		}
		return
	}
	if need := s.brokenNeed(); need != nil {
		out.Outcome, out.Partial = graph.PartialOK, s.types()
		out.Reason = fmt.Sprintf("needs %s, which %s", need.ID, ended(need.outcome.Outcome))
		s.excused = s.Optional && need.excused && s.gaps.excusable()
		return
	}
	if len(s.gaps) > 0 {
		out.Outcome, out.Partial = graph.PartialOK, s.gaps.types()
		out.Reason = s.gaps[out.Partial[0]].reason
		s.excused = s.Optional && s.gaps.excusable()
	}
}

// brokenNeed returns the gravest of the needed steps that were not read whole:
// one that counts, if there is one.
func (s *stepRun) brokenNeed() *stepRun {
	var found *stepRun
	for _, need := range s.needs {
		if need.outcome.Outcome != graph.OK && (found == nil || found.excused && !need.excused) {
			found = need
		}
	}
	return found
}

func ended(o graph.Outcome) string {
	switch o {
	case graph.PartialOK:
		return "was not read whole"
	case graph.Forbidden:
		return "was forbidden"
	case graph.Skipped:
		return "was skipped"
	case graph.Disabled:
		return "is disabled"
	}
	return "failed"
}

// why says why a type is not whole.
func (s *stepRun) why(typ string) string {
	if g, ok := s.gaps[typ]; ok && s.outcome.Outcome == graph.PartialOK {
		return g.reason
	}
	return s.outcome.Reason
}

// whole reports whether the step, which has ended, read all of typ.
func (s *stepRun) whole(typ string) bool { return !slices.Contains(s.outcome.Partial, typ) }

// finish supplies which types were read whole, by every step that supplies them,
// or returns why the run is over.
func (r *runner) finish(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	whole := map[string]bool{}
	for _, s := range r.steps {
		for _, typ := range s.types() {
			before, seen := whole[typ]
			whole[typ] = (before || !seen) && s.whole(typ)
		}
	}
	batch := graph.Batch{Origin: "run", Complete: r.scopes()}
	for _, typ := range slices.Sorted(maps.Keys(whole)) {
		if whole[typ] {
			batch.Complete = append(batch.Complete, graph.Complete{Type: typ})
		}
	}
	if err := r.put(ctx, batch); err != nil {
		return context.Cause(ctx)
	}
	return nil
}
