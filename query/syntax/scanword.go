package syntax

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// keywords are the words that may be keywords by position, in lower case. ORDER and
// RELATES become one token with the word that follows.
func keyword(word string) lexer.TokenType {
	switch lowerWord(word) {
	case "find":
		return tokFind
	case "unique":
		return tokUnique
	case "with":
		return tokWith
	case "as":
		return tokAs
	case "that":
		return tokThat
	case "where":
		return tokWhere
	case "return":
		return tokReturn
	case "having":
		return tokHaving
	case "order":
		return tokOrderBy
	case "asc":
		return tokAsc
	case "desc":
		return tokDesc
	case "skip":
		return tokSkip
	case "limit":
		return tokLimit
	case "and":
		return tokAnd
	case "or":
		return tokOr
	case "by", "not", "true", "false", "null", "undefined":
		return tokReserved
	}
	return 0
}

// nameEnd is the end of the name at pos.
func (s *scanner) nameEnd(pos int) int {
	for pos < len(s.text) && (isLetter(s.text[pos]) || isDigit(s.text[pos])) {
		pos++
	}
	return pos
}

// word adds the word at the current position as what its position makes of it.
func (s *scanner) word() {
	end := s.nameEnd(s.pos)
	word := s.text[s.pos:end]
	switch s.role() {
	case roleAlias:
		s.alias(word, end)
	case roleVerb:
		s.verb(word, end)
	case roleFiller:
		if strings.EqualFold(word, "to") {
			s.emit(tokTo, end)
			return
		}
		s.name(word, end)
	case roleProperty:
		s.property(word, end)
	case roleValue:
		s.value(word, end)
	case roleOperand:
		s.operand(word, end)
	default:
		s.clauseWord(word, end)
	}
}

// name adds a name where no keyword but a structural one can stand.
func (s *scanner) name(word string, end int) {
	if isStructural(word) {
		s.clauseWord(word, end)
		return
	}
	s.emit(tokWord, end)
}

// alias adds the word after AS.
func (s *scanner) alias(word string, end int) {
	switch {
	case isStructural(word):
		s.clauseWord(word, end)
	case s.clause == inFind && IsReserved(word):
		s.emit(tokReserved, end)
	default:
		s.emit(tokWord, end)
	}
}

// verb adds the word after THAT. RELATES is one only together with TO.
func (s *scanner) verb(word string, end int) {
	switch {
	case isStructural(word):
		s.clauseWord(word, end)
	case strings.EqualFold(word, "relates") && s.inside() != verbsParen:
		s.pair(tokRelatesTo, "to", end)
	default:
		s.emit(tokVerb, end)
	}
}

// pair adds a keyword of two words, of which the first ends at end. At the end of the
// text the second may still come.
func (s *scanner) pair(typ lexer.TokenType, second string, end int) {
	next := s.skipFrom(end)
	nextEnd := s.nameEnd(next)
	switch {
	case strings.EqualFold(s.text[next:nextEnd], second):
		s.emitWide(typ, nextEnd)
	case next == len(s.text):
		s.emit(typ, end)
	default:
		s.emit(tokReserved, end)
	}
}

// property adds the left side of a comparison. Every word may be a property, but one
// that shapes statements only before an operator.
func (s *scanner) property(word string, end int) {
	next := s.skipFrom(end)
	switch {
	case strings.EqualFold(word, "date") && s.last != tokOp && s.comesNow(end):
		s.date(tokInstant, end)
	case s.clause == inHaving && s.at(next) == '(':
		s.emit(tokFunc, end)
	case isStructural(word) && s.at(end) != '.' && next < len(s.text) && !s.comparisonAt(next):
		s.clauseWord(word, end)
	default:
		s.path()
	}
}

// comesNow reports whether DATE, which ends at end, is the beginning of date.now on
// the left side of a comparison.
func (s *scanner) comesNow(end int) bool {
	return s.at(end) == '.' && s.wordAt(end+1, "now") && s.at(s.nameEnd(end+1)) != '.'
}

// comparisonAt reports whether a comparison operator stands at pos.
func (s *scanner) comparisonAt(pos int) bool {
	rest := s.text[pos:]
	for _, op := range comparisonSigns {
		if strings.HasPrefix(rest, op) {
			return true
		}
	}
	return rest != "" && strings.IndexByte("=<>", rest[0]) >= 0
}

// value adds the right side of a comparison.
func (s *scanner) value(word string, end int) {
	switch lowerWord(word) {
	case "true", "false", "null", "undefined":
		s.emit(tokLiteral, end)
		return
	case "date":
		if s.date(tokLiteral, end) {
			return
		}
	}
	switch {
	case isStructural(word):
		s.clauseWord(word, end)
	case s.at(end) == '.':
		s.path()
	default:
		s.emit(tokWord, end)
	}
}

// operand adds a leaf of an expression, or the keyword TREE after RETURN.
func (s *scanner) operand(word string, end int) {
	next := s.skipFrom(end)
	switch lowerWord(word) {
	case "true", "false", "null", "undefined":
		s.emit(tokOperand, end)
		return
	case "date":
		if s.date(tokOperand, end) {
			return
		}
	case "tree":
		if s.last == tokReturn && strings.IndexByte(".,+-*/^", s.at(next)) < 0 && !s.wordAt(next, "as") {
			s.emit(tokTree, end)
			return
		}
	}
	switch {
	case s.at(next) == '(':
		s.emit(tokFunc, end)
	case isStructural(word) && s.at(end) != '.':
		s.clauseWord(word, end)
	default:
		s.path()
	}
}

