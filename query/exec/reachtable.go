package exec

import (
	"math"
	"math/bits"
	"sync/atomic"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// bulkShare is the part of a table, as a divisor, of which the ways must be asked
// for before they are computed from whole adjacencies.
const bulkShare = 32

// table describes a table of entities, if there is one of that number that is of the
// graph and not supplied beside it.
func (e *env) table(a Adjacent, number uint32) (graph.Table, bool) {
	if t, ok := e.tables[number]; ok {
		return t, t.Number != 0
	}
	if e.tables == nil {
		e.tables = map[uint32]graph.Table{}
	}
	if one, ok := a.(Tabled); ok {
		t, ok := one.Table(number)
		if !ok {
			t = graph.Table{}
		}
		e.tables[number] = t // zero where there is none
		return t, ok
	}
	for _, t := range a.Tables(graph.Selection{}) {
		e.tables[t.Number] = t
	}
	t, ok := e.tables[number]
	e.tables[number] = t
	return t, ok
}

// tableRows is how many rows a table has, 0 for none.
func (e *env) tableRows(a Adjacent, number uint32) int {
	t, _ := e.table(a, number)
	return int(t.Rows)
}

// dense reports whether so many entities of a table are enough to go by its whole
// adjacency, if it is one of the graph and not one that the source supplies beside it.
func (e *env) dense(a Adjacent, number uint32, entities int) bool {
	t, ok := e.table(a, number)
	return ok && entities >= e.fewRows() && entities*bulkShare >= int(t.Rows)
}

// learnTables answers for all rows of the tables of which many entities are asked
// for, and leaves the others in unknown.
func (r *reach) learnTables(h *reachHop) error {
	adjacent, ok := r.env.source.(Adjacent)
	if !ok || h.hop.Where != nil {
		return nil
	}
	for _, ref := range h.unknown {
		h.asked[ref.Table()]++
	}
	// The order in which tables are computed shows in no answer.
	for number, n := range h.asked {
		if t, ok := r.env.table(adjacent, number); !ok || n*bulkShare < int(t.Rows) {
			continue
		}
		delete(h.asked, number)
		ways, ok, err := r.hopOver(adjacent, h, number, nil)
		if err != nil {
			return err
		}
		if ok {
			h.setWhole(number, ways)
		}
	}
	rest := h.unknown[:0]
	for _, ref := range h.unknown {
		if _, ok := h.whole[ref.Table()]; !ok {
			rest = append(rest, ref)
		}
	}
	h.unknown = rest
	return nil
}

// setWhole notes the ways of all rows of a table.
func (h *reachHop) setWhole(number uint32, ways rowWays) {
	h.whole[number] = ways
	h.last = 0 // what is known was looked up before
}

// over finds the ways of a pattern at some rows of a table, or at all when need is
// nil. At other rows it finds none.
func (r *reach) over(a Adjacent, p plan.Pattern, number uint32, need []uint64) (rowWays, error) {
	switch p := p.(type) {
	case nil:
		return rowWays{every: need == nil, bits: need}, nil
	case *plan.Via:
		return r.viaOver(a, p, number, need)
	case *plan.Lacks:
		return r.lacksOver(a, p, number, need)
	case *plan.Both:
		first, err := r.over(a, p.A, number, need)
		if err != nil {
			return rowWays{}, err
		}
		if need, err = r.living(number, need); err != nil {
			return rowWays{}, err
		}
		rows := first.times(&tableRows{bits: need})
		second, err := r.over(a, p.B, number, rows.bits)
		if err != nil {
			return rowWays{}, err
		}
		rows = second.times(&rows)
		return rows.asWays(), nil
	}
	return r.eitherOver(a, p.(*plan.Either), number, need)
}

// living are the rows of need, or all living rows of a table when it is nil.
func (r *reach) living(number uint32, need []uint64) ([]uint64, error) {
	if need != nil {
		return need, nil
	}
	return r.env.selected(number, nil)
}

// lacksOver is over for what must not be found.
func (r *reach) lacksOver(a Adjacent, p *plan.Lacks, number uint32, need []uint64) (rowWays, error) {
	part, err := r.over(a, p.Part, number, need)
	if err != nil {
		return rowWays{}, err
	}
	rows, err := r.living(number, need)
	if err != nil {
		return rowWays{}, err
	}
	found := part.found(rows)
	out := make([]uint64, len(rows))
	for i, w := range rows {
		out[i] = w &^ found[i]
	}
	return rowWays{bits: out}, nil
}

// eitherOver is over for alternatives, which are never counted.
func (r *reach) eitherOver(a Adjacent, p *plan.Either, number uint32, need []uint64) (rowWays, error) {
	rows, err := r.living(number, need)
	if err != nil {
		return rowWays{}, err
	}
	out, left := make([]uint64, len(rows)), append([]uint64(nil), rows...)
	for _, part := range p.Parts {
		ways, err := r.over(a, part, number, left)
		if err != nil {
			return rowWays{}, err
		}
		for i, w := range ways.found(left) {
			out[i] |= w
			left[i] &^= w // found already
		}
	}
	return rowWays{bits: out}, nil
}

// viaOver is over for a hop: by whole adjacencies where many rows are asked for.
func (r *reach) viaOver(a Adjacent, p *plan.Via, number uint32, need []uint64) (rowWays, error) {
	h := r.at(p)
	if ways, ok := h.whole[number]; ok && need == nil {
		return ways, nil
	}
	rows := r.env.tableRows(a, number)
	if h.hop.Where == nil && (need == nil || r.env.dense(a, number, countBits(need))) {
		ways, ok, err := r.hopOver(a, h, number, need)
		if ok && need == nil {
			h.setWhole(number, ways)
		}
		if ok || err != nil {
			return ways, err
		}
	}
	need, err := r.living(number, need)
	if err != nil {
		return rowWays{}, err
	}
	refs := (&tableRows{number: number, bits: need}).refs(nil)
	found := make([]int64, len(refs))
	if err := r.fillVia(p, refs, found); err != nil {
		return rowWays{}, err
	}
	ways := make([]int64, max(rows, len(need)*64))
	for i, ref := range refs {
		ways[ref.Row()] = found[i]
	}
	return rowWays{wide: ways}, r.env.keep(r.meter, int64(len(ways))*8)
}

// countBits is the number of bits that are set.
func countBits(words []uint64) int {
	n := 0
	for _, w := range words {
		n += bits.OnesCount64(w)
	}
	return n
}

// hopOver computes the ways of a hop at some rows of a table, or all, from whole
// adjacencies; it reports false when the source does not show those.
func (r *reach) hopOver(a Adjacent, h *reachHop, number uint32, need []uint64) (rowWays, bool, error) {
	lists, ok, err := a.Adjacency(r.env.ctx, number, h.hop)
	if err != nil || !ok {
		return rowWays{}, false, err
	}
	hops, err := r.beyond(a, h, lists, need)
	if err != nil {
		return rowWays{}, false, err
	}
	out, err := r.allOf(hops, r.env.tableRows(a, number), need)
	if err != nil {
		return out, false, err
	}
	return out, true, r.env.keep(r.meter, out.bytes())
}

// allOf computes the ways of some rows of a table, from the lists of its neighbours.
func (r *reach) allOf(hops []tableHop, rows int, need []uint64) (rowWays, error) {
	work := 0
	for i := range hops {
		work += len(hops[i].list.Neighbours)
	}
	if !r.counted {
		found := make([]uint64, (rows+63)/64)
		err := r.env.parts(rows, work, func(from, to int) {
			for i := range hops {
				hops[i].find(found, need, from, min(to, len(hops[i].list.Offsets)-1))
			}
		})
		return rowWays{bits: found}, err
	}
	narrow, fits := make([]uint32, rows), atomic.Bool{}
	fits.Store(true)
	err := r.env.parts(rows, work, func(from, to int) {
		if !countNarrow(hops, narrow[from:to], need, from) {
			fits.Store(false)
		}
	})
	if err != nil || fits.Load() {
		return rowWays{narrow: narrow}, err
	}
	wide := make([]int64, rows)
	err = r.env.parts(rows, work, func(from, to int) {
		for i := range hops {
			hops[i].count(wide[from:to], need, from)
		}
	})
	return rowWays{wide: wide}, err
}

// blockRows is how many rows are counted at a time: their counts stay in the cache.
const blockRows = 512

// anyBit reports whether a bit is set from one row, which begins a word, to another.
func anyBit(words []uint64, from, to int) bool {
	some := uint64(0)
	for _, w := range words[min(from/64, len(words)):min((to+63)/64, len(words))] {
		some |= w
	}
	return some != 0
}

// countNarrow counts the ways of rows from a first one on, and reports whether there
// is room for all of them.
func countNarrow(hops []tableHop, into []uint32, need []uint64, first int) bool {
	var block [blockRows]int64
	fits := true
	for at := 0; at < len(into); at += blockRows {
		ways := block[:min(blockRows, len(into)-at)]
		if need != nil && !anyBit(need, first+at, first+at+len(ways)) {
			continue
		}
		clear(ways)
		for i := range hops {
			hops[i].count(ways, need, first+at)
		}
		for i, n := range ways {
			into[at+i] = uint32(n)
			fits = fits && n <= math.MaxUint32
		}
	}
	return fits
}

// beyond finds the ways at the neighbours in some lists. Where few rows are asked
// for, so are few neighbours.
func (r *reach) beyond(a Adjacent, h *reachHop, lists []graph.Adjacency, need []uint64) ([]tableHop, error) {
	hops := make([]tableHop, len(lists))
	known := map[uint32]rowWays{}
	for i := range lists {
		hops[i].list = &lists[i]
		to := lists[i].To
		if _, ok := known[to]; !ok {
			asked, err := r.neighbours(a, h, lists, to, need)
			if err != nil {
				return nil, err
			}
			if known[to], err = r.over(a, h.via.Then, to, asked); err != nil {
				return nil, err
			}
		}
		hops[i].beyond = known[to]
	}
	return hops, nil
}

// neighbours are the rows of a table that the lists have and that the hop's target
// selects; nil is all of them.
func (r *reach) neighbours(a Adjacent, h *reachHop, lists []graph.Adjacency, to uint32, need []uint64) ([]uint64, error) {
	var rows []uint64
	if n := countBits(need); need != nil && h.via.Then != nil && len(lists[0].Offsets) > n*4 {
		s := spreading{env: r.env, meter: r.meter}
		reached := s.whole.table(to)
		s.whole.room(reached, r.env.tableRows(a, to))
		for i := range lists {
			if lists[i].To == to {
				if err := s.push(&tableRows{bits: need}, &lists[i], reached); err != nil {
					return nil, err
				}
			}
		}
		rows = reached.bits
	}
	where := h.hop.Target.Where
	if where == nil {
		return rows, nil
	}
	selected, err := r.env.selected(to, where)
	if err != nil || rows == nil {
		return selected, err
	}
	within(rows, selected)
	return rows, nil
}
