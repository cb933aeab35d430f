package store

import (
	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// fewRows are looked at one by one: searching a column for a text costs as much for
// few rows as for many.
const fewRows = 64

// filterText takes out of rows those in which not every term of a full text occurs.
func (s *sheet) filterText(c *condition, group int, rows column.Bitmap) error {
	if rows.Count() <= fewRows {
		return s.filterEach(c, group, rows)
	}
	for i, term := range c.terms {
		if term.Holds(graph.StringValue(s.typ)) || s.class != "" && term.Holds(graph.StringValue(s.class)) {
			continue
		}
		found := column.NewBitmap(len(rows) * 64)
		if err := s.findTerm(term, c.texts[i], group, found); err != nil {
			return err
		}
		if s.kind == graph.RelationshipKind {
			if err := s.findInKeys(term, group, rows, found); err != nil {
				return err
			}
		}
		rows.And(found)
		if !rows.Any() {
			return nil
		}
	}
	return nil
}

// findTerm adds to found the rows that have a term in a column: of the supplier's
// properties, the key or the class.
func (s *sheet) findTerm(term *column.Term, text string, group int, found column.Bitmap) error {
	v, err := s.view()
	if err != nil {
		return err
	}
	f, err := v.Filter(group)
	if err != nil {
		return s.damage(err)
	}
	absent := f != nil && !f.MayHave(text) // from what lies below the patches
	for i, name := range v.Record().Columns {
		if table.IsEngine(name) && name != table.ColumnKey && name != table.ColumnClass {
			continue
		}
		col, err := v.Column(group, table.Column(i))
		if err != nil {
			return s.damage(err)
		}
		if absent && name != table.ColumnClass {
			err = col.AddTermChanged(term, found)
		} else {
			err = col.AddTerm(term, found)
		}
		if err != nil {
			return s.damage(err)
		}
	}
	return nil
}

// findInKeys adds to found those of rows whose keys have a term, of relationships
// whose keys follow from their ends.
func (s *sheet) findInKeys(term *column.Term, group int, rows, found column.Bitmap) error {
	rest := rows.Clone()
	rest.AndNot(found)
	for part := range batches(rest, atOnce) {
		keys, err := s.keysAt(group, part)
		if err != nil {
			return err
		}
		for i, row := range part {
			if term.Holds(keys[i]) {
				found.Add(int(row))
			}
		}
	}
	return nil
}