// wordAt reports whether the word at pos is the given one.
func (s *scanner) wordAt(pos int, word string) bool {
	return strings.EqualFold(s.text[pos:s.nameEnd(pos)], word)
}

// clauseWord adds a word where a keyword may stand.
func (s *scanner) clauseWord(word string, end int) {
	switch typ := keyword(word); {
	case s.at(end) == '.' && (isLetter(s.at(end+1)) || s.at(end+1) == '['):
		s.path() // fits nowhere, but is one thing
	case typ == tokOrderBy:
		s.pair(tokOrderBy, "by", end)
	case typ == tokThat && s.conditionAt(s.skipFrom(end)):
		s.note(Span{s.pos, end}, "THAT in front of a condition is read as WITH")
		s.emit(tokWith, end)
	case typ == tokUnique && s.last != tokFind,
		(typ == tokAsc || typ == tokDesc) && s.clause != inOrder,
		typ == tokHaving && !s.havingFits(),
		typ == 0:
		s.emit(tokWord, end)
	default:
		s.emit(typ, end)
	}
}

// conditionAt reports whether a property, an operator and a value stand at pos.
func (s *scanner) conditionAt(pos int) bool {
	if !isLetter(s.at(pos)) {
		return false
	}
	for isLetter(s.at(pos)) || isDigit(s.at(pos)) || s.at(pos) == '.' {
		pos++
	}
	next := s.skipFrom(pos)
	if rest := s.text[next:]; !s.comparisonAt(next) || strings.HasPrefix(rest, ">>") || strings.HasPrefix(rest, "<<") {
		return false
	}
	for strings.IndexByte("=!<>~^$", s.at(next)) >= 0 && s.at(next+1) != '{' {
		next++
	}
	next = s.skipFrom(next)
	switch word := s.text[next:s.nameEnd(next)]; lowerWord(word) {
	case "true", "false", "undefined", "null", "date":
		return true
	default:
		return isDigit(s.at(next)) || strings.IndexByte("\"'(-/$", s.at(next)) >= 0 && next < len(s.text)
	}
}

// havingFits reports whether HAVING can be a keyword here; elsewhere it is a name.
func (s *scanner) havingFits() bool {
	switch s.last {
	case tokFind, tokUnique, tokOpen, tokPipe, tokSmart:
		return false
	}
	return !s.edge
}

// path adds a property: names and bracketed names joined by dots, or `selector.*`.
func (s *scanner) path() {
	start, at := s.pos, s.pos
	for {
		next := at
		switch c := s.at(at); {
		case isLetter(c):
			next = s.nameEnd(at)
		case c == '[':
			next = s.bracketEnd(at)
		case c == '{':
			next = s.braceEnd(at)
		case c == '*' && at > start:
			s.emit(s.pathType(s.text[start:at]), at+1)
			return
		default:
			s.fail(&problem{kind: dotWithoutName, span: Span{start, at}, incomplete: at == len(s.text)})
		}
		if s.problem != nil {
			return
		}
		if s.at(next) != '.' {
			s.emit(s.pathType(s.text[start:next]), next)
			return
		}
		at = next + 1
	}
}

// bracketEnd is the end of the bracketed name at pos.
func (s *scanner) bracketEnd(pos int) int {
	length := strings.IndexAny(s.text[pos:], "]\n")
	switch {
	case length < 0 || s.text[pos+length] == '\n':
		s.fail(&problem{kind: openBracket, span: Span{pos, len(s.text)}, incomplete: length < 0})
		return pos
	case strings.TrimSpace(s.text[pos+1:pos+length]) == "":
		s.fail(&problem{kind: emptyBracket, span: Span{pos, pos + length + 1}})
	}
	return pos + length + 1
}

// braceEnd is the end of a name in braces at pos: the placeholder of some document
// that nobody filled in. Doubled braces are those of saved questions.
func (s *scanner) braceEnd(pos int) int {
	length := strings.IndexAny(s.text[pos:], "}\n")
	if s.at(pos+1) == '{' || length < 0 || s.text[pos+length] == '\n' {
		s.fail(&problem{kind: dotWithoutName, span: Span{s.pos, pos}})
		return pos
	}
	s.note(Span{pos, pos + length + 1},
		"this looks like a placeholder that was not filled in; it is read as part of the property's name")
	return pos + length + 1
}

// pathType is the type of a path by its position.
func (s *scanner) pathType(path string) lexer.TokenType {
	switch s.role() {
	case roleValue:
		if s.clause == inWhere && path[0] != '[' {
			return tokLiteral
		}
	case roleOperand:
		return tokOperand
	case roleProperty:
		if s.subQueryAt(s.skipFrom(s.pos + len(path))) {
			return tokSubProperty
		}
		return tokProperty
	}
	return tokJunk
}

// subQueryAt reports whether an operator and a sub-query stand at pos.
func (s *scanner) subQueryAt(pos int) bool {
	for c := s.at(pos); c != 0 && strings.IndexByte("=!<>~^$", c) >= 0; c = s.at(pos) {
		pos++
	}
	if pos = s.skipFrom(pos); s.at(pos) != '(' {
		return false
	}
	return s.wordAt(s.skipFrom(pos+1), "find")
}
