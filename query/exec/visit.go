package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// visit makes a row of each entity that hops from the entities of its input reach,
// to stand for all paths to it where they count.
type visit struct {
	env   *env
	meter *meter
	node  *plan.Visit
	input *meter
}

// run makes rows of the whole frontier, for an operator that needs them.
func (v *visit) run(emit func(*batch) error) error {
	f, _, err := v.gather()
	if err != nil {
		return err
	}
	return f.emit(v.env, v.node.To, emit)
}

// gather implements gatherer.
func (v *visit) gather() (*frontier, bool, error) {
	from, err := v.input.gather(v.node.From)
	if err != nil {
		return nil, false, err
	}
	s := &spreading{env: v.env, meter: v.meter, hop: v.env.hop(v.node.Hop)}
	s.single.counted, s.whole.counted = v.node.Count, v.node.Count
	if adjacent, ok := v.env.source.(Adjacent); ok {
		s.single.size = func(number uint32) int { return v.env.tableRows(adjacent, number) }
	}
	for i := range from.tables {
		if err := s.spread(&from.tables[i]); err != nil {
			return nil, false, err
		}
	}
	f, err := s.frontier()
	return f, true, err
}

// spreading makes the frontier that one hop reaches.
type spreading struct {
	env   *env
	meter *meter
	hop   graph.Hop
	// single are the entities that Expand has led to. Whole are those that whole
	// adjacencies have, of which the target's condition is still to be asked.
	single, whole collector
}

// spread goes on from the rows of a table: by its whole adjacency where they are
// many.
func (s *spreading) spread(t *tableRows) error {
	adjacent, ok := s.env.source.(Adjacent)
	if !ok || s.hop.Where != nil || !s.env.dense(adjacent, t.number, t.count()) {
		return s.expand(t)
	}
	lists, ok, err := adjacent.Adjacency(s.env.ctx, t.number, s.hop)
	if err != nil {
		return err
	}
	if !ok {
		return s.expand(t)
	}
	for i := range lists {
		to := s.whole.table(lists[i].To)
		s.whole.room(to, s.env.tableRows(adjacent, lists[i].To))
		if err := s.env.keep(s.meter, s.whole.grown()); err != nil {
			return err
		}
		if err := s.push(t, &lists[i], to); err != nil {
			return err
		}
	}
	return nil
}

// push adds the neighbours of the rows of a table.
func (s *spreading) push(from *tableRows, list *graph.Adjacency, to *tableRows) error {
	words := s.env.partRows() / 64
	for first := 0; first < len(from.bits); first += words {
		if err := s.env.ctx.Err(); err != nil {
			return err
		}
		part := tableRows{bits: from.bits[first:min(first+words, len(from.bits))]}
		start := uint32(first * 64)
		if to.ways == nil {
			part.each(func(row uint32) {
				for _, n := range list.Row(start + row) {
					to.bits[n>>6] |= 1 << (n & 63)
				}
			})
			continue
		}
		part.each(func(row uint32) {
			w := from.wayOf(start + row)
			for _, n := range list.Row(start + row) {
				to.bits[n>>6] |= 1 << (n & 63)
				to.ways[n] = plus(to.ways[n], w)
			}
		})
	}
	return nil
}

// expand goes on from the rows of a table one by one.
func (s *spreading) expand(t *tableRows) error {
	for refs := range slices.Chunk(t.refs(nil), s.env.batchRows()) {
		for steps, err := range s.env.source.Expand(s.env.ctx, refs, s.hop) {
			if err != nil {
				return err
			}
			for i, node := range steps.Node {
				s.single.add(node, t.wayOf(refs[steps.Origin[i]].Row()))
			}
			if err := s.env.keep(s.meter, s.single.grown()); err != nil {
				return err
			}
		}
	}
	return nil
}

// frontier is what was reached.
func (s *spreading) frontier() (*frontier, error) {
	f := s.whole.frontier()
	if where := s.hop.Target.Where; where != nil {
		for i := range f.tables {
			selected, err := s.env.selected(f.tables[i].number, where)
			if err != nil {
				return nil, err
			}
			within(f.tables[i].bits, selected)
		}
	}
	if len(s.single.tables) == 0 {
		return f, nil
	}
	for i := range f.tables {
		s.single.join(&f.tables[i])
	}
	return s.single.frontier(), nil
}

// within clears the bits of a that are not set in b, which may be shorter.
func within(a, b []uint64) {
	for i := range a {
		if i < len(b) {
			a[i] &= b[i]
		} else {
			a[i] = 0
		}
	}
}

// selected are the living rows of a table for which a condition holds: all of them,
// for nil.
func (e *env) selected(number uint32, where graph.Predicate) ([]uint64, error) {
	if c, ok := e.columnar(); ok {
		return c.Select(e.ctx, number, where)
	}
	adjacent, _ := e.source.(Adjacent) // only its whole tables are asked for
	t, _ := e.table(adjacent, number)
	sel := graph.Selection{Types: []string{t.Type}, Where: where}
	var c collector
	for refs, err := range e.source.Scan(e.ctx, sel) {
		if err != nil {
			return nil, err
		}
		c.addAll(refs)
	}
	rows := c.table(number)
	c.room(rows, int(t.Rows))
	return rows.bits, nil
}
