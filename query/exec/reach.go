package exec

import (
	"fmt"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// reach counts in how many ways patterns are found at entities. What is known of
// an entity at a hop is kept, so that none is expanded twice for the same hop.
type reach struct {
	env   *env
	meter *meter
	bulk  bool
	// counted says that every way counts, and not only whether there is one.
	counted bool
	hops    map[*plan.Via]*reachHop
	out     scratch
}

// reachHop is what is known of one hop of a pattern.
type reachHop struct {
	via     *plan.Via
	hop     graph.Hop
	known   knownWays
	asked   map[uint32]int     // by table, how many entities were asked for
	whole   map[uint32]rowWays // by table, the ways of all rows, once known
	unknown []graph.Ref
	then    scratch
	// last is the table that was asked for last, and what is known of it.
	last      uint32
	lastWays  rowWays
	lastWhole bool
}

// scratch is memory for the answers of one part of a pattern.
type scratch struct{ a []int64 }

// newReach returns a reach that knows nothing yet; the memory that it takes counts
// for m.
func newReach(e *env, m *meter, bulk, counted bool) *reach {
	return &reach{env: e, meter: m, bulk: bulk, counted: counted, hops: map[*plan.Via]*reachHop{}}
}

// ways counts in how many ways a pattern is found at each of refs. The answer is
// valid until the next call.
func (r *reach) ways(p plan.Pattern, refs []graph.Ref) ([]int64, error) {
	return r.eval(p, refs, &r.out)
}

// eval is fill into memory that is kept for one part of a pattern.
func (r *reach) eval(p plan.Pattern, refs []graph.Ref, out *scratch) ([]int64, error) {
	out.a = resize(out.a, len(refs))
	if err := r.fill(p, refs, out.a); err != nil {
		return nil, err
	}
	return out.a, nil
}

// resize makes s have n elements, whatever they are.
func resize(s []int64, n int) []int64 {
	if cap(s) < n {
		return make([]int64, n)
	}
	return s[:n]
}

// fill sets into[i] to the number of ways at refs[i].
func (r *reach) fill(p plan.Pattern, refs []graph.Ref, into []int64) error {
	switch p := p.(type) {
	case nil:
		for i := range into {
			into[i] = 1
		}
		return nil
	case *plan.Via:
		return r.fillVia(p, refs, into)
	case *plan.Lacks:
		if err := r.fill(p.Part, refs, into); err != nil {
			return err
		}
		for i, w := range into {
			into[i] = 1 - min(w, 1)
		}
		return nil
	case *plan.Both:
		return r.fillParts([]plan.Pattern{p.A, p.B}, refs, into, times)
	case *plan.Either: // never counted, so the greater is as good as the sum
		return r.fillParts(p.Parts, refs, into, func(a, b int64) int64 { return max(a, b) })
	}
	return fmt.Errorf("find pattern: unknown pattern %T", p)
}

// fillParts joins the answers of several patterns.
func (r *reach) fillParts(parts []plan.Pattern, refs []graph.Ref, into []int64, join func(a, b int64) int64) error {
	if err := r.fill(parts[0], refs, into); err != nil {
		return err
	}
	other := make([]int64, len(refs))
	for _, p := range parts[1:] {
		if err := r.fill(p, refs, other); err != nil {
			return err
		}
		for i, w := range other {
			into[i] = join(into[i], w)
		}
	}
	return nil
}

// fillVia answers for a hop: from what is known, after asking for the rest.
func (r *reach) fillVia(v *plan.Via, refs []graph.Ref, into []int64) error {
	h := r.at(v)
	h.unknown = h.unknown[:0]
	for _, ref := range refs {
		if _, ok := h.wholeTable(ref.Table()); !ok && h.known.start(ref, r.rows) {
			h.unknown = append(h.unknown, ref)
		}
	}
	if len(h.unknown) > 0 {
		if err := r.learn(h); err != nil {
			return err
		}
	}
	// Every one of refs was asked for now or earlier.
	for i, ref := range refs {
		if ways, ok := h.wholeTable(ref.Table()); ok {
			into[i] = ways.at(ref.Row())
		} else {
			into[i] = h.known.get(ref)
		}
	}
	return nil
}

// wholeTable is what is known of all rows of a table. Handles mostly come table by
// table.
func (h *reachHop) wholeTable(number uint32) (*rowWays, bool) {
	if h.last != number {
		h.last = number
		h.lastWays, h.lastWhole = h.whole[number]
	}
	return &h.lastWays, h.lastWhole
}

// at is what is known of a hop.
func (r *reach) at(v *plan.Via) *reachHop {
	h := r.hops[v]
	if h == nil {
		h = &reachHop{via: v, hop: r.env.hop(v.Hop), asked: map[uint32]int{}, whole: map[uint32]rowWays{}}
		r.hops[v] = h
	}
	return h
}

// rows is how many rows a table has, 0 when the source does not say.
func (r *reach) rows(table uint32) int {
	if a, ok := r.env.source.(Adjacent); ok && r.bulk {
		return r.env.tableRows(a, table)
	}
	return 0
}

// learn finds the ways of all unknown entities of a hop.
func (r *reach) learn(h *reachHop) error {
	if err := r.env.keep(r.meter, h.known.grown()); err != nil {
		return err
	}
	if r.bulk {
		if err := r.learnTables(h); err != nil || len(h.unknown) == 0 {
			return err
		}
	}
	left := len(h.unknown) // of which no way is known
	for steps, err := range r.env.source.Expand(r.env.ctx, h.unknown, h.hop) {
		if err != nil {
			return err
		}
		ways, err := r.eval(h.via.Then, steps.Node, &h.then)
		if err != nil {
			return err
		}
		for i, origin := range steps.Origin {
			if ways[i] == 0 {
				continue
			}
			if h.known.add(h.unknown[origin], ways[i]) {
				left--
			}
		}
		if left == 0 && !r.counted {
			break // hubs need not be seen to their end
		}
	}
	return nil
}

// knownWays is the number of ways by entity, as far as it is known: by table and
// row, one more than the number.
type knownWays struct {
	tables map[uint32][]int64
	number uint32 // the table that was asked for last
	ways   []int64
	bytes  int64 // that tables grew by since grown was asked
}

// table is what is known of a table. Handles mostly come table by table.
func (k *knownWays) table(number uint32) []int64 {
	if k.number != number || k.ways == nil {
		k.number, k.ways = number, k.tables[number]
	}
	return k.ways
}

// start notes that an entity is to be asked for, with no way so far. It reports
// false when that was noted before. Rows tells how many rows a table has, if that is
// known.
func (k *knownWays) start(ref graph.Ref, rows func(table uint32) int) bool {
	ways, row := k.table(ref.Table()), int(ref.Row())
	if row >= len(ways) {
		ways = k.grow(ref.Table(), max(row+1, rows(ref.Table())))
	}
	if ways[row] != 0 {
		return false
	}
	ways[row] = 1 // known, and no way so far
	return true
}

// grow makes room for so many rows of a table.
func (k *knownWays) grow(number uint32, rows int) []int64 {
	if k.tables == nil {
		k.tables = map[uint32][]int64{}
	}
	old := k.tables[number]
	ways := make([]int64, max(rows, len(old)+len(old)/2, 64))
	copy(ways, old)
	k.bytes += int64(len(ways)-len(old)) * 8
	k.tables[number] = ways
	k.number, k.ways = number, ways
	return ways
}

// grown is how many bytes k grew by since it was asked last.
func (k *knownWays) grown() int64 {
	n := k.bytes
	k.bytes = 0
	return n
}

// add counts more ways of an entity and reports whether they are its first.
func (k *knownWays) add(ref graph.Ref, ways int64) (first bool) {
	at := &k.table(ref.Table())[ref.Row()]
	first = *at == 1
	*at = plus(*at, ways)
	return first
}

// get is the number of ways of an entity that was asked for.
func (k *knownWays) get(ref graph.Ref) int64 { return k.table(ref.Table())[ref.Row()] - 1 }
