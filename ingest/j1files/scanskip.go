package j1files

import (
	"bytes"
	"encoding/json"
)

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
