package plan

// pushWhere moves terms of WHERE that look at one mandatory place of the chain to
// where that place is read. Rows that one another subsumes agree there, so asking
// before subsumption changes nothing.
func pushWhere(d *draft) {
	var kept []Cond
	for _, c := range d.where {
		if !d.push(c) {
			kept = append(kept, c)
		}
	}
	d.where = kept
}

// push moves one term, if it can be, and reports whether it did.
func (d *draft) push(c Cond) bool {
	slot, ok := d.onlySlot(c)
	if !ok {
		return false
	}
	c = unlabelled(c)
	if slot == d.start.Out {
		d.start.Select.Where = both(d.start.Select.Where, c)
		return true
	}
	for i := range d.steps {
		hop := d.steps[i].hop
		switch {
		case hop == nil:
		case slot == hop.Edge:
			hop.Hop.Where = both(hop.Hop.Where, c)
			return true
		case slot == hop.To:
			hop.Hop.Target.Where = both(hop.Hop.Target.Where, c)
			return true
		}
	}
	return false
}

// unlabelled is c without the selectors of its properties, as in WITH.
func unlabelled(c Cond) Cond {
	switch c := c.(type) {
	case AllOf:
		return AllOf(eachUnlabelled(c))
	case AnyOf:
		return AnyOf(eachUnlabelled(c))
	case Compare:
		if p, ok := c.Left.(Prop); ok {
			c.Left = Prop{Slot: p.Slot, Name: p.Name}
		}
		return c
	}
	return c
}

// eachUnlabelled is unlabelled for several conditions.
func eachUnlabelled(cs []Cond) []Cond {
	out := make([]Cond, len(cs))
	for i, c := range cs {
		out[i] = unlabelled(c)
	}
	return out
}

// onlySlot is the one slot that c looks at. A comparison of two properties, even
// of one object, is no predicate that a source could decide.
func (d *draft) onlySlot(c Cond) (Slot, bool) {
	set := d.newSet()
	slotsOf(c, set)
	slots := set.list()
	pushable := len(slots) == 1
	EachCompare(c, func(c Compare) {
		if _, ok := c.Left.(Prop); !ok {
			pushable = false
		}
		for _, o := range c.Right {
			if _, ok := o.Expr.(Prop); ok {
				pushable = false
			}
		}
	})
	if !pushable {
		return None, false
	}
	return slots[0], true
}

// reduceTree lets the objects of a tree be collected hop by hop, where no path is
// left out and no condition ties places together.
func reduceTree(d *draft) {
	o := &d.out
	d.reduce = o.kind == Tree && o.limit < 0 && o.skip == 0 && len(d.where) == 0 && !d.groupsAfter(0)
}
