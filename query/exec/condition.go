package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// test decides a condition for one row of the batch that was loaded.
type test interface {
	holds(row int) bool
}

// test compiles a condition on rows.
func (l *loader) test(c plan.Cond) test {
	switch c := c.(type) {
	case plan.AllOf:
		return allOf(l.tests(c))
	case plan.AnyOf:
		return anyOf(l.tests(c))
	case plan.Compare:
		return l.comparison(c)
	}
	return anyOf{} // full text and smart classes are always pushed to the source
}

// tests compiles several conditions.
func (l *loader) tests(cs []plan.Cond) []test {
	tests := make([]test, len(cs))
	for i, c := range cs {
		tests[i] = l.test(c)
	}
	return tests
}

// allOf holds when all of its tests do.
type allOf []test

func (ts allOf) holds(row int) bool {
	return !slices.ContainsFunc(ts, func(t test) bool { return !t.holds(row) })
}

// anyOf holds when one of its tests does.
type anyOf []test

func (ts anyOf) holds(row int) bool {
	return slices.ContainsFunc(ts, func(t test) bool { return t.holds(row) })
}

// comparison compiles a comparison. Its operands are known at once but for the
// properties among them.
func (l *loader) comparison(c plan.Compare) test {
	out := &comparison{left: l.compile(c.Left), op: c.Op, all: c.All}
	for _, o := range c.Right {
		if p, ok := o.Expr.(plan.Prop); ok {
			out.varying = append(out.varying, varying{len(out.operands), l.compile(p)})
			out.operands = append(out.operands, graph.Operand{})
			continue
		}
		out.operands = l.env.operands(out.operands, o)
	}
	if len(out.varying) > 0 {
		return out // what one row decides says nothing of the next
	}
	if f, ok := out.left.(fetched); ok {
		m := &memo{comparison: out, vector: f.vector}
		l.memos = append(l.memos, m)
		return m
	}
	return out
}

// comparison compares one value of the row with operands, of which some vary by
// row.
type comparison struct {
	left     evaluator
	op       graph.Operator
	operands []graph.Operand
	varying  []varying
	all      bool
}

// varying is an operand that is a property of the row.
type varying struct {
	index int
	from  evaluator
}

// holds implements test. It sets the varying operands before it asks.
func (c *comparison) holds(row int) bool {
	for _, v := range c.varying {
		c.operands[v.index].Value = v.from.value(row)
	}
	return graph.Test(c.left.value(row), c.op, c.operands, c.all)
}

// memo is a comparison with fixed operands that is decided once for each entry of
// a dictionary.
type memo struct {
	*comparison
	vector *graph.Vector
	known  []int8 // by code: 0 unknown, 1 holds, -1 does not
}

// forget begins with a new dictionary. One that is much larger than the batch is of a
// whole table, of which few entries are looked at.
func (m *memo) forget() {
	m.known = m.known[:0]
	if len(m.vector.Dict) <= manyEntries*len(m.vector.Codes) {
		m.known = append(m.known, make([]int8, len(m.vector.Dict))...)
	}
}

// manyEntries is how many times larger than a batch a dictionary may be.
const manyEntries = 4

// holds implements test, by the code of the row's value where it has one.
func (m *memo) holds(row int) bool {
	if m.vector.Dict == nil || len(m.known) == 0 {
		return m.comparison.holds(row)
	}
	k := &m.known[m.vector.Codes[row]]
	if *k == 0 {
		*k = -1
		if m.comparison.holds(row) {
			*k = 1
		}
	}
	return *k > 0
}
