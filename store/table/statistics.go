package table

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

// commonValues is how many of the most common values of a property are kept.
const commonValues = 10

// Statistics describe the living rows of a table as they were when they were
// computed, which is done again when a tenth of the rows changed: Record.Stale
// tells how many did since.
type Statistics struct {
	Rows, Live uint32
	// Properties are those of the supplier that living rows have, by name.
	Properties []PropertyStatistics
	// Out and In are, of an edge table, the degrees of the rows of From and of To.
	Out, In Degrees
}

// PropertyStatistics describe the values of a property.
type PropertyStatistics struct {
	Name   string
	Filled uint32 // rows with a value that is not null
	Nulls  uint32
	// Kinds tells for each graph.ValueKind, by bit, whether rows may have it;
	// Elements the same of the elements of lists.
	Kinds, Elements uint8
	Distinct        uint32 // values other than null
	Exact           bool   // Distinct and Common are no estimates
	// Common are the most common values, the most common first. A property of
	// many values, none of which is common, has none here.
	Common []Common
	// Numbers and Texts bound what occurs, list elements included.
	Numbers column.NumberZone
	Texts   column.TextZone
}

// Common is a value and how many rows have it.
type Common struct {
	Value graph.Value
	Count uint32
}

// Degrees tell of the rows of an entity table how many relationships they have.
type Degrees struct {
	Rows uint32 // that have any
	Most uint32 // of one row
	// Histogram counts at n the rows with 2^n up to, not including, 2^(n+1).
	Histogram []uint32
}

// add notes a row with so many relationships.
func (d *Degrees) add(n uint32) {
	if n == 0 {
		return
	}
	d.Rows++
	d.Most = max(d.Most, n)
	k := bits.Len32(n) - 1
	for len(d.Histogram) <= k {
		d.Histogram = append(d.Histogram, 0)
	}
	d.Histogram[k]++
}

// Find returns what is known of a property.
func (s *Statistics) Find(name string) (*PropertyStatistics, bool) {
	for i := range s.Properties {
		if s.Properties[i].Name == name {
			return &s.Properties[i], true
		}
	}
	return nil, false
}

// Encode returns the write that stores the statistics of a table.
func (s *Statistics) Encode(number uint32) Write {
	key := numberKey(number)
	var w wire.Writer
	w.Uint(uint64(s.Rows))
	w.Uint(uint64(s.Live))
	w.Uint(uint64(len(s.Properties)))
	for i := range s.Properties {
		s.Properties[i].append(&w)
	}
	s.Out.append(&w)
	s.In.append(&w)
	return Write{BucketStat, key, w.Seal(key)}
}

func (p *PropertyStatistics) append(w *wire.Writer) {
	w.Text(p.Name)
	w.Uint(uint64(p.Filled))
	w.Uint(uint64(p.Nulls))
	w.Byte(p.Kinds)
	w.Byte(p.Elements)
	w.Uint(uint64(p.Distinct))
	w.Bool(p.Exact)
	w.Uint(uint64(len(p.Common)))
	for _, c := range p.Common {
		w.Value(c.Value)
		w.Uint(uint64(c.Count))
	}
	bounded := p.Numbers.Min.IsNumber() && p.Numbers.Max.IsNumber()
	w.Bool(bounded)
	if bounded {
		w.Value(p.Numbers.Min)
		w.Value(p.Numbers.Max)
	}
	w.Text(p.Texts.Min)
	w.Text(p.Texts.Max)
	w.Bool(p.Texts.Exact)
}

func (d *Degrees) append(w *wire.Writer) {
	w.Uint(uint64(d.Rows))
	w.Uint(uint64(d.Most))
	w.Uint(uint64(len(d.Histogram)))
	for _, n := range d.Histogram {
		w.Uint(uint64(n))
	}
}

// ReadStatistics returns the statistics of a table, nil if there are none: none
// are kept of a table that never had rows.
func ReadStatistics(f File, number uint32) (*Statistics, error) {
	key := numberKey(number)
	b, err := f.Get(BucketStat, key)
	if err != nil || b == nil {
		return nil, err
	}
	p := wire.Open(key, b, nil)
	s := &Statistics{Rows: p.Uint32(), Live: p.Uint32()}
	s.Properties = make([]PropertyStatistics, p.Count())
	for i := range s.Properties {
		s.Properties[i] = readProperty(p)
	}
	s.Out, s.In = readDegrees(p), readDegrees(p)
	if err := p.Done(); err != nil {
		return nil, fmt.Errorf("statistics of table %d: %w", number, err)
	}
	return s, nil
}

func readProperty(p *wire.Parser) PropertyStatistics {
	s := PropertyStatistics{
		Name: p.Text(), Filled: p.Uint32(), Nulls: p.Uint32(), Kinds: p.Byte(), Elements: p.Byte(),
		Distinct: p.Uint32(), Exact: p.Bool(),
	}
	s.Common = make([]Common, p.Count())
	for i := range s.Common {
		s.Common[i] = Common{p.Value(false), p.Uint32()}
	}
	if p.Bool() {
		s.Numbers = column.NumberZone{Min: p.Value(false), Max: p.Value(false)}
		if !s.Numbers.Min.IsNumber() || !s.Numbers.Max.IsNumber() {
			p.Fail(errors.New("a bound is no number"))
		}
	}
	s.Texts = column.TextZone{Min: p.Text(), Max: p.Text(), Exact: p.Bool()}
	return s
}

func readDegrees(p *wire.Parser) Degrees {
	d := Degrees{Rows: p.Uint32(), Most: p.Uint32()}
	if n := p.Count(); n > 0 {
		d.Histogram = make([]uint32, n)
		for i := range d.Histogram {
			d.Histogram[i] = p.Uint32()
		}
	}
	if len(d.Histogram) > 32 {
		p.Fail(errors.New("a histogram is too long"))
	}
	return d
}
