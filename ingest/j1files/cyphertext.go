package j1files

import (
	"strconv"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// appendCypherText appends s as a string literal of Cypher. Whether a program takes
// \uXXXX apart before it looks for quotes, as Neo4j did for long, or afterwards,
// makes no difference: a backslash of s is always followed by another.
func appendCypherText(b []byte, s string) []byte {
	b = append(b, '\'')
	for _, r := range s {
		switch r {
		case '\'', '\\':
			b = append(b, '\\', byte(r))
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 {
				b = appendCypherCode(b, r)
				continue
			}
			b = append(b, string(r)...)
		}
	}
	return append(b, '\'')
}

func appendCypherCode(b []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// appendCypherName appends s as a quoted name of Cypher. A backtick is doubled. A
// backslash has to be written as its code: one that is followed by u would be
// taken for a code itself, which could be that of a backtick.
func appendCypherName(b []byte, s string) []byte {
	b = append(b, '`')
	for _, r := range s {
		switch {
		case r == '`':
			b = append(b, "``"...)
		case r == '\\' || r < ' ' || r == 0x7f:
			b = appendCypherCode(b, r)
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '`')
}

// appendCypherValue appends v as an expression of Cypher.
func appendCypherValue(b []byte, v graph.Value) []byte {
	switch v.Kind() {
	case graph.Bool:
		return strconv.AppendBool(b, v.Bool())
	case graph.Int:
		return appendCypherInt(b, v)
	case graph.Float:
		return appendCypherFloat(b, v.Float())
	case graph.String:
		return appendCypherText(b, v.Str())
	case graph.List:
		b = append(b, '[')
		floats := hasFloat(v.List())
		for i, e := range v.List() {
			if i > 0 {
				b = append(b, ',')
			}
			if floats {
				b = appendCypherFloat(b, e.Float())
			} else {
				b = appendCypherValue(b, e)
			}
		}
		return append(b, ']')
	}
	return append(b, "null"...)
}

// hasFloat reports whether a list of numbers holds one that is no integer: the
// others are floats, too, then, as a property takes only values of one kind.
func hasFloat(list []graph.Value) bool {
	for _, e := range list {
		if e.Kind() == graph.Float {
			return true
		}
	}
	return false
}

// appendCypherInt appends an integer. The digits of the least one alone would be
// read before its sign, and be too large.
func appendCypherInt(b []byte, v graph.Value) []byte {
	n, _ := v.Int()
	if n == -1<<63 {
		return append(b, "(-9223372036854775807-1)"...)
	}
	return strconv.AppendInt(b, n, 10)
}

// appendCypherFloat appends a float so that it cannot be read as an integer; an
// exponent has no plus sign in Cypher.
func appendCypherFloat(b []byte, f float64) []byte {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	text = strings.Replace(text, "e+", "e", 1)
	b = append(b, text...)
	if !strings.ContainsAny(text, ".e") {
		b = append(b, ".0"...)
	}
	return b
}

// keepCypher takes what a property of Cypher can hold. A null is the absence of a
// property there, so that leaving it out is no loss.
func keepCypher(p *graph.Property) string {
	if p.Value.Kind() != graph.List {
		return ""
	}
	for _, e := range p.Value.List() {
		if e.Missing() {
			return reasonNulls
		}
	}
	if p.Value.Mixed() {
		return reasonMixed
	}
	return ""
}
