package syntax

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// Advisers on comparisons and values.

// adviseIn knows `p IN ("a", "b")` and NOT IN.
func adviseIn(d *diagnosis) (advice, bool) {
	at, op := d.at, "="
	if word(d.token(at)) == "not" && word(d.token(at+1)) == "in" {
		at, op = at+1, "!="
	}
	if word(d.token(at)) != "in" || !d.expects(tokOp) {
		return silent()
	}
	hint := `a list of values is written ` + op + ` ("a" OR "b")`
	if next := d.token(at + 1); strings.HasPrefix(next.Value, "[") {
		list := "(" + strings.Trim(next.Value, "[]") + ")"
		return say(hint, d.cut(Span{d.after(0).Pos.Offset, end(next)}, op+" "+commasToOr(list)))
	}
	stop := d.closing(at + 1)
	if stop == 0 {
		return say(hint)
	}
	list := d.text[d.tokens[at+1].Pos.Offset:end(&d.tokens[stop])]
	return say(hint, d.cut(Span{d.after(0).Pos.Offset, end(&d.tokens[stop])}, op+" "+commasToOr(list)))
}

// commasToOr replaces the commas outside of strings by OR, and brackets around a list
// by parentheses.
func commasToOr(list string) string {
	var b strings.Builder
	mark := byte(0)
	for i := range len(list) {
		switch c := list[i]; {
		case mark != 0 && c == mark:
			mark = 0
		case mark == 0 && (c == '"' || c == '\''):
			mark = c
		case mark == 0 && c == ',':
			b.WriteString(" OR")
			if i+1 < len(list) && !isSpace(list[i+1]) {
				b.WriteByte(' ')
			}
			continue
		}
		b.WriteByte(list[i])
	}
	return b.String()
}

// adviseLike knows LIKE with its wildcards, and NOT LIKE.
func adviseLike(d *diagnosis) (advice, bool) {
	at, not := d.at, ""
	if word(d.token(at)) == "not" {
		at, not = at+1, "!"
	}
	switch word(d.token(at)) {
	case "like", "ilike", "rlike":
	default:
		return silent()
	}
	const hint = `there is no LIKE: ~= contains, ^= starts with, $= ends with, = /x/i ignores case`
	value := d.token(at + 1)
	if value.Type != tokString {
		return say(hint)
	}
	text := unquote(value.Value)
	op := "="
	if not != "" {
		op = "!="
	}
	switch inner := strings.Trim(text, "%"); {
	case strings.HasPrefix(text, "%") && strings.HasSuffix(text, "%"):
		op, text = not+"~=", inner
	case strings.HasPrefix(text, "%"):
		op, text = not+"$=", inner
	case strings.HasSuffix(text, "%"):
		op, text = not+"^=", inner
	}
	return say(hint, d.cut(Span{d.after(0).Pos.Offset, end(value)}, op+" "+quote(text)))
}

// adviseNot knows NOT in front of a condition, a verb or a hop.
func adviseNot(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if word(t) != "not" {
		return silent()
	}
	switch {
	case d.expects(tokVerb):
		return say("a negated hop is written THAT !HAS Device", d.cut(Span{t.Pos.Offset, d.after(1).Pos.Offset}, "!"))
	case d.expects(tokThat) && d.after(1).Type == tokThat:
		return say("a negated hop is written THAT !HAS Device", d.cut(Span{t.Pos.Offset, d.after(2).Pos.Offset}, "THAT !"))
	case d.expects(tokProperty):
		const hint = "there is no NOT: negate the operator, as in != and !~="
		name, sign := d.after(1), d.after(2)
		op := operatorOf(sign.Value)
		if op == 0 || !isLetter(name.Value[0]) && name.Value[0] != '[' {
			return say(hint)
		}
		return say(hint, d.text[:t.Pos.Offset]+d.text[name.Pos.Offset:sign.Pos.Offset]+negation(op).String()+d.text[end(sign):])
	}
	return silent()
}

// negation is the operator that holds where op does not.
func negation(op Op) Op {
	switch op {
	case Equal:
		return NotEqual
	case NotEqual:
		return Equal
	case Less:
		return GreaterEqual
	case LessEqual:
		return Greater
	case Greater:
		return LessEqual
	case GreaterEqual:
		return Less
	case Contains, StartsWith, EndsWith:
		return op + (NotContains - Contains)
	default:
		return op.Positive()
	}
}

