package store

import (
	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// condition is a predicate prepared to be asked of columns. It never changes.
type condition struct {
	pred  graph.Predicate
	form  form
	parts []*condition
	name  string // of the property that a test is about
	test  *column.Test
	terms []*column.Term
	texts []string // of terms, folded
}

// form is what a condition is made of.
type form uint8

const (
	formOther form = iota // only the predicate itself can decide
	formAnd
	formOr
	formNot
	formTest
	formText
)

// newCondition prepares a predicate; nil is none.
func newCondition(p graph.Predicate) *condition {
	if p == nil {
		return nil
	}
	c := &condition{pred: p}
	switch p := p.(type) {
	case graph.And:
		c.form, c.parts = formAnd, newConditions(p)
	case graph.Or:
		c.form, c.parts = formOr, newConditions(p)
	case graph.Not:
		c.form, c.parts = formNot, newConditions([]graph.Predicate{p.Part})
	case graph.Where:
		c.form, c.name, c.test = formTest, p.Property, column.NewTest(p)
	case graph.FullText:
		c.form, c.texts = formText, p.Terms()
		for _, t := range c.texts {
			c.terms = append(c.terms, column.NewTerm(t))
		}
	}
	return c
}

func newConditions(ps []graph.Predicate) []*condition {
	out := make([]*condition, len(ps))
	for i, p := range ps {
		out[i] = newCondition(p)
	}
	return out
}

// filter takes out of rows, a set of living rows of a group, those for which the
// condition does not hold. What a predicate means is graph's to say: columns are
// only asked what they answer alike.
func (s *sheet) filter(c *condition, group int, rows column.Bitmap) error {
	if s.virtual || c.form == formOther {
		return s.filterEach(c, group, rows)
	}
	switch c.form {
	case formAnd:
		for _, part := range c.parts {
			if err := s.filter(part, group, rows); err != nil || !rows.Any() {
				return err
			}
		}
		return nil
	case formOr:
		return s.filterOr(c, group, rows)
	case formNot:
		hits := rows.Clone()
		err := s.filter(c.parts[0], group, hits)
		rows.AndNot(hits)
		return err
	case formText:
		return s.filterText(c, group, rows)
	}
	return s.filterTest(c, group, rows)
}

func (s *sheet) filterOr(c *condition, group int, rows column.Bitmap) error {
	rest := rows.Clone()
	for _, part := range c.parts {
		if !rest.Any() {
			break
		}
		hits := rest.Clone()
		if err := s.filter(part, group, hits); err != nil {
			return err
		}
		rest.AndNot(hits)
	}
	rows.AndNot(rest)
	return nil
}

// filterTest decides a comparison of one property.
func (s *sheet) filterTest(c *condition, group int, rows column.Bitmap) error {
	if done, err := s.filterPrefix(c, group, rows); done || err != nil {
		return err
	}
	if _, err := s.view(); err != nil {
		return err
	}
	o, test := s.origin(c.name), c.test
	if o.supplier {
		var err error
		if test, err = s.supplied(c.name, test); err != nil {
			return err
		}
		o = origin{column: table.ColumnInstance}
	}
	if o.derived {
		return s.filterValues(c, group, rows)
	}
	if o.column != "" {
		col, err := s.column(group, o.column)
		if err != nil {
			return err
		}
		if col != nil {
			return s.damage(col.Select(test, rows))
		}
	}
	if !test.Holds(o.value) {
		clear(rows)
	}
	return nil
}

// atOnce is how many rows are worked on together where that takes memory for each.
const atOnce = 1024

// filterValues decides a comparison of a property row by row.
func (s *sheet) filterValues(c *condition, group int, rows column.Bitmap) error {
	var v graph.Vector
	for part := range batches(rows, atOnce) {
		if err := s.gather(group, c.name, part, &v); err != nil {
			return err
		}
		for i, row := range part {
			if !c.test.Holds(v.At(i)) {
				rows.Remove(int(row))
			}
		}
	}
	return nil
}

// filterEach asks the predicate about whole objects.
func (s *sheet) filterEach(c *condition, group int, rows column.Bitmap) error {
	images := make([]*graph.Image, atOnce)
	for part := range batches(rows, atOnce) {
		if err := s.load(group, part, images[:len(part)]); err != nil {
			return err
		}
		for i, row := range part {
			if !c.pred.Eval(images[i]) {
				rows.Remove(int(row))
			}
		}
	}
	return nil
}

// judge tells for each of a few living rows of a group, which may come in any order
// and more than once, whether the condition holds.
func (s *sheet) judge(c *condition, group int, rows []uint32, keep []bool) error {
	switch {
	case s.virtual || c.form == formOther || c.form == formText:
		return s.judgeEach(c, group, rows, keep)
	case c.form == formTest:
		var v graph.Vector
		if err := s.gather(group, c.name, rows, &v); err != nil {
			return err
		}
		for i := range rows {
			keep[i] = c.test.Holds(v.At(i))
		}
		return nil
	}
	whole := c.form == formAnd || c.form == formNot
	for i := range keep {
		keep[i] = whole
	}
	one := make([]bool, len(rows))
	for _, part := range c.parts {
		if err := s.judge(part, group, rows, one); err != nil {
			return err
		}
		for i, is := range one {
			switch c.form {
			case formAnd:
				keep[i] = keep[i] && is
			case formOr:
				keep[i] = keep[i] || is
			default:
				keep[i] = !is
			}
		}
	}
	return nil
}

func (s *sheet) judgeEach(c *condition, group int, rows []uint32, keep []bool) error {
	images := make([]*graph.Image, len(rows))
	if err := s.load(group, rows, images); err != nil {
		return err
	}
	for i, im := range images {
		keep[i] = c.pred.Eval(im)
	}
	return nil
}
