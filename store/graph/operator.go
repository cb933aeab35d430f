package graph

import "strings"

// Operator is a comparison of a property with operands.
type Operator uint8

// The operators of J1QL, the negated ones after their positive counterparts.
const (
	Eq Operator = iota
	Contains
	StartsWith
	EndsWith
	Less
	LessEq
	Greater
	GreaterEq
	NotEq
	NotContains
	NotStartsWith
	NotEndsWith
)

// String prints the operator as J1QL writes it.
func (op Operator) String() string {
	return [...]string{"=", "~=", "^=", "$=", "<", "<=", ">", ">=", "!=", "!~=", "!^=", "!$="}[op]
}

// Positive returns the operator that a negated one negates, and whether op is
// negated.
func (op Operator) Positive() (Operator, bool) {
	switch op {
	case NotEq:
		return Eq, true
	case NotContains:
		return Contains, true
	case NotStartsWith:
		return StartsWith, true
	case NotEndsWith:
		return EndsWith, true
	}
	return op, false
}

// Operand is what a property is compared with: a value, the literal `undefined`
// or a regular expression. A Value that is missing (another object's property
// that is not there) matches nothing: only Absent asks for absence.
type Operand struct {
	Value  Value
	Absent bool
	Regex  *Regex
}

// String prints the operand as J1QL writes it.
func (o Operand) String() string {
	switch {
	case o.Absent:
		return "undefined"
	case o.Regex != nil:
		return o.Regex.String()
	case o.Value.kind == String:
		return "'" + strings.ReplaceAll(strings.ReplaceAll(o.Value.str, `\`, `\\`), "'", `\'`) + "'"
	}
	return o.Value.String()
}

// Test decides `v op operands`. With all the operands are joined by AND, else by
// OR. A negated operator is the negation of the whole positive test, so `!=` is
// true of a missing value, `!= (a OR b)` is neither and `!= (a AND b)` not both.
func Test(v Value, op Operator, operands []Operand, all bool) bool {
	positive, negated := op.Positive()
	return testList(v, positive, operands, all) != negated
}

func testList(v Value, op Operator, operands []Operand, all bool) bool {
	for i := range operands {
		if testOne(v, op, &operands[i]) != all {
			return !all
		}
	}
	return all
}

// testOne decides a positive operator on one operand. A list passes when some
// element does; where both sides are lists, when some pair does.
func testOne(v Value, op Operator, o *Operand) bool {
	if o.Absent {
		return op == Eq && v.Missing()
	}
	if v.kind == List {
		for _, e := range v.list {
			if testOne(e, op, o) {
				return true
			}
		}
		return false
	}
	if v.Missing() {
		return false
	}
	if o.Regex != nil {
		return v.kind == String && o.Regex.test(op, v.str)
	}
	if o.Value.kind == List {
		for _, e := range o.Value.list {
			if testScalars(v, op, e) {
				return true
			}
		}
		return false
	}
	return testScalars(v, op, o.Value)
}

// testScalars compares two values that are neither missing nor lists. Kinds are
// strict: only numbers compare with numbers and strings with strings.
func testScalars(v Value, op Operator, x Value) bool {
	switch op {
	case Eq:
		return Equal(v, x)
	case Contains:
		return v.kind == String && x.kind == String && strings.Contains(v.str, x.str)
	case StartsWith:
		return v.kind == String && x.kind == String && strings.HasPrefix(v.str, x.str)
	case EndsWith:
		return v.kind == String && x.kind == String && strings.HasSuffix(v.str, x.str)
	}
	var c int
	switch {
	case v.IsNumber() && x.IsNumber():
		c = CompareNumbers(v, x)
	case v.kind == String && x.kind == String:
		c = strings.Compare(v.str, x.str)
	default:
		return false
	}
	switch op {
	case Less:
		return c < 0
	case LessEq:
		return c <= 0
	case Greater:
		return c > 0
	}
	return c >= 0
}