// adviseNull knows IS NULL, IS NOT NULL, EXISTS and their like.
func adviseNull(d *diagnosis) (advice, bool) {
	if word(d.after(0)) != "is" || !d.expects(tokOp) {
		return silent()
	}
	op, last := "=", d.after(1)
	if word(last) == "not" {
		op, last = "!=", d.after(2)
	}
	switch word(last) {
	case "null", "undefined", "empty", "missing":
		return say("absence is tested with = undefined and != undefined",
			d.cut(Span{d.after(0).Pos.Offset, end(last)}, op+" undefined"))
	case "true", "false":
		return say("comparisons are written with =", d.cut(Span{d.after(0).Pos.Offset, end(last)}, op+" "+last.Value))
	}
	return say("IS is a verb, not an operator; equality is written with =")
}

// adviseWordOperator knows operators that are words elsewhere.
func adviseWordOperator(d *diagnosis) (advice, bool) {
	if !d.expects(tokOp) {
		return silent()
	}
	t, next := d.after(0), word(d.after(1))
	op, last := "", t
	switch w := word(t); {
	case w == "contains" || w == "includes" || w == "has":
		op = "~="
	case (w == "starts" || w == "begins") && next == "with":
		op, last = "^=", d.after(1)
	case w == "ends" && next == "with":
		op, last = "$=", d.after(1)
	case w == "startswith":
		op = "^="
	case w == "endswith":
		op = "$="
	case w == "equals" || w == "eq":
		op = "="
		return say("a regular expression is a value: name = /^ada/i")
	default:
		return silent()
	}
	return say("the operators are =, !=, <, <=, >, >=, ~= (contains), ^= (starts with), $= (ends with)",
		d.cut(Span{t.Pos.Offset, end(last)}, op))
}

// adviseBetween knows age BETWEEN 3 AND 9.
func adviseBetween(d *diagnosis) (advice, bool) {
	if word(d.after(0)) != "between" || !d.expects(tokOp) {
		return silent()
	}
	name := d.before(1).Value
	hint := "there is no BETWEEN: write two comparisons, " + shorten(name) + " >= 1 AND " + shorten(name) + " <= 9"
	low, high := d.after(1), d.after(3)
	if d.after(2).Type != tokAnd || low.Type != tokNumber || high.Value == "" || !isDigit(high.Value[0]) {
		return say(hint)
	}
	return say(hint, d.cut(Span{d.after(0).Pos.Offset, end(high)}, ">= "+low.Value+" AND "+name+" <= "+high.Value))
}

// adviseComment knows the comments of other languages.
func adviseComment(d *diagnosis) (advice, bool) {
	at := d.after(0).Pos.Offset
	for _, mark := range []string{"--", "//", "#"} {
		if mark == "#" && strings.HasPrefix(d.text[at:], mark) {
			return say(commentHint) // or a smart class in the wrong place
		}
		if strings.HasPrefix(d.text[at:], mark) {
			return d.commentAdvice(at, len(mark)), true
		}
		if len(mark) == 2 && at > 0 && strings.HasPrefix(d.text[at-1:], mark) { // the second sign does not fit
			return d.commentAdvice(at-1, len(mark)), true
		}
	}
	line := d.text[strings.LastIndexByte(d.text[:at], '\n')+1 : at]
	if i := strings.LastIndex(line, "-- "); i >= 0 {
		return d.commentAdvice(at-len(line)+i, 2), true
	}
	return silent()
}

// adviseSigns knows operators of other languages.
func adviseSigns(d *diagnosis) (advice, bool) {
	from, t := d.before(1), d.after(0)
	if t.Type != tokOp && t.Type != tokPipe && t.Type != tokBang {
		return silent()
	}
	if from.Type != tokOp && from.Type != tokPipe || end(from) != t.Pos.Offset {
		if strings.HasPrefix(d.rest(), "||") {
			return say("write OR", d.spaced(Span{t.Pos.Offset, t.Pos.Offset + 2}, "OR"))
		}
		return silent()
	}
	both := Span{from.Pos.Offset, end(t)}
	for d.scanner.at(both.End) == '=' {
		both.End++
	}
	switch d.text[both.Start:both.End] {
	case "==", "===":
		return say("equality is one sign: =", d.cut(both, "="))
	case "<>", "!==":
		return say("inequality is written !=", d.cut(both, "!="))
	case "=>":
		return say("write >=", d.cut(both, ">="))
	case "=<":
		return say("write <=", d.cut(both, "<="))
	case "=!":
		return say("write !=", d.cut(both, "!="))
	}
	return silent()
}

