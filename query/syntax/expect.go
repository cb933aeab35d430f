package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// Expectation is what may stand at the end of an unfinished statement. It is read from
// the same grammar as error messages.
type Expectation struct {
	// Span is what a completion replaces: the beginning of a word, or nothing.
	Span Span
	// Prefix is the beginning of the word without quotes, brackets and sign.
	Prefix string
	// Quote is the quote that Prefix stands in, 0 without.
	Quote byte
	// Items are the kinds of things that fit, besides keywords and signs.
	Items []Expected
	// Keywords are the keywords and fixed values that fit, as Format prints them.
	Keywords []string
	// Signs are the signs that fit, such as >> and )?.
	Signs []string
}

// Expected is one kind of thing that fits, and what is known about it.
type Expected struct {
	Kind ExpectedKind
	// Place is what the thing belongs to; see the kinds. Its fields are empty where the
	// text does not tell.
	Place Place
	// Property and Op are those of the comparison, for values.
	Property string
	Op       Op
	// Names are the names to choose from, for aliases and columns.
	Names []string
}

// ExpectedKind is a kind of thing that a statement may need.
type ExpectedKind uint8

// The kinds of things.
const (
	// ExpectStart is a class or type to start from, * or a smart class.
	ExpectStart ExpectedKind = iota + 1
	// ExpectVerb is a verb that leads away from Place.Entities.
	ExpectVerb
	// ExpectTarget is a class or type that Place.Hop reaches from Place.Entities.
	ExpectTarget
	// ExpectSmartClass is the name of a smart class, its # being part of Span.
	ExpectSmartClass
	// ExpectProperty is a property of Place.
	ExpectProperty
	// ExpectOperator is a comparison operator.
	ExpectOperator
	// ExpectValue is a value of Property of Place.
	ExpectValue
	// ExpectAlias is one of the selectors in Names.
	ExpectAlias
	// ExpectColumn is one of the result columns in Names.
	ExpectColumn
	// ExpectFunction is the name of a function.
	ExpectFunction
	// ExpectNewName is a name that does not exist yet, behind AS.
	ExpectNewName
	// ExpectText is a text to search for.
	ExpectText
	// ExpectNumber is a whole number.
	ExpectNumber
	// ExpectUnit is a unit of time, behind date.now and a number.
	ExpectUnit
	// ExpectParameter is the name of a parameter, its ${ being part of Span.
	ExpectParameter
)

// Place is a place of the chain, as far as the text tells.
type Place struct {
	// Entities are the selectors that may stand there: several behind an optional group.
	Entities []*Selector
	// Hop is nil for an entity. For a relationship it is the hop, which begins at
	// Entities; without its target where that is still to be written.
	Hop *Hop
}

// Expect tells what may stand at offset, whatever follows there. For text that is
// wrong before offset, nothing does.
func Expect(text string, offset int) Expectation {
	text = text[:min(max(offset, 0), len(text))]
	c := completer{text: text}
	c.cut()
	if unreadable(text) != nil {
		return c.Expectation
	}
	c.scanner = scan(text[:c.Span.Start], Dialect{})
	c.expect()
	return c.Expectation
}

// completer works out an expectation.
type completer struct {
	Expectation
	text    string
	scanner *scanner
	owner   string // the selector in front of the dot, in `owner.prefix`
	sigil   byte   // # or $ in front of the prefix

	tokens []lexer.Token // of the innermost query, up to the cursor
	query  *Query        // as much of it as is whole; nil if nothing is
}

// cut finds the beginning of the word at the end of the text.
func (c *completer) cut() {
	start := len(c.text)
	for start > 0 && isPathByte(c.text[start-1]) {
		start--
	}
	c.Span = Span{start, len(c.text)}
	c.Prefix = c.text[start:]
	switch before := c.text[:start]; {
	case strings.HasSuffix(before, "${"):
		c.sigil, c.Span.Start = '$', start-2
	case strings.HasSuffix(before, "#"):
		c.sigil, c.Span.Start = '#', start-1
	case strings.HasSuffix(before, "["):
		c.Span.Start = start - 1
		for c.Span.Start > 0 && isPathByte(c.text[c.Span.Start-1]) {
			c.Span.Start--
		}
		c.Prefix = c.text[c.Span.Start:]
	}
	if quote := openQuote(c.text); quote >= 0 {
		c.Span.Start, c.Quote, c.Prefix = quote, c.text[quote], c.text[quote+1:]
	}
}

// isPathByte reports whether a byte can belong to a word that is being written.
func isPathByte(b byte) bool { return isLetter(b) || isDigit(b) || b == '.' }

// openQuote is where the string begins that the text ends in, -1 if it ends in none.
func openQuote(text string) int {
	s := scan(text, Dialect{})
	if s.problem != nil && s.problem.kind == openString {
		return s.problem.span.Start
	}
	return -1
}

