package exec

import (
	"math/bits"

	"github.com/j1db/j1db/query/plan"
)

// totaler is an operator that can count what its rows bind without making them.
type totaler interface {
	// total is the number of entities, and of the paths that lead to them; ok is false
	// when rows have to be made.
	total() (entities, paths int64, ok bool, err error)
}

// count counts the rows of the operator, where it can, and notes what run would note.
func (m *meter) count() (entities, paths int64, ok bool, err error) {
	switch op := m.op.(type) {
	case totaler:
		return m.timedTotal(op)
	case gatherer:
		f, ok, err := m.timed(op)
		if !ok || err != nil {
			return 0, 0, false, err
		}
		if !f.weighted() {
			return m.rows, m.rows, true, nil
		}
		return m.rows, f.paths(), true, nil
	}
	return 0, 0, false, nil
}

// timedTotal is total, with its time.
func (m *meter) timedTotal(op totaler) (entities, paths int64, ok bool, err error) {
	if m.env.options.Clock != nil {
		start := m.env.now()
		defer func() { m.total.add(start, m.env.now()) }()
	}
	entities, paths, ok, err = op.total()
	m.whole = ok && err == nil
	return entities, paths, ok, err
}

// stage is what one Reach asks of the rows of a table.
type stage struct {
	join *reachJoin
	// hops are the lists of its pattern's first hop; where they are nil, ways is known.
	hops []tableHop
	ways rowWays
	rows int64 // that it lets through
}

// total implements totaler: what this and the Reaches below ask of a row is asked of
// blocks of rows in turn, so that no count is kept.
func (r *reachJoin) total() (entities, paths int64, ok bool, err error) {
	adjacent, ok := r.env.source.(Adjacent)
	joins, base := r.joins()
	if !ok || base == nil {
		return 0, 0, false, nil
	}
	f, ok, err := base.tally()
	if !ok || err != nil {
		return 0, 0, false, err
	}
	for i := range f.tables {
		t := &f.tables[i]
		stages, err := stagesOf(adjacent, joins, t)
		if err != nil {
			return 0, 0, false, err
		}
		n, p, err := r.count(t, stages)
		if err != nil {
			return 0, 0, false, err
		}
		entities, paths = entities+n, plus(paths, p)
		for s := range stages {
			m := stages[s].join.meter
			m.rows, m.batches, m.whole = m.rows+stages[s].rows, 1, true
		}
	}
	return entities, paths, true, nil
}

// joins are the Reaches up to this one, the lowest first, and what they stand on: nil
// when that or one of them cannot do without rows.
func (r *reachJoin) joins() ([]*reachJoin, *meter) {
	if !r.reach.bulk || r.node.Ends {
		return nil, nil
	}
	below, ok := r.input.op.(*reachJoin)
	if !ok {
		return []*reachJoin{r}, r.input
	}
	joins, base := below.joins()
	return append(joins, r), base
}

// stagesOf finds what is asked of the rows of a table, and what that takes.
func stagesOf(a Adjacent, joins []*reachJoin, t *tableRows) ([]stage, error) {
	stages := make([]stage, len(joins))
	for i, j := range joins {
		stages[i].join = j
		hops, ok, err := j.reach.lists(a, j.node.Pattern, t.number, t.bits)
		if !ok && err == nil {
			stages[i].ways, err = j.reach.over(a, j.node.Pattern, t.number, t.bits)
		}
		if err != nil {
			return nil, err
		}
		stages[i].hops = hops
	}
	return stages, nil
}

// count asks the stages of the rows of a table, in parts.
func (r *reachJoin) count(t *tableRows, stages []stage) (entities, paths int64, err error) {
	work := len(t.bits) * 64
	for i := range stages {
		for h := range stages[i].hops {
			work += len(stages[i].hops[h].list.Neighbours)
		}
	}
	if t, stages = onlyBits(t, stages); len(stages) == 0 {
		return int64(t.count()), t.paths(), nil
	}
	size := r.env.partRows()
	sums := make([]blockSums, (len(t.bits)*64+size-1)/size)
	err = r.env.parts(len(t.bits)*64, work, func(from, to int) {
		s := &sums[from/size]
		s.rows = make([]int64, len(stages))
		for first := from; first < to; first += blockRows {
			s.add(t, stages, first, min(first+blockRows, to))
		}
	})
	for i := range sums {
		entities, paths = entities+sums[i].entities, plus(paths, sums[i].paths)
		for s, n := range sums[i].rows {
			stages[s].rows += n
		}
	}
	return entities, paths, err
}

