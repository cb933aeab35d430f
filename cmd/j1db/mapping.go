package main

import (
	"context"

	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// The view of the store is what the mapper reads: neither knows the other.
var _ mapper.View = (*store.View)(nil)

// derive is the mapper as the store runs it inside a commit. The rules about
// people see what collectors supply, and nothing when they are switched off;
// mapped relationships are resolved in any case.
func derive(cfg *config) store.Derive {
	persons := cfg.persons
	return func(ctx context.Context, view *store.View, put func(graph.Batch) error) error {
		opt := mapper.Options{Persons: func(in *graph.Instance) bool { return in.Source == graph.SourceCollector }}
		if persons {
			rules, err := mapper.DefaultRules()
			if err != nil {
				return err
			}
			opt.Rules = rules
		}
		_, err := mapper.Derive(ctx, view, opt, put)
		return err
	}
}
