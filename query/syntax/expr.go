package syntax

// Expr is what RETURN, HAVING (left) and ORDER BY compute with: [*Property],
// [*SelectorRef], [*SelectorAll], [*Binary], [*Negate], [*Call], [*String],
// [*Number], [*Bool], [*Undefined], [*DateNow], [*Date] or [*Parameter].
type Expr interface {
	Node
	expr()
}

// Property is a property, of a selector or (in WITH) of the entity that is being
// filtered.
type Property struct {
	place
	// Selector is a name that [Scope.Find] knows. It is empty in WITH, and in WHERE
	// when the author forgot it (Validate rejects that).
	Selector string
	// Name is one flat key; dots belong to it: `tag.Name`.
	Name string
}

// SelectorRef is a selector's name standing alone: the whole entity or relationship,
// or in ORDER BY and HAVING a result column.
type SelectorRef struct {
	place
	Name string
}

// SelectorAll is `selector.*`: one column a property. Only a whole RETURN item can be
// one.
type SelectorAll struct {
	place
	Selector string
}

// Binary is arithmetic on two operands.
type Binary struct {
	place
	Op          ArithmeticOp
	Left, Right Expr
}

// ArithmeticOp is an arithmetic operator.
type ArithmeticOp uint8

// The arithmetic operators. `^` binds tightest and groups to the right, then come
// unary minus, `*` and `/`, and `+` and `-`.
const (
	Add      ArithmeticOp = iota + 1 // +
	Subtract                         // -
	Multiply                         // *
	Divide                           // /
	Power                            // ^
)

// String is the operator's sign.
func (o ArithmeticOp) String() string {
	if o < Add || o > Power {
		return ""
	}
	return "+-*/^"[o-1 : o]
}

// Negate is unary minus. Operand is never a Number that is not negative: `-5` is a
// Number.
type Negate struct {
	place
	Operand Expr
}

// Call applies a function.
type Call struct {
	place
	// Func is the function's name in capitals. It need not be a known one: see
	// [LookupFunction].
	Func string
	// Star is COUNT(*); Args is then empty.
	Star bool
	Args []Expr
}

// String is a quoted string.
type String struct {
	place
	Value string
}

// Number is a number. Whole numbers within int64 are exact.
type Number struct {
	place
	// Exact says that the value is Int; else it is Float.
	Exact bool
	Int   int64
	Float float64
}

// Value is the number as a float64, which is what arithmetic uses.
func (n *Number) Value() float64 {
	if n.Exact {
		return float64(n.Int)
	}
	return n.Float
}

// Bool is TRUE or FALSE.
type Bool struct {
	place
	Value bool
}

// Undefined is UNDEFINED, the absence of a property, or its synonym NULL.
type Undefined struct{ place }

// Parameter is `${path}`, a value that comes with the request.
type Parameter struct {
	place
	// Path is what stands in the braces without surrounding white space: `name`,
	// `param.name`.
	Path string
}

func (*Property) expr()    {}
func (*SelectorRef) expr() {}
func (*SelectorAll) expr() {}
func (*Binary) expr()      {}
func (*Negate) expr()      {}
func (*Call) expr()        {}
func (*String) expr()      {}
func (*Number) expr()      {}
func (*Bool) expr()        {}
func (*Undefined) expr()   {}
func (*DateNow) expr()     {}
func (*Date) expr()        {}
func (*Parameter) expr()   {}
