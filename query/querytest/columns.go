package querytest

import (
	"context"

	"github.com/j1db/j1db/store/graph"
)

// Select implements exec.Columnar.
func (s *Source) Select(ctx context.Context, number uint32, where graph.Predicate) ([]uint64, error) {
	t := s.tables[number-1]
	words := make([]uint64, (len(t.rows)+63)/64)
	for row, im := range t.rows {
		if s.alive(im) && (where == nil || where.Eval(im)) {
			words[row/64] |= 1 << (row % 64)
		}
	}
	return words, ctx.Err()
}

// Codes implements exec.Columnar.
func (s *Source) Codes(ctx context.Context, number uint32, prop string) (graph.Vector, bool, error) {
	v := graph.Vector{Codes: []uint32{}}
	for _, im := range s.tables[number-1].rows {
		value := im.Get(prop)
		code := -1
		for i, known := range v.Dict {
			if graph.Equal(known, value) {
				code = i
			}
		}
		if code < 0 {
			if code = len(v.Dict); code == s.options.MaxCodes {
				return graph.Vector{}, false, ctx.Err()
			}
			v.Dict = append(v.Dict, value)
		}
		v.Codes = append(v.Codes, uint32(code))
	}
	return v, true, ctx.Err()
}
