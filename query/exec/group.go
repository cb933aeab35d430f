package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// group lets rows skip a run of optional groups, or pass them.
//
// It takes a few incoming rows at a time and makes their local rows: what each
// binds in the run, and where it then stands. What is subsumed is known locally. A
// later hop that is taken over the same relationship to the same entity starts at
// the same entity, so of two rows that go on alike past the run, one binding more,
// the lesser is known here: they stand at the same entity. And where nothing
// mandatory follows, it does not matter where they stand.
type group struct {
	env   *env
	meter *meter
	node  *plan.Group
	input *meter
	reach *reach

	hops     [][]graph.Hop // of each group
	slots    []plan.Slot   // all that the run binds, but for current
	patterns boundGroups
	held     int64  // bytes of local rows
	out      *batch // the one that is passed on
}

// localRows are rows of a run while it is made: bound holds width handles a row.
type localRows struct {
	width   int
	parent  []uint32 // the incoming row
	current []graph.Ref
	bound   []graph.Ref
	pattern []int // which groups are bound: see boundGroups
}

// maxParents is how many incoming rows are taken at a time: their local rows are
// all in memory.
const maxParents = 256

// run divides batches, because the local rows of one can be many times as many.
func (g *group) run(emit func(*batch) error) error {
	g.out = &batch{}
	for _, branch := range g.node.Groups {
		hops := make([]graph.Hop, len(branch.Hops))
		for i, h := range branch.Hops {
			hops[i] = g.env.hop(h.Hop)
			g.slots = append(g.slots, h.Edge, h.To)
		}
		if branch.Alias != plan.None {
			g.slots = append(g.slots, branch.Alias)
		}
		g.hops = append(g.hops, hops)
	}
	return g.input.run(func(in *batch) error {
		for first := 0; first < in.n; first += maxParents {
			if err := g.pass(in, first, min(first+maxParents, in.n), emit); err != nil {
				return err
			}
		}
		return nil
	})
}

// pass makes the rows of some incoming rows.
func (g *group) pass(in *batch, first, end int, emit func(*batch) error) error {
	rows := localRows{width: len(g.slots)}
	from, nothing := in.at(g.node.From), make([]graph.Ref, rows.width)
	for i := first; i < end; i++ {
		rows.add(uint32(i), from[i], nothing, 0)
	}
	g.patterns = newBoundGroups(len(g.node.Groups))
	at := 0
	for i, branch := range g.node.Groups {
		var err error
		if rows, err = g.branch(rows, i, at); err != nil {
			return err
		}
		at += 2 * len(branch.Hops)
		if branch.Alias != plan.None {
			at++
		}
	}
	kept, err := g.keptRows(&rows)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(kept, g.env.batchRows()) {
		if err := emit(g.fill(in, &rows, part)); err != nil {
			return err
		}
	}
	return g.hold(0)
}

// hold notes that local rows take so many bytes.
func (g *group) hold(bytes int64) error {
	more := bytes - g.held
	g.held = bytes
	return g.env.keep(g.meter, more)
}

// add appends a row; bound is copied.
func (r *localRows) add(parent uint32, current graph.Ref, bound []graph.Ref, pattern int) {
	r.parent, r.current = append(r.parent, parent), append(r.current, current)
	r.bound, r.pattern = append(r.bound, bound...), append(r.pattern, pattern)
}

// row is what row i binds: the memory of r, to be written to.
func (r *localRows) row(i int) []graph.Ref { return r.bound[i*r.width : (i+1)*r.width] }

// bytes is the memory that the rows take.
func (r *localRows) bytes() int64 { return int64(len(r.parent)) * int64(4+8+8+8*r.width) }

