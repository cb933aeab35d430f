package plan

import (
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Cond is a condition on a row. The types of this package are its only
// implementations; what a comparison means is graph.Test alone.
type Cond interface {
	// String prints the condition for EXPLAIN.
	String() string
	cond()
}

// AllOf holds when all of its parts do.
type AllOf []Cond

// AnyOf holds when one of its parts does.
type AnyOf []Cond

// Compare compares one value of the row with operands, joined by AND when All is
// set and by OR otherwise.
type Compare struct {
	Left  Expr
	Op    graph.Operator
	Right []Operand
	All   bool
}

// FullText holds when the object in a slot has the text: see graph.FullText.
type FullText struct {
	Slot Slot
	Text string
}

// Smart holds when the object in a slot fits the definition that the run gives to
// a smart class; without a definition it never does.
type Smart struct {
	Slot Slot
	Name string
}

// Operand is the right side of a comparison: Const, or else Expr, whose value is
// known when the run starts or depends on the row, or else the values of a
// sub-query.
type Operand struct {
	Const graph.Operand
	Expr  Expr
	Sub   *Sub
}

// Sub is a sub-query: its only column's values are computed once, before the plan
// that holds it.
type Sub struct {
	Plan *Plan
	text string
}

func (AllOf) cond()    {}
func (AnyOf) cond()    {}
func (Compare) cond()  {}
func (FullText) cond() {}
func (Smart) cond()    {}

// String implements Cond.
func (c AllOf) String() string { return joinConds(c, " AND ", "true") }

// String implements Cond.
func (c AnyOf) String() string { return joinConds(c, " OR ", "false") }

// String implements Cond.
func (c FullText) String() string { return graph.NewFullText(c.Text).String() }

// String implements Cond.
func (c Smart) String() string { return "definition of #" + c.Name }

// String implements Cond.
func (c Compare) String() string {
	parts := make([]string, len(c.Right))
	for i, o := range c.Right {
		parts[i] = o.String()
	}
	sep := " OR "
	if c.All {
		sep = " AND "
	}
	list := strings.Join(parts, sep)
	if len(parts) != 1 {
		list = "(" + list + ")"
	}
	return c.Left.String() + " " + c.Op.String() + " " + list
}

// String prints the operand for EXPLAIN.
func (o Operand) String() string {
	switch {
	case o.Sub != nil:
		return o.Sub.text
	case o.Expr != nil:
		return o.Expr.String()
	}
	return o.Const.String()
}

// joinConds prints parts with parentheses where they hold parts of their own.
func joinConds(cs []Cond, sep, empty string) string {
	if len(cs) == 0 {
		return empty
	}
	parts := make([]string, len(cs))
	for i, c := range cs {
		parts[i] = c.String()
		switch c.(type) {
		case AllOf, AnyOf:
			if len(cs) > 1 {
				parts[i] = "(" + parts[i] + ")"
			}
		}
	}
	return strings.Join(parts, sep)
}

// both is a AND b, either of which may be nil for true.
func both(a, b Cond) Cond {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	all, _ := a.(AllOf)
	if all == nil {
		all = AllOf{a}
	}
	return append(all[:len(all):len(all)], b)
}

// EachCompare calls visit for every comparison in c, which may be nil.
func EachCompare(c Cond, visit func(Compare)) {
	switch c := c.(type) {
	case AllOf:
		for _, part := range c {
			EachCompare(part, visit)
		}
	case AnyOf:
		for _, part := range c {
			EachCompare(part, visit)
		}
	case Compare:
		visit(c)
	}
}

// slotsOf adds to set the slots whose objects c looks at.
func slotsOf(c Cond, set SlotSet) {
	switch c := c.(type) {
	case AllOf:
		for _, part := range c {
			slotsOf(part, set)
		}
	case AnyOf:
		for _, part := range c {
			slotsOf(part, set)
		}
	case FullText:
		set.add(c.Slot)
	case Smart:
		set.add(c.Slot)
	case Compare:
		exprSlots(c.Left, set)
		for _, o := range c.Right {
			if o.Expr != nil {
				exprSlots(o.Expr, set)
			}
		}
	}
}

// exprSlots adds to set the slots whose objects e looks at.
func exprSlots(e Expr, set SlotSet) {
	EachExpr(e, func(e Expr) {
		switch e := e.(type) {
		case Prop:
			set.add(e.Slot)
		case Object:
			set.add(e.Slot)
		}
	})
}
