package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"
)

// Parse reads one statement, with or without a semicolon behind it. The error is an
// [*Error]. What the statement means is not looked at: see [Validate].
func Parse(text string) (*Query, error) { return Dialect{}.Parse(text) }

// Format parses text and prints it in the house style; see [Query.Format].
func Format(text string) (string, error) {
	q, err := Parse(text)
	if err != nil {
		return "", err
	}
	return q.Format(), nil
}

// Parse reads one statement of the dialect; see [Parse].
func (d Dialect) Parse(text string) (*Query, error) {
	q, f := d.attempt(text)
	if f == nil {
		return q, nil
	}
	e, repairs := f.diagnose()
	e.Fix = f.onlyRepair(repairs)
	return nil, e
}

// failure is an attempt that came to nothing.
type failure struct {
	text    string
	dialect Dialect
	scanner *scanner
	problem *problem // nil if the tokens do not fit the grammar
}

// attempt parses without explaining what is wrong.
func (d Dialect) attempt(text string) (*Query, *failure) {
	if p := unreadable(text); p != nil {
		return nil, &failure{text: text, dialect: d, scanner: &scanner{text: text}, problem: p}
	}
	s := scan(text, d)
	f := &failure{text: text, dialect: d, scanner: s, problem: s.problem}
	if f.problem != nil {
		return nil, f
	}
	tokens, err := lexer.Upgrade(&replay{tokens: s.tokens})
	if err != nil {
		return nil, f
	}
	rule, err := grammar().ParseFromLexer(tokens)
	if err != nil {
		return nil, f
	}
	l := lowering{dialect: d, notes: s.notes}
	q := l.query(rule.Query)
	if f.problem = l.problem; f.problem != nil {
		return nil, f
	}
	q.Comments, q.source, q.notes = s.comments, text, l.notes
	return q, nil
}

// unreadable is why a text is not even looked at, nil if it is.
func unreadable(text string) *problem {
	if len(text) > MaxText {
		return &problem{kind: tooLong, span: Span{MaxText, len(text)}}
	}
	if utf8.ValidString(text) {
		return nil
	}
	at := strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError })
	for ; at < len(text); at++ {
		if r, size := utf8.DecodeRuneInString(text[at:]); r == utf8.RuneError && size <= 1 {
			break
		}
	}
	return &problem{kind: notUTF8, span: Span{at, at + 1}}
}
