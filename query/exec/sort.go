package exec

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/j1db/j1db/query/plan"
)

// sorting orders rows; ties keep their order. With a limit it keeps only so many: the
// rows that precede all others so far, in a heap with the last of them on top.
type sorting struct {
	env   *env
	meter *meter
	node  *plan.Sort
	input *meter

	rows *store
	keys []column // of rows
	held int64
	// arrived tells for each row how many came before it; it is nil without a limit,
	// where that is the row's place.
	arrived []int64
	heap    []uint32 // rows, with a limit
	n       int64    // rows that came, with a limit
}

// run computes the keys of each batch, and keeps them beside the rows.
func (s *sorting) run(emit func(*batch) error) error {
	exprs := make([]plan.Expr, len(s.node.Keys))
	for i, k := range s.node.Keys {
		exprs[i] = k.Expr
	}
	l := newLoader(s.env)
	keys := newColumns(l, exprs)
	s.keys = make([]column, len(exprs))
	s.rows = newStore(s.env, s.meter, s.node.Keep())
	first := firstKey{sorting: s}
	err := s.input.run(func(in *batch) error {
		in = first.promising(in)
		if err := l.load(in); err != nil {
			return err
		}
		cols := keys.compute(in.n)
		if err := s.add(in, cols); err != nil {
			return err
		}
		return s.account()
	})
	if err != nil || s.rows.rows == nil || s.rows.rows.n == 0 {
		return err
	}
	order := sequence(s.rows.rows.n)
	if err := s.env.sortRows(order, s.compare); err != nil {
		return err
	}
	s.keys = nil
	return s.rows.emit(order, emit)
}

// sortRows puts numbers of rows in an order that has no ties. It looks at the context
// now and then: a sort can take seconds.
func (e *env) sortRows(rows []uint32, compare func(a, b uint32) int) error {
	const often = 1 << 16
	compared, err := 0, error(nil)
	slices.SortFunc(rows, func(a, b uint32) int {
		if compared++; compared%often == 0 && err == nil {
			err = e.ctx.Err()
		}
		if err != nil {
			return 0 // so that it ends soon
		}
		return compare(a, b)
	})
	return err
}

// add takes the rows of a batch: all of them, or those that may be returned.
func (s *sorting) add(in *batch, cols []column) error {
	limit := s.node.Limit
	if limit == 0 {
		s.addKeys(cols, sequence(in.n))
		return s.rows.addAll(in)
	}
	first := int(min(limit-int64(len(s.heap)), int64(in.n)))
	if first > 0 {
		if err := s.fill(in, cols, first); err != nil {
			return err
		}
	}
	for i := first; i < in.n; i++ {
		s.n++
		if s.compareFields(cols, i, s.heap[0]) < 0 { // ties come after
			s.replace(in, cols, i)
		}
	}
	return nil
}

// fill takes the first rows of a batch while there are fewer than can be returned.
func (s *sorting) fill(in *batch, cols []column, first int) error {
	rows := sequence(first)
	s.addKeys(cols, rows)
	for range rows {
		s.heap, s.arrived = append(s.heap, uint32(s.n)), append(s.arrived, s.n)
		s.n++
	}
	if int64(len(s.heap)) == s.node.Limit {
		heap.Init(lastFirst{s})
	}
	return s.rows.add(in, rows)
}

// replace puts row i of a batch in the place of the last row.
func (s *sorting) replace(in *batch, cols []column, i int) {
	at := int(s.heap[0])
	s.rows.rows.put(at, in, i)
	for c := range cols {
		s.keys[c].put(at, &cols[c], i)
	}
	s.arrived[at] = s.n
	heap.Fix(lastFirst{s}, 0)
}

// addKeys keeps the keys of some rows of a batch.
func (s *sorting) addKeys(cols []column, rows []uint32) {
	for c := range cols {
		if s.rows.rows.n == 0 {
			s.keys[c].clear(cols[c].kind)
		}
		s.keys[c].takeAll(&cols[c], rows)
	}
}

// account notes the memory that the keys take.
func (s *sorting) account() error {
	row := int64(12) // in arrived and heap
	for c := range s.keys {
		row += s.keys[c].fieldBytes()
	}
	more := int64(s.rows.rows.n)*row - s.held
	s.held += more
	return s.env.keep(s.meter, more)
}

// compare orders two kept rows.
func (s *sorting) compare(a, b uint32) int {
	if c := s.compareFields(s.keys, int(a), b); c != 0 {
		return c
	}
	if s.arrived == nil {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(s.arrived[a], s.arrived[b])
}

// compareFields orders row i of some keys and a kept row by their keys alone.
func (s *sorting) compareFields(a []column, i int, kept uint32) int {
	for k, key := range s.node.Keys {
		c := compareFields(&a[k], i, &s.keys[k], int(kept))
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

// lastFirst is the heap of the rows, the last of them on top.
type lastFirst struct{ *sorting }

// Len implements heap.Interface.
func (h lastFirst) Len() int { return len(h.heap) }

// Less implements heap.Interface.
func (h lastFirst) Less(i, j int) bool { return h.compare(h.heap[i], h.heap[j]) > 0 }

// Swap implements heap.Interface.
func (h lastFirst) Swap(i, j int) { h.heap[i], h.heap[j] = h.heap[j], h.heap[i] }

// Push implements heap.Interface.
func (h lastFirst) Push(x any) { h.heap = append(h.heap, x.(uint32)) }

// Pop implements heap.Interface; rows are never taken out.
func (h lastFirst) Pop() any { return nil }

// firstKey leaves out the rows that the first key alone keeps from being returned,
// so that nothing else has to be read of them. It does so where that key is a column
// of numbers.
type firstKey struct {
	*sorting
	best []int64 // the first keys that precede all others, as a heap with the last on top
	rows []uint32
	out  batch
}

// offer takes a first key, if it is among the best.
func (f *firstKey) offer(n int64) {
	if int64(len(f.best)) < f.node.Limit {
		f.best = append(f.best, n)
		for i := len(f.best) - 1; i > 0 && f.best[(i-1)/2] < f.best[i]; i = (i - 1) / 2 {
			f.best[i], f.best[(i-1)/2] = f.best[(i-1)/2], f.best[i]
		}
		return
	}
	if n >= f.best[0] {
		return
	}
	f.best[0] = n
	for i := 0; 2*i+1 < len(f.best); {
		child := 2*i + 1
		if child+1 < len(f.best) && f.best[child+1] > f.best[child] {
			child++
		}
		if f.best[child] <= f.best[i] {
			return
		}
		f.best[i], f.best[child] = f.best[child], f.best[i]
		i = child
	}
}

// promising is the rows of a batch that may be returned.
func (f *firstKey) promising(in *batch) *batch {
	key := f.node.Keys[0]
	col, ok := key.Expr.(plan.Col)
	if !ok || f.node.Limit == 0 || in.cols[col.Index].kind != ofNumbers {
		return in
	}
	numbers, sign := in.cols[col.Index].numbers, int64(1)
	if key.Desc {
		sign = -1 // of counts: none is the least number there is
	}
	for _, n := range numbers {
		f.offer(sign * n)
	}
	f.rows = f.rows[:0]
	for i, n := range numbers {
		if int64(len(f.best)) < f.node.Limit || sign*n <= f.best[0] {
			f.rows = append(f.rows, uint32(i))
		}
	}
	if len(f.rows) == in.n {
		return in
	}
	f.out.reset(in, nil)
	f.out.takeAll(in, f.rows)
	return &f.out
}
