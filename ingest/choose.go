package ingest

import (
	"fmt"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// choose decides which steps do not run.
func (r *runner) choose(o RunOptions) error {
	for _, list := range [][]string{o.Only, o.Skip, o.Disabled} {
		for _, id := range list {
			if err := r.hasStep(id); err != nil {
				return err
			}
		}
	}
	asked := r.asked(o.Only)
	for _, s := range r.steps {
		switch {
		case slices.Contains(o.Disabled, s.ID):
			s.leaveOut(graph.Disabled, "disabled by the configuration")
		case slices.Contains(o.Skip, s.ID) || !asked[s.ID]:
			s.leaveOut(graph.Skipped, "not asked for")
		}
	}
	for _, s := range r.steps {
		for _, b := range s.before {
			if out := b.outcome.Outcome; s.outcome.Outcome == graph.OK && out != graph.OK {
				s.leaveOut(out, fmt.Sprintf("needs %s, which %s", b.ID, ended(out)))
			}
		}
	}
	for _, id := range o.Only {
		if s := r.step(id); s.outcome.Outcome != graph.OK {
			return fmt.Errorf("run step %s: it is %s: %s", id, s.outcome.Outcome, s.outcome.Reason)
		}
	}
	return nil
}

func (s *stepRun) leaveOut(o graph.Outcome, reason string) {
	s.outcome.Outcome, s.outcome.Reason = o, reason
}

func (r *runner) step(id string) *stepRun {
	for _, s := range r.steps {
		if s.ID == id {
			return s
		}
	}
	return nil
}

func (r *runner) hasStep(id string) error {
	if r.step(id) != nil {
		return nil
	}
	var known []string
	for _, s := range r.steps {
		known = append(known, s.ID)
	}
	return &UnknownStepError{ID: id, Known: known}
}

// UnknownStepError names a step that the table does not have.
type UnknownStepError struct {
	ID    string
	Known []string // the ids of the table, in its order
}

// Error names the step.
func (e *UnknownStepError) Error() string { return fmt.Sprintf("there is no step %q", e.ID) }

// asked returns the steps that are named, with what they need; all when none is.
func (r *runner) asked(only []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range r.steps {
		if len(only) == 0 {
			out[s.ID] = true
		}
		if slices.Contains(only, s.ID) {
			out[s.ID] = true
			for _, b := range s.before {
				out[b.ID] = true
			}
		}
	}
	return out
}
