package render

import (
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a text of the outside safe to show on a terminal: control
// characters (C0, DEL, C1), bidirectional controls and other format characters
// that hide or reorder text are shown escaped, as is what is not UTF-8.
func Clean(s string) string { return clean(s, false) }

// clean is Clean that may leave line breaks and tabs alone.
func clean(s string, multiline bool) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return hostile(r, multiline) }) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x` + hexByte(s[i]))
		case hostile(r, multiline):
			b.WriteString(escape(r))
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func hexByte(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}

// hostile reports whether a terminal would act on r instead of showing it. The
// zero-width joiner is part of visible emoji and stays.
func hostile(r rune, multiline bool) bool {
	if r == '\n' || r == '\t' {
		return !multiline
	}
	if r < 0x20 || r >= 0x7f && r < 0xa0 {
		return true
	}
	if r < 0x300 {
		return r == 0xad
	}
	return r != 0x200d && unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

func escape(r rune) string {
	q := strconv.QuoteRuneToASCII(r)
	return q[1 : len(q)-1]
}

// CleanWriter passes text on with control characters escaped; line breaks and
// tabs stay. A character that two writes divide is put together again.
type CleanWriter struct {
	w    io.Writer
	rest []byte
}

// NewCleanWriter returns a CleanWriter to w.
func NewCleanWriter(w io.Writer) *CleanWriter { return &CleanWriter{w: w} }

// Write implements io.Writer.
func (c *CleanWriter) Write(p []byte) (int, error) {
	text := append(c.rest, p...)
	end := len(text)
	for back := 1; back <= utf8.UTFMax-1 && back <= len(text); back++ {
		if b := text[len(text)-back]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-back:]) {
				end -= back
			}
			break
		}
	}
	c.rest = append([]byte(nil), text[end:]...)
	if _, err := io.WriteString(c.w, clean(string(text[:end]), true)); err != nil {
		return 0, err
	}
	return len(p), nil
}
