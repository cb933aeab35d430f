package plan

import "slices"

// keepNeeded tells every operator which slots those above it look at, so that rows
// carry no others. Without pruning rows carry all.
func (d *draft) keepNeeded(root Node) {
	needed := d.newSet()
	for i := range needed {
		needed[i] = !d.prune
	}
	kept := needed.clone()
	for n := root; n != nil; n = n.Input() {
		n.base().keep = kept
		uses(n, needed)
		if !slices.Equal(kept, needed) { // operators that need the same share the set
			kept = needed.clone()
		}
	}
}

// uses adds to set the slots that an operator looks at.
func uses(n Node, set SlotSet) {
	switch n := n.(type) {
	case *Expand:
		set.add(n.From)
	case *Visit:
		set.add(n.From)
	case *Reach:
		set.add(n.On)
	case *Group:
		set.add(n.From)
	case *Subsume:
		addSlots(set, n.Slots)
	case *Dedup:
		addSlots(set, n.Slots)
	case *Combine:
		addSlots(set, n.Slots)
	case *Reorder:
		addSlots(set, n.Slots)
	case *Collect:
		addSlots(set, n.Slots)
	default:
		for _, e := range exprsOf(n) {
			exprSlots(e, set)
		}
		if f, ok := n.(*Filter); ok {
			slotsOf(f.Cond, set)
		}
	}
}

// addSlots adds slots to a set.
func addSlots(set SlotSet, slots []Slot) {
	for _, s := range slots {
		set.add(s)
	}
}

// exprsOf are the expressions that an operator computes.
func exprsOf(n Node) []Expr {
	var out []Expr
	switch n := n.(type) {
	case *Unwind:
		out = append(out, n.List)
	case *Project:
		out = n.Exprs
	case *Aggregate:
		out = append(out, n.Keys...)
		for _, a := range n.Aggs {
			if a.Arg != nil {
				out = append(out, a.Arg)
			}
			for _, slot := range a.Per {
				out = append(out, Object{Slot: slot})
			}
		}
	case *Sort:
		for _, k := range n.Keys {
			out = append(out, k.Expr)
		}
	case *Output:
		for _, it := range n.Items {
			out = append(out, it.Expr)
		}
	}
	return out
}
