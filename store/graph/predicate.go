package graph

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Record is what a predicate is asked about.
type Record interface {
	// Get returns the property of that name, undefined when it is not there.
	Get(name string) Value
	// All yields what full text searches: every property of the supplier, and
	// the key, type and class.
	All() iter.Seq2[string, Value]
}

// Predicate is a condition on the properties of one object. It is data, not
// code, so that every source of objects can push it down; what it means is Eval.
// The types of this package are its only implementations.
type Predicate interface {
	// Eval reports whether the predicate holds for r.
	Eval(r Record) bool
	// String prints the predicate as J1QL writes it in WITH.
	String() string
	predicate()
}

// And holds when all of its parts do; an empty And always holds.
type And []Predicate

// Or holds when one of its parts does; an empty Or never holds.
type Or []Predicate

// Not holds when its part does not.
type Not struct{ Part Predicate }

// Where compares one property with operands: see Test.
type Where struct {
	Property string
	Operator Operator
	Operands []Operand
	All      bool // the operands are joined by AND
}

// FullText holds when every term occurs, whatever its case, in some property
// value: in a string, a printed number or boolean, or an element of a list.
type FullText struct {
	terms []string // folded
}

func (And) predicate()      {}
func (Or) predicate()       {}
func (Not) predicate()      {}
func (Where) predicate()    {}
func (FullText) predicate() {}

// Equals is the predicate `name = v`.
func Equals(name string, v Value) Where {
	return Where{Property: name, Operator: Eq, Operands: []Operand{{Value: v}}}
}

// Eval implements Predicate.
func (p And) Eval(r Record) bool {
	for _, q := range p {
		if !q.Eval(r) {
			return false
		}
	}
	return true
}

// Eval implements Predicate.
func (p Or) Eval(r Record) bool {
	return slices.ContainsFunc(p, func(q Predicate) bool { return q.Eval(r) })
}

// Eval implements Predicate.
func (p Not) Eval(r Record) bool { return !p.Part.Eval(r) }

// Eval implements Predicate.
func (p Where) Eval(r Record) bool { return p.Test(r.Get(p.Property)) }

// Test decides p for one value of its property, so that a column can ask once
// per distinct value.
func (p Where) Test(v Value) bool { return Test(v, p.Operator, p.Operands, p.All) }

// NewFullText returns the predicate for a text: its terms are what white space
// divides.
func NewFullText(text string) FullText {
	terms := strings.Fields(text)
	for i, t := range terms {
		terms[i] = Fold(t)
	}
	return FullText{terms}
}

// Terms returns the terms, folded by Fold. Do not write to the slice.
func (p FullText) Terms() []string { return p.terms }

// Eval implements Predicate.
func (p FullText) Eval(r Record) bool {
	for _, t := range p.terms {
		if !someValue(r, t) {
			return false
		}
	}
	return true
}

func someValue(r Record, term string) bool {
	for _, v := range r.All() {
		if HasTerm(v, term) {
			return true
		}
	}
	return false
}

// HasTerm reports whether the folded term occurs in v or in one of its elements.
func HasTerm(v Value, term string) bool {
	if v.kind == List {
		return slices.ContainsFunc(v.list, func(e Value) bool { return HasTerm(e, term) })
	}
	return !v.Missing() && strings.Contains(Fold(v.Text()), term)
}

// Fold maps text to the form in which full text compares it.
func Fold(s string) string { return strings.ToLower(s) }

// String implements Predicate.
func (p And) String() string { return join(p, " AND ", "true") }

// String implements Predicate.
func (p Or) String() string { return join(p, " OR ", "false") }

// String implements Predicate.
func (p Not) String() string { return "NOT (" + p.Part.String() + ")" }

// String implements Predicate.
func (p FullText) String() string { return fmt.Sprintf("%q", strings.Join(p.terms, " ")) }

// String implements Predicate.
func (p Where) String() string {
	parts := make([]string, len(p.Operands))
	for i, o := range p.Operands {
		parts[i] = o.String()
	}
	sep := " OR "
	if p.All {
		sep = " AND "
	}
	list := strings.Join(parts, sep)
	if len(parts) != 1 {
		list = "(" + list + ")"
	}
	return p.Property + " " + p.Operator.String() + " " + list
}

func join(ps []Predicate, sep, empty string) string {
	if len(ps) == 0 {
		return empty
	}
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = p.String()
		switch p.(type) {
		case And, Or:
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, sep)
}
