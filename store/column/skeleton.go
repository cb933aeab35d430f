package column

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"strconv"
)

// A skeleton is a text whose numbers were taken out: runs of decimal digits,
// hexadecimal words of at least eight digits, and UUIDs. Each leaves a mark, a
// byte that no UTF-8 text contains, and its value becomes one or more 64-bit
// slots. Which parts are taken out depends on the text alone, so that two texts
// are equal exactly when their skeletons and slots are.
const (
	markDecimal byte   = 0xff - iota // digits without a zero in front
	markPadded                       // digits, as many as the two bytes after the mark say
	markHex                          // hexadecimal digits, lower case, likewise
	markUpper                        // hexadecimal digits, upper case, likewise
	markUUID                         // a UUID in its canonical form, lower case
	markNone    = 0xf8               // the smallest byte that is kept for marks
)

const (
	maxSlots      = 8
	maxSkeleton   = 512 // longer texts are taken as they are
	decimalDigits = 18  // that surely fit 63 bits
	hexDigits     = 16  // in one slot
	minHex        = 8   // shorter words may as well be words
	maxHex        = hexDigits * maxSlots
	uuidLen       = 36
)

var errSkeleton = errors.New("a skeleton is malformed")

// The classes of bytes that the scan of a text tells apart.
const (
	isDigit byte = 1 << iota
	isLowerHex
	isUpperHex
	isLetter // any other letter of ASCII
	isWord   = isDigit | isLowerHex | isUpperHex | isLetter
)

func classOf(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return isDigit
	case c >= 'a' && c <= 'f':
		return isLowerHex
	case c >= 'A' && c <= 'F':
		return isUpperHex
	case c >= 'g' && c <= 'z' || c >= 'G' && c <= 'Z':
		return isLetter
	}
	return 0
}

// skeletonizer takes texts apart. Its fields hold the last one.
type skeletonizer struct {
	classes [256]byte
	text    []byte
	slots   [maxSlots]uint64
	n       int // slots in use
}

func newSkeletonizer() *skeletonizer {
	k := &skeletonizer{}
	for c := range k.classes {
		k.classes[c] = classOf(byte(c))
	}
	return k
}

// split takes s apart into k.text and k.slots. It reports false for a text that
// contains bytes kept for marks; no UTF-8 does.
func (k *skeletonizer) split(s []byte) bool {
	k.text, k.n = k.text[:0], 0
	if len(s) > maxSkeleton {
		k.text = append(k.text, s...)
		return !hasMark(s)
	}
	for i := 0; i < len(s); {
		c := s[i]
		if k.classes[c] == 0 {
			if c >= markNone {
				return false
			}
			k.text = append(k.text, c)
			i++
			continue
		}
		end, kinds := k.word(s, i)
		i += k.takeWord(s[i:], end-i, kinds)
	}
	return true
}

func hasMark(s []byte) bool {
	for _, c := range s {
		if c >= markNone {
			return true
		}
	}
	return false
}

// word returns where the word that begins at i ends, and the classes in it.
func (k *skeletonizer) word(s []byte, i int) (end int, kinds byte) {
	for end = i; end < len(s); end++ {
		class := k.classes[s[end]]
		if class == 0 {
			break
		}
		kinds |= class
	}
	return end, kinds
}

// takeWord takes the word of n bytes at the start of s and returns how much of s
// that took: more than the word where it begins a UUID.
func (k *skeletonizer) takeWord(s []byte, n int, kinds byte) int {
	switch {
	case kinds&isDigit == 0 && n != minHex:
		k.text = append(k.text, s[:n]...)
	case n == minHex && kinds&^(isDigit|isLowerHex) == 0 && k.n+2 <= maxSlots && k.isUUID(s):
		k.text = append(k.text, markUUID)
		k.hex(s[:8], s[9:13], s[14:18])
		k.hex(s[19:23], s[24:36])
		return uuidLen
	case kinds&isDigit == 0:
		k.text = append(k.text, s[:n]...)
	case kinds == isDigit|isLowerHex && k.fitsHex(n):
		k.takeHex(markHex, s[:n])
	case kinds == isDigit|isUpperHex && k.fitsHex(n):
		k.takeHex(markUpper, s[:n])
	default:
		k.takeDigits(s[:n])
	}
	return n
}

func (k *skeletonizer) isUUID(s []byte) bool {
	if len(s) < uuidLen || len(s) > uuidLen && k.classes[s[uuidLen]] != 0 {
		return false
	}
	for i, c := range s[:uuidLen] {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if k.classes[c]&(isDigit|isLowerHex) == 0 {
				return false
			}
		}
	}
	return true
}

func (k *skeletonizer) fitsHex(n int) bool {
	return n >= minHex && n <= maxHex && k.n+(n+hexDigits-1)/hexDigits <= maxSlots
}

func (k *skeletonizer) takeHex(mark byte, s []byte) {
	k.mark(mark, len(s))
	for ; len(s) > hexDigits; s = s[hexDigits:] {
		k.hex(s[:hexDigits])
	}
	k.hex(s)
}

// mark appends a mark with a length, in two bytes that begin no character.
func (k *skeletonizer) mark(mark byte, n int) {
	k.text = append(k.text, mark, 0x80|byte(n>>4), 0x80|byte(n&15))
}

// hex makes one slot of parts of hexadecimal digits, sixteen at most.
func (k *skeletonizer) hex(parts ...[]byte) {
	var v uint64
	for _, p := range parts {
		for _, c := range p {
			d := uint64(c & 15)
			if c > '9' {
				d += 9
			}
			v = v<<4 | d
		}
	}
	k.push(v)
}

func (k *skeletonizer) push(v uint64) {
	k.slots[k.n] = v
	k.n++
}

