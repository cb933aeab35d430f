package main

import (
	"context"

	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// The view of the store is what the mapper reads: neither knows the other.
var _ mapper.View = (*store.View)(nil)

// derive is the mapper as the store runs it inside a commit, and tells of each run
// that it makes. The rules about people see the instances that are
// marked for it, and nothing when they are switched off; mapped relationships are resolved in any case.
func derive(cfg *config, tell func(*mapper.Report)) store.Derive {
	persons := cfg.persons
	return func(ctx context.Context, view *store.View, put func(graph.Batch) error) error {
		opt := mapper.Options{Persons: func(in *graph.Instance) bool { return in.Mapped }}
		if persons {
			rules, err := mapper.DefaultRules()
			if err != nil {
				return err
			}
			opt.Rules = rules
		}
		report, err := mapper.Derive(ctx, view, opt, put)
		if err == nil {
			tell(report)
		}
		return err
	}
}

// printMapping tells what the mapper could not decide, nil when it did not run.
func (a *app) printMapping(r *mapper.Report) {
	if r == nil {
		return
	}
	for _, m := range r.Samples {
		a.notice("mapper: %s: %q of %s may be any of %d people and is joined to none", m.Rule, m.Source.Key, m.Source.Instance, len(m.People))
	}
	if more := r.Ambiguous - len(r.Samples); more > 0 {
		a.notice("mapper: and %d more ambiguous entities", more)
	}
	if r.Unresolved > 0 {
		a.notice("mapper: the far ends of %d mapped relationships were not found", r.Unresolved)
	}
}
