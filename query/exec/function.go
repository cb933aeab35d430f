package exec

import (
	"math"
	"slices"
	"strings"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// function is what a function computes of its operands. Arithmetic is in float64;
// where an operand is no number, or the result is none, it is undefined.
func function(f plan.Func) func([]graph.Value) graph.Value {
	switch f {
	case plan.Add:
		return arithmetic(func(x, y float64) float64 { return x + y })
	case plan.Subtract:
		return arithmetic(func(x, y float64) float64 { return x - y })
	case plan.Multiply:
		return arithmetic(func(x, y float64) float64 { return x * y })
	case plan.Divide:
		return arithmetic(func(x, y float64) float64 { return x / y })
	case plan.Power:
		return arithmetic(math.Pow)
	case plan.Negate:
		return numeric(func(x float64) float64 { return 0 - x })
	case plan.Abs:
		return numeric(math.Abs)
	case plan.Sqrt:
		return numeric(math.Sqrt)
	case plan.Ceil:
		return numeric(math.Ceil)
	case plan.Floor:
		return numeric(math.Floor)
	case plan.Round:
		return numeric(math.Round) // halves away from zero
	case plan.Coalesce:
		return coalesce
	case plan.Concat:
		return concat
	}
	return merge
}

// arithmetic is a function of two numbers.
func arithmetic(op func(x, y float64) float64) func([]graph.Value) graph.Value {
	return func(args []graph.Value) graph.Value {
		if !args[0].IsNumber() || !args[1].IsNumber() {
			return graph.Value{}
		}
		return number(op(args[0].Float(), args[1].Float()))
	}
}

// numeric is a function of one number.
func numeric(op func(float64) float64) func([]graph.Value) graph.Value {
	return func(args []graph.Value) graph.Value {
		if !args[0].IsNumber() {
			return graph.Value{}
		}
		return number(op(args[0].Float()))
	}
}

// number is a result of arithmetic: undefined when it is no finite number.
func number(x float64) graph.Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return graph.Value{}
	}
	return graph.FloatValue(x)
}

// coalesce is the first operand that is not missing.
func coalesce(args []graph.Value) graph.Value {
	for _, v := range args {
		if !v.Missing() {
			return v
		}
	}
	return graph.Value{}
}

// concat joins operands as text: a list by commas, a missing value as nothing.
func concat(args []graph.Value) graph.Value {
	var b strings.Builder
	for _, v := range args {
		b.WriteString(v.Text())
	}
	return graph.StringValue(b.String())
}

// merge is a list of all defined operands and, of lists, their elements, each
// once, in the order in which they come.
func merge(args []graph.Value) graph.Value {
	merged := []graph.Value{}
	add := func(v graph.Value) {
		known := func(m graph.Value) bool { return graph.Equal(m, v) }
		if !v.Missing() && !slices.ContainsFunc(merged, known) {
			merged = append(merged, v)
		}
	}
	for _, v := range args {
		if v.Kind() != graph.List {
			add(v)
			continue
		}
		for _, e := range v.List() {
			add(e)
		}
	}
	return graph.ListValue(merged...)
}