// takeDigits takes the runs of digits out of a word.
func (k *skeletonizer) takeDigits(s []byte) {
	for i := 0; i < len(s); {
		end := i
		for end < len(s) && k.classes[s[end]] == isDigit {
			end++
		}
		if end == i || k.n == maxSlots {
			k.text = append(k.text, s[i])
			i++
			continue
		}
		run := s[i:end]
		if len(run) > decimalDigits {
			run = run[:decimalDigits]
		}
		if len(run) == len(s[i:end]) && (run[0] != '0' || len(run) == 1) {
			k.text = append(k.text, markDecimal)
		} else {
			k.mark(markPadded, len(run))
		}
		k.push(decimal(run))
		i += len(run)
	}
}

func decimal(run []byte) uint64 {
	var v uint64
	for _, c := range run {
		v = v*10 + uint64(c-'0')
	}
	return v
}

// nextMark returns the position of the first mark in a skeleton, -1 for none.
func nextMark(s []byte) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64(s[i:])
		if w &= w << 1 & (w << 2) & (w << 3) & (w << 4) & 0x8080808080808080; w != 0 {
			return i + bits.TrailingZeros64(w)/8
		}
	}
	for ; i < len(s); i++ {
		if s[i] >= markNone {
			return i
		}
	}
	return -1
}

// marker is one mark of a skeleton.
type marker struct {
	kind   byte
	digits int
	slots  int
	size   int // bytes of the mark
}

// readMark reads the mark at the start of s.
func readMark(s []byte) (marker, error) {
	switch m := (marker{kind: s[0], slots: 1, size: 1}); m.kind {
	case markDecimal:
		return m, nil
	case markUUID:
		m.slots = 2
		return m, nil
	case markPadded, markHex, markUpper:
		if len(s) < 3 {
			return m, errSkeleton
		}
		m.digits, m.size = int(s[1]&0x7f)<<4|int(s[2]&15), 3
		if m.digits == 0 || m.digits > maxHex || m.kind == markPadded && m.digits > decimalDigits {
			return m, errSkeleton
		}
		if m.kind != markPadded {
			m.slots = (m.digits + hexDigits - 1) / hexDigits
		}
		return m, nil
	}
	return marker{}, errSkeleton
}

// fill appends to dst the text of a skeleton with the given slots.
func fill(dst, skeleton []byte, slots []uint64) ([]byte, error) {
	for {
		i := nextMark(skeleton)
		if i < 0 {
			return append(dst, skeleton...), nil
		}
		dst = append(dst, skeleton[:i]...)
		m, err := readMark(skeleton[i:])
		if err != nil || m.slots > len(slots) {
			return dst, errSkeleton
		}
		dst = m.append(dst, slots)
		slots, skeleton = slots[m.slots:], skeleton[i+m.size:]
	}
}

// append appends what stood at the mark; slots begin with its own.
func (m *marker) append(dst []byte, slots []uint64) []byte {
	switch m.kind {
	case markDecimal:
		return strconv.AppendUint(dst, slots[0], 10)
	case markPadded:
		return appendPadded(dst, slots[0], m.digits)
	case markUUID:
		return appendUUID(dst, slots[0], slots[1])
	}
	var letter uint64 = 'a'
	if m.kind == markUpper {
		letter = 'A'
	}
	for left := m.digits; left > 0; left -= hexDigits {
		dst = appendHex(dst, slots[0], min(left, hexDigits), letter)
		slots = slots[1:]
	}
	return dst
}

func appendPadded(dst []byte, v uint64, digits int) []byte {
	var buf [20]byte
	i := len(buf)
	for ; v > 0; v /= 10 {
		i--
		buf[i] = byte('0' + v%10)
	}
	for len(buf)-i < digits {
		i--
		buf[i] = '0'
	}
	return append(dst, buf[i:]...)
}

func appendUUID(dst []byte, high, low uint64) []byte {
	n := len(dst)
	dst = append(dst, "........-....-....-....-............"...)
	u := dst[n : n+uuidLen]
	middle, tail := hexText(high), hexText(low>>32)
	binary.BigEndian.PutUint64(u, hexText(high>>32))
	binary.BigEndian.PutUint32(u[9:], uint32(middle>>32))
	binary.BigEndian.PutUint32(u[14:], uint32(middle))
	binary.BigEndian.PutUint32(u[19:], uint32(tail>>32))
	binary.BigEndian.PutUint32(u[24:], uint32(tail))
	binary.BigEndian.PutUint64(u[28:], hexText(low))
	return dst
}

// appendHex appends the lowest digits of v.
func appendHex(dst []byte, v uint64, digits int, letter uint64) []byte {
	v <<= 64 - 4*digits
	n := len(dst)
	dst = append(dst, "................"...)
	high, low := hexText(v>>32), hexText(v)
	if letter == 'A' {
		high, low = upper(high), upper(low)
	}
	binary.BigEndian.PutUint64(dst[n:], high)
	binary.BigEndian.PutUint64(dst[n+8:], low)
	return dst[:n+digits]
}

// hexText returns the eight digits of the lower half of v, the first in the
// highest byte. It works on all of them at once.
func hexText(v uint64) uint64 {
	v &= 0xffffffff
	v = (v | v<<16) & 0x0000ffff0000ffff
	v = (v | v<<8) & 0x00ff00ff00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f0f0f0f0f
	letters := (v + 0x0606060606060606) >> 4 & 0x0101010101010101
	return v + 0x3030303030303030 + letters*('a'-'0'-10)
}

// upper puts the letters among eight hexadecimal digits into upper case.
func upper(v uint64) uint64 { return v &^ (v >> 1 & 0x2020202020202020) }
