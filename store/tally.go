package store

import (
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// tallies count the living rows of each class and of each instance.
type tallies struct{ classes, instances map[string]uint32 }

// tallies counts, or, of a table as the newest version has it, returns what its
// record counts. Its maps are not to be written to.
func (s *sheet) tallies() (*tallies, error) {
	return s.counts.get(func() (*tallies, error) {
		if s.virtual {
			n, err := s.rows()
			return &tallies{instances: map[string]uint32{graph.ReservedPrefix: n}}, err
		}
		v, err := s.view()
		if err != nil {
			return nil, err
		}
		if !v.Overlaid() {
			return &tallies{v.Record().Classes, v.Record().Instances}, nil
		}
		t := &tallies{map[string]uint32{}, map[string]uint32{}}
		err = s.countValues(table.ColumnInstance, func(v graph.Value, n int) { t.instances[v.Str()] += uint32(n) })
		if err != nil || s.kind == graph.RelationshipKind {
			return t, err
		}
		return t, s.countValues(table.ColumnClass, func(v graph.Value, n int) {
			list := v.List()
			for i, c := range list {
				if !slices.ContainsFunc(list[:i], func(d graph.Value) bool { return graph.Equal(c, d) }) {
					t.classes[c.Str()] += uint32(n)
				}
			}
		})
	})
}

// countValues calls add for the values that the living rows have in a column, each
// perhaps several times, with how many rows have it.
func (s *sheet) countValues(name string, add func(v graph.Value, n int)) error {
	all, err := s.alive()
	if err != nil {
		return err
	}
	groups, err := s.groups()
	if err != nil {
		return err
	}
	for g := range groups {
		c, err := s.column(g, name)
		if err != nil {
			return err
		}
		rows := groupOf(all, g)
		if c == nil {
			add(graph.Value{}, rows.Count())
			continue
		}
		if err := countColumn(c, rows, add); err != nil {
			return s.damage(err)
		}
	}
	return nil
}

func countColumn(c *column.Column, rows column.Bitmap, add func(v graph.Value, n int)) error {
	var v graph.Vector
	var counts []int
	var dict []graph.Value
	for part := range batches(rows, atOnce) {
		if err := c.Gather(part, &v); err != nil {
			return err
		}
		if v.Dict == nil {
			for _, x := range v.Values {
				add(x, 1)
			}
			continue
		}
		if counts == nil {
			dict, counts = v.Dict, make([]int, len(v.Dict))
		}
		for _, code := range v.Codes {
			counts[code]++
		}
	}
	for code, n := range counts {
		if n > 0 {
			add(dict[code], n)
		}
	}
	return nil
}

// membership says which of the entities of a table belong to a selection, whatever
// its Where says.
type membership uint8

const (
	memberNone membership = iota
	memberSome
	memberAll
)

// membership tells for a table that has living rows; of one that has none it may
// say either.
func (s *sheet) membership(sel *graph.Selection) (membership, error) {
	switch {
	case slices.Contains(sel.Types, s.typ):
		return memberAll, nil
	case s.virtual:
		return memberNone, nil // run records answer to their name alone
	case sel.Any():
		return memberAll, nil
	case len(sel.Classes) == 0:
		return memberNone, nil
	}
	t, err := s.tallies()
	if err != nil {
		return memberNone, err
	}
	live, err := s.live()
	if err != nil {
		return memberNone, err
	}
	most, sum := uint32(0), uint64(0)
	for _, c := range sel.Classes {
		most, sum = max(most, t.classes[c]), sum+uint64(t.classes[c])
	}
	switch {
	case most == 0:
		return memberNone, nil
	case most == live:
		return memberAll, nil
	case sum < uint64(live):
		return memberSome, nil
	}
	return s.sumMembership(sel.Classes)
}

// sumMembership counts where several classes together may be those of all rows.
func (s *sheet) sumMembership(classes []string) (membership, error) {
	c := newCondition(classTest(classes))
	all, err := s.alive()
	if err != nil {
		return memberNone, err
	}
	groups, err := s.groups()
	for g := 0; g < groups && err == nil; g++ {
		rows := groupOf(all, g).Clone()
		n := rows.Count()
		if err = s.filter(c, g, rows); err == nil && rows.Count() < n {
			return memberSome, nil
		}
	}
	return memberAll, err
}

// classTest is the predicate that an entity has one of some classes.
func classTest(classes []string) graph.Predicate {
	w := graph.Where{Property: graph.PropClass, Operator: graph.Eq}
	for _, c := range classes {
		w.Operands = append(w.Operands, graph.Operand{Value: graph.StringValue(c)})
	}
	return w
}

// within returns the condition that an entity of a table must meet to be one of a
// selection, nil for none; false when no entity can.
func (s *sheet) within(sel *graph.Selection, where *condition) (*condition, bool, error) {
	m, err := s.membership(sel)
	switch {
	case err != nil || m == memberNone:
		return nil, false, err
	case m == memberAll:
		return where, true, nil
	}
	class := newCondition(classTest(sel.Classes))
	if where == nil {
		return class, true, nil
	}
	return &condition{pred: graph.And{class.pred, where.pred}, form: formAnd, parts: []*condition{class, where}}, true, nil
}
