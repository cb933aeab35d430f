package column

import (
	"math"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Test is a graph.Where prepared for columns. It never changes and may be used by
// several goroutines at once.
type Test struct {
	where   graph.Where // with the operator that a negated one negates
	negated bool

	fixed, always bool      // there are no operands: the same for every value
	missing       bool      // what the positive test says of a missing value
	literal       bool      // of texts one of these passes, without regular expressions
	texts         []string  // in order, each once
	ints          intervals // of integers these pass
	// elements are the tests of which some element of a list must pass each one;
	// nil if no list can pass.
	elements []*Test
}

// NewTest prepares a condition; which property it names does not matter.
func NewTest(where graph.Where) *Test {
	q := &Test{where: where}
	q.where.Operator, q.negated = where.Operator.Positive()
	q.missing = q.positive(graph.Value{})
	if len(where.Operands) == 0 {
		q.fixed, q.always = true, q.missing
	}
	q.prepareTexts()
	q.prepareInts()
	q.prepareElements()
	return q
}

// Holds reports whether the condition holds for v.
func (q *Test) Holds(v graph.Value) bool { return q.positive(v) != q.negated }

func (q *Test) positive(v graph.Value) bool { return q.where.Test(v) }

func (q *Test) holdsString(s string) bool { return q.positive(graph.StringValue(s)) }

func (q *Test) prepareTexts() {
	operands := q.where.Operands
	q.literal = !q.fixed && (!q.where.All || len(operands) == 1)
	for i := range operands {
		o := &operands[i]
		switch {
		case o.Absent:
		case o.Regex != nil:
			q.literal = false
		default:
			for _, v := range scalars(&o.Value) {
				if v.Kind() == graph.String {
					q.texts = append(q.texts, v.Str())
				}
			}
		}
	}
	slices.Sort(q.texts)
	q.texts = slices.Compact(q.texts)
}

// scalars returns the elements of a list, or v alone.
func scalars(v *graph.Value) []graph.Value {
	if v.Kind() == graph.List {
		return v.List()
	}
	return []graph.Value{*v}
}

// holdsText decides a literal test of a text.
func (q *Test) holdsText(s string) bool {
	switch q.where.Operator {
	case graph.Eq:
		_, ok := slices.BinarySearch(q.texts, s)
		return ok
	case graph.StartsWith:
		return slices.ContainsFunc(q.texts, func(t string) bool { return strings.HasPrefix(s, t) })
	case graph.EndsWith:
		return slices.ContainsFunc(q.texts, func(t string) bool { return strings.HasSuffix(s, t) })
	case graph.Contains:
		return slices.ContainsFunc(q.texts, func(t string) bool { return strings.Contains(s, t) })
	}
	return q.holdsString(s)
}

// prepareInts finds the integers that pass: what each operand admits, joined as
// the operands are.
func (q *Test) prepareInts() {
	if q.where.All || q.fixed && q.always {
		q.ints = intervals{{math.MinInt64, math.MaxInt64}}
	}
	for i := range q.where.Operands {
		o := &q.where.Operands[i]
		var admitted intervals
		if !o.Absent && o.Regex == nil {
			for _, v := range scalars(&o.Value) {
				admitted = append(admitted, admittedInts(q.where.Operator, v)...)
			}
		}
		if q.where.All {
			q.ints = q.ints.and(admitted.join())
		} else {
			q.ints = append(q.ints, admitted...)
		}
	}
	q.ints = q.ints.join()
}

// prepareElements derives the tests of list elements. `undefined` is never said
// of a list, nor through an element that is null.
func (q *Test) prepareElements() {
	var present []graph.Operand
	for _, o := range q.where.Operands {
		if o.Absent && q.where.All {
			return
		}
		if !o.Absent {
			present = append(present, o)
		}
	}
	switch {
	case len(present) == 0:
	case q.where.All && len(present) > 1:
		for i := range present {
			q.elements = append(q.elements, q.elementTest(present[i:i+1]))
		}
	default:
		q.elements = []*Test{q.elementTest(present)}
	}
}

func (q *Test) elementTest(operands []graph.Operand) *Test {
	e := &Test{where: q.where}
	e.where.Operands = operands
	e.prepareTexts()
	e.prepareInts()
	return e
}
