package syntax

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"
)

// MaxText is the longest statement that is read, in bytes.
const MaxText = 64 << 10

// MaxDepth is how deep parentheses, sub-queries and signs may nest.
const MaxDepth = 64

// maxOperators bounds the arithmetic of one expression: its tree can be as deep as
// that.
const maxOperators = 1000

// maxListed bounds the columns, the arguments of a function and the sort keys.
const maxListed = 5000

// scanner cuts a statement into tokens, each with the type that its position gives it.
type scanner struct {
	text    string
	dialect Dialect
	pos     int

	tokens   []lexer.Token // ends with EOF once scan is through
	comments []*Comment
	notes    []note
	problem  *problem // what stopped the scan, nil at the end of the text

	last   lexer.TokenType // type of the last token, 0 at the start
	before lexer.TokenType // type of the token before it
	closed parenKind       // what the last closing parenthesis closed
	clause clause
	parens []paren
	edge   bool // between THAT and the target of the hop
	signs  int  // unary minus signs in a row
	joined int  // operands joined since the expression began
	listed int  // commas since the clause or the innermost call began
}

// clause is the part of the query that the scanner is in.
type clause uint8

const (
	inFind clause = iota
	inWhere
	inReturn
	inHaving
	inOrder
	inPage
)

// paren is an open parenthesis.
type paren struct {
	kind   parenKind
	clause clause // where it stands; a sub-query returns to it
	listed int    // of what it stands in
}

type parenKind uint8

const (
	noParen       parenKind = iota
	namesParen              // (A | B)
	verbsParen              // THAT (HAS | OWNS)
	filterParen             // WITH (a = 1 OR b = 2)
	listParen               // a = ("x" OR "y")
	subParen                // a = (FIND ...)
	optionalParen           // (THAT ...)?
	callParen               // COUNT(x)
	arithParen              // (a.x + b.y) / 2
)

// scan cuts text into tokens. When something is no token, problem says what and
// the tokens before it are kept.
func scan(text string, d Dialect) *scanner {
	s := &scanner{text: text, dialect: d, tokens: make([]lexer.Token, 0, 8+len(text)/5)}
	for s.problem == nil && s.skip() {
		s.token()
	}
	s.tokens = append(s.tokens, lexer.EOFToken(lexer.Position{Offset: s.pos}))
	return s
}

// skip passes white space and comments and reports whether something follows.
func (s *scanner) skip() bool {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case isSpace(c):
			s.pos++
		case c == '\\' && isEscapedSpace(s.at(s.pos+1)):
			s.note(Span{s.pos, s.pos + 2}, "a line break written as in the source of a program; it is read as space")
			s.pos += 2
		case c == '/' && strings.HasPrefix(s.text[s.pos:], "/*"):
			length := strings.Index(s.text[s.pos+2:], "*/")
			if length < 0 {
				s.fail(&problem{kind: openComment, span: Span{s.pos, len(s.text)}})
				return false
			}
			inner := s.pos + 2
			s.comments = append(s.comments, &Comment{
				place: place{Span{s.pos, inner + length + 2}}, Text: s.text[inner : inner+length],
			})
			s.pos = inner + length + 2
		default:
			return true
		}
	}
	return false
}

// isSpace reports whether c is white space: there is none outside of ASCII.
func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// isEscapedSpace reports whether a backslash and c are white space in the source of a
// program, from which queries are copied.
func isEscapedSpace(c byte) bool { return c == 'n' || c == 'r' || c == 't' || c == '\n' }

// skipFrom is where the next token after pos begins.
func (s *scanner) skipFrom(pos int) int {
	for pos < len(s.text) {
		switch {
		case isSpace(s.text[pos]):
			pos++
		case s.text[pos] == '\\' && isEscapedSpace(s.at(pos+1)):
			pos += 2
		case strings.HasPrefix(s.text[pos:], "/*"):
			length := strings.Index(s.text[pos+2:], "*/")
			if length < 0 {
				return len(s.text)
			}
			pos += length + 4
		default:
			return pos
		}
	}
	return pos
}

// at is the byte at pos, 0 behind the end.
func (s *scanner) at(pos int) byte {
	if pos < len(s.text) {
		return s.text[pos]
	}
	return 0
}

// emit adds the token from the current position up to end.
func (s *scanner) emit(typ lexer.TokenType, end int) {
	if len(s.tokens) == cap(s.tokens) {
		s.tokens = slices.Grow(s.tokens, len(s.tokens)) // long texts: append alone grows by a quarter
	}
	s.tokens = append(s.tokens, lexer.Token{
		Type: typ, Value: s.text[s.pos:end], Pos: lexer.Position{Offset: s.pos},
	})
	s.pos = end
	s.before, s.last = s.last, typ
	switch typ {
	case tokThat:
		s.edge = true
	case tokWord:
		s.edge = s.edge && s.before == tokAs
	case tokStar, tokSmart:
		s.edge = false
	case tokComma:
		s.joined = 0
		if s.listed++; s.listed > maxListed {
			s.fail(&problem{kind: tooManyItems, span: Span{s.pos - 1, s.pos}})
		}
	case tokArith:
		if s.joined++; s.joined > maxOperators {
			s.fail(&problem{kind: tooManyOperators, span: Span{s.pos - 1, s.pos}})
		}
	case tokFind:
		s.clause = inFind
	case tokWhere:
		s.clause = inWhere
	case tokReturn:
		s.clause, s.joined, s.listed = inReturn, 0, 0
	case tokHaving:
		s.clause = inHaving
	case tokOrderBy:
		s.clause, s.joined, s.listed = inOrder, 0, 0
	case tokSkip, tokLimit:
		s.clause = inPage
	}
}

