package store

import (
	"bytes"
	"context"
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

// begun are the living rows of a group for which a condition holds that says with what
// the displayName begins, in ascending order; false when it says something else.
func (s *sheet) begun(where *condition, group int) (rows []uint32, ok bool, err error) {
	if where == nil || s.virtual {
		return nil, false, nil
	}
	prefix := where.prefix()
	if prefix == "" {
		return nil, false, nil
	}
	rows, ok, err = s.beginning(prefix, group)
	if !ok || err != nil {
		return nil, ok, err
	}
	all, err := s.alive()
	if err != nil {
		return nil, false, err
	}
	living := groupOf(all, group)
	rows = slices.DeleteFunc(rows, func(row uint32) bool { return !living.Has(int(row)) })
	slices.Sort(rows)
	return rows, true, nil
}

// selectBegun is Select of a condition that says with what the displayName begins: of
// most tables it holds for no row, and those that no row is of share one empty set.
func (s *sheet) selectBegun(ctx context.Context, c *condition) ([]uint64, error) {
	all, err := s.alive()
	if err != nil {
		return nil, err
	}
	none, _ := s.none.get(func() (column.Bitmap, error) { return make(column.Bitmap, len(all)), nil })
	chosen := none
	groups, err := s.groups()
	for g := 0; g < groups && err == nil; g++ {
		if err = ctx.Err(); err != nil {
			break
		}
		rows, ok, berr := s.begun(c, g)
		if len(rows) == 0 && ok || berr != nil {
			err = berr
			continue
		}
		if &chosen[0] == &none[0] {
			chosen = make(column.Bitmap, len(all))
		}
		part := groupOf(chosen, g)
		for _, row := range rows {
			part.Add(int(row))
		}
		if !ok {
			copy(part, groupOf(all, g))
			err = s.filter(c, g, part)
		}
	}
	return chosen, err
}

// prefixFinder finds the rows of an order whose texts begin with a prefix.
type prefixFinder struct {
	order  *column.Order
	base   *column.Chunk
	prefix string
	text   []byte
	err    error
}

// read reads the text of the i-th row; ok is false where it has none.
func (f *prefixFinder) read(i int) (ok bool) {
	text, ok, err := f.base.AppendText(f.text[:0], int(f.order.Row(i)))
	f.text = text
	if err != nil && f.err == nil {
		f.err = err
	}
	return ok
}

// has reports whether the text of the i-th row begins with the prefix.
func (f *prefixFinder) has(i int) bool {
	return f.read(i) && bytes.HasPrefix(f.text, []byte(f.prefix))
}

// reaches reports whether the text of the i-th row does not come before the prefix.
func (f *prefixFinder) reaches(i int) bool {
	return f.read(i) && string(f.text) >= f.prefix
}

func (f *prefixFinder) find() []uint32 {
	span := f.order.Find(f.prefix)
	lo, hi := span.Lo, span.Hi
	if len(f.prefix) <= column.OrderedBytes && !strings.HasSuffix(f.prefix, "\x00") && span.SureLo >= span.SureHi {
		lo += sort.Search(hi-lo, func(i int) bool { return f.reaches(span.Lo + i) })
		hi = lo + sort.Search(hi-lo, func(i int) bool { return !f.has(lo + i) })
		span.SureLo, span.SureHi = lo, hi // all of them
		if lo == hi {
			return nil
		}
	} else if span.SureLo < span.SureHi {
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
