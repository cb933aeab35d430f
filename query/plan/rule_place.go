package plan

import (
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// tellsApart is the slot whose objects have different values of an expression: whole
// objects do, and their identities, and keys where all are of one instance.
func (d *draft) tellsApart(e Expr) (Slot, bool) {
	switch e := e.(type) {
	case Object:
		return e.Slot, true
	case Prop:
		if e.Name == graph.PropID || e.Name == graph.PropKey && d.oneInstance(e.Slot) {
			return e.Slot, true
		}
	}
	return None, false
}

// oneInstance reports whether one instance supplies all entities that a slot can be
// bound to.
func (d *draft) oneInstance(slot Slot) bool {
	sel, ok := d.selectOf(slot)
	if !ok {
		return false
	}
	supplier := ""
	for _, t := range d.stats.typesOf(sel.Types, sel.Classes) {
		if len(t.Instances) != 1 || supplier != "" && t.Instances[0] != supplier {
			return false
		}
		supplier = t.Instances[0]
	}
	return supplier != ""
}

// selectOf is the selection of a mandatory place.
func (d *draft) selectOf(slot Slot) (Select, bool) {
	if slot == d.start.Out {
		return d.start.Select, true
	}
	for _, s := range d.steps {
		if s.hop != nil && s.hop.To == slot {
			return s.hop.Hop.Target, true
		}
	}
	return Select{}, false
}

// distinctByPlace finds the places that the columns of a UNIQUE answer look at, where
// they tell all of them apart.
func distinctByPlace(d *draft) {
	o := &d.out
	if !o.unique || o.kind != Table || o.grouped || len(o.unwinds) > 0 {
		return
	}
	seen, apart := d.newSet(), d.newSet()
	for _, it := range o.items[:o.returned] {
		exprSlots(it.expr, seen)
		if slot, ok := d.tellsApart(it.expr); ok {
			apart.add(slot)
		}
	}
	if seen.last() != None && seen.within(apart) {
		o.places = seen.list()
	}
}

// groupByPlace makes each row of the chain's head a group of its own, where the keys
// of groups tell its entities apart and the aggregates count no more than what such
// a row can stand for: paths, or the ends of its only hop.
func groupByPlace(d *draft) {
	o := &d.out
	if !o.grouped || len(o.unwinds) > 0 || d.startAt != 0 || len(d.where) > 0 || d.groupsAfter(0) || len(d.steps) == 0 {
		return
	}
	head := d.newSet()
	head.add(d.start.Out)
	keys, apart := d.newSet(), false
	for _, k := range o.keys {
		exprSlots(k, keys)
		_, tells := d.tellsApart(k)
		apart = apart || tells
	}
	if !apart || !keys.within(head) || len(o.aggs) == 0 {
		return
	}
	switch {
	case d.count && d.prune && !slices.ContainsFunc(o.aggs, func(a Agg) bool { return a.Func != CountRows }):
	case len(d.steps) == 1 && !slices.ContainsFunc(o.aggs, func(a Agg) bool { return !d.countsEnds(a) }):
		o.ends = true
	default:
		return
	}
	o.weigh = true
	o.having = moved(o.having, 1-len(o.keys)-len(o.aggs))
	for i := range o.items {
		o.items[i].expr = weighed(o, o.items[i].expr)
	}
}

// countsEnds reports whether an aggregate counts the ends of the chain's last hop.
func (d *draft) countsEnds(a Agg) bool {
	arg, ok := a.Arg.(Object)
	return ok && a.Func == CountDistinct && arg.Slot == d.steps[len(d.steps)-1].hop.To
}

// moved is a condition on columns that stand elsewhere now.
func moved(c Cond, by int) Cond {
	switch c := c.(type) {
	case AllOf:
		out := make(AllOf, len(c))
		for i, part := range c {
			out[i] = moved(part, by)
		}
		return out
	case AnyOf:
		out := make(AnyOf, len(c))
		for i, part := range c {
			out[i] = moved(part, by)
		}
		return out
	case Compare:
		if col, ok := c.Left.(Col); ok {
			c.Left = Col{col.Index + by, col.label}
		}
		return c
	}
	return c
}

// weighed is an expression on the columns of Aggregate as one on a row of the head
// and the column of its weight.
func weighed(o *output, e Expr) Expr {
	switch e := e.(type) {
	case Col:
		if e.Index < len(o.keys) {
			return o.keys[e.Index]
		}
		return Col{Index: 0, label: e.label}
	case Apply:
		args := make([]Expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = weighed(o, a)
		}
		return Apply{Func: e.Func, Args: args}
	}
	return e
}
