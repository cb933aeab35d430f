package table

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

// fewValues is how many distinct values of a column of a group are looked at one
// by one.
const fewValues = 4096

// summary is what Statistics are made of: the summaries of the row groups.
type summary struct {
	live       int
	properties map[string]*propertySummary
	degrees    [2]Degrees
}

// propertySummary describes a property.
type propertySummary struct {
	filled, nulls   int
	kinds, elements uint8
	counts          map[string]uint32 // by encoded value
	many            int               // distinct values, by estimate, that were not looked at
	sketch          sketch            // of those in dictionaries of which only this was taken
	numbers         column.NumberZone
	texts           column.TextZone
}

// summarize describes a row group: of its own rows and of the adjacency of the
// rows of the ends that have its number.
func (v *View) summarize(group int) (*summary, error) {
	s := &summary{properties: map[string]*propertySummary{}}
	alive, err := v.Alive(group)
	if err != nil {
		return nil, err
	}
	s.live = alive.Count()
	for i, name := range v.rec.Columns {
		if IsEngine(name) || s.live == 0 {
			continue
		}
		p := &propertySummary{counts: map[string]uint32{}}
		if err := p.read(v, group, Column(i), alive); err != nil {
			return nil, err
		}
		if p.filled+p.nulls > 0 {
			s.properties[name] = p
		}
	}
	if v.rec.Kind != graph.RelationshipKind {
		return s, nil
	}
	for i, p := range [...]Part{PartOut, PartIn} {
		if err := s.degrees[i].read(v, p, group); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// read notes the degrees of a group of rows.
func (d *Degrees) read(v *View, p Part, group int) error {
	if rows, err := v.nearRows(p, group); err != nil || rows == 0 {
		return err
	}
	near, err := v.near(p, group)
	if err != nil {
		return err
	}
	var l column.Lists
	if err := near.AppendTo(&l, false); err != nil {
		return err
	}
	for row := range l.Rows() {
		d.add(l.Offsets[row+1] - l.Offsets[row])
	}
	return nil
}

// read notes what the living rows of a group have in a column.
func (p *propertySummary) read(v *View, group int, part Part, alive column.Bitmap) error {
	base, err := v.chunk(group, part)
	if err != nil {
		return err
	}
	patch, err := v.openPatch(group, part)
	if err != nil {
		return err
	}
	rows := alive.Clone()
	for i := range patch.Len() {
		row := patch.Row(i)
		if row >= v.GroupLen(group) || !alive.Has(row) {
			continue
		}
		rows.Remove(row)
		x, err := patch.Value(i)
		if err != nil {
			return err
		}
		p.add(x, 1)
		p.bound(x)
	}
	if base == nil {
		return nil
	}
	rows.And(column.FullBitmap(base.Rows()))
	return p.readBase(base, rows)
}

// readBase notes what rows of a chunk have.
func (p *propertySummary) readBase(c *column.Chunk, rows column.Bitmap) error {
	n := rows.Count()
	if n == 0 {
		return nil
	}
	dict, err := c.Dict()
	switch {
	case err != nil:
		return err
	case dict != nil:
		return p.readDict(c, dict, rows, n)
	case n <= fewValues:
		return p.readEach(c, rows)
	}
	missing, nulls, err := missingIn(c, rows)
	if err != nil {
		return err
	}
	s := c.Stats()
	p.filled += n - missing
	p.nulls += nulls
	p.kinds |= s.Kinds
	p.elements |= s.Elements
	p.many += min(s.Distinct, n-missing)
	p.zones(s)
	return nil
}

// readDict notes what rows of a column of codes have.
func (p *propertySummary) readDict(c *column.Chunk, dict []graph.Value, rows column.Bitmap, n int) error {
	counts := []int{n}
	if len(dict) > 1 {
		counts = make([]int, len(dict))
		if err := c.Count(rows, counts); err != nil {
			return err
		}
	}
	for code, k := range counts {
		if k == 0 {
			continue
		}
		if len(dict) <= fewValues {
			p.add(dict[code], k)
		} else {
			p.addMany(dict[code], k)
		}
		p.bound(dict[code])
	}
	return nil
}

func (p *propertySummary) readEach(c *column.Chunk, rows column.Bitmap) error {
	for row := range rows.All() {
		x, err := c.Value(row)
		if err != nil {
			return err
		}
		p.add(x, 1)
		p.bound(x)
	}
	return nil
}

// missingIn counts the rows that have no value, or a null.
func missingIn(c *column.Chunk, rows column.Bitmap) (missing, nulls int, err error) {
	if s := c.Stats(); s.Undefined+s.Nulls == 0 {
		return 0, 0, nil
	}
	without := rows.Clone()
	absent := graph.Where{Operator: graph.Eq, Operands: []graph.Operand{{Absent: true}}}
	if err := c.Select(column.NewTest(absent), without); err != nil {
		return 0, 0, err
	}
	missing = without.Count()
	if c.Stats().Nulls == 0 {
		return missing, 0, nil
	}
	for row := range without.All() {
		x, err := c.Value(row)
		if err != nil {
			return 0, 0, err
		}
		if x.Kind() == graph.Null {
			nulls++
		}
	}
	return missing, nulls, nil
}

// kind notes n rows of a kind of value, and reports whether they have one.
func (p *propertySummary) kind(x graph.Value, n int) bool {
	p.kinds |= 1 << x.Kind()
	for _, e := range x.List() {
		p.elements |= 1 << e.Kind()
	}
	switch x.Kind() {
	case graph.Undefined:
		return false
	case graph.Null:
		p.nulls += n
		return false
	}
	p.filled += n
	return true
}

// add notes n rows that have a value.
func (p *propertySummary) add(x graph.Value, n int) {
	if !p.kind(x, n) {
		return
	}
	var w wire.Writer
	w.Value(x)
	p.counts[string(w.B)] += uint32(n)
}

// addMany notes n rows that have a value which is one of many.
func (p *propertySummary) addMany(x graph.Value, n int) {
	if !p.kind(x, n) {
		return
	}
	var w wire.Writer
	w.Value(x)
	p.sketch.add(xxhash.Sum64(w.B))
}

// merge adds what another row group has.
func (s *summary) merge(o *summary) {
	s.live += o.live
	for name, p := range o.properties {
		if q := s.properties[name]; q != nil {
			q.merge(p)
		} else {
			s.properties[name] = p
		}
	}
	for i := range s.degrees {
		s.degrees[i].merge(&o.degrees[i])
	}
}

func (d *Degrees) merge(o *Degrees) {
	d.Rows += o.Rows
	d.Most = max(d.Most, o.Most)
	for len(d.Histogram) < len(o.Histogram) {
		d.Histogram = append(d.Histogram, 0)
	}
	for k, n := range o.Histogram {
		d.Histogram[k] += n
	}
}

func (p *propertySummary) merge(o *propertySummary) {
	p.filled += o.filled
	p.nulls += o.nulls
	p.kinds |= o.kinds
	p.elements |= o.elements
	p.many += o.many
	for key, n := range o.counts {
		p.counts[key] += n
	}
	for _, h := range o.sketch.least {
		p.sketch.add(h)
	}
	p.sketch.full = p.sketch.full || o.sketch.full
	p.numbers = joinNumbers(p.numbers, o.numbers)
	p.texts = joinTexts(p.texts, o.texts)
}

// statistics returns what is kept of a summary.
func (s *summary) statistics(r *Record) (*Statistics, error) {
	out := &Statistics{Rows: r.Rows, Live: uint32(s.live), Out: s.degrees[0], In: s.degrees[1]}
	for _, name := range slices.Sorted(maps.Keys(s.properties)) {
		p, err := s.properties[name].statistics(name, s.live)
		if err != nil {
			return nil, err
		}
		out.Properties = append(out.Properties, p)
	}
	return out, nil
}

func (p *propertySummary) statistics(name string, live int) (PropertyStatistics, error) {
	out := PropertyStatistics{
		Name: name, Filled: uint32(p.filled), Nulls: uint32(p.nulls), Kinds: p.kinds &^ 1, Elements: p.elements,
		Exact: p.many == 0 && len(p.sketch.least) == 0, Numbers: p.numbers, Texts: p.texts,
	}
	if p.filled+p.nulls < live {
		out.Kinds |= 1 << graph.Undefined
	}
	distinct := len(p.counts) + p.many
	if !p.sketch.empty() {
		for key := range p.counts {
			p.sketch.add(xxhash.Sum64String(key))
		}
		distinct = p.sketch.estimate() + p.many
	}
	out.Distinct = uint32(min(distinct, p.filled))
	keys := slices.Collect(maps.Keys(p.counts))
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(p.counts[b], p.counts[a]), cmp.Compare(a, b)) })
	for _, key := range keys[:min(commonValues, len(keys))] {
		r := &wire.Parser{B: bytes.Clone([]byte(key))}
		v := r.Value(false)
		if err := r.Done(); err != nil {
			return out, err
		}
		out.Common = append(out.Common, Common{v, p.counts[key]})
	}
	return out, nil
}
