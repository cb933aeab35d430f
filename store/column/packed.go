package column

import (
	"encoding/binary"
	"math/bits"
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

// appendPacked appends numbers of the given width, each less its base.
func appendPacked(dst []byte, v []uint64, width uint, base uint64) []byte {
	switch width {
	case 0:
		return dst
	case 64:
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
