package plan

import (
	"context"
	"fmt"
	"slices"

	"github.com/j1db/j1db/query/syntax"
)

// Kind is the shape of a plan's result.
type Kind uint8

// The kinds of result.
const (
	List Kind = iota
	Table
	Tree
)

// Plan is how one query is answered over one graph. It does not change once it is
// made, and any number of runs may share it.
type Plan struct {
	Kind    Kind
	Columns []Column
	// Root is the topmost operator.
	Root Node
	// Slots is how many slots rows have.
	Slots int
	// Subs are the sub-queries, in the order in which they are computed.
	Subs []*Sub
	// Warnings say what makes the result smaller than its author may expect, in
	// sub-queries too.
	Warnings []Warning
}

// Column describes one column of a table. A column of All stands for as many as
// the run finds.
type Column struct {
	Name     string
	Property string // what it shows as stored; "" when computed or an object
	Renamed  bool
	Object   bool
	All      bool
}

// Options shape a plan.
type Options struct {
	// Without names the rules that are switched off.
	Without []string
	// Estimates asks for estimates of every operator, for EXPLAIN.
	Estimates bool
}

// New plans a statement that syntax.Validate accepts, for the graph that a
// catalogue describes. The same statement over the same graph is planned the same
// way. Its errors are those of the catalogue and of unknown rules.
func New(ctx context.Context, q *syntax.Query, catalog Catalog, options Options) (*Plan, error) {
	for _, name := range options.Without {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.Name == name }) {
			return nil, fmt.Errorf("plan query: there is no rule %q", name)
		}
	}
	p := &planner{stats: &stats{ctx: ctx, cat: catalog}, options: options}
	out, err := p.plan(q)
	if err == nil {
		err = p.stats.err
	}
	if err != nil {
		return nil, fmt.Errorf("plan query: %w", err)
	}
	out.Warnings = p.warnings
	return out, nil
}

// plan plans a query or a sub-query.
func (p *planner) plan(q *syntax.Query) (*Plan, error) {
	d, err := p.newDraft(q)
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		if !slices.Contains(p.options.Without, r.Name) {
			r.apply(d)
		}
	}
	if p.options.Estimates {
		d.estimate()
	}
	out := &Plan{Kind: d.out.kind, Root: d.build(), Slots: len(d.labels), Subs: d.subs}
	d.keepNeeded(out.Root)
	for _, it := range d.out.items[:d.out.returned] {
		out.Columns = append(out.Columns, it.column)
	}
	return out, nil
}
