package column

import "encoding/binary"

// matchWords is matchRange for one number and a width that divides 64: it
// compares the numbers of a word at once. It does whole words of out and returns
// how many numbers those are.
func (p *packed) matchWords(n int, want uint64, out Bitmap) int {
	perWord := 64 / int(p.width)
	step := int(p.width) * 8 // bytes of 64 numbers
	want *= ^uint64(0) / p.mask
	k := 0
	for ; (k+1)*64 <= n && (k+1)*step <= len(p.b); k++ {
		var hits uint64
		b := p.b[k*step : (k+1)*step]
		for i := 0; len(b) >= 8; i, b = i+perWord, b[8:] {
			hits |= equalLanes(binary.LittleEndian.Uint64(b)^want, p.width) << i
		}
		out[k] |= hits
	}
	return k * 64
}

// equalLanes returns one bit for each lane of the given width in x, set where the
// lane is zero.
func equalLanes(x uint64, width uint) uint64 {
	switch width {
	case 1:
		return ^x
	case 2:
		x = ^(x | x>>1) & 0x5555555555555555
		x = (x | x>>1) & 0x3333333333333333
		x = (x | x>>2) & 0x0f0f0f0f0f0f0f0f
		x = (x | x>>4) & 0x00ff00ff00ff00ff
		x = (x | x>>8) & 0x0000ffff0000ffff
		return (x | x>>16) & 0xffffffff
	case 4:
		x |= x >> 1
		x = ^(x | x>>2) & 0x1111111111111111
		x = (x | x>>3) & 0x0303030303030303
		x = (x | x>>6) & 0x000f000f000f000f
		x = (x | x>>12) & 0x000000ff000000ff
		return (x | x>>24) & 0xffff
	case 8:
		const low = 0x7f7f7f7f7f7f7f7f
		x = ^(x&low + low | x | low) >> 7
		return x * 0x0102040810204080 >> 56
	default: // 16
		const low = 0x7fff7fff7fff7fff
		x = ^(x&low + low | x | low) >> 15
		return x&1 | x>>15&2 | x>>30&4 | x>>45&8
	}
}
