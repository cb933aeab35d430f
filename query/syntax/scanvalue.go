package syntax

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// leafType is the type of a literal by its position; other is its type where neither
// a value nor an expression can stand.
func (s *scanner) leafType(other lexer.TokenType) lexer.TokenType {
	switch s.role() {
	case roleValue:
		return tokLiteral
	case roleOperand:
		return tokOperand
	case roleProperty:
		if s.clause == inHaving && other == tokString {
			return tokProperty // a quoted column name
		}
	}
	return other
}

// string adds a string in quotes, of which the first stands at open. A backslash
// protects the quote.
func (s *scanner) string(open int, mark byte) {
	for at := open + 1; at < len(s.text); at++ {
		switch s.text[at] {
		case mark:
			typ := s.leafType(tokString)
			if typ == tokProperty && s.subQueryAt(s.skipFrom(at+1)) {
				typ = tokSubProperty
			}
			s.emit(typ, at+1)
			return
		case '\\':
			at++
		}
	}
	s.fail(&problem{kind: openString, span: Span{s.pos, len(s.text)}, stands: s.leafType(tokString)})
}

// escapedString adds a string whose quotes have a backslash in front, as in a query
// copied from the source of a program.
func (s *scanner) escapedString(mark byte) {
	closing := "\\" + string(mark)
	length := strings.Index(s.text[s.pos+2:], closing)
	if length < 0 {
		s.emit(tokJunk, s.pos+1)
		return
	}
	end := s.pos + 2 + length + 2
	s.note(Span{s.pos, end}, "the quotes have backslashes in front; they are read as plain quotes")
	s.emit(s.leafType(tokString), end)
}

// unquote is the value of a string token. A backslash protects a quote or another
// backslash; before anything else it stands for itself.
func unquote(text string) string {
	if text[0] == '\\' {
		return text[2 : len(text)-2]
	}
	inner := text[1 : len(text)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	out := make([]byte, 0, len(inner))
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' && i+1 < len(inner) && strings.IndexByte(`\'"`, inner[i+1]) >= 0 {
			i++
		}
		out = append(out, inner[i])
	}
	return string(out)
}

// number adds a number without sign.
func (s *scanner) number() { s.emit(s.leafType(tokNumber), s.numberEnd(s.pos)) }

// numberEnd is the end of the number at pos: digits, perhaps with a fraction.
func (s *scanner) numberEnd(pos int) int {
	for isDigit(s.at(pos)) {
		pos++
	}
	if s.at(pos) == '.' && isDigit(s.at(pos+1)) {
		for pos++; isDigit(s.at(pos)); {
			pos++
		}
	}
	return pos
}

// parameter adds `${name}`.
func (s *scanner) parameter() {
	length := strings.IndexAny(s.text[s.pos:], "}\n")
	if length < 0 || s.text[s.pos+length] == '\n' {
		s.fail(&problem{kind: openParameter, span: Span{s.pos, len(s.text)}, incomplete: length < 0})
		return
	}
	if !isParameter(strings.TrimSpace(s.text[s.pos+2 : s.pos+length])) {
		s.fail(&problem{kind: badParameter, span: Span{s.pos, s.pos + length + 1}})
		return
	}
	s.emit(s.leafType(tokParam), s.pos+length+1)
}

// isParameter reports whether path can name a parameter.
func isParameter(path string) bool {
	for i := range len(path) {
		if c := path[i]; !isLetter(c) && !isDigit(c) && c != '.' && c != '-' {
			return false
		}
	}
	return path != ""
}

// regex adds a regular expression with its flags.
func (s *scanner) regex() {
	if s.at(s.pos+1) == '/' {
		s.fail(&problem{kind: slashComment, span: Span{s.pos, s.pos + 2}})
		return
	}
	for at := s.pos + 1; at < len(s.text) && s.text[at] != '\n'; at++ {
		switch s.text[at] {
		case '/':
			s.emit(tokLiteral, s.nameEnd(at+1))
			return
		case '\\':
			at++
		}
	}
	s.fail(&problem{kind: openRegex, span: Span{s.pos, len(s.text)},
		incomplete: strings.IndexByte(s.text[s.pos:], '\n') < 0})
}

// date adds date.now with its arithmetic, or date( ). It reports whether one of them
// stands at the current position; end is the end of the word DATE.
func (s *scanner) date(typ lexer.TokenType, end int) bool {
	if s.comesNow(end) {
		now := s.nameEnd(end + 1)
		if next := s.skipFrom(now); s.at(next) == '+' || s.at(next) == '-' {
			now = s.duration(typ, now, next)
		}
		if s.problem == nil {
			s.emitWide(typ, now)
		}
		return true
	}
	open := s.skipFrom(end)
	if s.at(open) != '(' {
		return false
	}
	length := strings.IndexAny(s.text[open:], ")\n")
	if length < 0 || s.text[open+length] == '\n' {
		s.fail(&problem{kind: openDate, span: Span{s.pos, len(s.text)}, incomplete: length < 0})
		return true
	}
	s.emitWide(typ, open+length+1)
	return true
}

// duration is the end of `± number unit` behind date.now, of which the sign stands at
// sign. In a comparison nothing else may follow a sign; in an expression it may be
// arithmetic on milliseconds, and then date.now ends at now.
func (s *scanner) duration(typ lexer.TokenType, now, sign int) int {
	number := s.skipFrom(sign + 1)
	unit := s.skipFrom(s.numberEnd(number))
	unitEnd := s.nameEnd(unit)
	_, known := s.dialect.unit(s.text[unit:unitEnd])
	if typ == tokOperand && (s.last == tokArith || s.last == tokMinus) {
		return now // x - date.now - 1 day would mean x - (date.now - 1 day)
	}
	switch {
	case isDigit(s.at(number)) && known:
		return unitEnd
	case typ == tokOperand && !(isDigit(s.at(number)) && isUnitLike(s.text[unit:unitEnd])):
		return now
	case number == len(s.text) || unit == len(s.text) && isDigit(s.at(number)):
		s.fail(&problem{kind: openDuration, span: Span{s.pos, len(s.text)}, incomplete: true})
	default:
		s.fail(&problem{kind: badDuration, span: Span{sign, max(unitEnd, sign+1)}})
	}
	return now
}

// unit is the unit of time of that name.
func (d Dialect) unit(word string) (Unit, bool) {
	for u := Hour; u <= Week; u++ {
		for _, name := range unitWords[u] {
			if strings.EqualFold(name, word) {
				return u, d.ShortUnits || u <= Year
			}
		}
	}
	return 0, false
}

// isUnitLike reports whether a word is a unit of time in some dialect.
func isUnitLike(word string) bool {
	u, _ := Dialect{}.unit(word)
	return u != 0
}
