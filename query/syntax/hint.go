package syntax

import (
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// advisers know the wrong forms that people bring along from other languages, and
// the J1QL form of each. The first that recognises the place speaks.
var advisers = [...]func(*diagnosis) (advice, bool){
	adviseCharacter, adviseOtherLanguage, adviseGroupBy, adviseDistinct, adviseUnion, adviseCase,
	adviseIn, adviseLike, adviseNot, adviseNull, adviseWordOperator, adviseBetween,
	adviseComment, adviseSigns, adviseDoubledQuote, adviseDuration, adviseQuotedName,
	adviseDashedName, adviseValueLeft, adviseBareValue, adviseUnquoted, adviseCommaList,
	adviseAliasFirst, adviseMissingWith, adviseSecondWith, adviseEdgeWith,
	adviseArrow, adviseCommaNames, adviseBareNames, adviseQuestion, adviseNested,
	adviseDottedName, adviseTextTarget, adviseWho, adviseBang, adviseReserved, advisePairs, adviseStar,
	adviseOffset, adviseOrder, adviseAggregate, adviseArithmetic, adviseTruth,
	adviseStatements, adviseClosing, adviseTrailingComma,
}

// advise asks the advisers.
func (d *diagnosis) advise() advice {
	for _, adviser := range advisers {
		if a, ok := adviser(d); ok {
			return a
		}
	}
	return advice{}
}

// say is what an adviser answers that recognises the place.
func say(hint string, repairs ...string) (advice, bool) { return advice{hint, repairs}, true }

// silent is what an adviser answers otherwise.
func silent() (advice, bool) { return advice{}, false }

// word is a token in lower case, if it is a word.
func word(t *lexer.Token) string {
	if t.Value == "" || !isLetter(t.Value[0]) {
		return ""
	}
	return strings.ToLower(t.Value)
}

// expects reports whether a token of that type could stand at the offending place.
func (d *diagnosis) expects(typ lexer.TokenType) bool { return contains(d.expected, typ) }

// rest is the text from the offending token on.
func (d *diagnosis) rest() string { return d.text[min(d.tokens[d.at].Pos.Offset, len(d.text)):] }

// closing is the index of the parenthesis that closes the one at i; 0 if none does.
func (d *diagnosis) closing(i int) int {
	depth := 0
	for ; i < len(d.tokens); i++ {
		switch d.tokens[i].Type {
		case tokOpen, tokOptOpen, tokSubOpen:
			depth++
		case tokClose, tokOptClose:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// filterEnd is the index of the token at which the filter that i stands in ends.
func (d *diagnosis) filterEnd(i int) int {
	depth := 0
	for ; i < len(d.tokens)-1; i++ {
		switch d.tokens[i].Type {
		case tokOpen, tokSubOpen:
			depth++
		case tokClose, tokOptClose:
			if depth--; depth < 0 {
				return i
			}
		case tokOptOpen, tokThat, tokAs, tokWhere, tokReturn, tokHaving, tokOrderBy, tokSkip, tokLimit, tokSemicolon, tokWith:
			if depth == 0 {
				return i
			}
		}
	}
	return len(d.tokens) - 1
}

// slice is the text of the tokens from i up to but without j.
func (d *diagnosis) slice(i, j int) string {
	if i >= j {
		return ""
	}
	return d.text[d.tokens[i].Pos.Offset:end(&d.tokens[j-1])]
}

// problemAdvice is advice on what the lexer or lower.go did not like.
func (d *diagnosis) problemAdvice() advice {
	p := d.problem
	switch {
	case p.kind == slashComment:
		return d.commentAdvice(p.span.Start, len("//"))
	case p.kind == badDate:
		return d.dateAdvice()
	case p.kind == badDuration:
		return d.durationAdvice()
	case p.kind == dotWithoutName && strings.HasPrefix(d.text[p.span.End:], "{"):
		return advice{hint: placeholderHint}
	}
	return advice{}
}

// adviseCharacter knows characters of no token.
func adviseCharacter(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if t.Type != tokJunk || len(t.Value) > 1 && isLetter(t.Value[0]) {
		return silent()
	}
	for _, c := range characters {
		if strings.HasPrefix(d.rest(), c.begins) {
			return say(c.hint, c.repairs(d, t.Pos.Offset)...)
		}
	}
	if t.Value[0] < 0x80 {
		return silent()
	}
	from, to := t.Pos.Offset, end(t)
	for from > 0 && strings.IndexByte(" \t\r\n(),=<>!", d.text[from-1]) < 0 {
		from--
	}
	for to < len(d.text) && strings.IndexByte(" \t\r\n(),=<>!", d.text[to]) < 0 {
		to++
	}
	name := d.text[from:to]
	if d.expects(tokProperty) || d.before(1).Type == tokProperty {
		return say("a property with other characters goes in brackets: ["+shorten(name)+"]", d.cut(Span{from, to}, "["+name+"]"))
	}
	return say("names have letters A to Z, digits and underscores; strings need quotes")
}

// characters are the beginnings of what is no token, with what to write instead.
var characters = [...]struct {
	begins  string
	hint    string
	repairs func(d *diagnosis, at int) []string
}{
	{"{", placeholderHint, noRepair},
	{"$", "a parameter is written ${name}", parameterRepair},
	{"“", curlyHint, straightQuotes}, {"”", curlyHint, straightQuotes}, {"„", curlyHint, straightQuotes},
	{"‘", curlyHint, straightQuotes}, {"’", curlyHint, straightQuotes}, {"«", curlyHint, straightQuotes},
	{"`", "names have no quotes; strings have ' or \"", backtickRepair},
	{"#", commentHint, commentRepair},
	{"~", "contains is written ~=", tildeRepair},
	{"&", "write AND", ampersandRepair},
	{".", "a property is written selector.property without spaces; class and type names have no dots: FIND * WITH _type = \"...\"", noRepair},
	{"@", "names with other characters go in brackets: [@classification]", noRepair},
	{":", "class and type names have letters, digits and underscores only: FIND * WITH _type = \"...\"", noRepair},
	{"%", "there are no wildcards; ~= contains, ^= starts with, $= ends with", noRepair},
	{"\\", "quotes need no backslash outside of a string", noRepair},
}

const (
	curlyHint   = "strings have straight quotes: \" or '"
	commentHint = "comments are written /* ... */"

	placeholderHint = "placeholders are filled in before the query is parsed; a value that comes with the request is written ${name}"
)

// noRepair is for characters of which nobody knows what was meant.
func noRepair(*diagnosis, int) []string { return nil }

// parameterRepair knows $name.
func parameterRepair(d *diagnosis, at int) []string {
	length := d.scanner.nameEnd(at+1) - at - 1
	if length == 0 {
		return nil
	}
	return []string{d.cut(Span{at, at + 1 + length}, "${"+d.text[at+1:at+1+length]+"}")}
}

// straightQuotes replaces all curly quotes: they come in pairs, from documents.
func straightQuotes(d *diagnosis, _ int) []string {
	return []string{strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'").Replace(d.text)}
}

// backtickRepair knows `name`.
func backtickRepair(d *diagnosis, _ int) []string {
	return []string{strings.ReplaceAll(d.text, "`", "")}
}

// tildeRepair knows a ~ "x" and Perl's a =~ "x".
func tildeRepair(d *diagnosis, at int) []string {
	if d.text[at-min(at, 1)] == '=' { // =~ as in Perl
		return []string{d.cut(Span{at - 1, at + 1}, "~=")}
	}
	return []string{d.cut(Span{at, at + 1}, "~=")}
}

// ampersandRepair knows a = 1 && b = 2.
func ampersandRepair(d *diagnosis, at int) []string {
	stop := at + 1
	for stop < len(d.text) && d.text[stop] == '&' {
		stop++
	}
	return []string{d.spaced(Span{at, stop}, "AND")}
}

// spaced is the text with a sign replaced by a word, with one space on either side.
func (d *diagnosis) spaced(sign Span, word string) string {
	return strings.TrimRight(d.text[:sign.Start], " ") + " " + word + " " + strings.TrimLeft(d.text[sign.End:], " ")
}

// commentRepair knows comments that begin with #.
func commentRepair(d *diagnosis, at int) []string {
	return d.commentAdvice(at, 1).repairs
}

// commentAdvice turns a comment up to the end of the line into one of J1QL.
func (d *diagnosis) commentAdvice(at, mark int) advice {
	stop := len(d.text)
	if i := strings.IndexByte(d.text[at:], '\n'); i >= 0 {
		stop = at + i
	}
	inner := strings.TrimSpace(d.text[at+mark : stop])
	return advice{commentHint, []string{d.cut(Span{at, stop}, "/* "+strings.ReplaceAll(inner, "*/", "* /")+" */")}}
}

// dateAdvice knows dates in quotes.
func (d *diagnosis) dateAdvice() advice {
	text := d.text[d.problem.span.Start:d.problem.span.End]
	plain := strings.NewReplacer(`"`, "", "'", "").Replace(text)
	if plain == text {
		return advice{}
	}
	return advice{problemTexts[badDate].hint, []string{d.cut(d.problem.span, plain)}}
}

// durationAdvice knows the units that the service lacks.
func (d *diagnosis) durationAdvice() advice {
	span := d.problem.span
	text := d.text[span.Start:span.End]
	digits := strings.IndexFunc(text, func(r rune) bool { return r >= '0' && r <= '9' })
	if digits < 0 {
		return advice{}
	}
	unit := strings.TrimLeft(text[digits:], " \t\r\n.0123456789")
	amount, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text[digits:], unit)), 64)
	span.Start += digits
	switch u, _ := d.dialect.unit(unit); u {
	case Week:
		days := strconv.FormatFloat(amount*7, 'f', -1, 64) + " days"
		return advice{"there are no weeks: write " + days, []string{d.cut(span, days)}}
	case Minute:
		hours := strconv.FormatFloat(amount/60, 'f', -1, 64) + " hours"
		return advice{"there are no minutes: write " + hours, []string{d.cut(span, hours)}}
	}
	return advice{}
}
