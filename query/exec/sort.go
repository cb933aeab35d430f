package exec

import (
	"cmp"
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// sorting orders rows; ties keep their order. With a limit it collects a batch more
// than so many before it drops what cannot be returned, and from then on takes only
// rows that precede the last that can.
type sorting struct {
	env   *env
	meter *meter
	node  *plan.Sort
	input *meter

	rows  *store
	keys  []column
	held  int64
	worst []column // the keys of the last row that can be returned, once known
}

// run computes the keys of each batch, and keeps them beside the rows.
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
		cols := keys.compute(in.n)
		rows := s.promising(cols, in.n)
		s.addKeys(cols, rows)
		if err := s.rows.add(in, rows); err != nil {
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

// addKeys keeps the keys of some rows of a batch.
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

// promising lists the rows of a batch that may be returned: those that precede the
// worst row kept so far. Ties come after it.
func (s *sorting) promising(cols []column, n int) []uint32 {
	if s.worst == nil {
		return sequence(n)
	}
	var rows []uint32
	for i := range n {
		if s.compare(cols, i, s.worst, 0) < 0 {
			rows = append(rows, uint32(i))
		}
	}
	return rows
}

// cut drops the rows that are beyond the limit already.
func (s *sorting) cut() error {
	if s.node.Limit == 0 || int64(s.rows.rows.n) < s.node.Limit+int64(s.env.batchRows()) {
		return s.account()
	}
	// Keys and rows move together; that they are in order now spares nothing later.
	order := s.order()[:s.node.Limit]
	kept := &batch{}
	kept.reset(s.rows.rows, s.node.Keep())
	kept.takeAll(s.rows.rows, order)
	s.rows.rows = kept
	old := s.keys
	s.keys = make([]column, len(old))
	s.addKeys(old, order)
	s.worst = make([]column, len(old))
	for i := range old {
		s.worst[i].object = old[i].object
		s.worst[i].take(&old[i], int(order[len(order)-1]))
	}
	if err := s.rows.account(); err != nil {
		return err
	}
	return s.account()
}

// account notes the memory that the keys take.
func (s *sorting) account() error {
	more := int64(s.rows.rows.n)*valueBytes*int64(len(s.keys)) - s.held
	s.held += more
	return s.env.keep(s.meter, more)
}

// order lists the rows in order.
func (s *sorting) order() []uint32 {
	order := sequence(s.rows.rows.n)
	slices.SortStableFunc(order, func(a, b uint32) int { return s.compare(s.keys, int(a), s.keys, int(b)) })
	if limit := s.node.Limit; limit > 0 && int64(len(order)) > limit {
		order = order[:limit]
	}
	return order
}

// compare orders row i of some keys and row j of others: objects by table and row,
// values as graph.Compare does; what is missing, in whatever way, comes last.
func (s *sorting) compare(a []column, i int, b []column, j int) int {
	for k, key := range s.node.Keys {
		c := 0
		if a[k].object {
			c = cmp.Compare(a[k].refs[i]-1, b[k].refs[j]-1) // the zero Ref becomes the greatest
		} else {
			c = compareValues(a[k].values[i], b[k].values[j])
		}
		switch {
		case c == 0:
		case key.Desc:
			return -c
		default:
			return c
		}
	}
	return 0
}

// compareValues orders values; null and undefined are alike here, unlike in
// graph.Compare.
func compareValues(a, b graph.Value) int {
	if a.Missing() || b.Missing() {
		return missing(a) - missing(b)
	}
	return graph.Compare(a, b)
}

// missing is 1 for what sorts last, and 0 otherwise.
func missing(v graph.Value) int {
	if v.Missing() {
		return 1
	}
	return 0
}
