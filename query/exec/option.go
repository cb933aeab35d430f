package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// option is a run of one optional group, which is what most runs are: a row skips it,
// or passes it in every way. What is subsumed can only be the row that skips, by one
// that passes and then stands at the same entity, or anywhere where nothing mandatory
// follows.
type option struct {
	env   *env
	meter *meter
	node  *plan.Group
	input *meter
	reach *reach

	hops []graph.Hop
	in   *batch
	from []graph.Ref
	held int64 // bytes of rows that pass
	out  batch
	rows optionRows // of one batch, in order
	// order tells of each of rows which of those that pass it is, and one more; 0 is
	// the one that skips.
	order []uint32
}

// optionRows are rows of a batch after the group, column by column.
type optionRows struct {
	parent  []uint32 // the incoming row
	current []graph.Ref
	// bound are what the hops bind, two columns a hop: zero where the row skips. A
	// column that nobody looks at is nil.
	bound [][]graph.Ref
}

// newOption returns the operator of a run of one group.
func newOption(e *env, m *meter, n *plan.Group, input *meter) *option {
	o := &option{env: e, meter: m, node: n, input: input, reach: e.reachOf(m, false, false)}
	for _, h := range n.Groups[0].Hops {
		o.hops = append(o.hops, e.hop(h.Hop))
	}
	o.rows.bound = make([][]graph.Ref, 2*len(o.hops))
	return o
}

// slot is the slot of a column of optionRows.bound.
func (o *option) slot(column int) plan.Slot {
	hop := o.node.Groups[0].Hops[column/2]
	if column%2 == 0 {
		return hop.Edge
	}
	return hop.To
}

// run makes the rows of a batch at once.
func (o *option) run(emit func(*batch) error) error {
	return o.input.run(func(in *batch) error {
		o.in, o.from = in, in.at(o.node.From)
		taken, err := o.taken()
		if err != nil {
			return err
		}
		skips, err := o.skips(&taken)
		if err != nil {
			return err
		}
		o.merge(skips, &taken)
		return o.emit(emit)
	})
}

// taken are the rows that pass the group and go on.
func (o *option) taken() (optionRows, error) {
	rows := optionRows{parent: sequence(o.in.n), current: o.from, bound: make([][]graph.Ref, 2*len(o.hops))}
	if len(o.hops) == 0 {
		return optionRows{bound: rows.bound}, nil
	}
	for h := range o.hops {
		var err error
		if rows, err = o.hop(&rows, h); err != nil {
			return rows, err
		}
	}
	if err := o.keepFound(&rows, o.node.Groups[0].Tail); err != nil {
		return rows, err
	}
	return rows, o.keepFound(&rows, o.node.Tail)
}

// hop takes the h-th hop from every row.
func (o *option) hop(rows *optionRows, h int) (optionRows, error) {
	next := optionRows{bound: make([][]graph.Ref, len(rows.bound))}
	keep := o.node.Keep()
	for steps, err := range o.env.source.Expand(o.env.ctx, rows.current, o.hops[h]) {
		if err != nil {
			return next, err
		}
		next.parent = gather(next.parent, rows.parent, steps.Origin)
		next.current = append(next.current, steps.Node...)
		for c := range 2 * h {
			if rows.bound[c] != nil {
				next.bound[c] = gather(next.bound[c], rows.bound[c], steps.Origin)
			}
		}
		if keep.Has(o.slot(2 * h)) {
			next.bound[2*h] = append(next.bound[2*h], steps.Edge...)
		}
		if keep.Has(o.slot(2*h + 1)) {
			next.bound[2*h+1] = append(next.bound[2*h+1], steps.Node...)
		}
		if err := o.hold(int64(len(next.parent)) * int64(12+8*len(next.bound))); err != nil {
			return next, err
		}
	}
	return next, nil
}

// hold notes that the rows of this batch take so many bytes.
func (o *option) hold(bytes int64) error {
	more := bytes - o.held
	o.held = bytes
	return o.env.keep(o.meter, more)
}

// keepFound drops the rows at whose end a pattern is not found.
func (o *option) keepFound(rows *optionRows, p plan.Pattern) error {
	if p == nil {
		return nil
	}
	ways, err := o.reach.ways(p, rows.current)
	if err != nil {
		return err
	}
	var kept []uint32
	for i, w := range ways {
		if w > 0 {
			kept = append(kept, uint32(i))
		}
	}
	rows.parent, rows.current = gather(nil, rows.parent, kept), gather(nil, rows.current, kept)
	for c := range rows.bound {
		if rows.bound[c] != nil {
			rows.bound[c] = gather(nil, rows.bound[c], kept)
		}
	}
	return nil
}

// skips tells for each incoming row whether a row that skips the group goes on.
func (o *option) skips(taken *optionRows) ([]bool, error) {
	skips := make([]bool, o.in.n)
	if o.node.Tail == nil {
		for i := range skips {
			skips[i] = true
		}
	} else {
		ways, err := o.reach.ways(o.node.Tail, o.from)
		if err != nil {
			return nil, err
		}
		for i, w := range ways {
			skips[i] = w > 0
		}
	}
	if !o.node.Subsume {
		return skips, nil
	}
	for i, parent := range taken.parent {
		if o.node.Last || taken.current[i] == o.from[parent] {
			skips[parent] = false
		}
	}
	return skips, nil
}

// merge puts the rows in order: of each incoming row first the one that skips.
func (o *option) merge(skips []bool, taken *optionRows) {
	o.rows.parent, o.rows.current = o.rows.parent[:0], o.rows.current[:0]
	from, next := o.order[:0], 0
	for i, skip := range skips {
		if skip {
			o.rows.parent, o.rows.current = append(o.rows.parent, uint32(i)), append(o.rows.current, o.from[i])
			from = append(from, 0)
		}
		for next < len(taken.parent) && taken.parent[next] == uint32(i) {
			o.rows.parent, o.rows.current = append(o.rows.parent, uint32(i)), append(o.rows.current, taken.current[next])
			next++
			from = append(from, uint32(next))
		}
	}
	o.order = from
	keep := o.node.Keep()
	for c := range o.rows.bound {
		if keep.Has(o.slot(c)) {
			o.rows.bound[c] = gather(o.rows.bound[c][:0], append([]graph.Ref{0}, taken.bound[c]...), from)
		}
	}
}

// emit passes the rows on in batches.
func (o *option) emit(emit func(*batch) error) error {
	size, keep := o.env.batchRows(), o.node.Keep()
	alias := o.node.Groups[0].Alias
	for first := 0; first < len(o.rows.parent); first += size {
		end := min(first+size, len(o.rows.parent))
		o.out.reset(o.in, keep)
		o.out.takeAll(o.in, o.rows.parent[first:end])
		for c, refs := range o.rows.bound {
			if slot := o.slot(c); keep.Has(slot) {
				o.out.bind(slot, refs[first:end])
			}
		}
		if keep.Has(alias) {
			o.out.bind(alias, o.rows.current[first:end])
		}
		if keep.Has(o.node.Current) {
			o.out.bind(o.node.Current, o.rows.current[first:end])
		}
		if err := emit(&o.out); err != nil {
			return err
		}
	}
	return o.hold(0)
}
