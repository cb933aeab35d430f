package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// The view of the store is what the mapper reads: neither knows the other.
var _ mapper.View = (*store.View)(nil)

// mapping is the mapper as the store runs it inside a commit, and what came of
// its last run.
type mapping struct {
	rules  *mapper.Rules  // nil without rules about people
	report *mapper.Report // nil before a run
}

// maxRules is the largest file of rules that is read.
const maxRules = 1 << 20

// mapperRules reads the rules that are configured, nil when rules about people
// are switched off. It is done before anything is collected.
func (c *config) mapperRules() (*mapper.Rules, error) {
	if !c.persons {
		return nil, nil
	}
	rules, err := mapper.DefaultRules()
	if err != nil || c.rules.value == "" {
		return rules, err
	}
	text, err := readUpTo(c.rules.value, maxRules)
	if err != nil {
		return nil, &configError{c.rules.value, err, "mapper.rules of " + c.rules.origin + " names it"}
	}
	more, err := mapper.ParseRules(text)
	if err != nil {
		return nil, &configError{c.rules.value, err, "docs/configuration.md describes rules of the mapper"}
	}
	return rules.With(more), nil
}

// readUpTo reads a file that must not be larger than limit.
func readUpTo(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = errors.New("the file is larger than " + fmt.Sprint(limit>>20) + " MiB")
	}
	return text, err
}

// mapping returns the mapper as it is configured.
func (c *config) mapping() (*mapping, error) {
	rules, err := c.mapperRules()
	return &mapping{rules: rules}, err
}

// derive is a store.Derive. The rules about people see the instances that are
// marked for it; mapped relationships are resolved in any case.
func (m *mapping) derive(ctx context.Context, view *store.View, put func(graph.Batch) error) error {
	report, err := mapper.Derive(ctx, view, mapper.Options{
		Rules: m.rules, Persons: func(in *graph.Instance) bool { return in.Mapped },
	}, put)
	if err == nil {
		m.report = report
	}
	return err
}

// printMapping tells what the mapper could not decide.
func (a *app) printMapping(m *mapping) {
	r := m.report
	if r == nil {
		return
	}
	for _, s := range r.Samples {
		a.notice("mapper: %s: %q of %s may be any of %d people and is joined to none", s.Rule, s.Source.Key, s.Source.Instance, len(s.People))
	}
	if more := r.Ambiguous - len(r.Samples); more > 0 {
		a.notice("mapper: and %d more ambiguous entities", more)
	}
	if r.Unresolved > 0 {
		a.notice("mapper: the far ends of %d mapped relationships were not found", r.Unresolved)
	}
}
