package table

import (
	"cmp"
	"math"
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// sketchSize is how many hashes a sketch keeps: its estimate is off by about one
// in 32 then.
const sketchSize = 1024

// sketch estimates how many distinct values there are by the smallest of their
// hashes. Sketches of parts add up to that of the whole.
type sketch struct {
	least []uint64 // ascending
	full  bool     // hashes were left out
}

func (s *sketch) empty() bool { return len(s.least) == 0 }

func (s *sketch) add(h uint64) {
	i, ok := slices.BinarySearch(s.least, h)
	switch {
	case ok:
		return
	case len(s.least) < sketchSize && !s.full:
	case i == len(s.least):
		s.full = true
		return
	}
	s.least = slices.Insert(s.least, i, h)
	if len(s.least) > sketchSize {
		s.least, s.full = s.least[:sketchSize], true
	}
}

func (s *sketch) estimate() int {
	if !s.full {
		return len(s.least)
	}
	k := len(s.least)
	return int(float64(k-1) / (float64(s.least[k-1]) / math.MaxUint64))
}

// boundText is how many bytes of a text are kept as a bound.
const boundText = 24

// bound widens the bounds to a value.
func (p *propertySummary) bound(v graph.Value) {
	switch {
	case v.IsNumber():
		p.numbers = joinNumbers(p.numbers, column.NumberZone{Min: v, Max: v})
	case v.Kind() == graph.String:
		p.texts = joinTexts(p.texts, textZone(v.Str()))
	case v.Kind() == graph.List:
		for _, e := range v.List() {
			p.bound(e)
		}
	}
}

// zones widens the bounds to those of a chunk.
func (p *propertySummary) zones(s *column.Stats) {
	p.numbers = joinNumbers(p.numbers, s.Numbers)
	p.texts = joinTexts(p.texts, s.Texts)
}

func textZone(s string) column.TextZone {
	if len(s) <= boundText {
		return column.TextZone{Min: s, Max: s, Exact: true}
	}
	return column.TextZone{Min: s[:boundText], Max: s[:boundText]}
}

func joinNumbers(a, b column.NumberZone) column.NumberZone {
	switch {
	case a.Min.Missing():
		return b
	case b.Min.Missing():
		return a
	}
	if graph.CompareNumbers(b.Min, a.Min) < 0 {
		a.Min = b.Min
	}
	if graph.CompareNumbers(b.Max, a.Max) > 0 {
		a.Max = b.Max
	}
	return a
}

func joinTexts(a, b column.TextZone) column.TextZone {
	switch {
	case a == column.TextZone{}:
		return b
	case b == column.TextZone{}:
		return a
	}
	a.Min = min(a.Min, b.Min)
	switch c := cmp.Compare(b.Max, a.Max); {
	case c > 0:
		a.Max, a.Exact = b.Max, b.Exact
	case c == 0:
		a.Exact = a.Exact && b.Exact
	}
	return a
}
