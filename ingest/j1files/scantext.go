package j1files

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// alias returns b as a string without copying: b must not change while the string
// is in use.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// stops marks, in the high bits of the bytes of x, the first quote, backslash or
// control character; what lies above the first mark is not meaningful.
func stops(x uint64) uint64 {
	quote := x ^ '"'*lows
	slash := x ^ '\\'*lows
	return ((x-' '*lows)&^x | (quote-lows)&^quote | (slash-lows)&^slash) & highs
}

// textEnd returns the position of the quote that ends the text at b[i], or of the
// first escape in it (plain is then false), or -1 where neither comes or where
// the text before is not UTF-8.
func textEnd(b []byte, i int) (end int, plain bool) {
	start := i
	var seen uint64
	for {
		if i+8 > len(b) {
			return -1, false
		}
		// Eight bytes at a time: most texts end in the first few of these.
		x := binary.LittleEndian.Uint64(b[i:])
		m := stops(x)
		if m == 0 {
			seen |= x
			i += 8
			continue
		}
		n := bits.TrailingZeros64(m) >> 3
		seen |= x & (1<<(8*n) - 1)
		i += n
		break
	}
	// Most text is ASCII, which needs no further look.
	if seen&highs != 0 && !utf8.Valid(b[start:i]) {
		return -1, false
	}
	switch b[i] {
	case '"':
		return i, true
	case '\\':
		return i, false
	}
	return -1, false
}

// str reads the text whose opening quote is at b[i].
func (s *scanner) str(b []byte, i int) (string, int) {
	i++
	end, plain := textEnd(b, i)
	if end < 0 {
		return "", -1
	}
	if plain {
		return alias(b[i:end]), end + 1
	}
	return s.escaped(b, i, end)
}

// escaped reads a text that has an escape at b[at].
func (s *scanner) escaped(b []byte, i, at int) (string, int) {
	end, ok := skipText(b, at)
	if !ok {
		return "", -1
	}
	out := s.bytes.take(end - i) // an escape is never shorter than what it stands for
	for {
		out = append(out, b[i:at]...)
		if at == end {
			return alias(out), end + 1
		}
		switch c := b[at+1]; c {
		case 'u':
			var r rune
			r, at = unescape(b, at)
			out = utf8.AppendRune(out, r)
		case 'b', 'f', 'n', 'r', 't':
			out = append(out, "\b\f\n\r\t"[strings.IndexByte("bfnrt", c)])
			at += 2
		default:
			out = append(out, c)
			at += 2
		}
		i = at
		if n := bytes.IndexByte(b[at:end], '\\'); n >= 0 {
			at += n
		} else {
			at = end
		}
	}
}

// unescape reads a \uXXXX that skipText has passed, or a pair of them.
func unescape(b []byte, at int) (rune, int) {
	r, _ := unicodeEscape(b, at)
	if r < surrogates || r >= surrogatesEnd {
		return r, at + 6
	}
	low, _ := unicodeEscape(b, at+6)
	return (r-surrogates)<<10 | (low - lowSurrogates) + 0x10000, at + 12
}

// skipText returns the position of the quote that ends the text that i is in.
func skipText(b []byte, i int) (int, bool) {
	for {
		end, plain := textEnd(b, i)
		if end < 0 || plain {
			return end, end >= 0
		}
		switch b[end+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i = end + 2
		case 'u':
			if _, ok := unicodeEscape(b, end); !ok {
				return -1, false
			}
			n, ok := escape(b, end)
			if !ok {
				return -1, false
			}
			i = end + n
		default:
			return -1, false
		}
	}
}
