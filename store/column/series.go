package column

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
)

// series is an array of 64-bit numbers in one of three forms, each read in place
// and in constant time:
//
//	line     base + step*i
//	frame    base + step*u, u packed
//	blocks   for each 256 of them its own sloping line, and what they lie above
//	         it, packed
//
// Arithmetic wraps, so that the same code serves signed and unsigned numbers.
type series struct {
	mode       byte
	n          int
	base, step uint64
	data       packed
	directory  []byte // of blocks
	rest       []byte // packed data of the blocks
}

const (
	modeLine byte = iota
	modeFrame
	modeBlocks
)

const (
	blockLen   = 256
	blockEntry = 21 // bytes of a directory entry: base 8, slope 8, width 1, start 4
	slopeShift = 8  // slopes are in units of 1/256 per number
)

// readSeries reads a series of n numbers.
func (r *reader) series(n int) series {
	s := series{mode: r.Byte(), n: n}
	switch s.mode {
	case modeLine:
		s.base, s.step = uint64(r.Int()), uint64(r.Int())
	case modeFrame:
		s.base, s.step = uint64(r.Int()), r.Uint()
		s.data = r.packed(n, uint(r.Byte()))
	case modeBlocks:
		s.directory = r.take((n + blockLen - 1) / blockLen * blockEntry)
		s.rest = r.take(r.count(len(r.B)))
	default:
		r.Fail(fmt.Errorf("series mode %d is unknown", s.mode))
	}
	return s
}

// at returns the i-th number.
func (s *series) at(i int) uint64 {
	switch s.mode {
	case modeFrame:
		return s.base + s.step*s.data.at(i)
	case modeBlocks:
		b := s.block(i / blockLen)
		return b.at(i % blockLen)
	}
	return s.base + s.step*uint64(i)
}

// block is one block of a series.
type block struct {
	base  uint64
	slope int64
	data  packed
}

func (s *series) block(k int) block {
	e := s.directory[k*blockEntry:]
	start := min(int(binary.LittleEndian.Uint32(e[17:])), len(s.rest))
	return block{
		base: binary.LittleEndian.Uint64(e), slope: int64(binary.LittleEndian.Uint64(e[8:])),
		data: newPacked(s.rest[start:], min(uint(e[16]), 64)),
	}
}

func (b *block) at(i int) uint64 { return b.base + rise(b.slope, i) + b.data.at(i) }

func rise(slope int64, i int) uint64 { return uint64(slope * int64(i) >> slopeShift) }

// span returns the i-1st and the i-th number, zero before the first: where a
// series holds ends, the i-th thing lies between them.
func (s *series) span(i int) (lo, hi uint64) {
	switch {
	case i == 0:
		return 0, s.at(0)
	case s.mode == modeBlocks && i%blockLen > 0:
		b := s.block(i / blockLen)
		return b.at(i%blockLen - 1), b.at(i % blockLen)
	}
	return s.at(i - 1), s.at(i)
}

// gather fills dst, which is as long as rows, with the numbers at rows.
func (s *series) gather(rows []uint32, dst []uint64) {
	switch s.mode {
	case modeFrame:
		for i, row := range rows {
			dst[i] = s.base + s.step*s.data.at(int(row))
		}
	case modeBlocks:
		for i, row := range rows {
			b := s.block(int(row) / blockLen)
			dst[i] = b.at(int(row) % blockLen)
		}
	default:
		for i, row := range rows {
			dst[i] = s.base + s.step*uint64(row)
		}
	}
}

// read fills dst with the numbers from lo on.
func (s *series) read(dst []uint64, lo int) {
	switch s.mode {
	case modeFrame:
		s.data.read(dst, lo)
		for i, v := range dst {
			dst[i] = s.base + s.step*v
		}
	case modeBlocks:
		for len(dst) > 0 {
			b, at := s.block(lo/blockLen), lo%blockLen
			n := min(len(dst), blockLen-at)
			b.data.read(dst[:n], at)
			for i, v := range dst[:n] {
				dst[i] = b.base + rise(b.slope, at+i) + v
			}
			dst, lo = dst[n:], lo+n
		}
	default:
		for i := range dst {
			dst[i] = s.base + s.step*uint64(lo+i)
		}
	}
}

