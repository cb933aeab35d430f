package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// bulkShare is the part of a table, as a divisor, of which the ways must be asked
// for before those of all its rows are computed from whole adjacencies.
const bulkShare = 16

// learnTables answers for all rows of the tables of which many entities are asked
// for, and leaves the others in unknown.
func (r *reach) learnTables(h *reachHop) error {
	adjacent, ok := r.env.source.(Adjacent)
	if !ok || h.hop.Where != nil {
		return nil
	}
	tables := r.env.allTables(adjacent)
	for _, ref := range h.unknown {
		h.asked[ref.Table()]++
	}
	// The order in which tables are computed shows in no answer.
	for number, n := range h.asked {
		if n < 0 || n*bulkShare < int(tables[number].Rows) {
			continue
		}
		h.asked[number] = -1 << 62 // not again
		if err := r.learnTable(adjacent, h, tables[number]); err != nil {
			return err
		}
	}
	return nil
}

// allTables are the tables of entities by number.
func (e *env) allTables(a Adjacent) map[uint32]graph.Table {
	if e.tables == nil {
		e.tables = map[uint32]graph.Table{}
		for _, t := range a.Tables(graph.Selection{}) {
			e.tables[t.Number] = t
		}
	}
	return e.tables
}

// learnTable computes the ways of all rows of a table, if the source has what that
// takes.
func (r *reach) learnTable(adjacent Adjacent, h *reachHop, t graph.Table) error {
	lists, ok, err := adjacent.Adjacency(r.env.ctx, t.Number, h.hop)
	if err != nil || !ok {
		return err
	}
	ways := make([]int64, t.Rows)
	for i := range ways {
		ways[i] = 1 // no way: see knownWays
	}
	for _, list := range lists {
		beyond, err := r.beyond(adjacent, h, list.To)
		if err != nil {
			return err
		}
		addWays(ways, &list, beyond)
	}
	// What was known of single rows is known again, to the same result.
	h.known.set(t.Number, ways)
	h.whole[t.Number] = true
	rest := h.unknown[:0]
	for _, ref := range h.unknown {
		if ref.Table() != t.Number {
			rest = append(rest, ref)
		}
	}
	h.unknown = rest
	return r.env.keep(r.meter, h.known.grown())
}

// addWays adds to the ways of each row those of its neighbours: one each when
// beyond is nil, else what beyond knows, in the form of knownWays.
func addWays(ways []int64, list *graph.Adjacency, beyond []int64) {
	rows := min(len(ways), len(list.Offsets)-1)
	if beyond == nil {
		for row := range rows {
			ways[row] = plus(ways[row], int64(list.Degree(uint32(row))))
		}
		return
	}
	for row := range rows {
		sum := ways[row]
		for _, n := range list.Row(uint32(row)) {
			sum = plus(sum, beyond[n]-1)
		}
		ways[row] = sum
	}
}

// beyond is what is known of the rows of a target table, in the form of knownWays:
// no way for rows that the hop's target does not select. It is nil when all rows
// have one.
func (r *reach) beyond(adjacent Adjacent, h *reachHop, number uint32) ([]int64, error) {
	t := r.env.allTables(adjacent)[number]
	then, isHop := h.via.Then.(*plan.Via)
	switch {
	case h.hop.Target.Where != nil || t.Live != t.Rows:
	case h.via.Then == nil:
		return nil, nil // degrees are the answer
	case isHop: // what is known of the next hop is the answer
		next := r.at(then)
		if next.asked[number] >= 0 && next.hop.Where == nil {
			next.asked[number] = -1 << 62
			if err := r.learnTable(adjacent, next, t); err != nil {
				return nil, err
			}
		}
		if ways := next.known.tables[number]; next.whole[number] {
			return ways, nil
		}
	}
	return r.beyondTargets(h, t)
}

// beyondTargets asks for every entity of a table that a hop's target selects.
func (r *reach) beyondTargets(h *reachHop, t graph.Table) ([]int64, error) {
	refs, err := r.targets(h, t)
	if err != nil {
		return nil, err
	}
	found := make([]int64, len(refs))
	if err := r.fill(h.via.Then, refs, found); err != nil {
		return nil, err
	}
	ways := make([]int64, t.Rows)
	for i := range ways {
		ways[i] = 1
	}
	for i, ref := range refs {
		ways[ref.Row()] += found[i]
	}
	return ways, nil
}

// targets are the entities of a table that a hop's target selects.
func (r *reach) targets(h *reachHop, t graph.Table) ([]graph.Ref, error) {
	refs := make([]graph.Ref, 0, t.Live)
	sel := graph.Selection{Types: []string{t.Type}, Where: h.hop.Target.Where}
	for batch, err := range r.env.source.Scan(r.env.ctx, sel) {
		if err != nil {
			return nil, err
		}
		refs = append(refs, batch...)
	}
	return refs, nil
}
