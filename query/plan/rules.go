package plan

// Rule is one thing that the planner may do to make a plan cheaper. No answer
// depends on a rule: a run may switch off any of them.
type Rule struct {
	// Name is how Options.Without calls the rule.
	Name string
	// Does says what the rule does, for people.
	Does string

	apply func(*draft)
}

// rules are applied in this order.
var rules = []Rule{
	{"push-where", "a condition of WHERE on one place of the chain is asked where that place is read", pushWhere},
	{"start-anywhere", "the traversal starts at the cheapest place and grows both ways", startAnywhere},
	{"distinct-by-place", "rows of which the columns tell all places apart are compared by their places", distinctByPlace},
	{"filter-early", "a condition on several places is asked as soon as they are bound", func(d *draft) { d.early = true }},
	{"prune-slots", "rows carry only what is asked for later", func(d *draft) { d.prune = true }},
	{"subsume-locally", "rows are subsumed within the optional groups of one incoming row", func(d *draft) { d.local = true }},
	{"exists-tail", "hops that nobody looks at are only tested for, where repeated rows do not show", func(d *draft) { d.exists = !d.bag() }},
	{"count-tail", "hops that nobody looks at are counted, where repeated rows show", func(d *draft) { d.count = d.bag() }},
	{"dedup-ends", "rows that agree in all that is asked for later are followed once, where repeated rows do not show", func(d *draft) { d.dedup = !d.bag() }},
	{"merge-repeats", "rows that agree in all that is asked for later become one that counts for them all", func(d *draft) { d.merge = d.bag() && d.out.grouped }},
	{"visit-once", "where no order shows, what hops reach is gathered table by table, and not row by row", func(d *draft) { d.visit = !d.ordered() }},
	{"group-by-place", "where the keys of a group tell its place apart, a row that stands for several is a group", groupByPlace},
	{"reduce-tree", "a tree is collected hop by hop, without its paths", reduceTree},
	{"whole-adjacency", "existence and counts are computed on whole adjacencies where the source has them", func(d *draft) { d.bulk = true }},
	{"top-k", "under LIMIT a sort keeps only the rows that can be returned", func(d *draft) { d.topK = true }},
	{"late-columns", "columns are read after sorting and cutting", func(d *draft) { d.late = true }},
	{"stop-at-limit", "work ends with the last row that LIMIT lets through", func(d *draft) { d.stop = true }},
}

// Rules lists the planner's rules in the order in which they apply.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// choices are what the rules have decided about a draft.
type choices struct {
	startAt int   // the node of the prefix at which the traversal starts
	growth  []int // the other nodes of the prefix, in the order in which they are reached

	early, prune, local, exists, count, dedup, merge, visit, reduce, bulk, topK, late, stop bool
}

// defaultChoices is the plan without rules: everything forward, row by row.
func defaultChoices(d *draft) choices {
	c := choices{}
	for i := 1; i <= d.prefix(); i++ {
		c.growth = append(c.growth, i)
	}
	return c
}

// prefix is the number of mandatory hops before the first optional group.
func (d *draft) prefix() int {
	for i, s := range d.steps {
		if s.hop == nil {
			return i
		}
	}
	return len(d.steps)
}

// groupsAfter reports whether a run of optional groups is among the steps from i.
func (d *draft) groupsAfter(i int) bool {
	for _, s := range d.steps[i:] {
		if s.hop == nil {
			return true
		}
	}
	return false
}

// bag reports whether it shows how often a row of the chain is repeated: in the
// rows that are returned, or in COUNT(*).
func (d *draft) bag() bool {
	if d.out.kind != Table {
		return false
	}
	if !d.out.grouped {
		return !d.out.unique
	}
	for _, a := range d.out.aggs {
		if a.Func == CountRows {
			return true
		}
	}
	return false
}

// ordered reports whether it shows in which order the rows of the chain come.
func (d *draft) ordered() bool {
	switch {
	case d.out.kind == Tree:
		return d.out.limit >= 0 || d.out.skip > 0
	case !d.out.grouped || len(d.out.keys) > 0:
		return true
	}
	for _, a := range d.out.aggs {
		if a.Func == Sum || a.Func == Avg || a.Func == First {
			return true // sums of floats differ in their last digits
		}
	}
	return false
}

// visible is the slots that the output looks at.
func (d *draft) visible() SlotSet {
	set := d.newSet()
	switch d.out.kind {
	case Tree:
		for _, slot := range d.order {
			set.add(slot)
		}
	case List:
		set.add(d.start.Out)
	}
	if !d.out.grouped {
		for _, it := range d.out.items {
			exprSlots(it.expr, set)
		}
	}
	for _, e := range d.out.unwinds {
		exprSlots(e, set)
	}
	for _, e := range d.out.keys {
		exprSlots(e, set)
	}
	for _, a := range d.out.aggs {
		if a.Arg != nil && !d.out.ends {
			exprSlots(a.Arg, set)
		}
		for _, slot := range a.Per {
			set.add(slot)
		}
	}
	return set
}
