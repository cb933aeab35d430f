package exec

import (
	"cmp"
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// sorting orders rows; ties keep their order. With a limit it keeps little more
// than so many rows at any time.
type sorting struct {
	env   *env
	meter *meter
	node  *plan.Sort
	input *meter

	rows *store
	keys []column
	held int64
}

// slack is how many rows more than its limit a sort collects before it drops what
// cannot be returned.
const slack = 4096

func (s *sorting) run(emit func(*batch) error) error {
	l := newLoader(s.env)
	exprs := make([]plan.Expr, len(s.node.Keys))
	for i, k := range s.node.Keys {
		exprs[i] = k.Expr
	}
	keys := newColumns(l, exprs)
	s.keys = make([]column, len(exprs))
	s.rows = newStore(s.env, s.meter, s.node.Keep())
	err := s.input.run(func(in *batch) error {
		if err := l.load(in); err != nil {
			return err
		}
		all := sequence(in.n)
		s.addKeys(keys.compute(in.n), all)
		if err := s.rows.add(in, all); err != nil {
			return err
		}
		return s.cut()
	})
	if err != nil || s.rows.rows.n == 0 {
		return err
	}
	order := s.order()
	s.keys = nil
	return s.rows.emit(order, emit)
}

func (s *sorting) addKeys(cols []column, rows []uint32) {
	for c := range cols {
		s.keys[c].object = cols[c].object
		if cols[c].object {
			s.keys[c].refs = gather(s.keys[c].refs, cols[c].refs, rows)
		} else {
			s.keys[c].values = gather(s.keys[c].values, cols[c].values, rows)
		}
	}
}

// cut drops the rows that are beyond the limit already.
func (s *sorting) cut() error {
	if s.node.Limit == 0 || int64(s.rows.rows.n) < s.node.Limit+slack {
		return s.account()
	}
	order := s.order()[:s.node.Limit]
	kept := newBatch(s.env.slots)
	kept.reset(s.rows.rows, s.node.Keep())
	kept.takeAll(s.rows.rows, order)
	s.rows.rows = kept
	old := s.keys
	s.keys = make([]column, len(old))
	s.addKeys(old, order)
	if err := s.rows.account(); err != nil {
		return err
	}
	return s.account()
}

func (s *sorting) account() error {
	more := int64(s.rows.rows.n)*valueBytes*int64(len(s.keys)) - s.held
	s.held += more
	return s.env.keep(s.meter, more)
}

// order lists the rows in order.
func (s *sorting) order() []uint32 {
	order := sequence(s.rows.rows.n)
	slices.SortStableFunc(order, func(a, b uint32) int {
		for i, key := range s.node.Keys {
			c := compareFields(&s.keys[i], a, b)
			if key.Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	if limit := s.node.Limit; limit > 0 && int64(len(order)) > limit {
		order = order[:limit]
	}
	return order
}

// compareFields orders two fields of a column: objects by table and row, values as
// graph.Compare does; what is missing, in whatever way, comes last.
func compareFields(c *column, a, b uint32) int {
	if c.object {
		x, y := c.refs[a], c.refs[b]
		return cmp.Compare(x-1, y-1) // the zero Ref, unbound, becomes the greatest
	}
	return compareValues(c.values[a], c.values[b])
}

func compareValues(a, b graph.Value) int {
	if a.Missing() || b.Missing() {
		return missing(a) - missing(b)
	}
	return graph.Compare(a, b)
}

func missing(v graph.Value) int {
	if v.Missing() {
		return 1
	}
	return 0
}
