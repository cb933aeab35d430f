package graph

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ValueKind says what a Value holds.
type ValueKind uint8

// The kinds of value. Undefined is the zero Value: the property is not there.
// Null is stored and shown in changes, but every operator treats it as missing.
const (
	Undefined ValueKind = iota
	Null
	Bool
	Int
	Float
	String
	List
)

// String names the kind in the user's words; Int and Float are both "number".
func (k ValueKind) String() string {
	switch k {
	case Undefined:
		return "undefined"
	case Null:
		return "null"
	case Bool:
		return "boolean"
	case Int, Float:
		return "number"
	case String:
		return "string"
	case List:
		return "list"
	}
	return "kind " + strconv.Itoa(int(k))
}

// Value is one property value: undefined, null, a boolean, a number, a string
// or a list of values. It is immutable and cheap to copy; the zero Value is
// undefined. A string or list may alias memory of the snapshot that it was read
// from: Clone it to keep it longer.
//
// A number is held as Int whenever it is integral and fits int64, so 1 and 1.0
// are one value and -0 is 0.
type Value struct {
	kind ValueKind
	num  uint64
	str  string
	list []Value
}

// BoolValue returns b as a Value.
func BoolValue(b bool) Value {
	v := Value{kind: Bool}
	if b {
		v.num = 1
	}
	return v
}

// NullValue returns the null Value.
func NullValue() Value { return Value{kind: Null} }

// IntValue returns i as a Value; it is exact.
func IntValue(i int64) Value { return Value{kind: Int, num: uint64(i)} }

// StringValue returns s as a Value. It does not check that s is UTF-8: see
// CheckValue for values of the outside.
func StringValue(s string) Value { return Value{kind: String, str: s} }

// ListValue returns the list of vs, which it keeps.
func ListValue(vs ...Value) Value { return Value{kind: List, list: vs} }

// StringsValue returns a list of strings.
func StringsValue(ss []string) Value {
	vs := make([]Value, len(ss))
	for i, s := range ss {
		vs[i] = StringValue(s)
	}
	return Value{kind: List, list: vs}
}

// FloatValue returns f as a Value, as Int when f is integral and within int64.
// NaN and infinities are kept for the caller to reject with CheckValue.
func FloatValue(f float64) Value {
	if f == math.Trunc(f) && f >= -(1<<63) && f < 1<<63 {
		return IntValue(int64(f))
	}
	return Value{kind: Float, num: math.Float64bits(f)}
}

// Kind says what v holds.
func (v Value) Kind() ValueKind { return v.kind }

// Missing reports whether v is undefined or null: what operators cannot see.
func (v Value) Missing() bool { return v.kind <= Null }

// IsNumber reports whether v is a number.
func (v Value) IsNumber() bool { return v.kind == Int || v.kind == Float }

// Bool returns the boolean in v, false for any other kind.
func (v Value) Bool() bool { return v.kind == Bool && v.num != 0 }

// Int returns the integer in v and whether v is one.
func (v Value) Int() (int64, bool) { return int64(v.num), v.kind == Int }

// Float returns the number in v as float64 (0 for any other kind).
func (v Value) Float() float64 {
	switch v.kind {
	case Int:
		return float64(int64(v.num))
	case Float:
		return math.Float64frombits(v.num)
	}
	return 0
}

// Str returns the string in v, "" for any other kind.
func (v Value) Str() string { return v.str }

// List returns the elements of v, nil for any other kind. The slice is v's own:
// do not write to it.
func (v Value) List() []Value { return v.list }

// Clone returns a copy of v that shares no memory with it.
func (v Value) Clone() Value {
	v.str = strings.Clone(v.str)
	if v.list != nil {
		l := make([]Value, len(v.list))
		for i, e := range v.list {
			l[i] = e.Clone()
		}
		v.list = l
	}
	return v
}

// Text prints v as data: a string as itself, a number without needless zeros, a
// list as its elements joined by commas, a missing value as "".
func (v Value) Text() string {
	switch v.kind {
	case Bool:
		return strconv.FormatBool(v.num != 0)
	case Int:
		return strconv.FormatInt(int64(v.num), 10)
	case Float:
		return formatFloat(v.Float())
	case String:
		return v.str
	case List:
		parts := make([]string, len(v.list))
		for i, e := range v.list {
			parts[i] = e.Text()
		}
		return strings.Join(parts, ",")
	}
	return ""
}

// String prints v for people and test failures: JSON, or "undefined".
func (v Value) String() string {
	if v.kind == Undefined {
		return "undefined"
	}
	return string(v.AppendJSON(nil))
}

// Equal reports whether a and b are the same value: numbers by their amount,
// lists element by element in order, undefined and null each only to itself.
func Equal(a, b Value) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case Bool, Int:
		return a.num == b.num
	case Float:
		return a.Float() == b.Float()
	case String:
		return a.str == b.str
	case List:
		return slices.EqualFunc(a.list, b.list, Equal)
	}
	return true
}

// CheckValue says why v, which came from outside, cannot be stored: text that is
// not UTF-8, NaN, an infinity, a list in a list. It returns nil for any other.
func CheckValue(v Value) error {
	switch v.kind {
	case Float:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%v is not a number that can be stored", f)
		}
	case String:
		return checkText(v.str)
	case List:
		for i, e := range v.list {
			if e.kind == List {
				return fmt.Errorf("element %d is a list in a list", i)
			}
			if err := CheckValue(e); err != nil {
				return fmt.Errorf("element %d: %w", i, err)
			}
		}
	}
	return nil
}

// Mixed reports whether v is a list whose elements are of different kinds: kept
// and queried, but no other program takes it.
func (v Value) Mixed() bool {
	if v.kind != List {
		return false
	}
	for _, e := range v.list[min(1, len(v.list)):] {
		if e.kind != v.list[0].kind && !(e.IsNumber() && v.list[0].IsNumber()) {
			return true
		}
	}
	return false
}
