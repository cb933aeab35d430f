package syntax

import (
	"fmt"
	"math"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// returns lowers RETURN, nil without one.
func (l *lowering) returns(r *returnRule) *Return {
	if r == nil {
		return nil
	}
	out := &Return{place: place{spanAll(r.Tokens)}, Tree: r.Tree}
	for _, item := range r.Items {
		out.Items = append(out.Items, l.item(item))
	}
	return out
}

// item lowers a column. Its text is kept because it names the column.
func (l *lowering) item(r *itemRule) *ReturnItem {
	tokens := r.Tokens
	if r.Alias != nil {
		tokens = tokens[:len(tokens)-2] // without AS and the name
	}
	return &ReturnItem{place{spanAll(r.Tokens)}, l.expr(&r.exprRule), aliasOf(r.Alias), columnText(tokens)}
}

// columnText is an expression as its author wrote it, white space and comments between
// tokens collapsed into one space.
func columnText(tokens []lexer.Token) string {
	if len(tokens) == 1 {
		return tokens[0].Value
	}
	var b strings.Builder
	for i := range tokens {
		if i > 0 && tokens[i].Pos.Offset > end(&tokens[i-1]) {
			b.WriteByte(' ')
		}
		b.WriteString(tokens[i].Value)
	}
	return b.String()
}

// expr applies the precedence of operators to the flat list of operands.
func (l *lowering) expr(r *exprRule) Expr {
	if len(r.Ops) == 0 && len(r.First.Run) == 1 {
		return l.leaf(&r.First.Run[0])
	}
	c := climber{lowering: l}
	c.add(r.First)
	for i, op := range r.Ops {
		c.ops = append(c.ops, arithmeticOp(op))
		c.add(r.Rest[i])
	}
	return c.sum()
}

// arithmeticOp is the operator of a sign.
func arithmeticOp(sign string) ArithmeticOp {
	return ArithmeticOp(strings.Index("+-*/^", sign) + 1)
}

// climber builds the tree of one flat expression.
type climber struct {
	*lowering
	operands []flatOperand
	ops      []ArithmeticOp // one fewer
	taken    int            // operands taken
	power    int            // depth of the power that is being read
}

// flatOperand is a leaf, or a call or group, with the signs in front of it.
type flatOperand struct {
	leaf  *lexer.Token
	rule  *operandRule
	signs []int // their offsets
}

// add appends an operand, or all of a run. A sign in front of a run is one of its first
// leaf.
func (c *climber) add(r *operandRule) {
	var signs []int
	for ; r.Minus != nil; r = r.Minus {
		signs = append(signs, r.Tokens[0].Pos.Offset)
	}
	if r.Run == nil {
		c.operands = append(c.operands, flatOperand{rule: r, signs: signs})
		return
	}
	for i := range r.Run {
		if t := &r.Run[i]; t.Type == tokArith {
			c.ops = append(c.ops, arithmeticOp(t.Value))
		} else {
			c.operands = append(c.operands, flatOperand{leaf: t, signs: signs})
			signs = nil
		}
	}
}

// op is the operator in front of the next operand, 0 at the end.
func (c *climber) op() ArithmeticOp {
	if c.taken > len(c.ops) {
		return 0
	}
	return c.ops[c.taken-1]
}

// sum is products joined by + and -, grouped to the left.
func (c *climber) sum() Expr {
	left := c.product()
	for op := c.op(); op == Add || op == Subtract; op = c.op() {
		left = binary(op, left, c.product())
	}
	return left
}

// product is powers joined by * and /, grouped to the left.
func (c *climber) product() Expr {
	left := c.signed()
	for op := c.op(); op == Multiply || op == Divide; op = c.op() {
		left = binary(op, left, c.signed())
	}
	return left
}

// signed is a power with any number of minus signs in front: -2^2 is -(2^2).
func (c *climber) signed() Expr {
	next := c.operands[c.taken]
	c.taken++
	var e Expr
	switch {
	case next.leaf != nil:
		e = c.leaf(next.leaf)
	case next.rule.Call != nil:
		e = c.call(next.rule.Call)
	default:
		e = c.expr(next.rule.Group)
	}
	e = c.powerOf(e)
	for i := len(next.signs) - 1; i >= 0; i-- {
		e = negate(Span{next.signs[i], e.Span().End}, e)
	}
	return e
}

// powerOf reads on after a base: 2^3^2 is 2^(3^2).
func (c *climber) powerOf(base Expr) Expr {
	if c.op() != Power {
		return base
	}
	if c.power++; c.power > MaxDepth {
		c.fail(tooDeep, base.Span())
		c.taken = len(c.ops) + 1
		return base
	}
	e := binary(Power, base, c.signed())
	c.power--
	return e
}

// binary joins two operands.
func binary(op ArithmeticOp, left, right Expr) Expr {
	return &Binary{place{Span{left.Span().Start, right.Span().End}}, op, left, right}
}

// negate is -e. The negation of a number is a number.
func negate(span Span, e Expr) Expr {
	if n, ok := e.(*Number); ok && !math.Signbit(n.Value()) {
		return &Number{place: place{span}, Exact: n.Exact, Int: -n.Int, Float: -n.Float}
	}
	return &Negate{place{span}, e}
}

// call lowers a function call; whether there is such a function is for Validate.
func (l *lowering) call(r *callRule) *Call {
	c := &Call{place: place{spanAll(r.Tokens)}, Func: strings.ToUpper(r.Func[0].Value), Star: r.Star}
	for _, arg := range r.Args {
		c.Args = append(c.Args, l.expr(arg))
	}
	return c
}

// leaf is a token that is an expression by itself.
func (l *lowering) leaf(t *lexer.Token) Expr {
	at := place{spanOf(t)}
	switch c := t.Value[0]; {
	case c == '"' || c == '\'' || c == '\\':
		return &String{at, unquote(t.Value)}
	case isDigit(c) || c == '-':
		n := number(t.Value)
		n.place = at
		return n
	case c == '$':
		return &Parameter{at, strings.TrimSpace(t.Value[2 : len(t.Value)-1])}
	}
	switch lowerWord(t.Value) {
	case "true":
		return &Bool{at, true}
	case "false":
		return &Bool{at, false}
	case "undefined", "null":
		return &Undefined{at}
	}
	if rest, ok := cutFold(t.Value, "date.now"); ok && (rest == "" || !isLetter(rest[0]) && !isDigit(rest[0]) && rest[0] != '.') {
		return l.dateNow(at, rest)
	}
	if strings.HasSuffix(t.Value, ")") {
		return l.date(at, t.Value)
	}
	return l.path(t)
}

// cutFold is what follows a prefix in any case.
func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// farthest is how far from now a date may be: 100,000 years, in hours.
const farthest = 100_000 * 366 * 24

// dateNow reads what follows date.now: nothing, or a sign, a number and a unit.
func (l *lowering) dateNow(at place, rest string) Expr {
	d := &DateNow{place: at}
	digits := strings.IndexFunc(rest, func(r rune) bool { return r >= '0' && r <= '9' })
	if digits < 0 {
		return d
	}
	letters := strings.LastIndexFunc(rest, func(r rune) bool { return r < 'A' }) + 1
	amount, _ := strconv.ParseFloat(strings.Trim(stripComments(rest[digits:letters]), " \t\r\n\v\f"), 64)
	d.Unit, _ = l.dialect.unit(rest[letters:])
	if amount*d.Unit.hours() > farthest {
		l.fail(tooFar, at.span)
	}
	if (d.Unit == Month || d.Unit == Year) && amount != math.Trunc(amount) {
		l.fail(brokenMonths, at.span)
	}
	d.Amount = amount
	if strings.Contains(stripComments(rest[:digits]), "-") {
		d.Amount = -amount
	}
	return d
}

// stripComments removes comments from the inside of a token.
func stripComments(s string) string {
	for {
		before, after, ok := strings.Cut(s, "/*")
		if !ok {
			return s
		}
		_, after, _ = strings.Cut(after, "*/")
		s = before + after
	}
}

// date reads date( ).
func (l *lowering) date(at place, text string) Expr {
	inner := text[strings.IndexByte(text, '(')+1 : len(text)-1]
	inner = strings.TrimSpace(inner)
	millis, err := parseDate(inner)
	if err != nil {
		l.fail(badDate, at.span)
	}
	return &Date{at, inner, millis}
}

// regex reads a regular expression and checks that it is one.
func (l *lowering) regex(t *lexer.Token) Operand {
	closing := strings.LastIndexByte(t.Value, '/')
	r := &Regex{place: place{spanOf(t)}, Pattern: unslash(t.Value[1:closing])}
	switch t.Value[closing+1:] {
	case "":
	case "i":
		r.IgnoreCase = true
	default:
		l.fail(badFlag, Span{t.Pos.Offset + closing + 1, end(t)})
	}
	if _, err := syntax.Parse(r.Pattern, syntax.Perl); err != nil {
		l.failWith(badRegex, r.span, regexReason(err))
	}
	if l.dialect.ServiceRegex {
		if what := beyondService(r.Pattern); what != "" {
			l.failWith(foreignRegex, r.span, what)
		}
	}
	return r
}

// failWith is fail with a detail for the message.
func (l *lowering) failWith(kind problemKind, span Span, detail string) {
	l.fail(kind, span)
	if l.problem.kind == kind && l.problem.span == span {
		l.problem.detail = detail
	}
}

// regexReason says what is wrong with a pattern, without the package's prefix.
func regexReason(err error) string {
	if e, ok := err.(*syntax.Error); ok {
		return fmt.Sprintf("%s: %s", e.Code, e.Expr)
	}
	return err.Error()
}

// unslash turns `\/` into `/`.
func unslash(pattern string) string {
	if !strings.Contains(pattern, `\/`) {
		return pattern
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '\\' && i+1 < len(pattern) {
			if pattern[i+1] != '/' {
				b.WriteByte('\\')
			}
			i++
		}
		b.WriteByte(pattern[i])
	}
	return b.String()
}

// beyondService names something in a pattern that the service does not support.
func beyondService(pattern string) string {
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			if i++; pattern[i] == 's' || pattern[i] == 'S' {
				return pattern[i-1 : i+1]
			}
		case c == '[' && class && i+1 < len(pattern) && pattern[i+1] == ':':
			return "[: :]"
		case c == '[':
			if class = true; i+1 < len(pattern) && pattern[i+1] == '^' {
				i++
			}
		case c == ']':
			class = false
		case !class && strings.IndexByte("^$|()", c) >= 0:
			return string(c)
		}
	}
	return ""
}
