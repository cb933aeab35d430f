package column

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// packed is an array of unsigned numbers of one width in bits, the first in the
// lowest bits of the first byte. It is read in place: b may hold more bytes than
// the numbers need, and where it holds fewer the missing ones read as zero.
type packed struct {
	b     []byte
	mask  uint64
	width uint
}

// widthFor returns the width in which numbers up to most are packed. Above 57 it
// is 64, so that every number lies within eight bytes of where it begins.
func widthFor(most uint64) uint {
	w := uint(bits.Len64(most))
	if w > 57 {
		return 64
	}
	return w
}

// codeWidth is widthFor, rounded up to a power of two where that stays within a
// byte: words of whole numbers can be compared at once.
func codeWidth(most uint64) uint {
	w := widthFor(most)
	if w > 0 && w <= 8 {
		return 1 << bits.Len(w-1)
	}
	return w
}

// packedSize is the number of bytes of n numbers of a width.
func packedSize(n int, width uint) int { return int((uint64(n)*uint64(width) + 7) / 8) }

func newPacked(b []byte, width uint) packed {
	return packed{b: b, mask: ones(int(width)), width: width}
}

// at returns the i-th number.
func (p *packed) at(i int) uint64 {
	bit := uint(i) * p.width
	k := bit / 8
	if k+8 <= uint(len(p.b)) {
		return binary.LittleEndian.Uint64(p.b[k:]) >> (bit % 8) & p.mask
	}
	return p.tail(k) >> (bit % 8) & p.mask
}

// tail reads the up to seven bytes from k to the end.
func (p *packed) tail(k uint) uint64 {
	var v uint64
	for i := uint(0); i < 8 && k+i < uint(len(p.b)); i++ {
		v |= uint64(p.b[k+i]) << (8 * i)
	}
	return v
}

// whole returns how many of the numbers from lo to hi lie, with the seven bytes
// after them, in b.
func (p *packed) whole(lo, hi int) int {
	if p.width == 0 || len(p.b) < 8 {
		return 0
	}
	last := (uint(len(p.b)-8)*8 + 7) / p.width // the last that begins early enough
	return max(min(hi, int(last)+1)-lo, 0)
}

// read fills dst with the numbers from lo on.
func (p *packed) read(dst []uint64, lo int) {
	n := p.whole(lo, lo+len(dst))
	b, width, mask, bit := p.b, p.width, p.mask, uint(lo)*p.width
	for i := range dst[:n] {
		dst[i] = binary.LittleEndian.Uint64(b[bit/8:]) >> (bit % 8) & mask
		bit += width
	}
	for i := n; i < len(dst); i++ {
		dst[i] = p.at(lo + i)
	}
}

// read32 fills dst with base and step times the numbers from lo on, and returns
// all of them or-ed together.
func (p *packed) read32(dst []uint32, lo int, base, step uint64) (all uint64) {
	n := p.whole(lo, lo+len(dst))
	b, width, mask, bit := p.b, p.width, p.mask, uint(lo)*p.width
	for i := range dst[:n] {
		v := base + step*(binary.LittleEndian.Uint64(b[bit/8:])>>(bit%8)&mask)
		all |= v
		dst[i] = uint32(v)
		bit += width
	}
	for i := n; i < len(dst); i++ {
		v := base + step*p.at(lo+i)
		all |= v
		dst[i] = uint32(v)
	}
	return all
}

// appendPacked appends numbers of the given width, each less its base.
func appendPacked(dst []byte, v []uint64, width uint, base uint64) []byte {
	if width == 0 {
		return dst
	}
	dst = slices.Grow(dst, packedSize(len(v), width)+8)
	if width == 64 {
		for _, x := range v {
			dst = binary.LittleEndian.AppendUint64(dst, x-base)
		}
		return dst
	}
	var word uint64
	var have uint
	for _, x := range v {
		x -= base
		word |= x << have
		have += width
		if have >= 64 {
			dst = binary.LittleEndian.AppendUint64(dst, word)
			have -= 64
			word = x >> (width - have)
		}
	}
	for n := (have + 7) / 8; n > 0; n-- {
		dst = append(dst, byte(word))
		word >>= 8
	}
	return dst
}
