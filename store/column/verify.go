package column

import (
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

var errShape = errors.New("the values do not fit the head of the chunk")

// Verify reads every part and compares what it finds with the head and with what
// the parts say of themselves: a chunk that passes answers every question without
// an error. An alias has no values to read.
func (c *Chunk) Verify() error {
	root, err := c.node()
	if err != nil {
		return err
	}
	if _, ok := root.(*alias); ok {
		return nil
	}
	if err := verify(root, c.stats.Rows); err != nil {
		return err
	}
	t := &census{stats: c.stats}
	switch x := root.(type) {
	case *constant:
		err = t.add(x.v, c.stats.Rows)
	case *dict:
		err = t.addCodes(x, c.stats.Rows)
	default:
		err = t.addEach(root, c.stats.Rows)
	}
	if err != nil {
		return err
	}
	if t.undefined != c.stats.Undefined || t.nulls != c.stats.Nulls {
		return errShape
	}
	return nil
}

// census compares values with what the head of their chunk says of them.
type census struct {
	stats            Stats
	undefined, nulls int
}

// add counts a value that n rows have.
func (t *census) add(v graph.Value, n int) error {
	switch {
	case n == 0:
		return nil
	case v.Kind() == graph.Undefined:
		t.undefined += n
	case v.Kind() == graph.Null:
		t.nulls += n
	}
	if !t.stats.Has(v.Kind()) || !t.stats.bounds(v) {
		return errShape
	}
	return nil
}

func (t *census) addEach(x node, n int) error {
	for i := range n {
		v, err := x.value(i)
		if err == nil {
			err = t.add(v, 1)
		}
		if err != nil {
			return fmt.Errorf("read row %d: %w", i, err)
		}
	}
	return nil
}

// addCodes looks at each value once. The codes are known to be ones that there
// are.
func (t *census) addCodes(d *dict, n int) error {
	counts := make([]int, d.all())
	for i := range n {
		counts[d.codes.at(i)]++
	}
	for code, n := range counts {
		v, err := d.entry(code)
		if err == nil {
			err = t.add(v, n)
		}
		if err != nil {
			return fmt.Errorf("read value %d: %w", code, err)
		}
	}
	return nil
}

// bounds reports whether v lies in the zones.
func (s *Stats) bounds(v graph.Value) bool {
	for _, e := range scalars(&v) {
		switch {
		case v.Kind() == graph.List && s.Elements>>e.Kind()&1 == 0:
			return false
		case e.IsNumber() && !s.Numbers.Min.Missing() && !s.Numbers.admits(graph.Eq, e):
			return false
		case e.Kind() == graph.String && !s.Texts.admits(graph.Eq, e.Str()):
			return false
		}
	}
	return true
}

// verify checks an encoding of n values, also what no row refers to.
func verify(x node, n int) error {
	switch x := x.(type) {
	case *texts:
		return x.verify()
	case *pattern:
		return x.verify()
	case *dict:
		for i := range n {
			if x.codes.at(i) >= x.all() {
				return fmt.Errorf("read row %d: %w", i, errCode)
			}
		}
		return verify(x.entries, x.size)
	case *lists:
		if err := x.having(NewBitmap(x.size), nil); err != nil {
			return err
		}
		return verify(x.elements, x.size)
	case *sparse:
		return verify(x.values, x.size)
	case *alias:
		return x.err()
	}
	for i := range n {
		if _, err := x.value(i); err != nil {
			return fmt.Errorf("read value %d: %w", i, err)
		}
	}
	return nil
}

func (t *texts) verify() error {
	last, first, fits := "", true, true
	err := eachText(t, nil, func(s string) bool {
		fits = fits && (!t.sorted || first || last < s) && (!t.ascii || isASCII(bytesOf(s)))
		last, first = s, false
		return false
	})
	if err == nil && !fits {
		return errSort
	}
	return err
}

func (p *pattern) verify() error {
	if err := p.skeletons.verify(); err != nil {
		return err
	}
	var segs []segment
	for i := range p.skeletons.n {
		b, err := p.skeletons.bytes(i)
		if err != nil {
			return err
		}
		if segs, err = cut(segs[:0], b); err != nil {
			return err
		}
		slots := 0
		for _, s := range segs {
			slots += s.mark.slots
		}
		if slots > len(p.streams) || p.ascii && !plainASCII(b) {
			return errSkeleton
		}
	}
	for i := range p.n {
		if _, err := p.skeleton(i); err != nil {
			return fmt.Errorf("read row %d: %w", i, err)
		}
	}
	return nil
}
