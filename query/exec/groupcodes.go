package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// maxCombinations is how many combinations of codes of a table are told apart by an
// array: as many as stay in a core's cache.
const maxCombinations = 1 << 16

// tallyByCodes counts the entities that the input gathers by the codes of their
// properties, without rows, where groups and aggregates ask for no more. Groups come
// in the order of their first entities, as they would from rows.
func (a *aggregate) tallyByCodes(slot plan.Slot) (bool, error) {
	columns, ok := a.env.columnar()
	props, fit := propsOf(a.node.Keys, slot)
	if !ok || !fit {
		return false, nil
	}
	f, ok, err := a.input.tally()
	if !ok || err != nil {
		return false, err
	}
	for i := range f.tables {
		if ok, err = a.tallyTable(columns, &f.tables[i], props); err != nil {
			return false, err
		}
		if !ok {
			a.reset()
			return true, f.emit(a.env, slot, a.take)
		}
	}
	return true, a.account()
}

// reset forgets all groups, so that they are made of rows.
func (a *aggregate) reset() {
	a.n, a.groups, a.rows = 0, newTexts(), make([]column, len(a.node.Keys))
	for _, agg := range a.aggs {
		switch agg := agg.(type) {
		case *rowCount:
			agg.counts = nil
		case *distinctCount:
			agg.counts = nil
		}
	}
}

// propsOf are the properties that expressions are, all of one slot.
func propsOf(exprs []plan.Expr, slot plan.Slot) (props []string, ok bool) {
	for _, x := range exprs {
		p, ok := x.(plan.Prop)
		if !ok || p.Slot != slot {
			return nil, false
		}
		props = append(props, p.Name)
	}
	return props, true
}

// tallyTable counts the rows of one table; it reports false when they are few, a
// property has no codes, or there are too many combinations of them.
func (a *aggregate) tallyTable(columns Columnar, t *tableRows, props []string) (bool, error) {
	if n := t.count(); n < a.env.fewRows() || n*bulkShare < len(t.bits)*64 {
		return n == 0, nil
	}
	keys, combinations := make([]graph.Vector, len(props)), 1
	for i, name := range props {
		v, ok, err := columns.Codes(a.env.ctx, t.number, name)
		if err != nil || !ok {
			return false, err
		}
		keys[i] = v
		if combinations *= max(len(v.Dict), 1); combinations > maxCombinations {
			return false, nil
		}
	}
	groups := make([]int, combinations) // one more than the group; 0 is not known
	var entities, paths []int64
	t.each(func(row uint32) {
		at := 0
		for i := range keys {
			at = at*len(keys[i].Dict) + int(keys[i].Codes[row])
		}
		g := groups[at] - 1
		if g < 0 {
			g = a.groupOf(keys, int(row))
			groups[at] = g + 1
		}
		if g >= len(entities) {
			entities, paths = extend(entities, a.n), extend(paths, a.n)
		}
		entities[g]++
		paths[g] = plus(paths[g], t.wayOf(row))
	})
	a.addCounts(entities, paths)
	return true, nil
}

// groupOf is the group of a row's values, which different codes of different tables
// may share.
func (a *aggregate) groupOf(keys []graph.Vector, row int) int {
	var key []byte
	for i := range keys {
		key = appendKey(key, keys[i].At(row))
	}
	g, added := a.groups.add(key)
	if added {
		a.n++
		for i := range keys { // the first row's keys stand for those of all
			a.rows[i].values = append(a.rows[i].values, keys[i].At(row))
		}
	}
	return g
}

// addCounts adds to the groups of the aggregates.
func (a *aggregate) addCounts(entities, paths []int64) {
	for _, agg := range a.aggs {
		var counts *[]int64
		more := entities
		switch agg := agg.(type) {
		case *rowCount:
			counts, more = &agg.counts, paths
		case *distinctCount:
			counts = &agg.counts
		}
		*counts = extend(*counts, a.n)
		for g, n := range more {
			(*counts)[g] = plus((*counts)[g], n)
		}
	}
}
