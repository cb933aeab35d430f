package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// diagnosis is a failure looked at closely: which token does not fit, and what would.
type diagnosis struct {
	*failure
	tokens   []lexer.Token // of the whole text as far as it was cut; EOF is last
	at       int           // the token that does not fit
	expected []lexer.TokenType
}

// advice is what to write instead.
type advice struct {
	hint    string
	repairs []string // whole statements that may be what was meant
}

// diagnose finds the first thing that is wrong with the text, and statements that may
// be what was meant.
func (f *failure) diagnose() (*Error, []string) {
	if f.problem != nil && len(f.scanner.tokens) == 0 {
		return f.problemError(advice{}), nil
	}
	d := &diagnosis{failure: f, tokens: f.scanner.tokens}
	fits := d.run()
	switch {
	case !fits:
		return d.tokenError()
	case f.problem != nil:
		a := d.problemAdvice()
		return f.problemError(a), a.repairs
	default:
		return d.tokenError()
	}
}

// run finds the first token that does not fit, and what would. It reports whether all
// tokens fit: then the text is wrong in a way that only the lexer or lower.go knows.
func (d *diagnosis) run() bool {
	r := network().start()
	last := len(d.tokens) - 1
	for d.at = 0; d.at < last; d.at++ {
		if d.at == 0 && d.tokens[0].Value == "" { // FIND that was left out
			r.step(tokFind)
			continue
		}
		if !r.step(d.tokens[d.at].Type) {
			d.expected = r.expected()
			return false
		}
	}
	d.expected = r.expected()
	if p := d.problem; p != nil && d.scanner.problem == p {
		return p.stands == 0 || contains(d.expected, p.stands)
	}
	if r.done {
		d.expected = append(d.expected, lexer.EOF)
	}
	return r.done
}

// problemError is the error for what the lexer or lower.go found.
func (f *failure) problemError(a advice) *Error {
	p := f.problem
	e := f.error(p.span, p.text())
	e.Hint = problemTexts[p.kind].hint
	if a.hint != "" {
		e.Hint = a.hint
	}
	e.Incomplete = p.incomplete || p.kind == openString || p.kind == openComment
	return e
}

// error is an error at a span, which is moved into the text.
func (f *failure) error(span Span, message string) *Error {
	span.Start = min(span.Start, len(f.text))
	span.End = max(span.Start, min(span.End, len(f.text)))
	line, column := Position(f.text, span.Start)
	return &Error{
		Code: CodeParser, Span: span, Line: line, Column: column, Message: message,
		Token: f.text[span.Start:span.End], text: f.text,
	}
}

// tokenError is the error for a token that does not fit.
func (d *diagnosis) tokenError() (*Error, []string) {
	t := &d.tokens[d.at]
	span, message := spanOf(t), "unexpected token "+shown(t.Value)
	atEnd := d.at == len(d.tokens)-1
	switch {
	case atEnd && d.problem != nil: // an open string where none can stand
		span = d.problem.span
		message = "unexpected quote"
	case atEnd && strings.TrimSpace(d.text) == "":
		span, message = Span{}, "the statement is empty"
	case atEnd:
		message = "the statement is not complete"
	}
	e := d.error(span, message)
	e.Expected = expectedWords(d.expected, d.before(1).Type, d.clauseAt(d.at))
	if half := halfPair(d.before(1)); atEnd && half != "" {
		e.Expected = []string{half}
	}
	e.Incomplete = atEnd && d.problem == nil || d.opensLater()
	if e.Incomplete {
		return e, nil
	}
	a := d.advise()
	e.Hint = a.hint
	nearest, repairs := d.slips(d.at)
	if len(a.repairs) > 0 {
		return e, a.repairs
	}
	e.Nearest = nearest
	if a.hint == "" && len(nearest) == 0 {
		repairs = append(repairs, d.earlierSlips()...)
		e.Hint = d.earlierHint(repairs)
	}
	if a.hint == "" && len(repairs) == 0 {
		repairs = d.insertions()
	}
	return e, repairs
}

// halfPair is the second word of a keyword of which only the first is there.
func halfPair(t *lexer.Token) string {
	switch {
	case t.Type == tokOrderBy && strings.EqualFold(t.Value, "order"):
		return "BY"
	case t.Type == tokRelatesTo && strings.EqualFold(t.Value, "relates"):
		return "TO"
	}
	return ""
}

// opensLater reports whether the offending token is a parenthesis at the very end that
// what follows may turn into the one of an optional group.
func (d *diagnosis) opensLater() bool {
	return d.at == len(d.tokens)-2 && d.problem == nil &&
		d.tokens[d.at].Type == tokOpen && contains(d.expected, tokOptOpen)
}

// before is the n-th token in front of the offending one, an empty one if there are
// not so many; after is the n-th behind it.
func (d *diagnosis) before(n int) *lexer.Token { return d.token(d.at - n) }
func (d *diagnosis) after(n int) *lexer.Token  { return d.token(d.at + n) }

// token is the i-th token, an empty one outside of the text.
func (d *diagnosis) token(i int) *lexer.Token {
	if i < 0 || i >= len(d.tokens) {
		return &lexer.Token{}
	}
	return &d.tokens[i]
}

// clauseAt is the clause that the i-th token stands in. Sub-queries count.
func (d *diagnosis) clauseAt(i int) clause {
	depth := 0
	for i--; i >= 0; i-- {
		switch d.tokens[i].Type {
		case tokClose, tokOptClose:
			depth++
		case tokOpen, tokOptOpen, tokSubOpen:
			depth--
		}
		if depth > 0 {
			continue
		}
		switch d.tokens[i].Type {
		case tokFind:
			return inFind
		case tokWhere:
			return inWhere
		case tokReturn:
			return inReturn
		case tokHaving:
			return inHaving
		case tokOrderBy:
			return inOrder
		case tokSkip, tokLimit:
			return inPage
		}
	}
	return inFind
}

// longestRepaired is the longest text for which repairs are tried, in bytes.
const longestRepaired = 4 << 10

// onlyRepair is the one statement that the repairs come to; empty if they come to
// several or none. A repair that leaves something else wrong is repaired further.
func (f *failure) onlyRepair(repairs []string) string {
	if len(f.text) > longestRepaired {
		return ""
	}
	r := repairer{dialect: f.dialect, budget: 24}
	r.tryAll(repairs, 3)
	if len(r.found) != 1 {
		return ""
	}
	return r.found[0]
}

// repairer looks for statements that parse.
type repairer struct {
	dialect Dialect
	budget  int // attempts left
	found   []string
}

// tryAll keeps the texts that are valid statements, and repairs the others further for
// some rounds.
func (r *repairer) tryAll(texts []string, rounds int) {
	for _, text := range texts {
		if r.budget--; r.budget < 0 {
			return
		}
		q, f := r.dialect.attempt(text)
		switch {
		case f == nil:
			if invalid := firstInvalid(q); invalid != nil {
				text = tryFix(invalid.repair)
			}
			if text != "" && !slices.Contains(r.found, text) {
				r.found = append(r.found, text)
			}
		case rounds > 1:
			if e, more := f.diagnose(); !e.Incomplete {
				r.tryAll(more, rounds-1)
			}
		}
	}
}