// branch lets every row skip the i-th group, whose first slot is at, and after that
// pass it in every way: so rows stay in order.
func (g *group) branch(rows localRows, i, at int) (localRows, error) {
	branch := &g.node.Groups[i]
	taken, origins, err := g.taken(&rows, i, at)
	if err != nil {
		return rows, err
	}
	if len(origins) == 0 && branch.Alias == plan.None {
		return rows, nil
	}
	out := localRows{width: rows.width}
	next := 0
	for r := range rows.parent {
		// Unbound handles sort first, and so does the row that skips.
		g.alias(branch, at, rows.row(r), rows.current[r])
		out.add(rows.parent[r], rows.current[r], rows.row(r), rows.pattern[r])
		for ; next < len(origins) && origins[next] == uint32(r); next++ {
			g.alias(branch, at, taken.row(next), taken.current[next])
			out.add(taken.parent[next], taken.current[next], taken.row(next), taken.pattern[next])
		}
	}
	return out, nil
}

// alias binds the alias after a group.
func (g *group) alias(branch *plan.Branch, at int, bound []graph.Ref, current graph.Ref) {
	if branch.Alias != plan.None {
		bound[at+2*len(branch.Hops)] = current
	}
}

// taken are the rows that pass the i-th group, and which of rows each comes from.
func (g *group) taken(rows *localRows, i, at int) (taken localRows, origins []uint32, err error) {
	branch := &g.node.Groups[i]
	if len(branch.Hops) == 0 {
		return localRows{width: rows.width}, nil, nil
	}
	taken, origins = *rows, make([]uint32, len(rows.parent))
	for r := range origins {
		origins[r] = uint32(r)
	}
	for h := range branch.Hops {
		if taken, origins, err = g.hop(&taken, origins, g.hops[i][h], at+2*h, rows.bytes()); err != nil {
			return taken, nil, err
		}
	}
	// Only whole groups are bound: a row that fails at a later hop is not among these.
	for r, p := range taken.pattern {
		taken.pattern[r] = g.patterns.with(p, i)
	}
	if branch.Tail == nil {
		return taken, origins, nil
	}
	ways, err := g.reach.ways(branch.Tail, taken.current)
	if err != nil {
		return taken, nil, err
	}
	found := localRows{width: rows.width}
	var from []uint32
	for r, w := range ways {
		if w > 0 {
			found.add(taken.parent[r], taken.current[r], taken.row(r), taken.pattern[r])
			from = append(from, origins[r])
		}
	}
	return found, from, nil
}

// hop takes a hop from every row, and binds it at the place at. Rows that are kept
// beside those of the hop take other bytes.
func (g *group) hop(rows *localRows, origins []uint32, hop graph.Hop, at int, other int64) (localRows, []uint32, error) {
	next := localRows{width: rows.width}
	var from []uint32
	for steps, err := range g.env.source.Expand(g.env.ctx, rows.current, hop) {
		if err == nil {
			err = g.hold(other + rows.bytes() + next.bytes())
		}
		if err != nil {
			return next, nil, err
		}
		for s, origin := range steps.Origin {
			// The row is copied first: several steps may leave from it.
			next.add(rows.parent[origin], steps.Node[s], rows.row(int(origin)), rows.pattern[origin])
			bound := next.row(len(next.parent) - 1)
			bound[at], bound[at+1] = steps.Edge[s], steps.Node[s]
			from = append(from, origins[origin])
		}
	}
	return next, from, nil
}

// fill makes a batch of local rows.
func (g *group) fill(in *batch, rows *localRows, kept []uint32) *batch {
	keep := g.node.Keep()
	g.out.reset(in, keep)
	g.out.takeAll(in, gather(nil, rows.parent, kept))
	// What incoming rows carry was taken above; what the run binds is added.
	for s, slot := range g.slots {
		if !keep.Has(slot) {
			continue
		}
		refs := make([]graph.Ref, len(kept))
		for i, r := range kept {
			refs[i] = rows.bound[int(r)*rows.width+s]
		}
		g.out.bind(slot, refs)
	}
	if keep.Has(g.node.Current) {
		g.out.bind(g.node.Current, gather(nil, rows.current, kept))
	}
	return g.out
}
