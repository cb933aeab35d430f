package query_test

import (
	"bytes"
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// arrayTexts is what searches of the values of a column need: the values in order,
// and all of them in one piece of memory.
type arrayTexts struct {
	sorted []uint32 // codes by value
	starts []uint32 // of the value of each code in joined; one more than there are
	joined []byte   // the values by code, each after a byte that is in none
	rows   [][]uint32
}

// index makes what searches of a column of different texts need.
func (c *arrayColumn) index() {
	t := &arrayTexts{rows: make([][]uint32, len(c.dict))}
	for code, v := range c.dict {
		if v.Kind() != graph.String {
			return
		}
		t.starts = append(t.starts, uint32(len(t.joined)))
		t.joined = append(append(t.joined, 0), v.Str()...)
		t.sorted = append(t.sorted, uint32(code))
	}
	t.starts = append(t.starts, uint32(len(t.joined)))
	slices.SortFunc(t.sorted, func(a, b uint32) int { return strings.Compare(c.dict[a].Str(), c.dict[b].Str()) })
	for row, code := range c.codes {
		t.rows[code] = append(t.rows[code], uint32(row))
	}
	c.texts = t
}

// Select implements exec.Columnar.
func (a *arrays) Select(ctx context.Context, table uint32, where graph.Predicate) ([]uint64, error) {
	return a.tables[table-1].bits(where), ctx.Err()
}

// bits are the rows of a table for which a predicate holds.
func (t *arrayTable) bits(p graph.Predicate) []uint64 {
	words := make([]uint64, (t.rows+63)/64)
	switch p := p.(type) {
	case nil:
		setAll(words, t.rows)
	case graph.And:
		setAll(words, t.rows)
		for _, q := range p {
			for i, w := range t.bits(q) {
				words[i] &= w
			}
		}
	case graph.Or:
		for _, q := range p {
			for i, w := range t.bits(q) {
				words[i] |= w
			}
		}
	case graph.Not:
		setAll(words, t.rows)
		for i, w := range t.bits(p.Part) {
			words[i] &^= w
		}
	case graph.Where:
		t.whereBits(words, p)
	default:
		panic("a predicate that no benchmark uses")
	}
	return words
}

func setAll(words []uint64, rows int) {
	for i := range words {
		words[i] = ^uint64(0)
	}
	if rows%64 > 0 {
		words[len(words)-1] = 1<<(rows%64) - 1
	}
}

// whereBits sets the rows for which a comparison holds.
func (t *arrayTable) whereBits(words []uint64, p graph.Where) {
	if row, found, keyed := t.byKey(p); keyed {
		if found {
			words[row/64] |= 1 << (row % 64)
		}
		return
	}
	c := t.columns[p.Property]
	switch {
	case p.Property == "_class":
		if p.Test(graph.StringsValue(t.classes)) {
			setAll(words, t.rows)
		}
	case c == nil:
		if p.Test(graph.Value{}) {
			setAll(words, t.rows)
		}
	case c.search(words, p):
	default:
		holds, some := make([]uint8, len(c.dict)), false
		for code, v := range c.dict {
			if p.Test(v) {
				holds[code], some = 1, true
			}
		}
		if !some {
			return
		}
		for i := range words {
			word := uint64(0)
			for j, code := range c.codes[i*64 : min(i*64+64, len(c.codes))] {
				word |= uint64(holds[code]) << j
			}
			words[i] = word
		}
	}
}

// search sets the rows of the values that a search for one text finds.
func (c *arrayColumn) search(words []uint64, p graph.Where) bool {
	if c.texts == nil || len(p.Operands) != 1 || p.Operands[0].Value.Kind() != graph.String {
		return false
	}
	t, text := c.texts, p.Operands[0].Value.Str()
	set := func(code uint32) {
		for _, row := range t.rows[code] {
			words[row/64] |= 1 << (row % 64)
		}
	}
	switch p.Operator {
	case graph.StartsWith:
		first := sort.Search(len(t.sorted), func(i int) bool { return c.dict[t.sorted[i]].Str() >= text })
		for _, code := range t.sorted[first:] {
			if !strings.HasPrefix(c.dict[code].Str(), text) {
				break
			}
			set(code)
		}
		return true
	case graph.Contains:
		for at, code := 0, uint32(0); ; at = int(t.starts[code]) {
			found := bytes.Index(t.joined[at:], []byte(text))
			if found < 0 {
				return true
			}
			more := sort.Search(len(t.starts)-int(code), func(i int) bool { return int(t.starts[int(code)+i]) > at+found })
			set(code + uint32(more) - 1)
			if code += uint32(more); int(code) >= len(t.starts)-1 {
				return true
			}
		}
	}
	return false
}

// Codes implements exec.Columnar.
func (a *arrays) Codes(ctx context.Context, table uint32, prop string) (graph.Vector, bool, error) {
	t := a.tables[table-1]
	if c := t.columns[prop]; c != nil && len(c.dict) < t.rows/4 {
		return graph.Vector{Codes: c.codes, Dict: c.dict}, true, ctx.Err()
	}
	return graph.Vector{}, false, ctx.Err()
}

// Stamp implements query.Stamped.
func (a *arrays) Stamp() string { return "one estate" }