// adviseDoubledQuote knows the quote that SQL writes twice inside a string.
func adviseDoubledQuote(d *diagnosis) (advice, bool) {
	before, t := d.before(1), d.after(0)
	if t.Value == "" || before.Value == "" || end(before) != t.Pos.Offset || t.Value[0] != before.Value[0] {
		return silent()
	}
	if c := t.Value[0]; c != '"' && c != '\'' {
		return silent()
	}
	text := unquote(before.Value) + t.Value[:1] + unquote(t.Value)
	return say("a quote inside a string has a backslash in front, or the string has the other quotes: "+shorten(quote(text)),
		d.cut(Span{before.Pos.Offset, end(t)}, quote(text)))
}

// adviseDuration knows bare durations.
func adviseDuration(d *diagnosis) (advice, bool) {
	before, t := d.before(1), d.after(0)
	if before.Value == "" || !isDigit(before.Value[0]) || !isUnitLike(t.Value) {
		return silent()
	}
	return say("a length of time is written date.now - "+before.Value+" "+t.Value,
		d.text[:before.Pos.Offset]+"date.now - "+d.text[before.Pos.Offset:])
}

// adviseQuotedName knows quotes around a property or a class.
func adviseQuotedName(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if t.Type != tokString || !d.expects(tokProperty) || !d.scanner.comparisonAt(d.scanner.skipFrom(end(t))) {
		return silent()
	}
	name := unquote(t.Value)
	if next := d.after(2); next.Type == tokWord { // "x" = name
		return silent()
	}
	if !isDotted(name) {
		name = "[" + name + "]"
	}
	return say("a property's name has no quotes", d.with(*t, name))
}

// adviseDashedName knows names with a dash or a colon.
func adviseDashedName(d *diagnosis) (advice, bool) {
	before, t := d.before(1), d.after(0)
	if t.Type != tokMinus && t.Type != tokArith || end(before) != t.Pos.Offset {
		return silent()
	}
	stop := end(t)
	for c := d.scanner.at(stop); isLetter(c) || isDigit(c) || strings.IndexByte("-./:", c) >= 0 && c != 0; c = d.scanner.at(stop) {
		stop++
	}
	name := d.text[before.Pos.Offset:stop]
	switch {
	case stop == end(t):
		return silent()
	case before.Type == tokProperty:
		prefix := ""
		if d.clauseAt(d.at) == inWhere {
			selector, rest, _ := strings.Cut(name, ".")
			prefix, name = selector+".", rest
		}
		return say("a property with other characters goes in brackets: "+prefix+"["+name+"]",
			d.cut(Span{before.Pos.Offset, stop}, prefix+"["+name+"]"))
	case before.Type == tokWord && d.expects(tokWith):
		return say("a type with other characters is a filter: * WITH _type = \""+name+"\"",
			d.cut(Span{before.Pos.Offset, stop}, "* WITH _type = \""+name+"\""))
	}
	return silent()
}

// adviseValueLeft knows `"x" = name`.
func adviseValueLeft(d *diagnosis) (advice, bool) {
	t, op, name := d.after(0), d.after(1), d.after(2)
	if !d.expects(tokProperty) || op.Type != tokOp || t.Type != tokString && t.Type != tokNumber || !isDotted(name.Value) {
		return silent()
	}
	return say("the property comes first, the value second",
		d.cut(Span{t.Pos.Offset, end(name)}, name.Value+" "+mirrored(op.Value)+" "+t.Value))
}

// mirrored is the sign of a comparison read from right to left.
func mirrored(op string) string {
	return strings.NewReplacer("<", ">", ">", "<").Replace(op)
}

