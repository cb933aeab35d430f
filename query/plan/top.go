package plan

// output makes the operators above the chain.
func (b *builder) output() Node {
	switch b.out.kind {
	case Tree:
		return b.tree()
	case List:
		return b.list()
	}
	return b.table()
}

// tree collects what the paths bind.
func (b *builder) tree() Node {
	if !b.reduce {
		if b.ordered() {
			b.sort(b.itemExpr, true)
			b.slice()
		}
		b.collect(b.order...)
	}
	b.put(&Subgraph{over(b.top, -1)})
	return b.top
}

// list returns the distinct entities of the chain's start.
func (b *builder) list() Node {
	start := []Slot{b.start.Out}
	only := b.newSet()
	only.add(b.start.Out)
	distinct := b.apart.within(only)
	b.sort(b.itemExpr, distinct)
	if !distinct {
		b.put(&Dedup{over(b.top, b.rows), start, b.names(start)})
	}
	b.slice()
	b.put(&Output{over(b.top, b.rows), b.outputItems(b.itemExpr)})
	return b.top
}

// itemExpr computes an item from the rows of the chain, or of their groups.
func (b *builder) itemExpr(i int) Expr { return b.out.items[i].expr }

// columnExpr takes an item from the column that was computed for it.
func (b *builder) columnExpr(i int) Expr { return b.itemColumn(i) }

// table computes columns: UNWIND, then grouping, HAVING, UNIQUE, ORDER BY, SKIP
// and LIMIT.
func (b *builder) table() Node {
	for _, list := range b.out.unwinds {
		b.put(&Unwind{over(b.top, b.rows), list, !b.out.grouped})
	}
	if b.out.grouped {
		b.group()
	}
	value := b.itemExpr
	distinct := b.out.unique && b.out.places == nil
	if !b.late || b.out.having != nil || distinct {
		exprs := make([]Expr, len(b.out.items))
		for i, it := range b.out.items {
			exprs[i] = it.expr
		}
		b.put(&Project{over(b.top, b.rows), exprs})
		value = b.columnExpr
	}
	if b.out.having != nil {
		b.put(&Filter{over(b.top, b.rows), b.out.having, true})
	}
	if b.out.unique && !distinct {
		b.distinctPlaces()
	}
	if distinct {
		cols := make([]int, b.out.returned)
		for i := range cols {
			cols[i] = b.out.base() + i
		}
		b.put(&Distinct{over(b.top, b.rows), cols})
	}
	b.sort(value, true)
	b.slice()
	b.put(&Output{over(b.top, b.rows), b.outputItems(value)})
	return b.top
}

// group makes groups of rows.
func (b *builder) group() {
	if b.out.weigh {
		b.put(&Weigh{over(b.top, b.rows)})
		return
	}
	if len(b.out.keys) == 0 {
		b.rows = 1
	}
	b.put(&Aggregate{over(b.top, b.rows), b.out.keys, b.out.aggs})
}

// distinctPlaces keeps the first of the rows that agree in the places that the
// returned columns tell apart.
func (b *builder) distinctPlaces() {
	set := b.newSet()
	addSlots(set, b.out.places)
	if !b.apart.within(set) {
		b.put(&Dedup{over(b.top, b.rows), b.out.places, b.names(b.out.places)})
	}
}

// sort orders by what value makes of items. Rows that LIMIT cannot return may be
// dropped when nothing above drops others.
func (b *builder) sort(value func(int) Expr, final bool) {
	if len(b.out.sort) == 0 {
		return
	}
	s := &Sort{node: over(b.top, b.rows)}
	for _, key := range b.out.sort {
		s.Keys = append(s.Keys, SortKey{value(key.item), key.desc})
	}
	if b.topK && final && b.out.limit >= 0 && b.out.skip <= 1<<62 && b.out.limit <= 1<<62 {
		s.Limit = b.out.skip + b.out.limit
		b.rows = min(b.rows, float64(s.Limit))
		s.rows = b.rows
	}
	b.put(s)
}

// slice applies SKIP and LIMIT.
func (b *builder) slice() {
	if b.out.skip == 0 && b.out.limit < 0 {
		return
	}
	if b.out.limit >= 0 {
		b.rows = min(b.rows, float64(b.out.limit))
	}
	b.put(&Slice{over(b.top, b.rows), b.out.skip, b.out.limit, b.stop})
}

// outputItems are the columns that are returned, computed by value.
func (b *builder) outputItems(value func(int) Expr) []OutputItem {
	items := make([]OutputItem, b.out.returned)
	for i := range items {
		c := b.out.items[i].column
		items[i] = OutputItem{Expr: value(i), Name: c.Name, All: c.All}
	}
	return items
}
