package column

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// finder searches for one text in bytes, eight positions at a time: it compares
// the first, the middle and the last byte of the text, then the rest. On short
// texts amid their own letters that is several times as fast as bytes.Index.
type finder struct {
	needle       []byte
	fold         bool
	first        uint64 // each the byte in all lanes
	middle, last uint64
	firstCase    uint64 // 0x20 in all lanes where the byte is a letter and case does not count
	middleCase   uint64
	lastCase     uint64
	half, end    int
}

// newFinder returns a finder of needle, which is not empty. With fold the needle
// is in lower case and letters of ASCII match in either case.
func newFinder(needle string, fold bool) *finder {
	f := &finder{needle: []byte(needle), fold: fold, half: len(needle) / 2, end: len(needle) - 1}
	f.first, f.firstCase = f.lanes(0)
	f.middle, f.middleCase = f.lanes(f.half)
	f.last, f.lastCase = f.lanes(f.end)
	return f
}

func (f *finder) lanes(i int) (all, letter uint64) {
	c := f.needle[i]
	if f.fold && c >= 'a' && c <= 'z' {
		letter = 0x2020202020202020
	}
	return uint64(c) * 0x0101010101010101, letter
}

// next returns the first place at or after from where the needle stands in b, -1
// if there is none.
func (f *finder) next(b []byte, from int) int {
	for ; from+f.end+8 <= len(b); from += 8 {
		x := binary.LittleEndian.Uint64(b[from:]) | f.firstCase
		y := binary.LittleEndian.Uint64(b[from+f.half:]) | f.middleCase
		z := binary.LittleEndian.Uint64(b[from+f.end:]) | f.lastCase
		d := x ^ f.first | y ^ f.middle | z ^ f.last
		// A lane that is zero, and perhaps some above it, gives a high bit.
		for hits := (d - 0x0101010101010101) &^ d & 0x8080808080808080; hits != 0; hits &= hits - 1 {
			if at := from + bits.TrailingZeros64(hits)/8; f.isAt(b, at) {
				return at
			}
		}
	}
	for ; from+len(f.needle) <= len(b); from++ {
		if f.isAt(b, from) {
			return from
		}
	}
	return -1
}

func (f *finder) isAt(b []byte, at int) bool {
	b = b[at : at+len(f.needle)]
	if !f.fold {
		return bytes.Equal(b, f.needle)
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != f.needle[i] {
			return false
		}
	}
	return true
}
