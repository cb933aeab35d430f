package syntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Position is the line and the column of a byte offset in text, both from 1; columns
// count runes.
func Position(text string, offset int) (line, column int) {
	offset = min(max(offset, 0), len(text))
	before := text[:offset]
	line = strings.Count(before, "\n") + 1
	start := strings.LastIndexByte(before, '\n') + 1
	return line, utf8.RuneCountInString(before[start:]) + 1
}

// excerptWidth is how much of a long line an excerpt shows.
const excerptWidth = 100

// excerpt shows the line in which span begins, with carets under it. Long lines are
// cut around the span, and control characters do not reach the terminal.
func excerpt(text string, span Span) string {
	if text == "" {
		return ""
	}
	start := strings.LastIndexByte(text[:span.Start], '\n') + 1
	stop := len(text)
	if i := strings.IndexByte(text[span.Start:], '\n'); i >= 0 {
		stop = span.Start + i
	}
	line, _ := Position(text, span.Start)
	before := visible(text[start:span.Start])
	marked := visible(text[span.Start:min(span.End, stop)])
	after := visible(text[min(span.End, stop):stop])
	if runes := []rune(marked); len(runes) > excerptWidth/2 {
		marked, after = string(runes[:excerptWidth/2]), "…"
	}
	total := utf8.RuneCountInString(before) + utf8.RuneCountInString(marked) + utf8.RuneCountInString(after)
	if runes := []rune(before); total > excerptWidth && len(runes) > excerptWidth/2 {
		before = "…" + string(runes[len(runes)-excerptWidth/2:])
	}
	room := max(0, excerptWidth-utf8.RuneCountInString(before)-utf8.RuneCountInString(marked))
	if runes := []rune(after); len(runes) > room {
		after = string(runes[:room]) + "…"
	}
	number := fmt.Sprint(line)
	return fmt.Sprintf("> %s | %s%s%s\n  %s | %s%s", number, before, marked, strings.TrimRight(after, " "),
		strings.Repeat(" ", len(number)), strings.Repeat(" ", cells(before)), strings.Repeat("^", max(1, cells(marked))))
}

// visible replaces what a terminal would not show as a character.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return '·'
		}
		return r
	}, s)
}

// cells is the width of a visible text on a terminal.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide reports whether a rune takes two cells: East Asian letters and emoji.
func wide(r rune) bool {
	return r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 ||
		r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f300 && r <= 0x1faff || r >= 0x20000 && r <= 0x3fffd)
}
