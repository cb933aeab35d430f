package j1files

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/j1db/j1db/store/graph"
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
	out := s.bytes.take(end - i)
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

// number reads a number.
func number(b []byte, i int) (graph.Value, int) {
	start := i
	if b[i] == '-' {
		i++
	}
	var n int64
	first := i
	for b[i]-'0' <= 9 {
		n = n*10 + int64(b[i]-'0')
		i++
	}
	digits := i - first
	if digits == 0 || b[first] == '0' && digits > 1 {
		return graph.Value{}, -1
	}
	if b[i] != '.' && b[i]|0x20 != 'e' && digits <= 18 {
		if first > start {
			n = -n
		}
		return graph.IntValue(n), i
	}
	if i = fraction(b, i); i < 0 {
		return graph.Value{}, -1
	}
	v, ok := graph.NumberValue(alias(b[start:i]))
	if !ok {
		return v, -1
	}
	return v, i
}

// fraction skips what may follow the digits of a number.
func fraction(b []byte, i int) int {
	if b[i] == '.' {
		if i++; b[i]-'0' > 9 {
			return -1
		}
		i = skipDigits(b, i)
	}
	if b[i]|0x20 == 'e' {
		if i++; b[i] == '+' || b[i] == '-' {
			i++
		}
		if b[i]-'0' > 9 {
			return -1
		}
		i = skipDigits(b, i)
	}
	return i
}

func skipDigits(b []byte, i int) int {
	for b[i]-'0' <= 9 {
		i++
	}
	return i
}

// property reads the value of a property into values.
func (s *scanner) property(at *shape, b []byte, i int) int {
	s.values = append(s.values, graph.Value{})
	v := &s.values[len(s.values)-1]
	switch b[i] {
	case '"':
		text, end := s.str(b, i)
		if end < 0 || len(text) > graph.MaxValue {
			return -1
		}
		*v = graph.StringValue(text)
		if at.field == fieldTag {
			*v = tagValue(*v)
		}
		return end
	case '[':
		return s.list(b, i, v)
	case '{':
		return s.skip(b, i, 1)
	}
	return scalar(b, i, v)
}

// scalar reads a number, a boolean or null.
func scalar(b []byte, i int, v *graph.Value) int {
	switch b[i] {
	case 't', 'f', 'n':
		end := literal(b, i)
		if end < 0 {
			return -1
		}
		*v = graph.BoolValue(b[i] == 't')
		if b[i] == 'n' {
			*v = graph.NullValue()
		}
		return end
	}
	n, end := number(b, i)
	*v = n
	return end
}

// literal skips true, false or null.
func literal(b []byte, i int) int {
	switch {
	case string(b[i:i+4]) == "true", string(b[i:i+4]) == "null":
		return i + 4
	case string(b[i:i+5]) == "false":
		return i + 5
	}
	return -1
}

// list reads a list of scalars. One with something nested in it is skipped and
// leaves v undefined.
func (s *scanner) list(b []byte, start int, v *graph.Value) int {
	n, end := s.measure(b, start)
	if n < 0 {
		return s.skip(b, start, 1)
	}
	list := s.lists.take(n)
	i := space(b, start+1)
	for range n {
		var e graph.Value
		if b[i] == '"' {
			var text string
			text, i = s.str(b, i)
			e = graph.StringValue(text)
		} else {
			i = scalar(b, i, &e)
		}
		if i < 0 {
			return -1
		}
		list = append(list, e)
		if i = space(b, i); b[i] == ',' {
			i = space(b, i+1)
		}
	}
	if i != end || end-start > graph.MaxValue {
		return -1
	}
	*v = graph.ListValue(list...)
	return end + 1
}

// measure counts the elements of the list at b[i] and finds its end; -1 where it
// is not a plain list of scalars.
func (s *scanner) measure(b []byte, i int) (int, int) {
	if i = space(b, i+1); b[i] == ']' {
		return 0, i
	}
	for n := 1; ; n++ {
		switch b[i] {
		case '"':
			end, ok := skipText(b, i+1)
			if !ok {
				return -1, -1
			}
			i = end + 1
		default:
			for b[i] == '-' || b[i] == '+' || b[i] == '.' || b[i]-'0' <= 9 || b[i]|0x20-'a' < 26 {
				i++
			}
		}
		switch i = space(b, i); b[i] {
		case ',':
			i = space(b, i+1)
		case ']':
			return n, i
		default:
			return -1, -1
		}
	}
}

