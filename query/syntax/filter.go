package syntax

// Filter is a condition: [*And], [*Or] or [*Comparison].
type Filter interface {
	Node
	filter()
}

// And holds when all terms do. It has at least two, and no term is itself an And.
type And struct {
	place
	Terms []Filter
}

// Or holds when some term does. It has at least two, and no term is itself an Or.
type Or struct {
	place
	Terms []Filter
}

// Comparison tests one value.
type Comparison struct {
	place
	// Left is what is tested: in WITH a [*Property] without selector, in WHERE a
	// [*Property] with one, in HAVING whatever names a result column (see
	// [Query.ColumnOf]): a name ([*SelectorRef]), a quoted name ([*String]) or the
	// column's expression.
	Left Expr
	Op   Op
	// Right is what it is compared to.
	Right Operand
}

// Op is a comparison operator.
type Op uint8

// The comparison operators.
const (
	Equal         Op = iota + 1 // =
	NotEqual                    // !=
	Less                        // <
	LessEqual                   // <=
	Greater                     // >
	GreaterEqual                // >=
	Contains                    // ~=
	StartsWith                  // ^=
	EndsWith                    // $=
	NotContains                 // !~=
	NotStartsWith               // !^=
	NotEndsWith                 // !$=
)

// operators holds the sign of every Op.
var operators = [...]string{
	Equal: "=", NotEqual: "!=", Less: "<", LessEqual: "<=", Greater: ">", GreaterEqual: ">=",
	Contains: "~=", StartsWith: "^=", EndsWith: "$=",
	NotContains: "!~=", NotStartsWith: "!^=", NotEndsWith: "!$=",
}

// String is the operator's sign.
func (o Op) String() string {
	if int(o) < len(operators) {
		return operators[o]
	}
	return ""
}

// Negated reports whether the operator is the negation of another, which
// [Op.Positive] names: `!=`, `!~=`, `!^=`, `!$=`.
func (o Op) Negated() bool { return o != o.Positive() }

// Positive is the operator without its negation: Equal for NotEqual and so on. A
// negated comparison is the negation of the whole positive one, its list included.
func (o Op) Positive() Op {
	switch o {
	case NotEqual:
		return Equal
	case NotContains, NotStartsWith, NotEndsWith:
		return o - (NotContains - Contains)
	default:
		return o
	}
}

// Operand is the right side of a comparison: [*String], [*Number], [*Bool],
// [*Undefined], [*Regex], [*DateNow], [*Date], [*Parameter], [*List], [*SubQuery]
// or, in WHERE only, [*Property].
type Operand interface {
	Node
	operand()
}

// List is a value list: `("a" OR "b")`. It has at least two items, all joined by the
// same word; no item is a List or a SubQuery. (A single value in parentheses is that
// value.)
type List struct {
	place
	// All is true for AND and false for OR.
	All   bool
	Items []Operand
}

// Regex is `/pattern/` or `/pattern/i`.
type Regex struct {
	place
	// Pattern is in RE2 syntax, without the slashes; `\/` was turned into `/`.
	Pattern string
	// IgnoreCase is the flag i.
	IgnoreCase bool
}

// SubQuery is `(FIND ... RETURN x.p)` as a value: the set of values that the query
// returns.
type SubQuery struct {
	place
	Query *Query
}

func (*And) filter()        {}
func (*Or) filter()         {}
func (*Comparison) filter() {}

func (*String) operand()    {}
func (*Number) operand()    {}
func (*Bool) operand()      {}
func (*Undefined) operand() {}
func (*Regex) operand()     {}
func (*DateNow) operand()   {}
func (*Date) operand()      {}
func (*Parameter) operand() {}
func (*Property) operand()  {}
func (*List) operand()      {}
func (*SubQuery) operand()  {}
