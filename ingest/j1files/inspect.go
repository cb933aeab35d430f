package j1files

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth bounds how deep the values of an object may be nested: raw data of
// real APIs stays far below, and a decoder's stack far above.
const maxDepth = 500

// inspect says what is wrong with the text of one JSON object, as far as that can
// be told without knowing its members: bytes that are not UTF-8, halves of
// surrogate pairs (which no UTF-8 text can hold), nesting, and syntax.
func inspect(b []byte) error {
	if at := invalidUTF8(b); at >= 0 {
		return faultAt(at, errors.New("the text is not UTF-8"))
	}
	if err := inspectTokens(b); err != nil {
		return err
	}
	var probe json.RawMessage
	err := json.Unmarshal(b, &probe)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return faultAt(int(syntax.Offset)-1, fmt.Errorf("not JSON: %w", err))
	}
	return faultAt(0, err)
}

func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	at := 0
	for at < len(b) {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return -1
}

// inspectTokens walks over text that may be no JSON at all.
func inspectTokens(b []byte) error {
	depth, text := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case text && c == '\\':
			n, ok := escape(b, i)
			if !ok {
				return faultAt(i, errors.New("a \\u escape is half of a surrogate pair"))
			}
			i += n - 1
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return faultAt(i, fmt.Errorf("it is nested deeper than %d levels", maxDepth))
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// escape measures the escape at b[i]; both halves of a surrogate pair are one. It
// reports false for a half alone. What is no escape at all is left to the JSON
// decoder.
func escape(b []byte, i int) (int, bool) {
	high, ok := unicodeEscape(b, i)
	if !ok {
		return 2, true
	}
	if high < surrogates || high >= surrogatesEnd {
		return 6, true
	}
	low, ok := unicodeEscape(b, i+6)
	if !ok || high >= lowSurrogates || low < lowSurrogates || low >= surrogatesEnd {
		return 0, false
	}
	return 12, true
}

// The code points that stand for halves of others in UTF-16.
const (
	surrogates    = 0xd800
	lowSurrogates = 0xdc00
	surrogatesEnd = 0xe000
)

// unicodeEscape reads a \uXXXX at b[i].
func unicodeEscape(b []byte, i int) (rune, bool) {
	if i+6 > len(b) || b[i] != '\\' || b[i+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[i+2 : i+6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// member is one member of a JSON object.
type member struct {
	name string
	at   int // where the value begins
	raw  json.RawMessage
}

// null reports whether the member says nothing.
func (m *member) null() bool { return string(m.raw) == "null" }

// members returns the members of a JSON object in order, of those with one name
// the last alone, and how many were left out for that. b has been inspected, so
// that the only thing that can be wrong is that it is no object.
func members(b []byte) ([]member, int, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, 0, errors.New("it is not an object")
	}
	var out []member
	index := map[string]int{}
	doubled := 0
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, 0, err
		}
		m := member{name: t.(string)}
		if err := d.Decode(&m.raw); err != nil {
			return nil, 0, err
		}
		m.at = int(d.InputOffset()) - len(m.raw)
		if i, ok := index[m.name]; ok {
			out[i] = m
			doubled++
			continue
		}
		index[m.name] = len(out)
		out = append(out, m)
	}
	return out, doubled, nil
}
