package store

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// hop is one relationship at an entity, and the entity at its other end.
type hop struct{ edge, node graph.Ref }

// hops appends to buf the relationships at an entity along a hop, by table and
// row, without asking either Where or the target.
func (s *Snapshot) hops(buf []hop, ref graph.Ref, along *graph.Hop) []hop {
	for _, w := range s.ways(ref.Table(), along) {
		c := s.follow(w, along.Direction == graph.Both)
		other := w.group.to
		if w.reverse {
			other = w.group.from
		}
		for i := c.offsets[ref.Row()]; i < c.offsets[ref.Row()+1]; i++ {
			buf = append(buf, hop{graph.NewRef(w.group.edges.number, c.edges[i]), graph.NewRef(other, c.neighbours[i])})
		}
	}
	byEdge := func(a, b hop) int { return cmp.Compare(a.edge, b.edge) }
	if !slices.IsSortedFunc(buf, byEdge) {
		slices.SortFunc(buf, byEdge)
	}
	return buf
}

// Expand yields the hops from a batch of entities, by origin, then by
// relationship table and row. A batch is valid until the next one.
func (s *Snapshot) Expand(ctx context.Context, from []graph.Ref, along graph.Hop) iter.Seq2[graph.Steps, error] {
	return func(yield func(graph.Steps, error) bool) {
		var batch graph.Steps
		var buf []hop
		for i, ref := range from {
			if err := ctx.Err(); err != nil {
				yield(graph.Steps{}, err)
				return
			}
			if n := ref.Table(); n == 0 || int(n) > len(s.entities) {
				continue // unbound, or no entity
			}
			buf = s.hops(buf[:0], ref, &along)
			for _, h := range buf {
				if !s.passes(h, &along) {
					continue
				}
				batch.Origin = append(batch.Origin, uint32(i))
				batch.Edge = append(batch.Edge, h.edge)
				batch.Node = append(batch.Node, h.node)
				if batch.Len() == batchSize {
					if !yield(batch, nil) {
						return
					}
					batch = graph.Steps{Origin: batch.Origin[:0], Edge: batch.Edge[:0], Node: batch.Node[:0]}
					if err := ctx.Err(); err != nil {
						yield(graph.Steps{}, err)
						return
					}
				}
			}
		}
		if batch.Len() > 0 {
			yield(batch, nil)
		}
	}
}

func (s *Snapshot) passes(h hop, along *graph.Hop) bool {
	if along.Where != nil && !along.Where.Eval(s.image(h.edge)) {
		return false
	}
	return selects(&along.Target, s.image(h.node))
}