// fail stops the scan.
func (s *scanner) fail(p *problem) { s.problem = p }

// note keeps a remark; the scan goes on.
func (s *scanner) note(span Span, text string) { s.notes = append(s.notes, note{span, text}) }

// emitWide adds a token of several words, between which comments may stand.
func (s *scanner) emitWide(typ lexer.TokenType, end int) {
	inner := scanner{text: s.text[:end], pos: s.pos}
	for inner.pos < end {
		if inner.skip() {
			inner.pos++
		}
	}
	s.comments = append(s.comments, inner.comments...)
	s.emit(typ, end)
}

// token adds the next token; s.pos is at its first byte.
func (s *scanner) token() {
	c := s.text[s.pos]
	if s.last == 0 && (c == '"' || c == '\'') {
		s.emit(tokFind, s.pos) // full text may leave out FIND
	}
	switch {
	case isLetter(c):
		s.word()
	case isDigit(c):
		s.number()
	case c == '"' || c == '\'':
		s.string(s.pos, c)
	case c == '\\' && (s.at(s.pos+1) == '"' || s.at(s.pos+1) == '\''):
		s.escapedString(s.at(s.pos + 1))
	case c == '(' || c == ')':
		s.paren(c)
	case c == '[':
		s.path()
	case c == '#' && isLetter(s.at(s.pos+1)):
		s.emit(tokSmart, s.nameEnd(s.pos+1))
	case c == '$' && s.at(s.pos+1) == '{':
		s.parameter()
	case c == '/' && s.role() == roleValue:
		s.regex()
	case c == '-':
		s.minus()
	default:
		s.sign()
	}
}

// sign adds a token of signs.
func (s *scanner) sign() {
	rest := s.text[s.pos:]
	for _, op := range comparisonSigns {
		if strings.HasPrefix(rest, op) {
			s.emit(tokOp, s.pos+len(op))
			return
		}
	}
	if strings.HasPrefix(rest, ">>") || strings.HasPrefix(rest, "<<") {
		s.emit(tokArrow, s.pos+2)
		return
	}
	if rest[0] == '*' && s.joins() {
		s.emit(tokArith, s.pos+1)
		return
	}
	if i := strings.IndexByte("<>=|,!*+/^?;", rest[0]); i >= 0 {
		types := [...]lexer.TokenType{tokOp, tokOp, tokOp, tokPipe, tokComma, tokBang, tokStar,
			tokArith, tokArith, tokArith, tokQuestion, tokSemicolon}
		s.emit(types[i], s.pos+1)
		return
	}
	_, size := utf8.DecodeRuneInString(rest)
	s.emit(tokJunk, s.pos+size)
}

// comparisonSigns are the operators of more than one byte, the longest first.
var comparisonSigns = [...]string{"!~=", "!^=", "!$=", "!=", "<=", ">=", "~=", "^=", "$="}

// joins reports whether a sign at the current position joins two operands.
func (s *scanner) joins() bool { return s.inExpression() && s.role() != roleOperand }

// minus adds a minus sign, or the negative number that it begins.
func (s *scanner) minus() {
	if next := s.skipFrom(s.pos + 1); s.role() == roleValue && isDigit(s.at(next)) {
		s.emitWide(tokLiteral, s.numberEnd(next))
		return
	}
	if s.joins() {
		s.emit(tokArith, s.pos+1)
		return
	}
	if s.last != tokMinus {
		s.signs = 0
	}
	if s.signs++; s.signs > MaxDepth {
		s.fail(&problem{kind: tooDeep, span: Span{s.pos, s.pos + 1}})
		return
	}
	s.emit(tokMinus, s.pos+1)
}

// paren adds a parenthesis and keeps account of what it opens or closes.
func (s *scanner) paren(c byte) {
	if c == ')' {
		s.closeParen()
		return
	}
	if len(s.parens) == MaxDepth {
		s.fail(&problem{kind: tooDeep, span: Span{s.pos, s.pos + 1}})
		return
	}
	typ, kind := s.opening()
	s.parens = append(s.parens, paren{kind, s.clause, s.listed})
	s.listed = 0
	s.emit(typ, s.pos+1)
}

// opening is what the parenthesis at the current position opens.
func (s *scanner) opening() (lexer.TokenType, parenKind) {
	next := s.skipFrom(s.pos + 1)
	switch word := s.text[next:s.nameEnd(next)]; {
	case strings.EqualFold(word, "that"):
		return tokOptOpen, optionalParen
	case strings.EqualFold(word, "find") && s.role() == roleValue:
		return tokSubOpen, subParen
	}
	switch s.role() {
	case roleValue:
		return tokOpen, listParen
	case roleProperty:
		return tokOpen, filterParen
	case roleVerb:
		return tokOpen, verbsParen
	case roleCall:
		return tokOpen, callParen
	case roleOperand:
		return tokOpen, arithParen
	default:
		return tokOpen, namesParen
	}
}

// closeParen adds a closing parenthesis, together with the question mark of an optional
// group. One that closes nothing is left to the grammar.
func (s *scanner) closeParen() {
	s.closed = noParen
	if n := len(s.parens); n > 0 {
		top := s.parens[n-1]
		s.parens = s.parens[:n-1]
		s.closed = top.kind
		s.clause, s.listed = top.clause, top.listed
	}
	if next := s.skipFrom(s.pos + 1); s.closed == optionalParen && s.at(next) == '?' {
		s.emitWide(tokOptClose, next+1)
		return
	}
	s.emit(tokClose, s.pos+1)
}
