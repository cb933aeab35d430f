package j1files

// keepSlab bounds what a slab keeps for the next chunk, in elements.
const keepSlab = 1 << 18

// slab hands out pieces of one block of memory, all of which are given back at
// once. Pieces that were handed out before the block grew stay valid.
type slab[T any] struct{ block []T }

// take returns an empty slice with room for n.
func (s *slab[T]) take(n int) []T {
	at := len(s.block)
	if cap(s.block)-at < n {
		s.block = make([]T, 0, max(2*cap(s.block), n, 1024))
		at = 0
	}
	s.block = s.block[:at+n]
	return s.block[at : at : at+n]
}

// reset takes everything back.
func (s *slab[T]) reset() {
	if cap(s.block) > keepSlab {
		s.block = nil
	}
	s.block = s.block[:0]
}
