package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// aggregate makes one row of each group of rows, by first occurrence.
type aggregate struct {
	env   *env
	meter *meter
	node  *plan.Aggregate
	input *meter

	loader *loader
	keys   *columns
	aggs   []accumulator
	groups *texts   // by the values of the keys
	rows   []column // the keys of each group
	n      int      // groups
	// Keys that depend on slots alone are computed once for each combination of what
	// the slots are bound to: keySlots, the combinations and their groups.
	keySlots []plan.Slot
	bySlots  *tuples
	slotted  []int
	held     int64
}

// run takes all rows before it makes any.
func (a *aggregate) run(emit func(*batch) error) error {
	a.loader = newLoader(a.env)
	a.keys = newColumns(newLoader(a.env), a.node.Keys)
	a.groups = newTexts()
	a.rows = make([]column, len(a.node.Keys))
	for _, agg := range a.node.Aggs {
		a.aggs = append(a.aggs, newAccumulator(a.loader, agg))
	}
	if slots, ok := slotsOnly(a.node.Keys); ok {
		a.keySlots, a.bySlots = slots, newTuples(len(slots))
	}
	counted, err := a.tally()
	if !counted && err == nil {
		err = a.input.run(a.take)
	}
	if err != nil {
		return err
	}
	if a.n == 0 && len(a.node.Keys) == 0 {
		a.n = 1 // aggregates alone make a row even of nothing; accumulators answer for it
	}
	return a.emit(emit)
}

// tally counts the entities that the input gathers, without rows, where no more is
// asked for.
func (a *aggregate) tally() (bool, error) {
	slot, ok := gatheredSlot(a.node.Input())
	if !ok || len(a.node.Keys) > 0 {
		return false, nil
	}
	for _, agg := range a.node.Aggs {
		o, isObject := agg.Arg.(plan.Object)
		if agg.Func != plan.CountRows && !(agg.Func == plan.CountDistinct && isObject && o.Slot == slot) {
			return false, nil
		}
	}
	entities, paths, ok, err := a.input.count()
	if !ok || err != nil {
		return false, err
	}
	for _, agg := range a.aggs {
		switch agg := agg.(type) {
		case *rowCount:
			agg.counts = []int64{paths}
		case *distinctCount:
			agg.counts = []int64{entities}
		}
	}
	return true, nil
}

// gatheredSlot is the only slot that the rows of an operator bind which may be able
// to gather.
func gatheredSlot(n plan.Node) (plan.Slot, bool) {
	switch n := n.(type) {
	case *plan.Scan:
		return n.Out, true
	case *plan.Visit:
		return n.To, true
	case *plan.Reach:
		return gatheredSlot(n.Input())
	}
	return plan.None, false
}

// take adds the rows of a batch to their groups.
func (a *aggregate) take(in *batch) error {
	if err := a.loader.load(in); err != nil {
		return err
	}
	groups, err := a.groupsOf(in)
	if err != nil {
		return err
	}
	// Everything that is kept grows only here: keys, what finds them, and aggregates.
	used := int64(a.n)*int64(valueBytes*len(a.rows)) + a.groups.bytes()
	for _, agg := range a.aggs {
		agg.add(in, groups, a.n)
		used += agg.bytes()
	}
	more := used - a.held
	a.held = used
	return a.env.keep(a.meter, more)
}

// groupsOf is the group of each row of a batch.
func (a *aggregate) groupsOf(in *batch) ([]int, error) {
	groups := make([]int, in.n)
	switch { // without keys all rows are one group, number 0
	case len(a.node.Keys) == 0:
		a.n = 1
		return groups, nil
	case a.bySlots == nil:
		return groups, a.computeGroups(in, groups)
	}
	return groups, a.lookUpGroups(in, groups)
}

// lookUpGroups finds groups by what slots are bound to. Keys are computed only for
// combinations that were not met before.
func (a *aggregate) lookUpGroups(in *batch, groups []int) error {
	key := make([]graph.Ref, len(a.keySlots))
	numbers := make([]int, in.n)
	var fresh []uint32
	var bound slotReader
	bound.read(in, a.keySlots)
	for i := range in.n {
		bound.fill(key, i)
		number, added := a.bySlots.add(key)
		numbers[i] = number
		if added {
			fresh = append(fresh, uint32(i))
		}
	}
	if len(fresh) > 0 {
		// Different combinations may have equal keys: two teams of one name.
		part := &batch{}
		part.reset(in, make(plan.SlotSet, a.env.slots).With(a.keySlots...))
		part.takeAll(in, fresh)
		found := make([]int, len(fresh))
		if err := a.computeGroups(part, found); err != nil {
			return err
		}
		a.slotted = append(a.slotted, found...)
	}
	for i, number := range numbers {
		groups[i] = a.slotted[number]
	}
	return nil
}

// computeGroups finds groups by the values of their keys.
func (a *aggregate) computeGroups(in *batch, groups []int) error {
	if err := a.keys.loader.load(in); err != nil {
		return err
	}
	cols := a.keys.compute(in.n)
	var key []byte
	for i := range in.n {
		key = key[:0]
		for c := range cols {
			key = appendColumnKey(key, &cols[c], i)
		}
		g, added := a.groups.add(key)
		if added {
			a.n++
			for c := range cols { // the first row's keys stand for those of all
				if g == 0 {
					a.rows[c].clear(cols[c].kind)
				}
				a.rows[c].take(&cols[c], i)
			}
		}
		groups[i] = g
	}
	return nil
}

// emit passes on a row for each group.
func (a *aggregate) emit(emit func(*batch) error) error {
	all := &batch{}
	all.n, all.cols = a.n, a.rows
	for i := range all.cols { // without rows no key was ever seen
		if _, ok := a.node.Keys[i].(plan.Object); ok {
			all.cols[i].kind = ofObjects
		}
	}
	for _, agg := range a.aggs {
		values := make([]graph.Value, a.n)
		for g := range values {
			values[g] = agg.value(g)
		}
		all.cols = append(all.cols, column{values: values})
	}
	out := &batch{}
	rows := sequence(a.n)
	for len(rows) > 0 {
		part := rows[:min(len(rows), a.env.batchRows())]
		rows = rows[len(part):]
		out.reset(all, a.node.Keep())
		out.takeAll(all, part)
		if err := emit(out); err != nil {
			return err
		}
	}
	return a.env.keep(a.meter, -a.held)
}

// slotsOnly are the slots that expressions depend on, if on nothing else.
func slotsOnly(exprs []plan.Expr) (slots []plan.Slot, ok bool) {
	ok = true
	add := func(slot plan.Slot) {
		for _, s := range slots {
			if s == slot {
				return
			}
		}
		slots = append(slots, slot)
	}
	for _, x := range exprs {
		plan.EachExpr(x, func(x plan.Expr) {
			switch x := x.(type) {
			case plan.Prop:
				add(x.Slot)
			case plan.Object:
				add(x.Slot)
			case plan.Col:
				ok = false
			}
		})
	}
	return slots, ok
}
