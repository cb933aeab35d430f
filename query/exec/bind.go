package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// selection is a selection with the values that this run brings.
func (e *env) selection(s plan.Select) graph.Selection {
	return graph.Selection{Types: s.Types, Classes: s.Classes, Where: e.predicate(s.Where)}
}

// hop is a hop with the values that this run brings.
func (e *env) hop(h plan.Hop) graph.Hop {
	return graph.Hop{Verbs: h.Verbs, Direction: h.Direction, Where: e.predicate(h.Where), Target: e.selection(h.Target)}
}

// predicate is a condition on one object that a source can decide; nil for nil.
func (e *env) predicate(c plan.Cond) graph.Predicate {
	switch c := c.(type) {
	case plan.AllOf:
		parts := make(graph.And, len(c))
		for i, part := range c {
			parts[i] = e.predicate(part)
		}
		return parts
	case plan.AnyOf:
		parts := make(graph.Or, len(c))
		for i, part := range c {
			parts[i] = e.predicate(part)
		}
		return parts
	case plan.FullText:
		return graph.NewFullText(c.Text)
	case plan.Smart:
		if p := e.options.Smart[c.Name]; p != nil {
			return p
		}
		return graph.Or{}
	case plan.Compare: // of one object's property with what the run knows
		operands := make([]graph.Operand, 0, len(c.Right))
		for _, o := range c.Right {
			operands = e.operands(operands, o)
		}
		return graph.Where{Property: c.Left.(plan.Prop).Name, Operator: c.Op, Operands: operands, All: c.All}
	}
	return nil
}

// operands appends what an operand that does not depend on the row stands for.
func (e *env) operands(to []graph.Operand, o plan.Operand) []graph.Operand {
	switch {
	case o.Sub != nil:
		for _, v := range e.subs[o.Sub] {
			to = append(to, graph.Operand{Value: v})
		}
		return to
	case o.Expr == nil:
		return append(to, o.Const)
	}
	v := e.constant(o.Expr)
	if v.Kind() == graph.Null { // a null that the run brings asks for absence
		return append(to, graph.Operand{Absent: true})
	}
	return append(to, graph.Operand{Value: v})
}

// constant is the value of an expression that is one for the whole run.
func (e *env) constant(x plan.Expr) graph.Value {
	switch x := x.(type) {
	case plan.Const:
		return x.Value
	case plan.Param:
		return e.options.Variables[x.Path]
	case plan.Now:
		return x.At(e.options.Now)
	}
	return graph.Value{}
}
