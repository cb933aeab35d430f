package column

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// scratch is what encoding needs and the next chunk can use again.
type scratch struct {
	distinct distinct
	patterns patterns
	nums     []uint64
	inner    *scratch // of entries and elements
}

func (s *scratch) deeper() *scratch {
	if s.inner == nil {
		s.inner = &scratch{}
	}
	return s.inner
}

// Bounds on what is taken for a dictionary without weighing it against others.
const (
	fewEntries = 256
	tinyColumn = 16
)

// encodeNode appends the values of c in the encoding that suits them and returns
// how many distinct ones there are, an estimate where they are many.
func (s *scratch) encodeNode(dst []byte, c *cells) ([]byte, int) {
	n := c.len()
	switch {
	case n == 0:
		return appendConst(dst, graph.Value{}), 0
	case c.constant():
		v := c.value(0)
		if v.Missing() {
			return appendConst(dst, v), 0
		}
		return appendConst(dst, v), 1
	}
	s.distinct.group(c)
	switch d := &s.distinct; {
	case !d.complete || len(d.first) > n/2 && n > tinyColumn:
		return s.encodePlain(dst, c), d.estimate
	case len(d.first) <= min(fewEntries, n/4):
		return s.encodeDict(dst, c), d.estimate
	}
	start, estimate := len(dst), s.distinct.estimate
	dst = s.encodeDict(dst, c)
	other := s.deeper().encodePlain(nil, c)
	if len(other)*10 < (len(dst)-start)*9 {
		dst = append(dst[:start], other...)
	}
	return dst, estimate
}

func appendConst(dst []byte, v graph.Value) []byte {
	return appendValue(append(dst, tagConst), v)
}

// encodePlain appends c without a dictionary of its rows.
func (s *scratch) encodePlain(dst []byte, c *cells) []byte {
	missing := c.count[graph.Undefined] + c.count[graph.Null]
	switch n := c.len() - missing; {
	case n == 0 || missing > 0 && n <= tinyColumn && c.len() <= tinyColumn:
		return encodeMixed(dst, c)
	case missing > 0:
		return s.encodeSparse(dst, c)
	case c.count[graph.String] == n:
		return s.encodeStrings(dst, c)
	case c.count[graph.Int] == n:
		return appendSeries(append(dst, tagInts), c.nums)
	case c.count[graph.Int]+c.count[graph.Float] == n && exactFloats(c):
		return encodeFloats(dst, c)
	case c.count[graph.List] == n:
		return s.encodeLists(dst, c)
	}
	return encodeMixed(dst, c)
}

// encodeStrings takes the texts apart where that saves a quarter: they are slower
// to read then, but much faster to search.
func (s *scratch) encodeStrings(dst []byte, c *cells) []byte {
	start := len(dst)
	if c.len() <= tinyColumn {
		return encodeTexts(dst, c)
	}
	dst, ok := s.encodePattern(dst, c)
	if ok && (len(dst)-start)*4 <= plainSize(c)*3 {
		return dst
	}
	return encodeTexts(dst[:start], c)
}

// plainSize estimates the size of texts as they are.
func plainSize(c *cells) int {
	total := 0
	for _, n := range c.nums {
		total += int(uint32(n))
	}
	return total + c.len()
}

// exactFloats reports whether all integers in c are exact as floats.
func exactFloats(c *cells) bool {
	for i, k := range c.kinds {
		if v := int64(c.nums[i]); k == graph.Int && (v > 1<<53 || v < -1<<53) {
			return false
		}
	}
	return true
}

func encodeFloats(dst []byte, c *cells) []byte {
	dst = append(dst, tagFloats)
	for i, n := range c.nums {
		if c.kinds[i] == graph.Int {
			n = math.Float64bits(float64(int64(n)))
		}
		dst = binary.LittleEndian.AppendUint64(dst, n)
	}
	return dst
}

func encodeMixed(dst []byte, c *cells) []byte {
	var blob []byte
	ends := make([]uint64, c.len())
	for i := range ends {
		blob = appendValue(blob, c.value(i))
		ends[i] = uint64(len(blob))
	}
	dst = appendSeries(append(dst, tagMixed), ends)
	dst = binary.AppendUvarint(dst, uint64(len(blob)))
	return append(dst, blob...)
}

