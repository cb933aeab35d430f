package store

import (
	"cmp"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// propertyCount counts the values of one property.
type propertyCount struct {
	kinds  [graph.List + 1]bool
	filled int
	values map[string]*graph.ValueCount // by appendValueKey
	key    []byte
	others int  // distinct values that are not among values
	whole  bool // values are the commonest
	// least is how many objects each of values had at first, and more how many
	// objects others than those were found to have since.
	least int
	more  map[string]int
}

// merge adds what statistics say.
func (p *propertyCount) merge(st *table.PropertyStatistics) {
	for k := range p.kinds {
		if st.Kinds>>k&1 != 0 && k != int(graph.Undefined) {
			p.note(graph.ValueKind(k))
		}
	}
	p.filled += int(st.Filled)
	listed := 0
	if st.Exact {
		for _, c := range st.Common {
			p.count(c.Value, int(c.Count))
		}
		if listed = len(st.Common); listed > 0 {
			p.least = int(st.Common[listed-1].Count)
		}
	}
	p.others += int(st.Distinct) - listed
	p.whole = p.whole && st.Exact
}

// any reports whether any object has the property.
func (p *propertyCount) any() bool { return p.filled > 0 || p.kinds[graph.Null] }

// note notes a kind of value. Integers and fractions are one.
func (p *propertyCount) note(kind graph.ValueKind) {
	if kind == graph.Int {
		kind = graph.Float
	}
	p.kinds[kind] = true
}

// add counts a value that n objects have.
func (p *propertyCount) add(v graph.Value, n int) {
	p.note(v.Kind())
	if !v.Missing() {
		p.filled += n
		p.count(v, n)
	}
}

func (p *propertyCount) count(v graph.Value, n int) {
	p.key = appendValueKey(p.key[:0], v)
	if c := p.values[string(p.key)]; c != nil {
		c.Count += n
	} else {
		p.values[string(p.key)] = &graph.ValueCount{Value: v, Count: n}
	}
}

// correct adds or takes away objects that have a value, of which not all are listed.
func (p *propertyCount) correct(v graph.Value, n int) {
	if v.Missing() {
		return
	}
	if n > 0 {
		p.note(v.Kind())
	}
	p.filled += n
	p.key = appendValueKey(p.key[:0], v)
	if c := p.values[string(p.key)]; c != nil {
		c.Count += n
	} else if n > 0 && p.others == 0 {
		p.count(v, n) // all others are listed
	} else if n > 0 {
		if p.more == nil {
			p.more = map[string]int{}
		}
		p.more[string(p.key)] += n
	}
}

// stat describes the property. The commonest values are told only where all tables
// of the type told all of theirs, or there is but one.
func (p *propertyCount) stat(name string, tables int) graph.PropertyStat {
	maps.DeleteFunc(p.values, func(_ string, c *graph.ValueCount) bool { return c.Count <= 0 })
	st := graph.PropertyStat{Name: name, Filled: p.filled, Distinct: min(len(p.values)+p.others, p.filled)}
	for k, has := range p.kinds {
		if has {
			st.Kinds = append(st.Kinds, graph.ValueKind(k))
		}
	}
	if p.others > 0 && (tables > 1 || !p.whole) {
		return st
	}
	for _, c := range p.values {
		st.Top = append(st.Top, *c)
	}
	slices.SortFunc(st.Top, func(a, b graph.ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), graph.Compare(a.Value, b.Value))
	})
	st.Top = st.Top[:min(len(st.Top), commonest)]
	if p.others > 0 {
		bound := p.least // no other value is more common
		for _, n := range p.more {
			bound = max(bound, p.least+n)
		}
		st.Top = slices.DeleteFunc(st.Top, func(c graph.ValueCount) bool { return c.Count < bound })
	}
	return st
}