// append32 appends the numbers from lo up to, not including, hi to dst; it reports
// whether all of them fit 32 bits.
func (s *series) append32(dst []uint32, lo, hi int) ([]uint32, bool) {
	start := len(dst)
	dst = slices.Grow(dst, hi-lo)[:start+hi-lo]
	return dst, s.read32(dst[start:], lo)>>32 == 0
}

// read32 fills dst with the numbers from lo on, and returns all of them or-ed
// together.
func (s *series) read32(dst []uint32, lo int) (all uint64) {
	switch s.mode {
	case modeFrame:
		return s.data.read32(dst, lo, s.base, s.step)
	case modeBlocks:
		for len(dst) > 0 {
			b, at := s.block(lo/blockLen), lo%blockLen
			n := min(len(dst), blockLen-at)
			all |= b.read32(dst[:n], at)
			dst, lo = dst[n:], lo+n
		}
		return all
	}
	for i := range dst {
		v := s.base + s.step*uint64(lo+i)
		all |= v
		dst[i] = uint32(v)
	}
	return all
}

// read32 is series.read32 within a block.
func (b *block) read32(dst []uint32, at int) (all uint64) {
	if b.slope == 0 {
		return b.data.read32(dst, at, b.base, 1)
	}
	var above [blockLen]uint64
	b.data.read(above[:len(dst)], at)
	for i := range dst {
		v := b.base + rise(b.slope, at+i) + above[i]
		all |= v
		dst[i] = uint32(v)
	}
	return all
}

// appendSeries appends v in the smallest of the forms.
func appendSeries(dst []byte, v []uint64) []byte {
	if base, step, ok := asLine(v); ok {
		dst = binary.AppendVarint(append(dst, modeLine), int64(base))
		return binary.AppendVarint(dst, int64(step))
	}
	f := fitFrame(v)
	if len(v) > blockLen/4 {
		fits := fitBlocks(v)
		if blocksSize(fits, len(v)) < packedSize(len(v), f.width)*9/10 {
			return appendBlocks(dst, v, fits)
		}
	}
	dst = binary.AppendVarint(append(dst, modeFrame), int64(f.base))
	dst = binary.AppendUvarint(dst, f.step)
	dst = append(dst, byte(f.width))
	if f.step == 1 {
		return appendPacked(dst, v, f.width, f.base)
	}
	steps := make([]uint64, len(v))
	for i, x := range v {
		steps[i] = (x - f.base) / f.step
	}
	return appendPacked(dst, steps, f.width, 0)
}

// asLine recognises numbers that all lie on one line.
func asLine(v []uint64) (base, step uint64, ok bool) {
	if len(v) == 0 {
		return 0, 0, true
	}
	if len(v) > 1 {
		step = v[1] - v[0]
	}
	for i, x := range v {
		if x != v[0]+step*uint64(i) {
			return 0, 0, false
		}
	}
	return v[0], step, true
}

// frame is the smallest number of a series, the largest step that divides all
// distances from it, and the width of the widest.
type frame struct {
	base, step uint64
	width      uint
}

func fitFrame(v []uint64) frame {
	lo, hi := extent(v)
	step := uint64(0)
	for _, x := range v {
		step = gcd(x-lo, step)
		if step == 1 {
			break
		}
	}
	step = max(step, 1)
	return frame{lo, step, widthFor((hi - lo) / step)}
}

