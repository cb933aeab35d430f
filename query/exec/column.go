package exec

import (
	"cmp"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// column is a computed column: values, handles of whole objects, numbers, which are
// values that take less room, or values as the source has fetched them.
type column struct {
	kind    columnKind
	values  []graph.Value
	refs    []graph.Ref
	numbers []int64
	fetched *graph.Vector
}

// columnKind is what a column holds.
type columnKind uint8

const (
	ofValues columnKind = iota
	ofObjects
	ofNumbers
	ofFetched
)

// object reports whether the column holds whole objects.
func (c *column) object() bool { return c.kind == ofObjects }

// clear makes c empty, to hold what a column of a kind holds. It keeps its memory.
func (c *column) clear(kind columnKind) {
	if kind == ofFetched {
		kind = ofValues // every fetch has a dictionary of its own
	}
	c.kind, c.values, c.refs, c.numbers = kind, c.values[:0], c.refs[:0], c.numbers[:0]
}

// takeAll appends the fields of another column, for whose kind c was cleared, at some
// rows.
func (c *column) takeAll(from *column, rows []uint32) {
	switch c.kind {
	case ofObjects:
		c.refs = gather(c.refs, from.refs, rows)
	case ofNumbers:
		c.numbers = gather(c.numbers, from.numbers, rows)
	default:
		if from.kind == ofValues {
			c.values = gather(c.values, from.values, rows)
			return
		}
		for _, i := range rows {
			c.values = append(c.values, from.fetched.At(int(i)))
		}
	}
}

// take appends the field of another column at row i.
func (c *column) take(from *column, i int) { c.takeAll(from, []uint32{uint32(i)}) }

// put makes the field at row i of another column that of row j.
func (c *column) put(j int, from *column, i int) {
	switch c.kind {
	case ofObjects:
		c.refs[j] = from.refs[i]
	case ofNumbers:
		c.numbers[j] = from.numbers[i]
	default:
		c.values[j] = from.value(i)
	}
}

// value is the value at a row; an object has none.
func (c *column) value(row int) graph.Value {
	switch c.kind {
	case ofObjects:
		return graph.Value{}
	case ofNumbers:
		return graph.IntValue(c.numbers[row])
	case ofFetched:
		return c.fetched.At(row)
	}
	return c.values[row]
}

// fieldBytes is the memory that a field takes.
func (c *column) fieldBytes() int64 {
	if c.kind == ofObjects || c.kind == ofNumbers {
		return 8
	}
	return valueBytes
}

// compareFields orders the fields of two columns of one kind: objects by table and
// row, values as graph.Compare does; what is missing, in whatever way, comes last.
func compareFields(a *column, i int, b *column, j int) int {
	switch a.kind {
	case ofObjects:
		return cmp.Compare(a.refs[i]-1, b.refs[j]-1) // the zero Ref becomes the greatest
	case ofNumbers:
		return cmp.Compare(a.numbers[i], b.numbers[j])
	}
	return compareValues(a.value(i), b.value(j))
}

// compareValues orders values; null and undefined are alike here, unlike in
// graph.Compare.
func compareValues(a, b graph.Value) int {
	if a.Missing() || b.Missing() {
		return missing(a) - missing(b)
	}
	return graph.Compare(a, b)
}

// missing is 1 for what sorts last, and 0 otherwise.
func missing(v graph.Value) int {
	if v.Missing() {
		return 1
	}
	return 0
}

// appendColumnKey appends a text that rows share whose fields of a column are equal.
func appendColumnKey(key []byte, c *column, row int) []byte {
	if c.object() {
		return appendRefKey(key, c.refs[row])
	}
	return appendKey(key, c.value(row))
}

// gather appends the elements of from at some indices.
func gather[T any](to, from []T, rows []uint32) []T {
	to = slices.Grow(to, len(rows))
	for _, i := range rows {
		to = append(to, from[i])
	}
	return to
}