// adviseBareValue knows `a = "x" OR "y"`.
func adviseBareValue(d *diagnosis) (advice, bool) {
	t, join, value, op := d.after(0), d.before(1), d.before(2), d.before(3)
	isValue := t.Type == tokString || t.Type == tokNumber || word(t) == "true" || word(t) == "false" || word(t) == "undefined"
	if !isValue || !d.expects(tokProperty) || join.Type != tokOr && join.Type != tokAnd || value.Type != tokLiteral || op.Type != tokOp {
		return silent()
	}
	stop := d.at + 1
	for d.token(stop).Type == join.Type && (d.token(stop+1).Type == tokString || d.token(stop+1).Type == tokNumber) {
		stop += 2
	}
	list := "(" + d.text[value.Pos.Offset:end(&d.tokens[stop-1])] + ")"
	return say("several values of one property stand in parentheses: "+op.Value+" "+shorten(list),
		d.cut(Span{value.Pos.Offset, end(&d.tokens[stop-1])}, list))
}

// adviseUnquoted knows strings without quotes.
func adviseUnquoted(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if t.Type != tokWord && t.Type != tokJunk || !d.expects(tokLiteral) {
		return silent()
	}
	if strings.Contains(t.Value, ".") || t.Value[0] == '[' {
		return say("a property is compared to another one in WHERE only; a string needs quotes")
	}
	if near := Nearest(t.Value, []string{"true", "false", "undefined", "null"}); len(near) > 0 {
		return say("did you mean " + enumerate(near) + "? A string needs quotes")
	}
	return say("a string needs quotes: \""+shorten(t.Value)+"\"", d.with(*t, `"`+t.Value+`"`))
}

// adviseCommaList knows commas and bars between values.
func adviseCommaList(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if d.before(1).Type != tokLiteral || t.Type != tokComma && t.Type != tokPipe {
		return silent()
	}
	open := d.at
	for open > 0 && d.tokens[open].Type != tokOpen {
		open--
	}
	stop := d.closing(open)
	const hint = `values in a list are joined by OR or AND: ("a" OR "b")`
	if open == 0 || stop == 0 || d.token(open-1).Type != tokOp {
		return say(hint)
	}
	span := Span{d.tokens[open].Pos.Offset, end(&d.tokens[stop])}
	list := d.text[span.Start:span.End]
	if t.Type == tokPipe {
		list = strings.ReplaceAll(strings.ReplaceAll(list, " |", "|"), "|", ",")
	}
	return say(hint, d.cut(span, commasToOr(list)))
}

// adviseAggregate knows conditions on aggregates in WITH and WHERE.
func adviseAggregate(d *diagnosis) (advice, bool) {
	before := d.before(1)
	if d.after(0).Type != tokOpen || before.Type != tokProperty {
		return silent()
	}
	f, known := LookupFunction(before.Value)
	switch {
	case known && f.Kind == Aggregate:
		return say("a condition on an aggregate goes into HAVING, on the column's name: RETURN COUNT(u) AS n HAVING n > 5")
	case known:
		return say("functions are for RETURN only")
	}
	return silent()
}

// adviseArithmetic knows arithmetic in filters.
func adviseArithmetic(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if t.Type != tokArith && t.Type != tokMinus && t.Type != tokStar || d.clauseAt(d.at) == inReturn {
		return silent()
	}
	if p := d.before(1).Type; p != tokProperty && p != tokLiteral && p != tokNumber {
		return silent()
	}
	return say("there is no arithmetic in WITH and WHERE, except date.now - 30 days; compute in RETURN")
}

// adviseTruth knows a property that stands alone as a condition.
func adviseTruth(d *diagnosis) (advice, bool) {
	before, t := d.before(1), d.after(0)
	if before.Type != tokProperty || t.Type == lexer.EOF || !d.expects(tokOp) {
		return silent()
	}
	switch t.Type {
	case tokAnd, tokOr, tokClose, tokAs, tokThat, tokOptOpen, tokWhere, tokReturn, tokOrderBy, tokSkip, tokLimit, tokSemicolon:
		return say("a condition compares: "+shorten(before.Value)+" = true", d.text[:end(before)]+" = true"+d.text[end(before):])
	}
	return silent()
}