// onlyBits asks the first stages that let a row through or not, a word at a time, and
// returns the rows and stages that are left.
func onlyBits(t *tableRows, stages []stage) (*tableRows, []stage) {
	left := *t
	for len(stages) > 0 && stages[0].hops == nil && !stages[0].ways.counted() {
		left.bits = stages[0].ways.found(left.bits)
		stages[0].rows = int64(left.count())
		stages = stages[1:]
	}
	return &left, stages
}

// blockSums are the counts of a part of a table.
type blockSums struct {
	entities, paths int64
	rows            []int64 // by stage
	ways, found     [blockRows]int64
}

// add counts the rows of a table from one to another.
func (b *blockSums) add(t *tableRows, stages []stage, first, last int) {
	words := t.bits[first/64 : last/64]
	left := 0
	for _, w := range words {
		left += bits.OnesCount64(w)
	}
	if left*sparse < last-first {
		b.addSome(t, stages, words, first)
		return
	}
	ways := b.ways[:last-first]
	for i := range ways {
		ways[i] = int64(words[i>>6] >> (i & 63) & 1)
	}
	if t.ways != nil {
		for i, w := range t.ways[first:last] {
			ways[i] *= w
		}
	}
	for s := range stages {
		left = b.pass(&stages[s], t, ways, first)
		b.rows[s] += int64(left)
	}
	b.entities += int64(left)
	for _, w := range ways {
		b.paths = plus(b.paths, w)
	}
}

// sparse is the part of a block, as a divisor, below which its rows are counted one by
// one: without looking at the others.
const sparse = 8

// addSome counts the rows of a block that are set in words, the first of which is of
// row first.
func (b *blockSums) addSome(t *tableRows, stages []stage, words []uint64, first int) {
	for at, w := range words {
		for ; w != 0; w &= w - 1 {
			row := uint32(first + at*64 + bits.TrailingZeros64(w))
			ways := t.wayOf(row)
			for s := range stages {
				if ways == 0 {
					break
				}
				ways = stages[s].pass(ways, row)
				b.rows[s] += positive(ways)
			}
			b.entities += positive(ways)
			b.paths = plus(b.paths, ways)
		}
	}
}

// pass asks a stage of one row to which so many paths lead, and returns how many lead
// on.
func (s *stage) pass(ways int64, row uint32) int64 {
	found := int64(0)
	for h := range s.hops {
		list := s.hops[h].list
		if int(row)+1 < len(list.Offsets) {
			found = plus(found, s.hops[h].sum(list.Offsets[row], list.Offsets[row+1]))
		}
	}
	if s.hops == nil {
		found = s.ways.at(row)
	}
	if s.join.node.Count {
		return times(ways, found)
	}
	return ways & -positive(found)
}

// pass asks one stage of a block of rows, and returns how many it lets through.
func (b *blockSums) pass(s *stage, t *tableRows, ways []int64, first int) int {
	found := b.found[:len(ways)]
	clear(found)
	for h := range s.hops {
		need := t.bits
		if s.hops[h].beyond.every {
			need = nil // of other rows, too: ways is 0 there
		}
		s.hops[h].count(found, need, first)
	}
	if s.hops == nil {
		for i, w := range ways {
			if w != 0 {
				found[i] = s.ways.at(uint32(first + i))
			}
		}
	}
	if s.join.node.Count {
		return timesEach(ways, found)
	}
	left := 0
	for i, n := range found {
		ways[i] &= -positive(n)
		left += int(positive(ways[i]))
	}
	return left
}

// timesEach multiplies counts, and returns how many are left that are not 0. Which
// ones those are cannot be foreseen, so nothing branches on it.
func timesEach(ways, by []int64) int {
	left := 0
	for i, n := range by {
		w := ways[i]
		if (w|n)>>31 == 0 {
			w *= n
		} else {
			w = times(w, n)
		}
		ways[i] = w
		left += int(positive(w))
	}
	return left
}

// positive is 1 for a count that is not 0, and 0 otherwise.
func positive(n int64) int64 { return int64(uint64(-n) >> 63) }

// lists are the lists of a pattern that is a hop, for many rows of a table; ok is
// false when it has to be found in another way.
func (r *reach) lists(a Adjacent, p plan.Pattern, number uint32, need []uint64) ([]tableHop, bool, error) {
	via, ok := p.(*plan.Via)
	if !ok || !r.counted {
		return nil, false, nil
	}
	h := r.at(via)
	if h.hop.Where != nil || !r.env.dense(a, number, countBits(need)) {
		return nil, false, nil
	}
	lists, ok, err := a.Adjacency(r.env.ctx, number, h.hop)
	if err != nil || !ok || len(lists) == 0 {
		return nil, false, err
	}
	hops, err := r.beyond(a, h, lists, need)
	return hops, err == nil, err
}
