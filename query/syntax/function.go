package syntax

import (
	"slices"
	"strings"
)

// Function is a function of RETURN.
type Function struct {
	// Name is in capitals; statements may write it in any case.
	Name string
	// MinArgs and MaxArgs bound the number of arguments; MaxArgs is -1 for any number.
	MinArgs, MaxArgs int
	// Kind says what the function does with rows.
	Kind FunctionKind
	// Help is one phrase about what the function gives.
	Help string
}

// FunctionKind says what a function does with rows.
type FunctionKind uint8

// The kinds of functions.
const (
	// Scalar functions give one value for each row.
	Scalar FunctionKind = iota
	// Aggregate functions give one value for each group of rows.
	Aggregate
	// Expanding functions give several rows for each row.
	Expanding
)

// functions is sorted by name.
var functions = []Function{
	{"ABS", 1, 1, Scalar, "the number without its sign"},
	{"AVG", 1, 1, Aggregate, "the mean of the numbers"},
	{"CEIL", 1, 1, Scalar, "the next whole number upwards"},
	{"COALESCE", 1, -1, Scalar, "the first argument that is defined"},
	{"CONCAT", 1, -1, Scalar, "the arguments joined as text"},
	{"COUNT", 1, 1, Aggregate, "how many distinct entities or values"},
	{"FLOOR", 1, 1, Scalar, "the next whole number downwards"},
	{"MAX", 1, 1, Aggregate, "the greatest value"},
	{"MERGE", 1, -1, Scalar, "one list of all defined values"},
	{"MIN", 1, 1, Aggregate, "the least value"},
	{"ROUND", 1, 1, Scalar, "the nearest whole number"},
	{"SQRT", 1, 1, Scalar, "the square root"},
	{"SUM", 1, 1, Aggregate, "the sum of the numbers"},
	{"UNWIND", 1, 1, Expanding, "one row for each element of a list"},
}

// Functions lists all functions by name.
func Functions() []Function { return slices.Clone(functions) }

// LookupFunction finds a function by its name in any case.
func LookupFunction(name string) (Function, bool) {
	i, ok := slices.BinarySearchFunc(functions, strings.ToUpper(name), func(f Function, name string) int {
		return strings.Compare(f.Name, name)
	})
	if !ok {
		return Function{}, false
	}
	return functions[i], true
}

// Function is what the call applies; false if there is no such function.
func (c *Call) Function() (Function, bool) { return LookupFunction(c.Func) }

// HasAggregate reports whether e contains a call of an aggregate function.
func HasAggregate(e Expr) bool { return calls(e, Aggregate) }

// HasUnwind reports whether e contains a call of UNWIND.
func HasUnwind(e Expr) bool { return calls(e, Expanding) }

// calls reports whether e contains a call of a function of that kind.
func calls(e Expr, kind FunctionKind) bool {
	found := false
	Walk(e, func(n Node) bool {
		if c, ok := n.(*Call); ok {
			f, known := c.Function()
			found = found || known && f.Kind == kind
		}
		return !found
	})
	return found
}
