package j1files

import (
	"github.com/j1db/j1db/store/graph"
)

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
	// Nineteen digits may be too many for an int64; the general way decides.
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
	// The elements are counted first, so that the list takes no more than it needs.
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
