package column

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/j1db/j1db/store/graph"
)

// Stats describe the values of a chunk without reading them.
type Stats struct {
	Rows      int
	Undefined int // rows without the property
	Nulls     int
	// Distinct counts the distinct values that are there: exactly where they are
	// few, else an estimate.
	Distinct int
	// Kinds tells for each graph.ValueKind, by bit, whether rows have it; Elements
	// the same of the elements of lists.
	Kinds, Elements uint8
	// Numbers and Texts bound all numbers and texts, list elements included. Columns
	// of few rows and constants have no bounds.
	Numbers NumberZone
	Texts   TextZone
}

// NumberZone is the smallest and the greatest number of a chunk, both undefined
// when it has none or no bounds.
type NumberZone struct{ Min, Max graph.Value }

// TextZone bounds the texts of a chunk: none is below Min, and none is above all
// texts that begin with Max (above Max itself, when it is Exact). The zero TextZone
// bounds nothing.
type TextZone struct {
	Min, Max string
	Exact    bool
}

// zoneText is how many bytes of a text are kept as a bound.
const zoneText = 24

// Has reports whether rows have values of a kind.
func (s *Stats) Has(kind graph.ValueKind) bool { return s.Kinds>>kind&1 != 0 }

const (
	statNumbers = 1 << iota
	statTexts
	statExact
	statMissing
	statCompressed
)

// statsOf describes c, whose distinct values were counted.
func statsOf(c *cells, distinct int) Stats {
	s := Stats{Rows: c.len(), Undefined: c.count[graph.Undefined], Nulls: c.count[graph.Null], Distinct: distinct}
	s.Kinds = c.kindMask()
	if c.count[graph.List] > 0 {
		s.Elements = c.elems.kindMask()
	}
	if c.len() <= tinyColumn || distinct <= 1 {
		return s
	}
	var z zone
	z.add(c)
	if c.count[graph.List] > 0 {
		z.add(c.elems)
	}
	s.Numbers = z.numbers
	s.Texts = z.textZone()
	return s
}

func (c *cells) kindMask() uint8 {
	var m uint8
	for k, n := range c.count {
		if n > 0 {
			m |= 1 << k
		}
	}
	return m
}

// zone finds bounds.
type zone struct {
	numbers          NumberZone
	min, max         []byte
	minHead, maxHead uint64
	any              bool
}

func (z *zone) add(c *cells) {
	if c.count[graph.Int]+c.count[graph.Float] > 0 {
		z.addNumbers(c)
	}
	if c.count[graph.String] == 0 {
		return
	}
	for i, k := range c.kinds {
		if k == graph.String {
			z.text(c.textAt(i))
		}
	}
}

// text widens the bounds of texts to s. The first eight bytes nearly always decide.
func (z *zone) text(s []byte) {
	if !z.any {
		z.min, z.max, z.any = s, s, true
		z.minHead, z.maxHead = head(s), head(s)
		return
	}
	h := head(s)
	if h < z.minHead || h == z.minHead && bytes.Compare(s, z.min) < 0 {
		z.min, z.minHead = s, h
	}
	if h > z.maxHead || h == z.maxHead && bytes.Compare(s, z.max) > 0 {
		z.max, z.maxHead = s, h
	}
}

// head returns the first eight bytes of s as a number that orders like them.
func head(s []byte) uint64 {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64(s)
	}
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

func (z *zone) addNumbers(c *cells) {
	least, most, ints := int64(math.MaxInt64), int64(math.MinInt64), false
	for i, k := range c.kinds {
		switch k {
		case graph.Int:
			least, most, ints = min(least, int64(c.nums[i])), max(most, int64(c.nums[i])), true
		case graph.Float:
			z.number(c.value(i))
		}
	}
	if ints {
		z.number(graph.IntValue(least))
		z.number(graph.IntValue(most))
	}
}

func (z *zone) number(v graph.Value) {
	if z.numbers.Min.Missing() {
		z.numbers = NumberZone{v, v}
	}
	if graph.CompareNumbers(v, z.numbers.Min) < 0 {
		z.numbers.Min = v
	}
	if graph.CompareNumbers(v, z.numbers.Max) > 0 {
		z.numbers.Max = v
	}
}

// textZone cuts the bounds to size.
func (z *zone) textZone() TextZone {
	if !z.any {
		return TextZone{}
	}
	return TextZone{
		Min: string(z.min[:min(zoneText, len(z.min))]), Max: string(z.max[:min(zoneText, len(z.max))]),
		Exact: len(z.max) <= zoneText,
	}
}

// The bits of kinds that zones bound.
const (
	textKinds   = 1 << graph.String
	numberKinds = 1<<graph.Int | 1<<graph.Float
)

func (s *Stats) append(dst []byte, flags byte) []byte {
	if !s.Numbers.Min.Missing() {
		flags |= statNumbers
	}
	if s.Texts != (TextZone{}) {
		flags |= statTexts
		if s.Texts.Exact {
			flags |= statExact
		}
	}
	if s.Undefined+s.Nulls > 0 {
		flags |= statMissing
	}
	dst = binary.AppendUvarint(dst, uint64(s.Rows))
	dst = append(dst, flags, s.Kinds)
	if s.Kinds>>graph.List&1 != 0 {
		dst = append(dst, s.Elements)
	}
	dst = binary.AppendUvarint(dst, uint64(s.Distinct))
	if flags&statMissing != 0 {
		dst = binary.AppendUvarint(dst, uint64(s.Undefined))
		dst = binary.AppendUvarint(dst, uint64(s.Nulls))
	}
	if flags&statNumbers != 0 {
		dst = appendValue(appendValue(dst, s.Numbers.Min), s.Numbers.Max)
	}
	if flags&statTexts != 0 {
		dst = appendText(appendText(dst, s.Texts.Min), s.Texts.Max)
	}
	return dst
}

// stats reads what append wrote, and its flags.
func (r *reader) stats() (s Stats, flags byte) {
	s.Rows = r.count(MaxRows)
	flags, s.Kinds = r.Byte(), r.Byte()
	if s.Kinds>>graph.List&1 != 0 {
		s.Elements = r.Byte()
	}
	s.Distinct = r.count(MaxRows)
	if flags&statMissing != 0 {
		s.Undefined, s.Nulls = r.count(s.Rows), r.count(s.Rows)
	}
	if flags&statNumbers != 0 {
		s.Numbers = NumberZone{r.value(true), r.value(true)}
	}
	if flags&statTexts != 0 {
		s.Texts = TextZone{string(r.text()), string(r.text()), flags&statExact != 0}
	}
	return s, flags
}
