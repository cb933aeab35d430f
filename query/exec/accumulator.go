package exec

import (
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// accumulator computes one aggregate for every group.
type accumulator interface {
	// add takes the rows of the batch that was loaded, each into its group; there are
	// n groups so far.
	add(b *batch, groups []int, n int)
	// value is the aggregate of a group, which may have had no rows at all.
	value(group int) graph.Value
	// bytes is the memory that it takes.
	bytes() int64
}

// newAccumulator makes the accumulator of an aggregate, whose operand l computes.
func newAccumulator(l *loader, a plan.Agg) accumulator {
	if a.Func == plan.CountRows {
		return &rowCount{}
	}
	arg := l.compile(a.Arg)
	switch a.Func {
	case plan.CountDistinct:
		return &distinctCount{loader: l, expr: a.Arg, arg: arg, values: newTexts()}
	case plan.Sum, plan.Avg:
		return &total{arg: arg, per: a.Per, cols: a.Cols, mean: a.Func == plan.Avg, seen: newTuples(1 + len(a.Per) + len(a.Cols))}
	case plan.Min:
		return &extreme{arg: arg, sign: -1}
	case plan.Max:
		return &extreme{arg: arg, sign: 1}
	}
	return &firstValue{arg: arg}
}

// extend makes s have n elements.
func extend[T any](s []T, n int) []T {
	if len(s) >= n {
		return s
	}
	return append(s, make([]T, n-len(s))...)
}

// at is s[i], or nothing for a group without rows.
func at[T any](s []T, i int) (v T) {
	if i < len(s) {
		v = s[i]
	}
	return v
}

// rowCount is COUNT(*).
type rowCount struct{ counts []int64 }

// add implements accumulator: a row counts for as many as it stands for.
func (c *rowCount) add(b *batch, groups []int, n int) {
	c.counts = extend(c.counts, n)
	for i, g := range groups {
		c.counts[g] = plus(c.counts[g], b.weightAt(i))
	}
}

func (c *rowCount) value(group int) graph.Value { return graph.IntValue(at(c.counts, group)) }
func (c *rowCount) bytes() int64                { return int64(len(c.counts)) * 8 }

// distinctCount counts different objects or values; what is missing does not count.
type distinctCount struct {
	loader  *loader
	expr    plan.Expr
	arg     evaluator
	objects groupSet
	values  *texts // group and value
	counts  []int64
	key     []byte
}

// add implements accumulator. Weights do not matter: equal rows count once.
func (c *distinctCount) add(b *batch, groups []int, n int) {
	c.counts = extend(c.counts, n)
	if refs, ok := c.loader.objects(c.expr); ok {
		c.addObjects(refs, groups)
		return
	}
	for i, g := range groups {
		v := c.arg.value(i)
		if v.Missing() {
			continue
		}
		// A group's number is made a handle, which is never zero, to be a key's part.
		c.key = appendKey(appendRefKey(c.key[:0], graph.Ref(g+1)), v)
		if _, added := c.values.add(c.key); added {
			c.counts[g]++
		}
	}
}

// addObjects counts handles, which tell objects apart without their values.
func (c *distinctCount) addObjects(refs []graph.Ref, groups []int) {
	for i, g := range groups {
		if refs[i] == 0 {
			continue
		}
		if c.objects.add(g, refs[i]) {
			c.counts[g]++
		}
	}
}

func (c *distinctCount) value(group int) graph.Value { return graph.IntValue(at(c.counts, group)) }

func (c *distinctCount) bytes() int64 {
	return c.objects.size() + c.values.bytes() + int64(len(c.counts))*8
}

// total is SUM or AVG: of the numbers among the values, one for each combination of
// what they come from. Sums are made in the order of rows.
type total struct {
	arg     evaluator
	per     []plan.Slot
	cols    []int
	mean    bool
	seen    *tuples
	sums    []float64
	numbers []int64
}

// add implements accumulator. What is no number takes its combination's place all
// the same.
func (t *total) add(b *batch, groups []int, n int) {
	t.sums, t.numbers = extend(t.sums, n), extend(t.numbers, n)
	key := make([]graph.Ref, t.seen.width)
	var bound slotReader
	bound.read(b, t.per)
	for i, g := range groups {
		key[0] = graph.Ref(g)
		bound.fill(key[1:], i)
		for k, c := range t.cols {
			index, _ := b.cols[c].value(i).Int()
			key[1+len(t.per)+k] = graph.Ref(index)
		}
		if _, added := t.seen.add(key); !added {
			continue // another path to the same objects
		}
		if v := t.arg.value(i); v.IsNumber() {
			t.sums[g] += v.Float()
			t.numbers[g]++
		}
	}
}

// value implements accumulator: the sum of nothing is 0, the mean of nothing
// undefined.
func (t *total) value(group int) graph.Value {
	sum, n := at(t.sums, group), at(t.numbers, group)
	switch {
	case !t.mean:
		return number(sum)
	case n == 0:
		return graph.Value{}
	}
	return number(sum / float64(n))
}

func (t *total) bytes() int64 { return t.seen.bytes() + int64(len(t.sums))*16 }

// extreme is MIN or MAX, by the order of ORDER BY.
type extreme struct {
	arg  evaluator
	sign int // of a comparison with the best so far that finds a better one
	best []graph.Value
}

// add implements accumulator. Of values that compare alike the first stays.
func (x *extreme) add(_ *batch, groups []int, n int) {
	x.best = extend(x.best, n)
	for i, g := range groups {
		v := x.arg.value(i)
		if v.Missing() {
			continue
		}
		if x.best[g].Missing() || graph.Compare(v, x.best[g])*x.sign > 0 {
			x.best[g] = v
		}
	}
}

func (x *extreme) value(group int) graph.Value { return at(x.best, group) }
func (x *extreme) bytes() int64                { return int64(len(x.best)) * valueBytes }

// firstValue is the value at the first row of a group.
type firstValue struct {
	arg   evaluator
	first []graph.Value
}

// add implements accumulator: a group's first row is the one that makes the group.
func (f *firstValue) add(_ *batch, groups []int, n int) {
	for i, g := range groups {
		if g == len(f.first) { // groups are numbered as they come
			f.first = append(f.first, f.arg.value(i))
		}
	}
	f.first = extend(f.first, n)
}

func (f *firstValue) value(group int) graph.Value { return at(f.first, group) }
func (f *firstValue) bytes() int64                { return int64(len(f.first)) * valueBytes }
