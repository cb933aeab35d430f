package store

import (
	"slices"
	"sort"
	"strings"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// prefix returns with what a displayName must begin for a test to hold, "" when it
// is about something else.
func (c *condition) prefix() string {
	w, ok := c.pred.(graph.Where)
	if !ok || w.Property != graph.PropDisplayName || w.Operator != graph.StartsWith || len(w.Operands) != 1 {
		return ""
	}
	if o := &w.Operands[0]; !o.Absent && o.Regex == nil {
		return o.Value.Str()
	}
	return ""
}

// beginning finds the living rows of a group whose displayName begins with a prefix,
// by the order of those; false when that is no way to find them. A displayName that
// is a list has its elements in no order.
func (s *sheet) beginning(prefix string, group int) (rows []uint32, ok bool, err error) {
	v, err := s.view()
	if err != nil {
		return nil, false, err
	}
	order, err := v.Order(group)
	if err != nil || order == nil {
		return nil, false, s.damage(err)
	}
	col, err := s.column(group, graph.PropDisplayName)
	if err != nil || col == nil || col.Base() == nil || col.Base().Stats().Has(graph.List) {
		return nil, false, err
	}
	f := &prefixFinder{order: order, base: col.Base(), prefix: prefix}
	rows = f.find()
	if f.err != nil {
		return nil, false, s.damage(f.err)
	}
	if col.Changed() == 0 {
		return rows, true, nil
	}
	changed := col.ChangedRows()
	rows = slices.DeleteFunc(rows, func(row uint32) bool { return changed.Has(int(row)) })
	more := changed.Clone()
	test := column.NewTest(graph.Where{Operator: graph.StartsWith, Operands: []graph.Operand{{Value: graph.StringValue(prefix)}}})
	err = col.Select(test, more)
	return more.AppendRows(rows), true, s.damage(err)
}

// prefixFinder finds the rows of an order whose texts begin with a prefix.
type prefixFinder struct {
	order  *column.Order
	base   *column.Chunk
	prefix string
	text   []byte
	err    error
}

// has reports whether the text of the i-th row begins with the prefix.
func (f *prefixFinder) has(i int) bool {
	text, ok, err := f.base.AppendText(f.text[:0], int(f.order.Row(i)))
	f.text = text
	if err != nil && f.err == nil {
		f.err = err
	}
	return ok && strings.HasPrefix(string(text), f.prefix)
}

func (f *prefixFinder) find() []uint32 {
	span := f.order.Find(f.prefix)
	lo, hi := span.Lo, span.Hi
	if span.SureLo < span.SureHi {
		// The rows are in the order of what the prefix is part of: those that have it
		// stand together around the ones that are sure to.
		lo += sort.Search(span.SureLo-lo, func(i int) bool { return f.has(span.Lo + i) })
		hi = span.SureHi + sort.Search(hi-span.SureHi, func(i int) bool { return !f.has(span.SureHi + i) })
	}
	rows := make([]uint32, 0, hi-lo)
	for i := lo; i < hi; i++ {
		if span.SureLo < span.SureHi || f.has(i) {
			rows = append(rows, f.order.Row(i))
		}
	}
	return rows
}

// filterPrefix is filter of a condition that says with what the displayName begins;
// false when that is to be found out otherwise.
func (s *sheet) filterPrefix(c *condition, group int, rows column.Bitmap) (bool, error) {
	prefix := c.prefix()
	if prefix == "" {
		return false, nil
	}
	found, ok, err := s.beginning(prefix, group)
	if !ok || err != nil {
		return ok, err
	}
	found = slices.DeleteFunc(found, func(row uint32) bool { return !rows.Has(int(row)) })
	clear(rows)
	for _, row := range found {
		rows.Add(int(row))
	}
	return true, nil
}
