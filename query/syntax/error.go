package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The codes of the two stages at which a statement can be wrong, as JupiterOne's
// service names them.
const (
	CodeParser     = "PARSER_ERROR"
	CodeValidation = "VALIDATION_ERROR"
)

// Error says why a text is no J1QL.
type Error struct {
	// Code is CodeParser.
	Code string
	// Span is the offending part, within the text; empty at the end of the text.
	Span Span
	// Line and Column are where the span begins, from 1; columns count runes.
	Line, Column int
	// Message is what is wrong, without the position.
	Message string
	// Token is the offending part as written, empty at the end of the text.
	Token string
	// Expected are at most five things that could have stood there, likely ones first,
	// in the user's words.
	Expected []string
	// Hint is what to write instead, empty if nothing better than Expected is known.
	Hint string
	// Nearest are the keywords that differ from Token by a slip, all equally near.
	Nearest []string
	// Fix is the whole statement corrected, if there is exactly one way to do it.
	Fix string
	// Incomplete says that the text is the beginning of a statement: more of it could
	// make it whole.
	Incomplete bool

	text string
}

// Error is one line: what, where, what was expected, the hint.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at line %d column %d", e.Message, e.Line, e.Column)
	if len(e.Expected) > 0 {
		b.WriteString(": expected " + enumerate(e.Expected))
	}
	switch {
	case e.Hint != "":
		b.WriteString("; " + e.Hint)
	case len(e.Nearest) > 0:
		b.WriteString("; did you mean " + enumerate(e.Nearest) + "?")
	}
	return b.String()
}

// Excerpt is the offending line with carets under the offending part, in two lines
// that are safe to print on a terminal.
func (e *Error) Excerpt() string { return excerpt(e.text, e.Span) }

// enumerate joins words as a sentence does: a, b or c.
func enumerate(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

// longestShown is how much of a token a message repeats, in runes.
const longestShown = 40

// shown is a token for a message: in quotes, shortened, without control characters.
func shown(token string) string {
	if utf8.RuneCountInString(token) > longestShown {
		token = string([]rune(token)[:longestShown]) + "…"
	}
	if token != "" && (token[0] == '"' || token[0] == '\'') {
		return visible(token)
	}
	return `"` + visible(token) + `"`
}
