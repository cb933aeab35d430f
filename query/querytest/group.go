package querytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// unwind makes of each row one tuple for each combination of elements of the lists
// that the calls of UNWIND name.
func (s *scope) unwind(rows []row) []tuple {
	var calls []*syntax.Call
	for _, c := range s.columns.List {
		calls = append(calls, unwindCalls(c.Expr)...)
	}
	var tuples []tuple
	for _, r := range rows {
		tuples = append(tuples, s.unwindCall(tuple{r, map[*syntax.Call]element{}}, calls)...)
	}
	return tuples
}

// unwindCalls lists the calls of UNWIND in e, inner ones first.
func unwindCalls(e syntax.Expr) (calls []*syntax.Call) {
	switch e := e.(type) {
	case *syntax.Binary:
		return append(unwindCalls(e.Left), unwindCalls(e.Right)...)
	case *syntax.Negate:
		return unwindCalls(e.Operand)
	case *syntax.Call:
		for _, arg := range e.Args {
			calls = append(calls, unwindCalls(arg)...)
		}
		if f, _ := e.Function(); f.Kind == syntax.Expanding {
			calls = append(calls, e)
		}
	}
	return calls
}

// unwindCall chooses an element for the first of calls in every way, and for each
// choice goes on with the rest: the first call is slowest.
func (s *scope) unwindCall(t tuple, calls []*syntax.Call) (tuples []tuple) {
	if len(calls) == 0 {
		return []tuple{t}
	}
	for i, v := range s.unwound(s.value(calls[0].Args[0], []tuple{t}).Value) {
		with := map[*syntax.Call]element{calls[0]: {i, v}}
		for c, e := range t.unwound {
			with[c] = e
		}
		tuples = append(tuples, s.unwindCall(tuple{t.row, with}, calls[1:])...)
	}
	return tuples
}

// unwound are the values that UNWIND makes rows of: the elements of a list, or the
// value itself, which may be missing.
func (s *scope) unwound(v graph.Value) []graph.Value {
	switch {
	case !s.follows(UnwindRows):
		return []graph.Value{v}
	case v.Missing() && !s.follows(UnwindMissing):
		return nil
	case v.Kind() == graph.List && len(v.List()) == 0 && !s.follows(UnwindEmpty):
		return []graph.Value{{}}
	}
	return elements(v)
}

// groups divides tuples by the values of all columns without an aggregate, in the
// order in which those values first occur. Aggregates alone make one group, even of
// nothing.
func (s *scope) groups(tuples []tuple) [][]tuple {
	var keys []syntax.Expr
	for _, c := range s.columns.List {
		if !syntax.HasAggregate(c.Expr) {
			keys = append(keys, c.Expr)
		}
	}
	if len(keys) == 0 && (len(tuples) > 0 || s.follows(GroupNone)) {
		return [][]tuple{tuples}
	}
	if !s.follows(GroupTuple) {
		keys = keys[max(0, len(keys)-1):]
	}
	var groups [][]tuple
	place := map[string]int{}
	for _, t := range tuples {
		id := s.keyOf(keys, t)
		at, ok := place[id]
		if !ok {
			at = len(groups)
			place[id] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], t)
	}
	return groups
}

// keyOf is equal for tuples of one group.
func (s *scope) keyOf(keys []syntax.Expr, t tuple) string {
	var parts []string
	for _, key := range keys {
		cell := s.value(key, []tuple{t})
		part := cell.identity()
		if cell.Image == nil && !s.follows(GroupMissing) {
			part += cell.Value.Kind().String()
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\x00")
}

// aggregate computes an aggregate function over a group.
func (s *scope) aggregate(c *syntax.Call, group []tuple) graph.Value {
	if c.Star {
		return s.countStar(group)
	}
	switch c.Func {
	case "COUNT":
		return graph.IntValue(int64(s.count(c.Args[0], group)))
	case "MIN", "MAX":
		return s.extreme(c, group)
	}
	return s.total(c, group)
}

// countStar is the number of rows.
func (s *scope) countStar(group []tuple) graph.Value {
	if s.follows(CountStar) {
		return graph.IntValue(int64(len(group)))
	}
	starts := map[*graph.Image]bool{}
	for _, t := range group {
		starts[t.row.bound[0]] = true
	}
	return graph.IntValue(int64(len(starts)))
}

// count is how many different entities or values there are, the missing left out.
func (s *scope) count(e syntax.Expr, group []tuple) int {
	seen := map[string]bool{}
	for i, t := range group {
		cell := s.value(e, []tuple{t})
		if cell.Image == nil && cell.Value.Missing() && s.follows(CountDefined) {
			continue
		}
		id := cell.identity()
		if !s.follows(CountDistinct) {
			id = fmt.Sprint(i)
		}
		seen[id] = true
	}
	return len(seen)
}

// extreme is the least or the greatest value, by the order of ORDER BY.
func (s *scope) extreme(c *syntax.Call, group []tuple) (best graph.Value) {
	for _, t := range group {
		v := s.value(c.Args[0], []tuple{t}).Value
		switch {
		case v.Missing() || !s.follows(ExtremesByOrder) && !v.IsNumber():
		case best.Missing(), (graph.Compare(v, best) < 0) == (c.Func == "MIN"):
			best = v
		}
	}
	return best
}

// total is SUM or AVG: over the numbers among the values, one for each entity, or
// for each combination of entities where the expression is about several.
func (s *scope) total(c *syntax.Call, group []tuple) graph.Value {
	sum, n := 0.0, 0
	seen := map[string]bool{}
	for _, t := range group {
		source := s.sourceOf(c.Args[0], t)
		if seen[source] && s.follows(SumOnce) {
			continue
		}
		seen[source] = true
		v := s.value(c.Args[0], []tuple{t}).Value
		if !v.IsNumber() {
			if !s.follows(SumNumbers) {
				return graph.Value{}
			}
			continue
		}
		sum, n = sum+v.Float(), n+1
	}
	switch {
	case c.Func == "SUM" && (n > 0 || s.follows(SumEmpty)):
		return s.number(sum)
	case n == 0 && c.Func == "AVG" && !s.follows(AvgEmpty):
		return graph.IntValue(0)
	case n == 0:
		return graph.Value{}
	}
	return s.number(sum / float64(n))
}

// sourceOf says what an expression's value comes from: the objects of its
// selectors, and the places of its unwound elements.
func (s *scope) sourceOf(e syntax.Expr, t tuple) string {
	var parts []string
	syntax.Walk(e, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Property:
			parts = append(parts, Cell{Image: s.object(n.Selector, t.row)}.identity())
		case *syntax.SelectorRef:
			parts = append(parts, Cell{Image: s.object(n.Name, t.row)}.identity())
		case *syntax.Call:
			if e, ok := t.unwound[n]; ok {
				parts = append(parts, fmt.Sprint(e.index))
			}
		}
		return true
	})
	return strings.Join(slices.Compact(parts), "\x00")
}
