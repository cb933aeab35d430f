package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// endsOver counts at some rows of a table the different entities at the end of a
// hop at which the rest of the pattern is found.
func (r *reach) endsOver(a Adjacent, p *plan.Via, number uint32, need []uint64) (rowWays, error) {
	rows := r.env.tableRows(a, number)
	out := rowWays{wide: make([]int64, max(rows, len(need)*64))}
	if err := r.env.keep(r.meter, out.bytes()); err != nil {
		return out, err
	}
	h := r.at(p)
	if h.hop.Where == nil && r.env.dense(a, number, countBits(need)) {
		lists, ok, err := a.Adjacency(r.env.ctx, number, h.hop)
		if err != nil {
			return out, err
		}
		if ok {
			hops, err := r.beyond(a, h, lists, need)
			if err != nil {
				return out, err
			}
			return out, r.countLists(hops, out.wide, need)
		}
	}
	refs := (&tableRows{number: number, bits: need}).refs(nil)
	found := make([]int64, len(refs))
	if err := r.ends(p, refs, found, new(marks)); err != nil {
		return out, err
	}
	for i, ref := range refs {
		out.wide[ref.Row()] = found[i]
	}
	return out, nil
}

// countLists counts the different neighbours that rows have in lists. Only where two
// lists lead to one table, or one repeats neighbours, has each to be looked at.
func (r *reach) countLists(hops []tableHop, ways []int64, need []uint64) error {
	byTarget := map[uint32][]tableHop{}
	var targets []uint32
	for _, h := range hops {
		if byTarget[h.list.To] == nil {
			targets = append(targets, h.list.To)
		}
		byTarget[h.list.To] = append(byTarget[h.list.To], h)
	}
	for _, to := range targets {
		same := byTarget[to]
		rows, work := min(len(ways), len(same[0].list.Offsets)-1), len(same[0].list.Neighbours)
		count := func(from, end int) { same[0].count(ways[from:end], need, from) }
		if len(same) > 1 || !same[0].list.Simple {
			seen := new(marks)
			work = 0 // one after the other: the marks are shared
			count = func(from, end int) { countDifferent(same, ways, need, from, end, seen) }
		}
		if err := r.env.parts(rows, work, count); err != nil {
			return err
		}
	}
	return nil
}

// countDifferent adds for some rows the different neighbours with a way in lists to
// one table.
func countDifferent(hops []tableHop, ways []int64, need []uint64, from, end int, seen *marks) {
	for row := from; row < end; row++ {
		if bitAt(need, uint32(row)) == 0 {
			continue
		}
		seen.begin()
		for i := range hops {
			for _, n := range hops[i].list.Row(uint32(row)) {
				if hops[i].beyond.at(n) > 0 && seen.add(graph.NewRef(1, n)) {
					ways[row]++
				}
			}
		}
	}
}

// ends counts for each of refs the different entities at the end of a hop.
func (r *reach) ends(p *plan.Via, refs []graph.Ref, into []int64, seen *marks) error {
	h := r.at(p)
	clear(into)
	last := -1
	for steps, err := range r.env.source.Expand(r.env.ctx, refs, h.hop) {
		if err != nil {
			return err
		}
		ways, err := r.eval(p.Then, steps.Node, &h.then)
		if err != nil {
			return err
		}
		for i, origin := range steps.Origin {
			if int(origin) != last { // origins ascend
				seen.begin()
				last = int(origin)
			}
			if ways[i] > 0 && seen.add(steps.Node[i]) {
				into[origin]++
			}
		}
	}
	return nil
}

// countEnds makes rows stand for the ends of their hop, a batch at a time.
func (r *reachJoin) countEnds(emit func(*batch) error) error {
	out, seen := &batch{}, new(marks)
	var kept []uint32
	var ways, weights []int64
	return r.input.run(func(in *batch) error {
		refs := in.at(r.node.On)
		ways = resize(ways, len(refs))
		if err := r.reach.ends(r.node.Pattern.(*plan.Via), refs, ways, seen); err != nil {
			return err
		}
		kept, weights = kept[:0], weights[:0]
		for i, w := range ways {
			if w > 0 {
				kept, weights = append(kept, uint32(i)), append(weights, w)
			}
		}
		return r.emitWeighted(out, in, kept, weights, emit)
	})
}
