package store

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// tallies count the living rows, and those of each instance and of each class.
type tallies struct {
	live               uint32
	instances, classes map[string]uint32
}

// tallies returns what the record of a table counts, of an older version with what
// differs. Its maps are not to be written to.
func (s *sheet) tallies() (*tallies, error) {
	return s.counts.get(func() (*tallies, error) {
		if s.virtual {
			n, err := s.rows()
			return &tallies{live: n, instances: map[string]uint32{graph.ReservedPrefix: n}}, err
		}
		plain, err := s.plain.View(s.stored)
		if err != nil {
			return nil, s.damage(err)
		}
		rec := plain.Record()
		t := &tallies{rec.Live, rec.Instances, rec.Classes}
		p, err := s.thePast()
		if err != nil || p == nil || p.tables[s.stored] == nil {
			return t, err
		}
		t.instances, t.classes = maps.Clone(t.instances), maps.Clone(t.classes)
		return t, s.damage(s.retally(t, plain, p.tables[s.stored]))
	})
}

// retally takes out of t what the newest version has of the rows that a past is
// about, and adds what the past has.
func (s *sheet) retally(t *tallies, plain *table.View, p *pastTable) error {
	for g := range plain.Groups() {
		part, err := p.changed(plain, g)
		if err != nil {
			return err
		}
		t.live -= uint32(part.Count())
		take := func(m map[string]uint32, v graph.Value, n int) { m[v.Str()] -= uint32(n) }
		if err := eachValue(plain, g, table.ColumnInstance, part, func(v graph.Value, n int) { take(t.instances, v, n) }); err != nil {
			return err
		}
		if s.kind == graph.RelationshipKind {
			continue
		}
		err = eachValue(plain, g, table.ColumnClass, part, func(v graph.Value, n int) {
			for _, c := range distinct(v.List()) {
				take(t.classes, c, n)
			}
		})
		if err != nil {
			return err
		}
	}
	return s.addStates(t, p)
}

// changed returns the rows of a group that are alive in the newest version and of
// which a past shows something else, or nothing.
func (t *pastTable) changed(plain *table.View, group int) (column.Bitmap, error) {
	lo := uint32(group) * table.GroupRows
	hi := lo + uint32(plain.GroupLen(group))
	rows := column.NewBitmap(plain.GroupLen(group))
	for _, r := range t.hidden {
		if a, b := max(r.Lo, lo), min(r.Hi, hi); a < b {
			rows.AddRange(int(a-lo), int(b-lo))
		}
	}
	byRow := func(st pastState, row uint32) int { return cmp.Compare(st.row, row) }
	i, _ := slices.BinarySearchFunc(t.states, lo, byRow)
	for ; i < len(t.states) && t.states[i].row < hi; i++ {
		rows.Add(int(t.states[i].row - lo))
	}
	if !rows.Any() {
		return rows, nil
	}
	alive, err := plain.Alive(group)
	rows.And(alive)
	return rows, err
}

// addStates counts before-images, of which it decodes no more than it needs.
func (s *sheet) addStates(t *tallies, p *pastTable) error {
	names := interner{}
	last, n := []byte(nil), uint32(0) // states of one instance mostly stand together
	for i := range p.states {
		st := &p.states[i]
		in, _, ok := bytes.Cut(st.name()[1:], []byte{0})
		if !ok {
			return s.wrong(errKey, fmt.Sprintf("before-image %.80q", st.key))
		}
		if !bytes.Equal(in, last) {
			if n > 0 {
				t.instances[string(last)] += n
			}
			last, n = in, 0
		}
		n++
		if s.kind == graph.RelationshipKind {
			continue
		}
		classes, err := undoneClasses(st.key, st.value, names)
		if err != nil {
			return err
		}
		for i, c := range classes {
			if !slices.Contains(classes[:i], c) {
				t.classes[c]++
			}
		}
	}
	if n > 0 {
		t.instances[string(last)] += n
	}
	t.live += uint32(len(p.states))
	return nil
}

// undoneClasses returns the classes in a before-image.
func undoneClasses(key, record []byte, names interner) ([]string, error) {
	p := open(key, record, names)
	p.Uint()
	p.Bool()
	for range 3 { // the place, and what touched it
		p.Uint()
	}
	p.Bytes()
	return p.Texts(), p.Err
}

// distinct returns the elements of a list, each once.
func distinct(list []graph.Value) []graph.Value {
	out := list[:0:0]
	for _, v := range list {
		if !slices.ContainsFunc(out, func(w graph.Value) bool { return graph.Equal(v, w) }) {
			out = append(out, v)
		}
	}
	return out
}

// eachValue counts the values that rows of a group of a view have in a column.
func eachValue(v *table.View, group int, name string, rows column.Bitmap, add func(v graph.Value, n int)) error {
	p, ok := v.Record().Find(name)
	if !ok {
		return nil
	}
	c, err := v.Column(group, p)
	if err != nil {
		return err
	}
	return countColumn(c, rows, add)
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
	live := t.live
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
