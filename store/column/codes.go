package column

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

var errCode = errors.New("a code is beyond its dictionary")

// codes are packed numbers below the size of a dictionary, one per row.
type codes struct {
	n int
	p packed
}

// codes reads n codes of a dictionary of the given size.
func (r *reader) codes(n, size int) codes {
	width := uint(0)
	if size > 0 {
		width = codeWidth(uint64(size - 1))
	} else if n > 0 {
		r.Fail(errCode)
	}
	return codes{n, r.packed(n, width)}
}

func appendCodes(dst []byte, v []uint64, size int) []byte {
	return appendPacked(dst, v, codeWidth(uint64(max(size, 1)-1)), 0)
}

func (c *codes) at(i int) int { return int(c.p.at(i)) }

// match adds to out the rows whose codes are in hits, a set of codes below size.
func (c *codes) match(hits Bitmap, size int, out Bitmap) error {
	found := hits.Count()
	switch {
	case found == 0:
		return nil
	case found == size:
		out.AddRange(0, c.n)
		return nil
	case c.p.width <= 4 || found == 1:
		c.matchFew(hits, found, size, out)
		return nil
	}
	if lo, ok := hits.asRange(found); ok {
		c.p.matchRange(c.n, uint64(lo), uint64(lo+found-1), out)
		return nil
	}
	c.matchMany(hits, out)
	return nil
}

// asRange recognises a set of n rows without gaps.
func (m Bitmap) asRange(n int) (lo int, ok bool) {
	for i, w := range m {
		if w != 0 {
			lo = i*64 + bits.TrailingZeros64(w)
			break
		}
	}
	return lo, m.Has(lo+n-1) && !m.anyBeyond(lo+n)
}

func (m Bitmap) anyBeyond(row int) bool { return m.anyIn(row, len(m)*64) }

// matchFew compares whole words with each code that is in hits, or with each that
// is not where those are fewer.
func (c *codes) matchFew(hits Bitmap, found, size int, out Bitmap) {
	if found*2 <= size || found == 1 {
		for code := range hits.All() {
			c.p.matchRange(c.n, uint64(code), uint64(code), out)
		}
		return
	}
	others := NewBitmap(c.n)
	for code := range size {
		if !hits.Has(code) {
			c.p.matchRange(c.n, uint64(code), uint64(code), others)
		}
	}
	all := FullBitmap(c.n)
	all.AndNot(others)
	out.Or(all)
}

// matchMany looks every code up.
func (c *codes) matchMany(hits Bitmap, out Bitmap) {
	if c.p.width == 8 {
		c.matchBytes(hits, out)
		return
	}
	last := uint64(len(hits) - 1)
	var buf [64]uint64
	for k := 0; k*64 < c.n; k++ {
		part := buf[:min(64, c.n-k*64)]
		c.p.read(part, k*64)
		var word uint64
		for i, code := range part {
			word |= hits[min(code/64, last)] >> (code % 64) & 1 << (i & 63)
		}
		out[k] |= word
	}
}

func (c *codes) matchBytes(hits Bitmap, out Bitmap) {
	var table [256]uint64
	for code := range hits.All() {
		if code < len(table) {
			table[code] = 1
		}
	}
	b := c.p.b[:min(c.n, len(c.p.b))]
	k := 0
	for ; len(b) >= 8; k, b = k+8, b[8:] {
		w := binary.LittleEndian.Uint64(b)
		v := table[byte(w)] | table[byte(w>>8)]<<1 | table[byte(w>>16)]<<2 | table[byte(w>>24)]<<3 |
			table[byte(w>>32)]<<4 | table[byte(w>>40)]<<5 | table[byte(w>>48)]<<6 | table[w>>56]<<7
		out[k/64] |= v << (k % 64)
	}
	for i, code := range b {
		out[(k+i)/64] |= table[code] << ((k + i) % 64)
	}
}
