package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends v as JSON: undefined and null as null, numbers exactly.
func (v Value) AppendJSON(b []byte) []byte {
	switch v.kind {
	case Bool:
		return strconv.AppendBool(b, v.num != 0)
	case Int:
		return strconv.AppendInt(b, int64(v.num), 10)
	case Float:
		return append(b, formatFloat(v.Float())...)
	case String:
		return AppendJSONString(b, v.str)
	case List:
		b = append(b, '[')
		for i, e := range v.list {
			if i > 0 {
				b = append(b, ',')
			}
			b = e.AppendJSON(b)
		}
		return append(b, ']')
	}
	return append(b, "null"...)
}

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// UnmarshalJSON implements json.Unmarshaler for scalars and lists of scalars;
// an object is an error.
func (v *Value) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return err
	}
	got, ok := ValueOf(x)
	if !ok {
		return fmt.Errorf("decode value: %.40s is not a scalar or a list of scalars", data)
	}
	*v = got
	return nil
}

// ValueOf converts what encoding/json and Go code make of a value: nil, bool,
// string, the integer and float types, json.Number, []any, []string and Value
// itself. It reports false for anything else, such as a map. An integer beyond
// int64 becomes the nearest float64.
func ValueOf(x any) (Value, bool) {
	switch x := x.(type) {
	case nil:
		return NullValue(), true
	case Value:
		return x, true
	case bool:
		return BoolValue(x), true
	case string:
		return StringValue(x), true
	case int:
		return IntValue(int64(x)), true
	case int64:
		return IntValue(x), true
	case float64:
		return FloatValue(x), true
	case json.Number:
		return NumberValue(string(x))
	case []string:
		return StringsValue(x), true
	case []any:
		return listOf(x)
	}
	return Value{}, false
}

func listOf(xs []any) (Value, bool) {
	vs := make([]Value, len(xs))
	for i, x := range xs {
		v, ok := ValueOf(x)
		if !ok || v.kind == List {
			return Value{}, false
		}
		vs[i] = v
	}
	return Value{kind: List, list: vs}, true
}

// NumberValue reads a JSON number, exactly where it is an integer within int64.
func NumberValue(text string) (Value, bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return IntValue(i), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return Value{}, false
	}
	return FloatValue(f), true
}

// formatFloat prints f as encoding/json does, so that every writer agrees.
func formatFloat(f float64) string {
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.FormatFloat(f, format, -1, 64)
}

const hexDigits = "0123456789abcdef"

// AppendJSONString appends s as a JSON string. Only what JSON demands is
// escaped, so text stays readable; bytes that are not UTF-8 become U+FFFD.
func AppendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		if i+8 <= len(s) && plainText(s[i:i+8]) {
			i += 8
			continue
		}
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			// U+2028 and U+2029 end a line in JavaScript, though not in JSON.
			if (r != utf8.RuneError || n > 1) && r != 0x2028 && r != 0x2029 {
				i += n
				continue
			}
			b = append(b, s[start:i]...)
			b = appendRuneEscape(b, r)
			i += n
			start = i
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

// plainText reports whether JSON shows eight bytes as they are: none is a quote, a
// backslash, below 0x20 or not ASCII. It works on all of them at once: a byte that is
// looked for is zero after the exclusive or, and zero less one borrows.
func plainText(s string) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	quote, backslash := w^ones*'"', w^ones*'\\'
	return (w|(w-ones*0x20)|(quote-ones)|(backslash-ones))&highs == 0
}

func appendRuneEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
