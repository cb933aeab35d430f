package store

import (
	"math/bits"

	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// seats finds the rows of a run's entities by the hashes of their keys: a table of
// hashes with open addressing, because millions of relationships ask it twice.
type seats struct {
	hashes []uint64 // 0 is an empty slot
	places []table.Place
	shift  int
	// shared are hashes of more than one key: what they mean is looked up.
	shared map[uint64]bool
}

// manySeats is how many relationships justify a table.
const manySeats = 1 << 12

// newSeats lists the entities of a run that are stored unchanged or fresh.
func newSeats(in *intake) *seats {
	size := bits.Len(uint(2 * in.st.Len(stage.Entities)))
	s := &seats{
		hashes: make([]uint64, 1<<size), places: make([]table.Place, 1<<size), shift: 64 - size,
		shared: map[uint64]bool{0: true},
	}
	for p := range stage.Partitions {
		entries := in.st.Partition(stage.Entities, p)
		for i, f := range in.fates[stage.Entities][p] {
			if f == fateUnchanged || f == fateFresh {
				s.add(entries[i].Key, in.places[p][i])
			} else {
				s.shared[entries[i].Key] = true // nothing is said of it
			}
		}
	}
	return s
}

func (s *seats) add(hash uint64, at table.Place) {
	i := s.slot(hash)
	if s.hashes[i] == hash {
		s.shared[hash] = true
		return
	}
	s.hashes[i], s.places[i] = hash, at
}

// slot returns where a hash is or would be.
func (s *seats) slot(hash uint64) int {
	i, mask := int(hash>>s.shift), len(s.hashes)-1
	for s.hashes[i] != 0 && s.hashes[i] != hash {
		i = (i + 1) & mask
	}
	return i
}

// find returns where the entity is whose key has a hash. It is not sure where
// several have it.
func (s *seats) find(hash uint64) (at table.Place, ok, sure bool) {
	if i := s.slot(hash); s.hashes[i] == hash && hash != 0 {
		at, ok = s.places[i], true
	}
	return at, ok, len(s.shared) == 1 && hash != 0 || !s.shared[hash]
}
