package exec

import (
	"math/bits"
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// frontier is a set of entities, table by table, each with the number of paths that
// lead to it: rows of a batch that bind one slot, without being made.
type frontier struct {
	tables []tableRows // ascending by number, none empty
}

// tableRows are the rows of a frontier in one table. Bits may belong to the source;
// ways is the frontier's own.
type tableRows struct {
	number uint32
	bits   []uint64
	// ways is by row how many paths lead to it, where its bit is set; nil is one each.
	ways []int64
}

// gatherer is an operator that can make the frontier that its rows would bind.
type gatherer interface {
	// gather returns the frontier, or false when only rows can be made.
	gather() (*frontier, bool, error)
}

// gather makes the frontier of the entities that the operator's rows bind in a slot.
func (m *meter) gather(slot plan.Slot) (*frontier, error) {
	if g, ok := m.op.(gatherer); ok {
		f, ok, err := m.timed(g)
		if ok || err != nil {
			return f, err
		}
	}
	var c collector
	err := m.run(func(b *batch) error {
		c.counted = c.counted || b.weight != nil
		for i, ref := range b.at(slot) {
			c.add(ref, b.weightAt(i))
		}
		return m.env.keep(m, c.grown())
	})
	return c.frontier(), err
}

// timed gathers, and notes what run would note.
func (m *meter) timed(g gatherer) (*frontier, bool, error) {
	if err := m.env.ctx.Err(); err != nil {
		return nil, false, err
	}
	if m.env.options.Clock != nil {
		start := m.env.now()
		defer func() { m.total.add(start, m.env.now()) }()
	}
	f, ok, err := g.gather()
	if ok && err == nil {
		m.rows, m.batches, m.whole = f.count(), 1, true
	}
	return f, ok, err
}

// tally is a frontier that an aggregate may count, when the operator can gather one.
func (m *meter) tally() (*frontier, bool, error) {
	g, ok := m.op.(gatherer)
	if !ok {
		return nil, false, nil
	}
	return m.timed(g)
}

// count is the number of entities.
func (f *frontier) count() int64 {
	n := 0
	for i := range f.tables {
		n += f.tables[i].count()
	}
	return int64(n)
}

// paths is the number of paths that lead to the entities, or the greatest number
// there is.
func (f *frontier) paths() int64 {
	n := int64(0)
	for i := range f.tables {
		n = plus(n, f.tables[i].paths())
	}
	return n
}

// count is the number of rows.
func (t *tableRows) count() int {
	n := 0
	for _, w := range t.bits {
		n += bits.OnesCount64(w)
	}
	return n
}

// paths is the number of paths to the rows.
func (t *tableRows) paths() int64 {
	if t.ways == nil {
		return int64(t.count())
	}
	n := int64(0)
	t.each(func(row uint32) { n = plus(n, t.ways[row]) })
	return n
}

// each calls f for every row, ascending.
func (t *tableRows) each(f func(row uint32)) { eachBit(t.bits, f) }

// eachBit calls f for the number of every bit that is set, ascending.
func eachBit(words []uint64, f func(row uint32)) {
	for i, w := range words {
		for ; w != 0; w &= w - 1 {
			f(uint32(i*64 + bits.TrailingZeros64(w)))
		}
	}
}

// wayOf is how many paths lead to a row.
func (t *tableRows) wayOf(row uint32) int64 {
	if t.ways == nil {
		return 1
	}
	return t.ways[row]
}

// refs appends the handles of the rows, ascending.
func (t *tableRows) refs(to []graph.Ref) []graph.Ref {
	t.each(func(row uint32) { to = append(to, graph.NewRef(t.number, row)) })
	return to
}

// emit passes the entities on as rows that bind a slot, by table and row.
func (f *frontier) emit(e *env, slot plan.Slot, emit func(*batch) error) error {
	out := &batch{}
	var refs []graph.Ref
	var ways []int64
	size, weighted := e.batchRows(), f.weighted()
	flush := func() error {
		out.only(slot, refs)
		out.weight = ways
		err := emit(out)
		refs, ways = refs[:0], ways[:0]
		return err
	}
	for i := range f.tables {
		t := &f.tables[i]
		for at, w := range t.bits {
			for ; w != 0; w &= w - 1 {
				row := uint32(at*64 + bits.TrailingZeros64(w))
				refs = append(refs, graph.NewRef(t.number, row))
				if weighted {
					ways = append(ways, t.wayOf(row))
				}
				if len(refs) < size {
					continue
				}
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	if len(refs) == 0 {
		return nil
	}
	return flush()
}

// weighted reports whether some rows stand for several.
func (f *frontier) weighted() bool {
	return slices.ContainsFunc(f.tables, func(t tableRows) bool { return t.ways != nil })
}