// key reads a text that is a key.
func (s *scanner) key(b []byte, i int, to *string) int {
	if b[i] != '"' {
		return -1
	}
	end, plain := textEnd(b, i+1)
	if !plain || end == i+1 || end-i-1 > graph.MaxKey {
		return -1
	}
	*to = alias(b[i+1 : end])
	return end + 1
}

// term reads a text of which there are few.
func (s *scanner) term(at *shape, b []byte, i int, to *string) int {
	if t := at.term; t != nil && follows(b, i, t.quoted) {
		*to = t.text
		return i + len(t.quoted)
	}
	if b[i] != '"' {
		return -1
	}
	end, plain := textEnd(b, i+1)
	if !plain || graph.CheckName("name", alias(b[i+1:end])) != nil {
		return -1
	}
	at.term = s.intern(b[i+1 : end])
	*to = at.term.text
	return end + 1
}

// follows reports whether text stands at b[i].
func follows(b []byte, i int, text string) bool {
	n := i + len(text)
	return n <= len(b) && string(b[i:n]) == text
}

// intern returns the term that is made once of b, which has no escape in it.
func (s *scanner) intern(b []byte) *term {
	if t, ok := s.terms[string(b)]; ok {
		return t
	}
	quoted := `"` + string(b) + `"`
	t := &term{quoted[1 : len(quoted)-1], quoted}
	s.terms[t.text] = t
	s.text += len(quoted)
	return t
}

// classes reads a `_class`.
func (s *scanner) classes(at *shape, b []byte, i int) int {
	if c := at.classes; c != nil && follows(b, i, c.raw) {
		s.setClasses(c)
		return i + len(c.raw)
	}
	if b[i] != '"' && b[i] != '[' {
		return -1
	}
	end := s.skip(b, i, 1)
	if end < 0 {
		return -1
	}
	c, ok := s.class[string(b[i:end])]
	if !ok {
		c = &classes{raw: string(b[i:end])}
		if decodeClasses(b[i:end], &c.list) != nil {
			return -1
		}
		if len(c.list) == 1 {
			c.verb = strings.ToUpper(c.list[0])
		}
		s.class[c.raw] = c
		s.text += len(c.raw)
	}
	at.classes = c
	s.setClasses(c)
	return end
}

func (s *scanner) setClasses(c *classes) {
	s.got.classes, s.got.verb = c.list, c.verb
}

// raw reads raw data, which it keeps as JSON.
func (s *scanner) raw(b []byte, i int) int {
	s.spaced = false
	end := s.skip(b, i, 1)
	if end < 0 || b[i] == 'n' {
		return end
	}
	s.got.raw = b[i:end:end]
	if s.spaced {
		s.got.raw = nil
		var out bytes.Buffer
		if json.Compact(&out, b[i:end]) != nil {
			return -1
		}
		s.got.raw = out.Bytes()
	}
	return end
}

// skip passes over one JSON value at the given depth of nesting, checking that it
// is one.
func (s *scanner) skip(b []byte, i, depth int) int {
	switch b[i] {
	case '"':
		end, ok := skipText(b, i+1)
		if !ok {
			return -1
		}
		return end + 1
	case '{', '[':
		if depth >= maxDepth {
			return -1
		}
		return s.skipNested(b, i, depth+1)
	case 't', 'f', 'n':
		return literal(b, i)
	}
	if b[i] == '-' {
		i++
	}
	first := i
	i = skipDigits(b, i)
	if i == first || b[first] == '0' && i > first+1 {
		return -1
	}
	return fraction(b, i)
}

// skipNested passes over an object or a list.
func (s *scanner) skipNested(b []byte, i, depth int) int {
	object := b[i] == '{'
	closing := b[i] + 2 // of [ and of {
	i = s.gap(b, i+1)
	if b[i] == closing {
		return i + 1
	}
	for {
		if object {
			if b[i] != '"' {
				return -1
			}
			end, ok := skipText(b, i+1)
			if !ok {
				return -1
			}
			if i = s.gap(b, end+1); b[i] != ':' {
				return -1
			}
			i = s.gap(b, i+1)
		}
		if i = s.skip(b, i, depth); i < 0 {
			return -1
		}
		switch i = s.gap(b, i); b[i] {
		case ',':
			i = s.gap(b, i+1)
		case closing:
			return i + 1
		default:
			return -1
		}
	}
}

// gap passes over white space and remembers that there was some.
func (s *scanner) gap(b []byte, i int) int {
	end := space(b, i)
	s.spaced = s.spaced || end > i
	return end
}
