package query

import (
	"context"
	"fmt"
	"strings"

	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/plan"
)

// Explain prints the plan of the statement for a graph as a tree, the last operator
// first, with how many rows are expected of each. Nothing is run.
func (s *Stmt) Explain(ctx context.Context, g Graph, options RunOptions) (string, error) {
	p, err := s.explained(ctx, g, options)
	if err != nil {
		return "", err
	}
	return p.Explain(nil), nil
}

// ExplainAnalyze runs the statement to its end and prints the plan with how many
// rows each operator made, and with options.Clock the time that it took without
// those below it. Its errors are those of Run and of Result.Rows.
func (s *Stmt) ExplainAnalyze(ctx context.Context, g Graph, options RunOptions) (string, error) {
	if err := s.checkParams(options); err != nil {
		return "", err
	}
	p, err := s.explained(ctx, g, options)
	if err != nil {
		return "", err
	}
	run, err := exec.New(ctx, p, g, options.exec())
	if err != nil {
		return "", err
	}
	if err := drain(p, run); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(p.Explain(func(n plan.Node) string { return measured(run, n) }))
	fmt.Fprintf(&b, "%d in the answer", run.Count())
	if operator, ok := run.Blocked(); ok {
		fmt.Fprintf(&b, "; nothing passed %s", operator)
	}
	b.WriteByte('\n')
	return b.String(), nil
}

func (s *Stmt) explained(ctx context.Context, g Graph, options RunOptions) (*plan.Plan, error) {
	return plan.New(ctx, s.query, g, plan.Options{Without: options.Without, Estimates: true})
}

// drain reads a run to its end.
func drain(p *plan.Plan, run *exec.Run) error {
	if p.Kind == plan.Tree {
		_, err := run.Subgraph()
		return err
	}
	for _, err := range run.Rows() {
		if err != nil {
			return err
		}
	}
	return nil
}

// measured is what a run did in one operator, in words.
func measured(run *exec.Run, n plan.Node) string {
	m, ok := run.Measured(n)
	if !ok {
		return ""
	}
	out := fmt.Sprintf("rows %d", m.Rows)
	if m.Batches > 1 {
		out += fmt.Sprintf(" in %d batches", m.Batches)
	}
	if m.Read > 0 || m.Skipped > 0 {
		out += fmt.Sprintf(", chunks %d read %d skipped", m.Read, m.Skipped)
	}
	if m.Timed {
		out += fmt.Sprintf(", %.3f ms", float64(m.Self.Microseconds())/1000)
	}
	return out
}