// expect asks the automaton what fits behind the tokens.
func (c *completer) expect() {
	s := c.scanner
	if s.problem != nil {
		if before := strings.TrimRight(c.text[:c.Span.Start], " \t\r\n"); s.problem.kind == openDuration {
			c.add(Expected{Kind: ExpectNumber})
			if isDigit(before[len(before)-1]) {
				c.Items[0].Kind = ExpectUnit
			}
		}
		return
	}
	r, ok := c.run(s.tokens[:len(s.tokens)-1])
	if !ok {
		return
	}
	if half := halfPair(c.last(0)); half != "" {
		c.Keywords = append(c.Keywords, half)
		return
	}
	c.query = c.whole()
	c.split()
	for _, typ := range likely {
		if contains(r.expected(), typ) {
			c.fits(typ)
		}
	}
}

// run lets the automaton read the tokens. A sign that does not fit at the very end is
// the beginning of one that does.
func (c *completer) run(tokens []lexer.Token) (r *run, ok bool) {
	r = network().start()
	for i := range tokens {
		last := i == len(tokens)-1
		switch t := &tokens[i]; {
		case r.step(t.Type), t.Type == tokOpen && last && c.opens(r):
		case last && end(t) == len(c.text) && len(t.Value) <= 2 && !isName(t.Value):
			c.Span.Start, c.Prefix = t.Pos.Offset, t.Value
			if t.Value == "$" || t.Value == "#" {
				c.sigil, c.Prefix = t.Value[0], ""
			}
			tokens = tokens[:i]
		default:
			return nil, false
		}
	}
	c.tokens = innermost(tokens)
	return r, true
}

// opens takes a last parenthesis for that of an optional group.
func (c *completer) opens(r *run) bool {
	if !contains(r.expected(), tokOptOpen) {
		return false
	}
	return r.step(tokOptOpen)
}

// innermost are the tokens of the innermost query that is not closed.
func innermost(tokens []lexer.Token) []lexer.Token {
	depth := 0
	for i := len(tokens) - 1; i > 0; i-- {
		switch tokens[i].Type {
		case tokClose, tokOptClose:
			depth++
		case tokOpen, tokOptOpen:
			depth--
		case tokSubOpen:
			if depth--; depth < 0 && i+1 < len(tokens) {
				return tokens[i+1:]
			}
		}
		depth = max(depth, 0)
	}
	return tokens
}

// last is the n-th token from the end.
func (c *completer) last(n int) *lexer.Token {
	if n >= len(c.tokens) {
		return &lexer.Token{}
	}
	return &c.tokens[len(c.tokens)-1-n]
}

// whole is the longest beginning of the query that is a query itself, once what is
// open in it is closed.
func (c *completer) whole() *Query {
	const most = 40 // tries; a step that is not finished has fewer tokens
	var open []string
	closers := make([]string, len(c.tokens))
	for i := range c.tokens {
		switch c.tokens[i].Type {
		case tokOpen, tokSubOpen:
			open = append(open, ")")
		case tokOptOpen:
			open = append(open, ")?")
		case tokClose, tokOptClose:
			open = open[:max(0, len(open)-1)]
		}
		closing := ""
		for _, sign := range slices.Backward(open) {
			closing += sign
		}
		closers[i] = closing
	}
	for i := len(c.tokens) - 1; i >= max(0, len(c.tokens)-most); i-- {
		text := c.text[c.tokens[0].Pos.Offset:end(&c.tokens[i])] + closers[i]
		if q, f := (Dialect{}).attempt(text); f == nil {
			return q
		}
	}
	return nil
}

// split separates the selector from the property in the word at the end. In WITH the
// whole word is a property.
func (c *completer) split() {
	if c.Quote != 0 || c.sigil != 0 || c.clause() == inFind {
		c.Prefix = strings.TrimPrefix(c.Prefix, "[")
		return
	}
	owner, rest, dotted := strings.Cut(c.Prefix, ".")
	if !dotted || isDateWord(owner+".now") {
		return
	}
	c.owner, c.Prefix = owner, strings.TrimPrefix(rest, "[")
	c.Span.Start += len(owner) + 1
}

// clause is the clause of the innermost query that the cursor is in.
func (c *completer) clause() clause {
	in := inFind
	depth := 0
	for i := range c.tokens {
		switch c.tokens[i].Type {
		case tokSubOpen:
			depth++
		case tokOpen, tokOptOpen:
			if depth > 0 {
				depth++
			}
		case tokClose, tokOptClose:
			depth = max(0, depth-1)
		}
		if depth > 0 {
			continue
		}
		switch c.tokens[i].Type {
		case tokWhere:
			in = inWhere
		case tokReturn:
			in = inReturn
		case tokHaving:
			in = inHaving
		case tokOrderBy:
			in = inOrder
		case tokSkip, tokLimit:
			in = inPage
		}
	}
	return in
}

func (c *completer) add(e Expected) { c.Items = append(c.Items, e) }
