package column

import (
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// possible reports whether some value that is there can pass the positive test,
// as far as stats tell.
func (q *Test) possible(s *Stats) bool {
	if q.fixed {
		return q.always
	}
	kinds := s.Kinds | s.Elements
	if q.where.All {
		// Every operand needs a value that passes; texts cannot be told apart here.
		return true
	}
	return kinds>>graph.Bool&1 != 0 || q.possibleNumbers(s) || q.possibleTexts(s)
}

func (q *Test) possibleNumbers(s *Stats) bool {
	z := &s.Numbers
	if z.Min.Missing() {
		return (s.Kinds|s.Elements)&numberKinds != 0
	}
	for i := range q.where.Operands {
		o := &q.where.Operands[i]
		if o.Absent || o.Regex != nil {
			continue
		}
		for _, v := range scalars(&o.Value) {
			if v.IsNumber() && z.admits(q.where.Operator, v) {
				return true
			}
		}
	}
	return false
}

// admits reports whether a number of the zone can compare so with v.
func (z *NumberZone) admits(op graph.Operator, v graph.Value) bool {
	switch op {
	case graph.Eq:
		return graph.CompareNumbers(z.Min, v) <= 0 && graph.CompareNumbers(z.Max, v) >= 0
	case graph.Less, graph.LessEq:
		return graph.Test(z.Min, op, []graph.Operand{{Value: v}}, false)
	case graph.Greater, graph.GreaterEq:
		return graph.Test(z.Max, op, []graph.Operand{{Value: v}}, false)
	}
	return false
}

func (q *Test) possibleTexts(s *Stats) bool {
	if (s.Kinds|s.Elements)&textKinds == 0 {
		return false
	}
	if !q.literal {
		return true
	}
	for _, t := range q.texts {
		if s.Texts.admits(q.where.Operator, t) {
			return true
		}
	}
	return false
}

// admits reports whether a text of the zone can compare so with t.
func (z *TextZone) admits(op graph.Operator, t string) bool {
	switch op {
	case graph.Eq:
		return z.Min <= t && !z.below(t)
	case graph.StartsWith:
		return (z.Min <= t || strings.HasPrefix(z.Min, t)) && !z.below(t)
	case graph.Less, graph.LessEq:
		return z.Min <= t
	case graph.Greater, graph.GreaterEq:
		return !z.below(t)
	}
	return true
}

// below reports whether all texts of the zone lie below t.
func (z *TextZone) below(t string) bool {
	if z.Exact {
		return z.Max < t
	}
	return z.Max < t && !strings.HasPrefix(t, z.Max)
}
