package exec

import (
	"errors"
	"fmt"

	"github.com/j1db/j1db/query/plan"
)

// operator makes batches of rows and pushes them on.
type operator interface {
	// run gives every batch to emit, until there are no more or emit returns an
	// error, which it then returns. It runs once.
	run(emit func(*batch) error) error
}

// errEnough is returned by an emit that needs no more rows.
var errEnough = errors.New("enough rows")

// meter counts and times what an operator does, and looks at the context between
// batches.
type meter struct {
	env  *env
	node plan.Node
	op   operator
	// below is the meter of the operator's input, nil for none.
	below *meter
	// stops says that a few rows may be enough.
	stops bool

	rows    int64 // that came out
	batches int64 // that came out
	total   spent // by the operator and all below it
	whole   bool  // it was run to its end
}

// run runs the operator. What emit takes is the time of the operators above.
func (m *meter) run(emit func(*batch) error) error {
	if m.env.options.Clock == nil {
		return m.end(m.op.run(func(b *batch) error { return m.pass(b, emit) }))
	}
	start, above := m.env.now(), spent{}
	err := m.op.run(func(b *batch) error {
		from := m.env.now()
		err := m.pass(b, emit)
		above.add(from, m.env.now())
		return err
	})
	m.total.add(start, m.env.now())
	m.total.add(above, spent{})
	return m.end(err)
}

// end notes how the operator's run ended.
func (m *meter) end(err error) error {
	m.whole = err == nil
	return err
}

// pass looks at the context and counts, before a batch goes up. Empty batches end
// here.
func (m *meter) pass(b *batch, emit func(*batch) error) error {
	if err := m.env.ctx.Err(); err != nil {
		return err
	}
	if m.env.abandoned.Load() {
		return errEnough
	}
	if b.n == 0 {
		return nil // so that no operator has to mind empty batches
	}
	m.rows += int64(b.n)
	m.batches++
	return emit(b)
}

// name is the operator's name and what it does, for errors.
func (m *meter) name() string {
	name, detail := m.node.Describe()
	if detail == "" {
		return name
	}
	return name + " " + detail
}

// stopsBelow reports whether a few rows of an operator's input may be enough.
func (m *meter) stopsBelow() bool {
	switch n := m.node.(type) {
	case *plan.Slice:
		return n.Stop
	case *plan.Sort, *plan.Aggregate, *plan.Combine, *plan.Reorder, *plan.Subsume, *plan.Visit:
		return false // they need all rows before they make one
	}
	return m.stops
}

// compile makes the operators of a plan, from the scan upwards; a few of its rows may
// be enough when stops is set.
func (e *env) compile(n plan.Node, stops bool) (*meter, error) {
	m := &meter{env: e, node: n, stops: stops}
	if n.Input() != nil {
		below, err := e.compile(n.Input(), m.stopsBelow())
		if err != nil {
			return nil, err
		}
		m.below = below
	}
	m.op = e.operator(m, n)
	if m.op == nil {
		return nil, fmt.Errorf("compile plan: unknown operator %T", n)
	}
	e.meters = append(e.meters, m)
	return m, nil
}

// operator makes the operator of one node.
func (e *env) operator(m *meter, n plan.Node) operator {
	switch n := n.(type) {
	case *plan.Scan:
		return &scan{env: e, meter: m, node: n}
	case *plan.Expand:
		return &expand{env: e, node: n, input: m.below}
	case *plan.Visit:
		return &visit{env: e, meter: m, node: n, input: m.below}
	case *plan.Reach:
		return &reachJoin{env: e, meter: m, node: n, input: m.below, reach: e.reachOf(m, n.Bulk, n.Count)}
	case *plan.Group:
		if len(n.Groups) == 1 {
			return newOption(e, m, n, m.below)
		}
		return &group{env: e, meter: m, node: n, input: m.below, reach: e.reachOf(m, false, false)}
	case *plan.Subsume:
		return &subsume{env: e, meter: m, node: n, input: m.below}
	case *plan.Filter:
		return &filter{env: e, node: n, input: m.below}
	case *plan.Dedup:
		return &dedup{env: e, meter: m, node: n, input: m.below}
	case *plan.Combine:
		return &combine{env: e, meter: m, node: n, input: m.below}
	case *plan.Reorder:
		return &reorder{env: e, meter: m, node: n, input: m.below}
	case *plan.Collect:
		return &collect{env: e, meter: m, node: n, input: m.below}
	case *plan.Unwind:
		return &unwind{env: e, node: n, input: m.below}
	case *plan.Project:
		return &project{env: e, node: n, input: m.below}
	case *plan.Weigh:
		return &weigh{node: n, input: m.below}
	case *plan.Aggregate:
		return &aggregate{env: e, meter: m, node: n, input: m.below}
	case *plan.Distinct:
		return &distinct{env: e, meter: m, node: n, input: m.below}
	case *plan.Sort:
		return &sorting{env: e, meter: m, node: n, input: m.below}
	case *plan.Slice:
		return &slicing{env: e, node: n, input: m.below}
	case *plan.Output:
		out := &output{env: e, meter: m, node: n, input: m.below}
		if e.handsOver(n, m.stops) {
			out.input = &meter{env: e, node: n.Input(), op: &handover{env: e, input: m.below}}
		}
		return out
	case *plan.Subgraph:
		return &passing{input: m.below}
	}
	return nil
}

// passing passes everything on.
type passing struct{ input *meter }

func (p *passing) run(emit func(*batch) error) error { return p.input.run(emit) }
