package store

import (
	"context"
	"iter"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// batchSize is the most that Scan and Expand yield at once.
const batchSize = 2048

// tables returns the tables that can hold entities of a selection. Run records
// answer to their name alone.
func (s *Snapshot) tables(sel *graph.Selection) []*entityTable {
	var out []*entityTable
	for _, t := range s.entities {
		switch {
		case slices.Contains(sel.Types, t.typ):
		case t == s.runs:
			continue
		case !sel.Any() && t.ofClasses(sel.Classes) == 0:
			continue
		}
		out = append(out, t)
	}
	return out
}

// ofClasses returns 0 when no living row has one of the classes, and otherwise
// at least one; exactly live only when all of them surely do.
func (t *entityTable) ofClasses(classes []string) uint32 {
	most := uint32(0)
	for _, c := range classes {
		most = max(most, t.classes[c])
	}
	return most
}

// matchesAll reports whether the whole table belongs to a selection, whatever
// its Where says.
func (t *entityTable) matchesAll(sel *graph.Selection) bool {
	if sel.Any() || slices.Contains(sel.Types, t.typ) {
		return true
	}
	if t.ofClasses(sel.Classes) == t.live {
		return true
	}
	for _, im := range t.rows {
		if im != nil && !hasClass(im, sel.Classes) {
			return false
		}
	}
	return true
}

// Tables lists the tables that can hold entities of a selection, whatever its
// Where says.
func (s *Snapshot) Tables(sel graph.Selection) []graph.Table {
	var out []graph.Table
	for _, t := range s.tables(&sel) {
		out = append(out, graph.Table{Number: t.number, Type: t.typ, Rows: uint32(len(t.rows)), Live: t.live})
	}
	return out
}

// Scan yields the entities of a selection by table and row. A batch is valid
// until the next one.
func (s *Snapshot) Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error] {
	return func(yield func([]graph.Ref, error) bool) {
		batch := make([]graph.Ref, 0, batchSize)
		for _, t := range s.tables(&sel) {
			for row, im := range t.rows {
				if row%batchSize == 0 && ctx.Err() != nil {
					yield(nil, ctx.Err())
					return
				}
				if im == nil || !selects(&sel, im) {
					continue
				}
				batch = append(batch, graph.NewRef(t.number, uint32(row)))
				if len(batch) == batchSize {
					if !yield(batch, nil) {
						return
					}
					batch = batch[:0]
				}
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		} else if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}
