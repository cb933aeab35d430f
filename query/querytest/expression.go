package querytest

import (
	"math"
	"slices"
	"strings"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// tuple is a row after UNWIND: with one element chosen for each of its calls.
type tuple struct {
	row     row
	unwound map[*syntax.Call]element
}

// element is one element of an unwound list and its place there.
type element struct {
	index int
	value graph.Value
}

// value computes an expression for a group of tuples: an aggregate over all of
// them, anything else for the first, which stands for all where it is a key.
func (s *scope) value(e syntax.Expr, group []tuple) Cell {
	switch e := e.(type) {
	case *syntax.Property:
		if len(group) == 0 {
			return Cell{}
		}
		return Cell{Value: s.property(e, group[0].row)}
	case *syntax.SelectorRef:
		return s.whole(e.Name, group)
	case *syntax.SelectorAll:
		return s.whole(e.Selector, group)
	case *syntax.Binary:
		return Cell{Value: s.arithmetic(e.Op, s.value(e.Left, group).Value, s.value(e.Right, group).Value)}
	case *syntax.Negate:
		return Cell{Value: s.arithmetic(syntax.Subtract, graph.IntValue(0), s.value(e.Operand, group).Value)}
	case *syntax.Call:
		return s.call(e, group)
	}
	return Cell{Value: s.literal(e)}
}

// whole is an entity or relationship as a cell.
func (s *scope) whole(name string, group []tuple) Cell {
	if len(group) == 0 {
		return Cell{}
	}
	return Cell{Image: s.object(name, group[0].row)}
}

// call computes a function: of a group, of an element that UNWIND chose, or of its
// arguments.
func (s *scope) call(c *syntax.Call, group []tuple) Cell {
	f, _ := c.Function()
	switch f.Kind {
	case syntax.Aggregate:
		return Cell{Value: s.aggregate(c, group)}
	case syntax.Expanding:
		if len(group) == 0 {
			return Cell{}
		}
		return Cell{Value: group[0].unwound[c].value}
	}
	args := make([]graph.Value, len(c.Args))
	for i, arg := range c.Args {
		args[i] = s.value(arg, group).Value
	}
	return Cell{Value: s.function(f.Name, args)}
}

// function computes a scalar function.
func (s *scope) function(name string, args []graph.Value) graph.Value {
	switch name {
	case "COALESCE":
		for _, v := range args {
			if !v.Missing() {
				return v
			}
		}
		return graph.Value{}
	case "CONCAT":
		return s.concat(args)
	case "MERGE":
		return s.merge(args)
	}
	if !args[0].IsNumber() {
		return graph.Value{}
	}
	return s.number(map[string]func(float64) float64{
		"ABS": math.Abs, "SQRT": math.Sqrt, "CEIL": math.Ceil, "FLOOR": math.Floor, "ROUND": s.round,
	}[name](args[0].Float()))
}

// round takes halves away from zero.
func (s *scope) round(x float64) float64 {
	if !s.follows(RoundAway) {
		return math.RoundToEven(x)
	}
	return math.Round(x)
}

// concat joins its arguments as text: a list by commas, a missing value as nothing.
func (s *scope) concat(args []graph.Value) graph.Value {
	var b strings.Builder
	for _, v := range args {
		if v.Missing() && !s.follows(ConcatMissing) {
			return graph.Value{}
		}
		b.WriteString(v.Text())
	}
	return graph.StringValue(b.String())
}

// merge is one list of everything in its arguments that is defined: lists give
// their elements, repetitions are dropped, the order is kept.
func (s *scope) merge(args []graph.Value) graph.Value {
	all := args
	if s.follows(MergeFlat) {
		all = nil
		for _, v := range args {
			all = append(all, elements(v)...)
		}
	}
	merged := []graph.Value{}
	for _, v := range all {
		repeated := slices.ContainsFunc(merged, func(m graph.Value) bool { return graph.Equal(m, v) })
		if v.Missing() && s.follows(MergeDefined) || repeated && s.follows(MergeOnce) {
			continue
		}
		merged = append(merged, v)
	}
	return graph.ListValue(merged...)
}

// elements are those of a list; any other value is its own element.
func elements(v graph.Value) []graph.Value {
	if v.Kind() == graph.List {
		return v.List()
	}
	return []graph.Value{v}
}

// arithmetic computes in float64. It knows only numbers: anything else makes the
// result null.
func (s *scope) arithmetic(op syntax.ArithmeticOp, a, b graph.Value) graph.Value {
	if !a.IsNumber() || !b.IsNumber() {
		if !s.follows(ArithmeticNull) && a.IsNumber() != b.IsNumber() {
			return s.arithmetic(op, zeroForMissing(a), zeroForMissing(b))
		}
		return graph.Value{}
	}
	x, y := a.Float(), b.Float()
	switch op {
	case syntax.Add:
		x += y
	case syntax.Subtract:
		x -= y
	case syntax.Multiply:
		x *= y
	case syntax.Divide:
		x /= y
	case syntax.Power:
		x = math.Pow(x, y)
	}
	return s.number(x)
}

// zeroForMissing is what arithmetic on missing values might have meant.
func zeroForMissing(v graph.Value) graph.Value {
	if v.IsNumber() {
		return v
	}
	return graph.IntValue(0)
}

// number is a result of arithmetic: null when it is no finite number.
func (s *scope) number(x float64) graph.Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		if !s.follows(DivisionNull) {
			return graph.IntValue(0)
		}
		return graph.Value{}
	}
	return graph.FloatValue(x)
}
