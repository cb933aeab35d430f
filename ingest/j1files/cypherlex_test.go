package j1files_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// token is one token of Cypher: a word, a sign, or what stood in quotes.
type token struct {
	kind byte // 'w' word, 'n' number, 's' text, 'q' quoted name, or the sign itself
	text string
}

// unescapeFirst replaces \uXXXX as older versions of Neo4j do before they look at
// anything else; a backslash that another one precedes begins nothing.
func unescapeFirst(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		if s[i+1] == 'u' && i+6 <= len(s) {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 32); err == nil {
				b.WriteRune(rune(n))
				i += 5
				continue
			}
		}
		b.WriteString(s[i : i+2])
		i++
	}
	return b.String()
}

// lex takes Cypher apart.
func lex(t *testing.T, s string) []token {
	t.Helper()
	var out []token
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\n':
			i++
		case c == '\'':
			text, n := lexText(t, s[i+1:])
			out = append(out, token{'s', text})
			i += n + 1
		case c == '`':
			text, n := lexName(t, s[i+1:])
			out = append(out, token{'q', text})
			i += n + 1
		case c >= '0' && c <= '9':
			n := len(s[i:]) - len(strings.TrimLeft(s[i:], "0123456789.e"))
			if strings.HasSuffix(s[i:i+n], "e") { // an exponent below one
				n += 1 + len(s[i+n+1:]) - len(strings.TrimLeft(s[i+n+1:], "0123456789"))
			}
			out = append(out, token{'n', s[i : i+n]})
			i += n
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
			n := len(s[i:]) - len(strings.TrimLeft(s[i:], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"))
			out = append(out, token{'w', s[i : i+n]})
			i += n
		case strings.IndexByte("{}[]():,;.=->", c) >= 0:
			out = append(out, token{c, string(c)})
			i++
		default:
			t.Fatalf("%q outside of quotes, in %.80q", c, s[max(0, i-20):])
		}
	}
	return out
}

// lexText reads a text up to its closing quote, and tells how long it was.
func lexText(t *testing.T, s string) (string, int) {
	t.Helper()
	var b []uint16
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\'':
			return string(utf16.Decode(b)), i + 1
		case s[i] == '\\' && s[i+1] == 'u':
			n, err := strconv.ParseUint(s[i+2:i+6], 16, 32)
			if err != nil {
				t.Fatalf("escape %.6q", s[i:])
			}
			b = append(b, uint16(n))
			i += 6
		case s[i] == '\\':
			at := strings.IndexByte(`\'nrt`, s[i+1])
			if at < 0 {
				t.Fatalf("escape %.2q", s[i:])
			}
			b = append(b, uint16("\\'\n\r\t"[at]))
			i += 2
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf16.AppendRune(b, r)
			i += n
		}
	}
	t.Fatal("a text does not end")
	return "", 0
}

func lexName(t *testing.T, s string) (string, int) {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '`' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 == len(s) || s[i+1] != '`' {
			return b.String(), i + 1
		}
		b.WriteByte('`')
		i++
	}
	t.Fatal("a name does not end")
	return "", 0
}

// statements splits tokens at semicolons.
func statements(t *testing.T, text string) [][]token {
	t.Helper()
	var out [][]token
	var one []token
	for _, tok := range lex(t, text) {
		if tok.kind == ';' {
			out = append(out, one)
			one = nil
			continue
		}
		one = append(one, tok)
	}
	if len(one) > 0 {
		t.Fatalf("a statement without a semicolon: %v", one)
	}
	return out
}

// skeleton prints a statement with quoted names as ?, so that its form can be
// compared.
func skeleton(tokens []token) string {
	var b strings.Builder
	for _, tok := range tokens {
		if tok.kind == 'q' {
			tok.text = "?"
		}
		fmt.Fprintf(&b, "%s ", tok.text)
	}
	return strings.TrimSpace(b.String())
}
