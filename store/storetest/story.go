package storetest

import (
	"fmt"
	"math/rand/v2"

	"github.com/j1db/j1db/store/graph"
)

// Story is a history that is still to happen: one large run of an instance of its
// own, then small ones of a Generator. Equal stories tell the same, so that two
// processes can, one of which dies.
type Story struct {
	seed uint64
	size int
	told int
	gen  *Generator
}

// NewStory returns a story whose first run brings size entities.
func NewStory(seed uint64, size int) *Story {
	return &Story{seed: seed, size: size, gen: NewGenerator(seed)}
}

// Next returns the next run. The mapper runs in all of them.
func (s *Story) Next() Run {
	s.told++
	if s.told == 1 {
		return s.load()
	}
	r := s.gen.Run()
	r.Derive = true
	return r
}

// Told is how many runs Next has returned.
func (s *Story) Told() int { return s.told }

// load makes the large run: hosts, and relationships between them.
func (s *Story) load() Run {
	const perBatch = 100
	rnd := rand.New(rand.NewPCG(s.seed, 0x6c6f6164))
	r := Run{Instance: "bulk", Derive: true}
	for first := 0; first < s.size; first += perBatch {
		b := graph.Batch{Origin: fmt.Sprintf("page-%d", first/perBatch), Rank: uint64(3 * first)}
		for i := first; i < min(first+perBatch, s.size); i++ {
			e := graph.Entity{Object: graph.Object{Key: fmt.Sprintf("host:%d", i), Type: fmt.Sprintf("bulk_host_%d", i%3)}, Class: []string{"Host"}}
			e.Props.Set("displayName", graph.StringValue(fmt.Sprintf("host-%d", rnd.IntN(s.size))))
			e.Props.Set("serial", graph.StringValue(fmt.Sprintf("%016x", rnd.Uint64())))
			e.Props.Set("size", graph.IntValue(int64(rnd.IntN(100))))
			b.Entities = append(b.Entities, e)
			for k := range 2 {
				to := fmt.Sprintf("host:%d", rnd.IntN(s.size))
				b.Relationships = append(b.Relationships, graph.Relationship{
					Object: graph.Object{Key: fmt.Sprintf("link:%d:%d", i, k), Type: "bulk_host_uses_host"}, Class: "USES",
					From: graph.End{Key: e.Key}, To: graph.End{Key: to},
				})
			}
		}
		r.Batches = append(r.Batches, b)
	}
	r.Batches = append(r.Batches, graph.Batch{Origin: "end", Rank: uint64(3 * s.size), Complete: []graph.Complete{{Type: graph.AllTypes}}})
	return r
}
