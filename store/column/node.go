package column

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/j1db/j1db/store/graph"
)

// The encodings of values. The numbers are part of the format.
const (
	tagConst   byte = 1 + iota // one value for every row
	tagInts                    // integers
	tagFloats                  // numbers, some of them fractions
	tagTexts                   // texts as they are
	tagPattern                 // texts taken apart into skeletons and slots
	tagDict                    // codes of distinct values
	tagLists                   // lists, by the ends of their elements
	tagMixed                   // tagged values
	tagSparse                  // the values that are there, by bitmaps of the others
	tagAlias                   // the values of another column
)

// maxDepth is how deep encodings can be nested: codes of lists of values some of
// which are missing and the others codes of texts.
const maxDepth = 8

// node is a readable encoding of n values. Row numbers that it is given are
// below n.
type node interface {
	// value returns the i-th value.
	value(i int) (graph.Value, error)
	// match adds to out the values that pass the positive form of the test.
	match(q *Test, out Bitmap) error
	// term adds to out the values that contain the term.
	term(q *Term, out Bitmap) error
}

var errDeep = errors.New("encodings are nested too deeply")

// node reads an encoding of n values. Elements of lists cannot be lists.
func (r *reader) node(n, depth int, elements bool) node {
	if depth > maxDepth {
		r.Fail(errDeep)
		return nil
	}
	switch tag := r.Byte(); tag {
	case tagConst:
		return &constant{n, r.value(elements)}
	case tagInts:
		return &ints{r.series(n)}
	case tagFloats:
		return &floats{n, r.take(n * 8)}
	case tagTexts:
		return r.texts(n)
	case tagPattern:
		return r.pattern(n)
	case tagDict:
		return r.dict(n, depth, elements)
	case tagLists:
		if elements {
			r.Fail(errNested)
			return nil
		}
		return r.lists(n, depth)
	case tagMixed:
		return &mixed{n, elements, r.series(n), r.take(r.count(len(r.B)))}
	case tagSparse:
		return r.sparse(n, depth, elements)
	case tagAlias:
		return &alias{string(r.text())}
	default:
		r.Fail(fmt.Errorf("encoding %d is unknown", tag))
		return nil
	}
}

// constant is one value n times.
type constant struct {
	n int
	v graph.Value
}

func (c *constant) value(int) (graph.Value, error) { return c.v, nil }

func (c *constant) match(q *Test, out Bitmap) error {
	if q.positive(c.v) {
		out.AddRange(0, c.n)
	}
	return nil
}

func (c *constant) term(q *Term, out Bitmap) error {
	if q.Holds(c.v) {
		out.AddRange(0, c.n)
	}
	return nil
}

// ints are integers.
type ints struct{ series }

func (x *ints) value(i int) (graph.Value, error) { return graph.IntValue(int64(x.at(i))), nil }

func (x *ints) match(q *Test, out Bitmap) error {
	if len(q.ints) <= 4 {
		for _, iv := range q.ints {
			x.matchRange(iv.lo, iv.hi, out)
		}
		return nil
	}
	for i := range x.n {
		if q.ints.has(int64(x.at(i))) {
			out.Add(i)
		}
	}
	return nil
}

func (x *ints) term(q *Term, out Bitmap) error {
	if !q.numeric {
		return nil
	}
	var buf []byte
	var part [64]uint64
	for lo := 0; lo < x.n; lo += len(part) {
		n := min(len(part), x.n-lo)
		x.read(part[:n], lo)
		for i, v := range part[:n] {
			if buf = strconv.AppendInt(buf[:0], int64(v), 10); bytes.Contains(buf, bytesOf(q.text)) {
				out.Add(lo + i)
			}
		}
	}
	return nil
}

// floats are numbers by their bits; integral ones among them are read as the
// integers that they are.
type floats struct {
	n int
	b []byte
}

func (x *floats) value(i int) (graph.Value, error) {
	return floatValue(binary.LittleEndian.Uint64(x.b[i*8:]))
}

func (x *floats) match(q *Test, out Bitmap) error { return matchEach(x, x.n, q, out) }
func (x *floats) term(q *Term, out Bitmap) error  { return termEach(x, x.n, q, out) }

// mixed are tagged values, one after the other.
type mixed struct {
	n        int
	elements bool // of lists
	ends     series
	blob     []byte
}

func (x *mixed) value(i int) (graph.Value, error) {
	lo, hi := x.ends.span(i)
	if lo > hi || hi > uint64(len(x.blob)) {
		return graph.Value{}, errEnds
	}
	r := newReader(x.blob[lo:hi])
	v := r.value(x.elements)
	return v, r.Done()
}

func (x *mixed) match(q *Test, out Bitmap) error { return matchEach(x, x.n, q, out) }
func (x *mixed) term(q *Term, out Bitmap) error  { return termEach(x, x.n, q, out) }

// alias stands for the values of another column, which it cannot reach.
type alias struct{ name string }

func (x *alias) err() error {
	return fmt.Errorf("the column is an alias of %q and holds no values", x.name)
}

func (x *alias) value(int) (graph.Value, error)  { return graph.Value{}, x.err() }
func (x *alias) match(q *Test, out Bitmap) error { return x.err() }
func (x *alias) term(q *Term, out Bitmap) error  { return x.err() }

// matchEach asks for every value.
func matchEach(x node, n int, q *Test, out Bitmap) error {
	for i := range n {
		v, err := x.value(i)
		if err != nil {
			return err
		}
		if q.positive(v) {
			out.Add(i)
		}
	}
	return nil
}

func termEach(x node, n int, q *Term, out Bitmap) error {
	for i := range n {
		v, err := x.value(i)
		if err != nil {
			return err
		}
		if q.Holds(v) {
			out.Add(i)
		}
	}
	return nil
}
