package query

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/query/syntax"
)

// Stmt is a prepared statement. It does not change and may be run by several
// goroutines at once.
type Stmt struct {
	text   string
	query  *syntax.Query
	params []*syntax.Parameter
	// warnings are those that depend on no graph.
	warnings []syntax.Warning

	mu    sync.Mutex // guards what follows
	stamp string     // of the graph that plan was made for; empty without one
	plan  *plan.Plan
}

// Text is the statement as it was prepared.
func (s *Stmt) Text() string { return s.text }

// Query is the statement's tree. Do not write to it.
func (s *Stmt) Query() *syntax.Query { return s.query }

// Run plans the statement for a graph and begins to answer it; most work is done
// while the Result is read. A parameter without a value is a
// *syntax.ValidationError; other errors are those of the graph and of Result.Rows.
func (s *Stmt) Run(ctx context.Context, g Graph, options RunOptions) (*Result, error) {
	if err := s.checkParams(options); err != nil {
		return nil, err
	}
	p, err := s.planFor(ctx, g, options)
	if err != nil {
		return nil, err
	}
	run, err := exec.New(ctx, p, g, options.exec())
	if err != nil {
		return nil, err
	}
	return &Result{kind: Kind(p.Kind), columns: columns(run.Columns()), warnings: s.remarks(p), run: run}, nil
}

// planFor returns the plan for a graph: the last one, when that was made for a graph
// of the same stamp.
func (s *Stmt) planFor(ctx context.Context, g Graph, options RunOptions) (*plan.Plan, error) {
	stamp := ""
	if st, ok := g.(Stamped); ok && len(options.Without) == 0 {
		stamp = st.Stamp()
	}
	if p := s.planned(stamp); p != nil {
		return p, nil
	}
	p, err := plan.New(ctx, s.query, g, plan.Options{Without: options.Without})
	if err != nil || stamp == "" {
		return p, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stamp, s.plan = stamp, p
	return p, nil
}

// planned is the plan that was made for a stamp, nil without.
func (s *Stmt) planned(stamp string) *plan.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stamp == "" || stamp != s.stamp {
		return nil
	}
	return s.plan
}

// remarks are the statement's warnings and a plan's.
func (s *Stmt) remarks(p *plan.Plan) []syntax.Warning {
	all := slices.Clone(s.warnings)
	for _, w := range p.Warnings {
		line, column := syntax.Position(s.text, w.Span.Start)
		w.Line, w.Column = line, column
		all = append(all, w)
	}
	slices.SortStableFunc(all, func(a, b syntax.Warning) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return all
}

func columns(from []plan.Column) []Column {
	out := make([]Column, len(from))
	for i, c := range from {
		out[i] = Column{Name: c.Name, Property: c.Property, Renamed: c.Renamed, Object: c.Object}
	}
	return out
}

// paramsOf lists the parameters of a statement, those of sub-queries too, each path
// once.
func paramsOf(q *syntax.Query) []*syntax.Parameter {
	var params []*syntax.Parameter
	syntax.Walk(q, func(n syntax.Node) bool {
		p, ok := n.(*syntax.Parameter)
		same := func(other *syntax.Parameter) bool { return other.Path == p.Path }
		if ok && !slices.ContainsFunc(params, same) {
			params = append(params, p)
		}
		return true
	})
	return params
}
