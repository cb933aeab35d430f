package column

import (
	"errors"
	"fmt"
	"math"

	"github.com/j1db/j1db/store/graph"
)

// Limits of one chunk. They bound what a decoder allocates on any input.
const (
	// MaxRows is the number of rows that a chunk can have.
	MaxRows = 1 << 16
	// MaxElements is the number of elements that the lists of a chunk can have
	// together.
	MaxElements = 1 << 22
	// MaxText is the number of bytes that the texts of a chunk can have together.
	MaxText = 1 << 30
)

var (
	errNested = errors.New("a list in a list cannot be stored")
	errNumber = errors.New("NaN and infinities cannot be stored")
)

// cells are values on their way into a chunk, taken apart: nums holds a boolean,
// an integer or the bits of a float, and for a text or a list where it starts and
// how long it is.
type cells struct {
	kinds []graph.ValueKind
	nums  []uint64
	text  []byte
	elems *cells
	count [graph.List + 1]int
}

func (c *cells) len() int { return len(c.kinds) }

func (c *cells) reset() {
	c.kinds, c.nums, c.text = c.kinds[:0], c.nums[:0], c.text[:0]
	c.count = [graph.List + 1]int{}
	if c.elems != nil {
		c.elems.reset()
	}
}

func (c *cells) add(kind graph.ValueKind, num uint64) {
	c.kinds = append(c.kinds, kind)
	c.nums = append(c.nums, num)
	c.count[kind]++
}

func slot(start, n int) uint64 { return uint64(start)<<32 | uint64(n) }

func (c *cells) addText(s []byte) {
	c.add(graph.String, slot(len(c.text), len(s)))
	c.text = append(c.text, s...)
}

// drop takes the last row, a text, out again.
func (c *cells) drop() {
	last := c.len() - 1
	lo, _ := c.span(last)
	c.kinds, c.nums, c.text = c.kinds[:last], c.nums[:last], c.text[:lo]
	c.count[graph.String]--
}

// addValue adds v; of a list, which it copies, too.
func (c *cells) addValue(v graph.Value) {
	switch v.Kind() {
	case graph.Bool:
		if v.Bool() {
			c.add(graph.Bool, 1)
		} else {
			c.add(graph.Bool, 0)
		}
	case graph.Int:
		i, _ := v.Int()
		c.add(graph.Int, uint64(i))
	case graph.Float:
		c.add(graph.Float, math.Float64bits(v.Float()))
	case graph.String:
		c.add(graph.String, slot(len(c.text), len(v.Str())))
		c.text = append(c.text, v.Str()...)
	case graph.List:
		start := c.openList()
		for _, e := range v.List() {
			c.elems.addValue(e)
		}
		c.closeList(start)
	default:
		c.add(v.Kind(), 0)
	}
}

func (c *cells) openList() int {
	if c.elems == nil {
		c.elems = &cells{}
	}
	return c.elems.len()
}

func (c *cells) closeList(start int) {
	c.add(graph.List, slot(start, c.elems.len()-start))
}

// span returns where the text or the list of row i lies.
func (c *cells) span(i int) (lo, hi int) {
	lo = int(c.nums[i] >> 32)
	return lo, lo + int(uint32(c.nums[i]))
}

func (c *cells) textAt(i int) []byte {
	lo, hi := c.span(i)
	return c.text[lo:hi]
}

// value returns the value of row i, whose text stays c's.
func (c *cells) value(i int) graph.Value {
	switch n := c.nums[i]; c.kinds[i] {
	case graph.Null:
		return graph.NullValue()
	case graph.Bool:
		return graph.BoolValue(n != 0)
	case graph.Int:
		return graph.IntValue(int64(n))
	case graph.Float:
		return graph.FloatValue(math.Float64frombits(n))
	case graph.String:
		return graph.StringValue(view(c.textAt(i)))
	case graph.List:
		lo, hi := c.span(i)
		vs := make([]graph.Value, hi-lo)
		for k := range vs {
			vs[k] = c.elems.value(lo + k)
		}
		return graph.ListValue(vs...)
	}
	return graph.Value{}
}

// pick returns the given rows as cells of their own.
func (c *cells) pick(rows []uint32) *cells {
	out := &cells{}
	for _, r := range rows {
		out.copyFrom(c, int(r))
	}
	return out
}

func (c *cells) copyFrom(from *cells, i int) {
	switch from.kinds[i] {
	case graph.String:
		c.addText(from.textAt(i))
	case graph.List:
		lo, hi := from.span(i)
		start := c.openList()
		for k := lo; k < hi; k++ {
			c.elems.copyFrom(from.elems, k)
		}
		c.closeList(start)
	default:
		c.add(from.kinds[i], from.nums[i])
	}
}

// check says why c cannot be a chunk.
func (c *cells) check() error {
	switch {
	case c.len() > MaxRows:
		return fmt.Errorf("%d rows, the limit is %d", c.len(), MaxRows)
	case len(c.text) > MaxText:
		return fmt.Errorf("%d bytes of text, the limit is %d", len(c.text), MaxText)
	case c.count[graph.List] == 0:
		return c.checkFloats()
	case c.elems.len() > MaxElements:
		return fmt.Errorf("%d elements of lists, the limit is %d", c.elems.len(), MaxElements)
	case len(c.elems.text) > MaxText:
		return fmt.Errorf("%d bytes of text in lists, the limit is %d", len(c.elems.text), MaxText)
	case c.elems.count[graph.List] > 0:
		return errNested
	}
	return errors.Join(c.checkFloats(), c.elems.checkFloats())
}

func (c *cells) checkFloats() error {
	if c.count[graph.Float] == 0 {
		return nil
	}
	for i, k := range c.kinds {
		if f := math.Float64frombits(c.nums[i]); k == graph.Float && (math.IsNaN(f) || math.IsInf(f, 0)) {
			return errNumber
		}
	}
	return nil
}

// constant reports whether all rows, of which there is one at least, are equal.
func (c *cells) constant() bool {
	if c.count[c.kinds[0]] < c.len() {
		return false
	}
	for i := 1; i < c.len(); i++ {
		if !c.equal(i, c, 0) {
			return false
		}
	}
	return true
}

// same reports whether c and o hold the same values row by row.
func (c *cells) same(o *cells) bool {
	if c.len() != o.len() || c.count != o.count {
		return false
	}
	for i := range c.kinds {
		if !c.equal(i, o, i) {
			return false
		}
	}
	return true
}

// equal reports whether row i of c and row j of o hold the same value.
func (c *cells) equal(i int, o *cells, j int) bool {
	if c.kinds[i] != o.kinds[j] {
		return false
	}
	switch c.kinds[i] {
	case graph.String:
		return string(c.textAt(i)) == string(o.textAt(j))
	case graph.List:
		lo, hi := c.span(i)
		from, to := o.span(j)
		if hi-lo != to-from {
			return false
		}
		for k := range hi - lo {
			if !c.elems.equal(lo+k, o.elems, from+k) {
				return false
			}
		}
		return true
	}
	return c.nums[i] == o.nums[j]
}
