package stage

import "encoding/binary"

const uuidText = 36

// The lanes of eight characters at a time.
const (
	ones   = 0x0101010101010101
	lows   = 0x0f * ones
	zeroes = '0' * ones
)

// packUUID packs s if it is a UUID as programs print it: lower case, with
// hyphens.
func packUUID(s string) (id [16]byte, ok bool) {
	if len(s) != uuidText || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, false
	}
	var b [32]byte
	copy(b[:8], s)
	copy(b[8:12], s[9:])
	copy(b[12:16], s[14:])
	copy(b[16:20], s[19:])
	copy(b[20:], s[24:])
	for i := range 4 {
		n, hex := packHex(binary.LittleEndian.Uint64(b[8*i:]))
		if !hex {
			return id, false
		}
		binary.LittleEndian.PutUint32(id[4*i:], n)
	}
	return id, true
}

// packHex packs eight lower-case hexadecimal characters, the first in the lowest
// byte, into four bytes in the same order.
func packHex(x uint64) (uint32, bool) {
	v := x&lows + 9*(x>>6&ones)
	if v&^lows != 0 || hexOf(v) != x {
		return 0, false
	}
	v = (v<<4 | v>>8) & 0x00ff00ff00ff00ff
	v = (v | v>>8) & 0x0000ffff0000ffff
	return uint32(v | v>>16), true
}

// hexOf makes characters of eight numbers below 16.
func hexOf(v uint64) uint64 {
	letters := (v + 6*ones) >> 4 & ones
	return v + zeroes + letters*('a'-'9'-1)
}

// appendUUID appends the text of a UUID.
func appendUUID(b []byte, id []byte) []byte {
	var t [32]byte
	for i := range 4 {
		v := uint64(binary.LittleEndian.Uint32(id[4*i:]))
		v = (v | v<<16) & 0x0000ffff0000ffff
		v = (v | v<<8) & 0x00ff00ff00ff00ff
		v = (v>>4 | v<<8) & lows
		binary.LittleEndian.PutUint64(t[8*i:], hexOf(v))
	}
	b = append(append(b, t[:8]...), '-')
	b = append(append(b, t[8:12]...), '-')
	b = append(append(b, t[12:16]...), '-')
	b = append(append(b, t[16:20]...), '-')
	return append(b, t[20:]...)
}
