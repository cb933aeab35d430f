package column

import (
	"iter"
	"math/bits"
)

// Bitmap is a set of rows: row r is in it when bit r%64 of word r/64 is set. Its
// operations work on the words that both sides have; a nil Bitmap is empty.
type Bitmap []uint64

// NewBitmap returns an empty set with room for the rows 0 to n-1.
func NewBitmap(n int) Bitmap { return make(Bitmap, (n+63)/64) }

// FullBitmap returns the set of the rows 0 to n-1.
func FullBitmap(n int) Bitmap {
	m := NewBitmap(n)
	m.AddRange(0, n)
	return m
}

// Has reports whether row is in m.
func (m Bitmap) Has(row int) bool {
	return uint(row)/64 < uint(len(m)) && m[row/64]>>(row%64)&1 != 0
}

// Add puts row, for which there must be room, into m.
func (m Bitmap) Add(row int) { m[row/64] |= 1 << (row % 64) }

// Remove takes row, for which there must be room, out of m.
func (m Bitmap) Remove(row int) { m[row/64] &^= 1 << (row % 64) }

// AddRange puts the rows from lo up to, not including, hi into m.
func (m Bitmap) AddRange(lo, hi int) {
	for lo < hi {
		end := min(hi, (lo/64+1)*64)
		m[lo/64] |= ones(end-lo) << (lo % 64)
		lo = end
	}
}

// RemoveRange takes the rows from lo up to, not including, hi out of m.
func (m Bitmap) RemoveRange(lo, hi int) {
	for lo < hi {
		end := min(hi, (lo/64+1)*64)
		m[lo/64] &^= ones(end-lo) << (lo % 64)
		lo = end
	}
}

// ones returns n ones, n at most 64.
func ones(n int) uint64 {
	if n >= 64 {
		return ^uint64(0)
	}
	return 1<<n - 1
}

// Count is the number of rows in m.
func (m Bitmap) Count() int {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}

// Any reports whether m has a row.
func (m Bitmap) Any() bool {
	for _, w := range m {
		if w != 0 {
			return true
		}
	}
	return false
}

// anyIn reports whether m has a row from lo up to, not including, hi.
func (m Bitmap) anyIn(lo, hi int) bool {
	for lo < hi {
		end := min(hi, (lo/64+1)*64)
		if m[lo/64]>>(lo%64)&ones(end-lo) != 0 {
			return true
		}
		lo = end
	}
	return false
}

// And keeps in m what is also in o.
func (m Bitmap) And(o Bitmap) {
	n := min(len(m), len(o))
	for i := range n {
		m[i] &= o[i]
	}
	clear(m[n:])
}

// AndNot keeps in m what is not in o.
func (m Bitmap) AndNot(o Bitmap) {
	for i := range min(len(m), len(o)) {
		m[i] &^= o[i]
	}
}

// Or adds to m what is in o and has room in m.
func (m Bitmap) Or(o Bitmap) {
	for i := range min(len(m), len(o)) {
		m[i] |= o[i]
	}
}

// Clone returns a copy of m.
func (m Bitmap) Clone() Bitmap { return append(Bitmap(nil), m...) }

// All yields the rows of m in order.
func (m Bitmap) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range m {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// AppendRows appends the rows of m in order to dst.
func (m Bitmap) AppendRows(dst []uint32) []uint32 {
	for i, w := range m {
		for ; w != 0; w &= w - 1 {
			dst = append(dst, uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	return dst
}

// deposit puts into m, at the rows that where holds, the bits of from in order:
// the i-th bit of from belongs to the i-th row of where.
func (m Bitmap) deposit(from, where Bitmap) {
	at := 0
	for i, w := range where {
		n := bits.OnesCount64(w)
		v := from.bitsAt(at, n)
		at += n
		switch {
		case v == 0:
		case v == ones(n):
			m[i] |= w
		case w == ^uint64(0):
			m[i] |= v
		default:
			m[i] |= spread(v, w)
		}
	}
}

// bitsAt returns the n bits of m that begin at the given one; beyond its end
// there are zeros.
func (m Bitmap) bitsAt(at, n int) uint64 {
	k, shift := at/64, at%64
	if n == 0 || k >= len(m) {
		return 0
	}
	v := m[k] >> shift
	if shift != 0 && k+1 < len(m) {
		v |= m[k+1] << (64 - shift)
	}
	return v & ones(n)
}

// spread moves the low bits of v to the places of the ones in w.
func spread(v, w uint64) uint64 {
	var out uint64
	for ; w != 0; w &= w - 1 {
		if v&1 != 0 {
			out |= w & -w
		}
		v >>= 1
	}
	return out
}
