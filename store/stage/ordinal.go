package stage

import "math/bits"

// Size is the number of entries of a partition, spared objects among them.
func (s *Stage) Size(sh Shelf, partition int) int { return len(s.shelf[sh][partition].entries()) }

// Partition returns the entries of a partition of a sealed Stage by the hash of the
// key, spared objects among them. They are not to be written to.
func (s *Stage) Partition(sh Shelf, partition int) []Entry { return s.shelf[sh][partition].entries() }

// At returns the i-th entry of a partition by the hash of the key, spared objects
// among them.
func (s *Stage) At(sh Shelf, partition, i int) Entry { return s.shelf[sh][partition].entries()[i] }

// Blocks is the number of blocks that hold records: see Entry.Block.
func (s *Stage) Blocks() int { return len(s.blocks.list) }

// Unload moves the records of a sealed Stage to disk, where they cost no memory
// that a merge needs. What is small, a share of the budget, stays.
func (s *Stage) Unload() error {
	s.use.Lock()
	defer s.use.Unlock()
	l := &s.blocks
	if l.tempFile == nil || l.held.Load() <= l.budget/unloadShare {
		return nil
	}
	l.budget = 0
	_, err := l.spill(0)
	return err
}

// unloadShare is the part of the budget that may stay in memory during a merge.
const unloadShare = 4

// Search returns the place in its partition of the first entry whose hash is at
// least hash, or Size. Hashes are spread evenly, so it guesses where to look.
func (s *Stage) Search(sh Shelf, hash uint64) int {
	es := s.shelf[sh][Partition(hash)].entries()
	n := len(es)
	if n == 0 {
		return 0
	}
	guess, _ := bits.Mul64(hash<<8, uint64(n))
	lo, hi := int(guess), int(guess)
	for step := 1; lo > 0 && es[lo-1].Key >= hash; step *= 2 {
		hi, lo = lo, max(0, lo-step)
	}
	for step := 1; hi < n && es[hi].Key < hash; step *= 2 {
		lo, hi = hi+1, min(n, hi+step)
	}
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); es[mid].Key < hash {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// entries returns the entries of a settled partition.
func (p *partition) entries() []Entry {
	if len(p.chunks) == 0 {
		return nil
	}
	return p.chunks[0]
}