// extent returns the smallest and the largest of v as signed numbers.
func extent(v []uint64) (lo, hi uint64) {
	least, most := int64(v[0]), int64(v[0])
	for _, x := range v {
		least, most = min(least, int64(x)), max(most, int64(x))
	}
	return uint64(least), uint64(most)
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// fit describes one block.
type fit struct {
	base  uint64
	slope int64
	width uint
}

func fitBlocks(v []uint64) []fit {
	fits := make([]fit, 0, (len(v)+blockLen-1)/blockLen)
	for lo := 0; lo < len(v); lo += blockLen {
		part := v[lo:min(lo+blockLen, len(v))]
		f := fitLine(part, 0)
		if f.width > 0 && len(part) > 1 {
			if g := fitLine(part, slopeOf(part)); g.width < f.width {
				f = g
			}
		}
		fits = append(fits, f)
	}
	return fits
}

// slopeOf returns the slope from the first to the last number, 0 where it would
// be too steep to count in 64 bits.
func slopeOf(v []uint64) int64 {
	d := int64(v[len(v)-1] - v[0])
	if d > 1<<46 || d < -1<<46 {
		return 0
	}
	return d << slopeShift / int64(len(v)-1)
}

func fitLine(v []uint64, slope int64) fit {
	least, most := int64(v[0]), int64(v[0])
	for i, x := range v {
		d := int64(x - rise(slope, i))
		least, most = min(least, d), max(most, d)
	}
	return fit{uint64(least), slope, widthFor(uint64(most) - uint64(least))}
}

func blocksSize(fits []fit, n int) int {
	size := len(fits) * blockEntry
	for k, f := range fits {
		size += packedSize(min(blockLen, n-k*blockLen), f.width)
	}
	return size
}

func appendBlocks(dst []byte, v []uint64, fits []fit) []byte {
	dst = append(dst, modeBlocks)
	start := 0
	for k, f := range fits {
		dst = binary.LittleEndian.AppendUint64(dst, f.base)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(f.slope))
		dst = append(dst, byte(f.width))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(start))
		start += packedSize(min(blockLen, len(v)-k*blockLen), f.width)
	}
	dst = binary.AppendUvarint(dst, uint64(start))
	var above [blockLen]uint64
	for k, f := range fits {
		part := v[k*blockLen : min((k+1)*blockLen, len(v))]
		for i, x := range part {
			above[i] = x - rise(f.slope, i)
		}
		dst = appendPacked(dst, above[:len(part)], f.width, f.base)
	}
	return dst
}

// matchRange adds to out the i for which the i-th number, taken as signed, lies
// between lo and hi, both included.
func (s *series) matchRange(lo, hi int64, out Bitmap) {
	if s.mode == modeFrame && s.step > 0 && int64(s.base) <= hi {
		s.matchFrame(lo, hi, out)
		return
	}
	var buf [64]uint64
	for k := 0; k*64 < s.n; k++ {
		part := buf[:min(64, s.n-k*64)]
		s.read(part, k*64)
		out[k] |= between(part, uint64(lo), uint64(hi)-uint64(lo))
	}
}

// between returns a bit for each number, set where it lies from least up to least
// and span. Bounds that wrap serve signed numbers too.
func between(v []uint64, least, span uint64) uint64 {
	var word uint64
	for i, x := range v {
		_, above := bits.Sub64(span, x-least, 0)
		word |= (1 - above) << (i & 63)
	}
	return word
}

// matchFrame compares without unpacking: bounds are moved into the frame.
func (s *series) matchFrame(lo, hi int64, out Bitmap) {
	base := int64(s.base)
	least, most := uint64(0), (uint64(hi)-s.base)/s.step
	if lo > base {
		least = (uint64(lo) - s.base + s.step - 1) / s.step
	}
	most = min(most, s.data.mask)
	switch {
	case least > most:
	case least == 0 && most == s.data.mask:
		out.AddRange(0, s.n)
	default:
		s.data.matchRange(s.n, least, most, out)
	}
}

// matchRange adds to out the i below n for which the i-th number lies between
// least and most, both included.
func (p *packed) matchRange(n int, least, most uint64, out Bitmap) {
	done := 0
	if least == most && p.width <= 16 && bits.OnesCount(p.width) == 1 {
		done = p.matchWords(n, least, out)
	}
	var buf [64]uint64
	for k := done / 64; k*64 < n; k++ {
		part := buf[:min(64, n-k*64)]
		p.read(part, k*64)
		out[k] |= between(part, least, most-least)
	}
}
