package store

import (
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// prefix returns with what a displayName must begin for c to hold, "" when that is
// not said.
func (c *condition) prefix() string {
	switch {
	case c == nil:
	case c.form == formAnd:
		for _, part := range c.parts {
			if s := part.prefix(); s != "" {
				return s
			}
		}
	case c.form == formTest && c.name == graph.PropDisplayName:
		w := c.pred.(graph.Where)
		if w.Operator == graph.StartsWith && len(w.Operands) == 1 && !w.Operands[0].Absent && w.Operands[0].Regex == nil {
			return w.Operands[0].Value.Str()
		}
	}
	return ""
}

// selective is how many rows of a group make looking at them one by one slower
// than looking at all.
const selective = table.GroupRows / 64

// beginning returns the living rows of a group for which a condition holds that
// says with what the displayName begins, by the order of those; false when that is
// no shorter way.
func (s *sheet) beginning(where *condition, group int) ([]uint32, bool, error) {
	prefix := where.prefix()
	if prefix == "" || s.virtual {
		return nil, false, nil
	}
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
	span := order.Find(prefix)
	if span.Hi-span.Lo+col.Changed() > selective {
		return nil, false, nil
	}
	rows := make([]uint32, 0, span.Hi-span.Lo+col.Changed())
	for i := span.Lo; i < span.Hi; i++ {
		rows = append(rows, order.Row(i))
	}
	rows = col.ChangedRows().AppendRows(rows)
	rows, err = s.pick(where, group, rows)
	return rows, err == nil, err
}

// pick returns those of some rows of a group that are alive and for which a
// condition holds, in order, each once. It uses rows.
func (s *sheet) pick(where *condition, group int, rows []uint32) ([]uint32, error) {
	all, err := s.alive()
	if err != nil {
		return nil, err
	}
	slices.Sort(rows)
	alive := groupOf(all, group)
	rows = slices.DeleteFunc(slices.Compact(rows), func(row uint32) bool { return !alive.Has(int(row)) })
	if len(rows) == 0 {
		return nil, nil
	}
	keep := make([]bool, len(rows))
	if err := s.judge(where, group, rows, keep); err != nil {
		return nil, err
	}
	out := rows[:0]
	for i, row := range rows {
		if keep[i] {
			out = append(out, row)
		}
	}
	return out, nil
}
