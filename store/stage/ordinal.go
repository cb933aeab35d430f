package stage

import "math/bits"

// Size is the number of entries of a partition, spared objects among them.
func (s *Stage) Size(sh Shelf, partition int) int { return s.shelf[sh][partition].len() }

// At returns the i-th entry of a partition by the hash of the key, spared objects
// among them.
func (s *Stage) At(sh Shelf, partition, i int) Entry { return s.shelf[sh][partition].at(i) }

// Search returns the place in its partition of the first entry whose hash is at
// least hash, or Size. Hashes are spread evenly, so it guesses where to look.
func (s *Stage) Search(sh Shelf, hash uint64) int {
	p := &s.shelf[sh][Partition(hash)]
	n := p.len()
	if n == 0 {
		return 0
	}
	guess, _ := bits.Mul64(hash<<8, uint64(n))
	lo, hi := int(guess), int(guess)
	for step := 1; lo > 0 && p.at(lo-1).Key >= hash; step *= 2 {
		hi, lo = lo, max(0, lo-step)
	}
	for step := 1; hi < n && p.at(hi).Key < hash; step *= 2 {
		lo, hi = hi+1, min(n, hi+step)
	}
	for lo < hi {
		if mid := (lo + hi) / 2; p.at(mid).Key < hash {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// at returns the i-th entry; every chunk but the last is full, and their sizes are
// those that add gives them.
func (l *list) at(i int) Entry {
	size := 8
	for c := range l.chunks {
		if size == maxChunk {
			return l.chunks[c+i/maxChunk][i%maxChunk]
		}
		if i < size {
			return l.chunks[c][i]
		}
		i -= size
		size = min(4*size, maxChunk)
	}
	panic("stage: no such entry")
}