// encodeDict appends codes and the distinct values, which s.distinct holds.
func (s *scratch) encodeDict(dst []byte, c *cells) []byte {
	d := &s.distinct
	flags, order := byte(0), make([]uint32, 0, len(d.first))
	for _, row := range d.first {
		switch c.kinds[row] {
		case graph.Null:
			flags |= dictNull
		case graph.Undefined:
			flags |= dictUndefined
		default:
			order = append(order, row)
		}
	}
	slices.SortStableFunc(order, c.compare)
	dst = binary.AppendUvarint(append(dst, tagDict), uint64(len(order)))
	dst = append(dst, flags)
	dst = s.deeper().encodePlain(dst, c.pick(order))
	s.nums = d.codesOf(c, order, flags, s.nums[:0])
	all := len(d.first)
	return appendCodes(dst, s.nums, all)
}

// codesOf appends the code of each row to dst: the place of its group in order.
func (d *distinct) codesOf(c *cells, order []uint32, flags byte, dst []uint64) []uint64 {
	code := make([]uint64, len(d.first))
	for k, row := range order {
		code[d.ids[row]] = uint64(k)
	}
	for id, row := range d.first {
		switch c.kinds[row] {
		case graph.Null:
			code[id] = uint64(len(order))
		case graph.Undefined:
			code[id] = uint64(len(order)) + uint64(flags&dictNull)
		}
	}
	for _, id := range d.ids {
		dst = append(dst, code[id])
	}
	return dst
}

// compare orders rows by kind, then texts and numbers by value.
func (c *cells) compare(a, b uint32) int {
	if c.kinds[a] != c.kinds[b] {
		return cmp.Compare(c.kinds[a], c.kinds[b])
	}
	switch c.kinds[a] {
	case graph.String:
		return cmp.Compare(view(c.textAt(int(a))), view(c.textAt(int(b))))
	case graph.List:
		return 0
	}
	return graph.Compare(c.value(int(a)), c.value(int(b)))
}

// encodeLists appends lists and their elements.
func (s *scratch) encodeLists(dst []byte, c *cells) []byte {
	ends := make([]uint64, c.len())
	elements := c.elems
	if !c.adjoining() {
		elements = &cells{}
	}
	at := 0
	for i := range ends {
		lo, hi := c.span(i)
		for k := lo; k < hi && elements != c.elems; k++ {
			elements.copyFrom(c.elems, k)
		}
		at += hi - lo
		ends[i] = uint64(at)
	}
	dst = binary.AppendUvarint(append(dst, tagLists), uint64(at))
	dst = appendSeries(dst, ends)
	dst, _ = s.deeper().encodeNode(dst, elements)
	return dst
}

// adjoining reports whether the lists lie one after the other, as they do unless
// they were picked from others or some list was given up.
func (c *cells) adjoining() bool {
	at := 0
	for i := range c.nums {
		lo, hi := c.span(i)
		if lo != at {
			return false
		}
		at = hi
	}
	return at == c.elems.len()
}

// encodeSparse appends bitmaps of what is missing, then what is there.
func (s *scratch) encodeSparse(dst []byte, c *cells) []byte {
	null, undefined := NewBitmap(c.len()), NewBitmap(c.len())
	present := &cells{}
	for i, k := range c.kinds {
		switch k {
		case graph.Null:
			null.Add(i)
		case graph.Undefined:
			undefined.Add(i)
		default:
			present.copyFrom(c, i)
		}
	}
	flags := byte(0)
	if c.count[graph.Null] > 0 {
		flags |= sparseNull
	}
	if c.count[graph.Undefined] > 0 {
		flags |= sparseUndefined
	}
	dst = append(dst, tagSparse, flags)
	if flags&sparseNull != 0 {
		dst = appendBitmap(dst, null)
	}
	if flags&sparseUndefined != 0 {
		dst = appendBitmap(dst, undefined)
	}
	return s.deeper().encodePlain(dst, present)
}
