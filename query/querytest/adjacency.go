package querytest

import (
	"context"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Tables implements exec.Adjacent.
func (s *Source) Tables(sel graph.Selection) []graph.Table {
	var out []graph.Table
	for _, t := range s.tables {
		if t.kind != graph.EntityKind {
			break
		}
		info := graph.Table{Number: t.number, Type: t.typ, Rows: uint32(len(t.rows))}
		fits := false
		for _, im := range t.rows {
			if s.alive(im) {
				info.Live++
				fits = fits || selectsKind(sel, im)
			}
		}
		if fits {
			out = append(out, info)
		}
	}
	return out
}

// divides reports whether a selection takes some live rows of a table, but not all.
func (s *Source) divides(sel graph.Selection, t *table) bool {
	some, all := false, true
	for _, im := range t.rows {
		if s.alive(im) {
			fits := selectsKind(sel, im)
			some, all = some || fits, all && fits
		}
	}
	return some && !all
}

// Adjacency implements exec.Adjacent.
func (s *Source) Adjacency(ctx context.Context, number uint32, hop graph.Hop) ([]graph.Adjacency, bool, error) {
	if s.options.NoAdjacency {
		return nil, false, ctx.Err()
	}
	targets := map[string]*table{} // by type
	for _, info := range s.Tables(hop.Target) {
		t := s.tables[info.Number-1]
		if s.divides(hop.Target, t) {
			return nil, false, ctx.Err()
		}
		targets[t.typ] = t
	}
	origin := s.tables[number-1]
	var out []graph.Adjacency
	for _, rels := range s.tables {
		if rels.kind != graph.RelationshipKind || len(hop.Verbs) > 0 && !slices.Contains(hop.Verbs, rels.verb) {
			continue
		}
		if to := targets[rels.to]; rels.from == origin.typ && to != nil && hop.Direction != graph.Reverse {
			out = append(out, s.adjacency(origin, rels, to, graph.Forward, false))
		}
		if to := targets[rels.from]; rels.to == origin.typ && to != nil && hop.Direction != graph.Forward {
			// A self-loop was taken on the way forward.
			out = append(out, s.adjacency(origin, rels, to, graph.Reverse, hop.Direction == graph.Both))
		}
	}
	return out, true, ctx.Err()
}

// adjacency lists one table's neighbours along one table of relationships, one way.
func (s *Source) adjacency(from, rels, to *table, way graph.Direction, skipLoops bool) graph.Adjacency {
	neighbours := make([][]uint32, len(from.rows))
	for _, rel := range rels.rows {
		a, b := s.ends[rel.From], s.ends[rel.To]
		if way == graph.Reverse {
			a, b = b, a
		}
		if s.alive(rel) && !(skipLoops && a == b) {
			neighbours[a.Row()] = append(neighbours[a.Row()], b.Row())
		}
	}
	out := graph.Adjacency{From: from.number, To: to.number, Offsets: []uint32{0}, Simple: true}
	for _, row := range neighbours {
		out.Neighbours = append(out.Neighbours, row...)
		out.Offsets = append(out.Offsets, uint32(len(out.Neighbours)))
		slices.Sort(row)
		out.Simple = out.Simple && len(slices.Compact(row)) == len(row)
	}
	return out
}
