package stage

import "math/bits"

// Size is the number of entries of a partition, spared objects among them.
func (s *Stage) Size(sh Shelf, partition int) int { return s.shelf[sh][partition].size() }

// At returns the i-th entry of a partition by the hash of the key, spared objects
// among them.
func (s *Stage) At(sh Shelf, partition, i int) Entry { return s.shelf[sh][partition].at(i) }

// Blocks is the number of blocks that hold records: see Entry.Block.
func (s *Stage) Blocks() int { return len(s.blocks.list) }

// Search returns the place in its partition of the first entry whose hash is at
// least hash, or Size. Hashes are spread evenly, so it guesses where to look.
func (s *Stage) Search(sh Shelf, hash uint64) int {
	p := &s.shelf[sh][Partition(hash)]
	n := p.size()
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

// at returns the i-th entry.
func (p *partition) at(i int) Entry {
	c := min(i/maxChunk, len(p.ends)-1)
	for p.ends[c] <= i {
		c++
	}
	if c > 0 {
		i -= p.ends[c-1]
	}
	return p.chunks[c][i]
}

// size is the number of entries.
func (p *partition) size() int {
	if n := len(p.ends); n > 0 {
		return p.ends[n-1]
	}
	return 0
}
