package plan

import (
	"strconv"
	"strings"
	"time"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// Slot is a place of the chain that a row binds to an entity or a relationship:
// an index into Plan.Slots.
type Slot int

// None is the Slot of what is not kept.
const None Slot = -1

// Expr is what a row's columns, sort keys and conditions are computed from. It is
// data: the executor gives it its meaning. The types of this package are its only
// implementations.
type Expr interface {
	// String prints the expression for EXPLAIN.
	String() string
	expr()
}

// Const is a value that the statement holds.
type Const struct{ Value graph.Value }

// Param is a value that comes with the run.
type Param struct {
	Path string
	Span syntax.Span
}

// Now is a date relative to the run's now, in epoch milliseconds.
type Now struct{ date *syntax.DateNow }

// Prop is a property of the object in a slot; undefined when the slot is unbound.
type Prop struct {
	Slot  Slot
	Name  string
	label string // the selector; empty where the condition stands at it
}

// Object is the whole entity or relationship in a slot.
type Object struct {
	Slot  Slot
	label string
}

// Col is a column that an operator below has computed.
type Col struct {
	Index int
	label string
}

// Apply applies a function to operands.
type Apply struct {
	Func Func
	Args []Expr
}

// Func is what Apply computes: an arithmetic operator or a scalar function.
type Func uint8

// The functions. Arithmetic and numeric functions give null for an operand that
// is no number and where there is no finite result.
const (
	Add Func = iota
	Subtract
	Multiply
	Divide
	Power
	Negate
	Abs
	Sqrt
	Ceil
	Floor
	Round
	Coalesce
	Concat
	Merge
)

var funcNames = [...]string{"+", "-", "*", "/", "^", "-", "ABS", "SQRT", "CEIL", "FLOOR", "ROUND", "COALESCE", "CONCAT", "MERGE"}

// String is the operator's sign or the function's name.
func (f Func) String() string { return funcNames[f] }

func (Const) expr()  {}
func (Param) expr()  {}
func (Now) expr()    {}
func (Prop) expr()   {}
func (Object) expr() {}
func (Col) expr()    {}
func (Apply) expr()  {}

// At is the instant that n stands for when it is now.
func (n Now) At(now time.Time) graph.Value { return graph.IntValue(n.date.At(now)) }

// String implements Expr.
func (e Const) String() string { return graph.Operand{Value: e.Value}.String() }

// String implements Expr.
func (e Param) String() string { return "${" + e.Path + "}" }

// String implements Expr.
func (n Now) String() string { return n.date.String() }

// String implements Expr.
func (e Prop) String() string {
	if e.label == "" {
		return e.Name
	}
	return e.label + "." + e.Name
}

// String implements Expr.
func (e Object) String() string { return e.label }

// String implements Expr.
func (e Col) String() string {
	if e.label == "" {
		return "column " + strconv.Itoa(e.Index+1)
	}
	return e.label
}

// String implements Expr.
func (e Apply) String() string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	switch {
	case e.Func == Negate:
		return "-(" + args[0] + ")"
	case e.Func <= Power:
		return "(" + args[0] + " " + e.Func.String() + " " + args[1] + ")"
	}
	return e.Func.String() + "(" + strings.Join(args, ", ") + ")"
}

// EachExpr calls visit for e and everything that it is computed from.
func EachExpr(e Expr, visit func(Expr)) {
	visit(e)
	if a, ok := e.(Apply); ok {
		for _, arg := range a.Args {
			EachExpr(arg, visit)
		}
	}
}
