package syntax

import (
	"math"
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// lowering turns what the grammar recognised into the tree. The first problem that it
// meets is kept; the tree is then not to be used.
type lowering struct {
	dialect Dialect
	problem *problem
	notes   []note
}

// fail keeps the first problem of the text.
func (l *lowering) fail(kind problemKind, span Span) {
	if l.problem == nil || l.problem.span.Start > span.Start {
		l.problem = &problem{kind: kind, span: span}
	}
}

// query lowers a query; its clauses stand in the order of the text.
func (l *lowering) query(r *queryRule) *Query {
	q := &Query{
		place:  place{spanAll(r.Tokens)},
		Unique: r.Unique,
		Start:  l.selector(r.Start.Tokens, r.Start.Head, r.Start.With, r.Start.Alias),
		Where:  l.filter(r.Where, inWhere),
		Return: l.returns(r.Return),
		Having: l.filter(r.Having, inHaving),
		Skip:   l.rowCount(r.Skip, 0),
		Limit:  l.rowCount(r.Limit, 1),
	}
	for _, step := range r.Steps {
		if step.Hop != nil {
			q.Steps = append(q.Steps, l.hop(step.Hop))
		} else {
			q.Steps = append(q.Steps, l.optional(step.Group))
		}
	}
	for _, key := range r.Order {
		q.OrderBy = append(q.OrderBy, &SortKey{place{spanAll(key.Tokens)}, l.expr(&key.exprRule), key.Desc})
	}
	return q
}

// rowCount reads the number of SKIP or LIMIT.
func (l *lowering) rowCount(tokens []lexer.Token, least int64) *RowCount {
	if len(tokens) == 0 {
		return nil
	}
	rows, err := strconv.ParseInt(tokens[0].Value, 10, 64)
	if err != nil || rows < least {
		l.fail(badRowCount, spanOf(&tokens[0]))
	}
	return &RowCount{place{spanOf(&tokens[0])}, rows}
}

// selector reads the start of a chain or a target.
func (l *lowering) selector(all, head []lexer.Token, with *filterRule, alias []lexer.Token) *Selector {
	s := &Selector{place: place{spanAll(all)}, With: l.filter(with, inFind), Alias: aliasOf(alias)}
	for i := range head {
		switch t := &head[i]; t.Type {
		case tokString:
			s.Text = &String{place{spanOf(t)}, unquote(t.Value)}
		case tokSmart:
			s.Smart = &SmartClass{place{spanOf(t)}, t.Value[1:]}
		case tokStar:
			s.Any = true
		case tokWord:
			s.Names = append(s.Names, &Name{place{spanOf(t)}, t.Value})
		}
	}
	return s
}

// aliasOf is the alias that a name or a string makes.
func aliasOf(tokens []lexer.Token) *Alias {
	if len(tokens) == 0 {
		return nil
	}
	t := &tokens[0]
	if t.Type == tokString {
		return &Alias{place{spanOf(t)}, unquote(t.Value)}
	}
	return &Alias{place{spanOf(t)}, t.Value}
}

// optional lowers a group; its span ends with the alias.
func (l *lowering) optional(r *groupRule) *Optional {
	g := &Optional{place: place{spanAll(r.Tokens)}, Alias: aliasOf(r.Alias)}
	for _, hop := range r.Hops {
		g.Hops = append(g.Hops, l.hop(hop))
	}
	return g
}

// hop lowers a hop with its target.
func (l *lowering) hop(r *hopRule) *Hop {
	h := &Hop{place: place{spanAll(r.Tokens)}}
	l.edge(h, r.Edge)
	t := r.Target
	h.Target = l.selector(t.Tokens, t.Head, t.With, t.Alias)
	return h
}

// edge reads what stands in front of the target.
func (l *lowering) edge(h *Hop, tokens []lexer.Token) {
	for i := range tokens {
		switch t := &tokens[i]; t.Type {
		case tokBang:
			h.Negated = true
		case tokRelatesTo:
			h.AnyVerb = true
		case tokVerb:
			h.Verbs = append(h.Verbs, &Verb{place{spanOf(t)}, strings.ToUpper(t.Value)})
		case tokTo:
			h.Filler = true
		case tokArrow:
			if h.Direction != Either {
				l.fail(secondArrow, spanOf(t))
			}
			h.Direction = directionOf(t.Value)
		case tokWord:
			h.Alias = &Alias{place{spanOf(t)}, t.Value}
		}
	}
}

// directionOf is the direction of an arrow.
func directionOf(arrow string) Direction {
	if arrow == ">>" {
		return Outward
	}
	return Inward
}

// filter applies the precedence of AND and OR to the flat list of parts.
func (l *lowering) filter(r *filterRule, in clause) Filter {
	if r == nil {
		return nil
	}
	var j joiner
	l.part(&j, r.First, in)
	for i, join := range r.Joins {
		j.join(join)
		l.part(&j, r.Rest[i], in)
	}
	return disjunction(append(j.either, conjunction(j.both)))
}

// joiner collects terms as they come: AND binds tighter than OR.
type joiner struct {
	either []Filter // finished terms of OR
	both   []Filter // terms of the AND that is being read
}

// join takes the word between two terms.
func (j *joiner) join(word string) {
	if strings.EqualFold(word, "or") {
		j.either = append(j.either, conjunction(j.both))
		j.both = nil
	}
}

// part adds the terms of a part of a filter.
func (l *lowering) part(j *joiner, r *partRule, in clause) {
	switch {
	case r.Run != nil:
		l.run(j, r.Run, in)
	case r.Group != nil:
		j.both = append(j.both, l.filter(r.Group, in))
	case r.Single.Swap != nil:
		j.both = append(j.both, l.swapped(r.Single, in))
	default:
		j.both = append(j.both, l.comparison(r.Single, in))
	}
}

// comparison is one with a function on the left or a sub-query on the right.
func (l *lowering) comparison(r *comparisonRule, in clause) *Comparison {
	c := &Comparison{place: place{spanAll(r.Tokens)}, Op: operatorOf(r.Op[0].Value)}
	if r.Call != nil {
		c.Left = l.call(r.Call)
	} else {
		c.Left = l.left(&r.Left[0], in)
	}
	if r.Sub == nil {
		c.Right = l.operand(r.Value)
		return c
	}
	open := len(r.Tokens) - len(r.Sub.Tokens) - 2 // the parentheses are around all of it
	c.Right = &SubQuery{place{spanAll(r.Tokens[open:])}, l.query(r.Sub)}
	return c
}

// run adds simple comparisons: property, operator, value, joined by words.
func (l *lowering) run(j *joiner, tokens []lexer.Token, in clause) {
	for i := 0; i < len(tokens); {
		if typ := tokens[i].Type; typ == tokAnd || typ == tokOr {
			j.join(tokens[i].Value)
			i++
		}
		end := i + 3
		for tokens[i+2].Type == tokOpen && tokens[end-1].Type != tokClose {
			end++
		}
		j.both = append(j.both, &Comparison{
			place{spanAll(tokens[i:end])}, l.left(&tokens[i], in), operatorOf(tokens[i+1].Value), l.operand(tokens[i+2 : end]),
		})
		i = end
	}
}

// conjunction joins terms by AND and takes up those that are conjunctions already.
func conjunction(terms []Filter) Filter {
	if len(terms) == 1 {
		return terms[0]
	}
	and := &And{place: place{spanOver(terms)}}
	for _, term := range terms {
		if inner, ok := term.(*And); ok {
			and.Terms = append(and.Terms, inner.Terms...)
		} else {
			and.Terms = append(and.Terms, term)
		}
	}
	return and
}

// disjunction joins terms by OR and takes up those that are disjunctions already.
func disjunction(terms []Filter) Filter {
	if len(terms) == 1 {
		return terms[0]
	}
	or := &Or{place: place{spanOver(terms)}}
	for _, term := range terms {
		if inner, ok := term.(*Or); ok {
			or.Terms = append(or.Terms, inner.Terms...)
		} else {
			or.Terms = append(or.Terms, term)
		}
	}
	return or
}

// spanOver is from the first term to the last, without the parentheses around them.
func spanOver(terms []Filter) Span {
	return Span{terms[0].Span().Start, terms[len(terms)-1].Span().End}
}

// swapped is a comparison with the date on the left, written the other way round.
func (l *lowering) swapped(r *comparisonRule, in clause) Filter {
	op := operatorOf(r.Swap[1].Value)
	switch op {
	case Less:
		op = Greater
	case LessEqual:
		op = GreaterEqual
	case Greater:
		op = Less
	case GreaterEqual:
		op = LessEqual
	case Equal, NotEqual:
	default:
		l.fail(valueOnTheLeft, spanOf(&r.Swap[0]))
	}
	l.notes = append(l.notes, note{spanAll(r.Tokens), "the property belongs on the left; the comparison is read the other way round"})
	return &Comparison{place{spanAll(r.Tokens)}, l.left(&r.Swap[2], in), op, l.literal(&r.Swap[0])}
}

// operatorOf is the operator of a sign, 0 if it is no operator.
func operatorOf(sign string) Op {
	for op := Equal; op <= NotEndsWith; op++ {
		if operators[op] == sign {
			return op
		}
	}
	return 0
}

// left is the left side of a comparison: what a name stands for depends on the clause.
func (l *lowering) left(t *lexer.Token, in clause) Expr {
	switch {
	case in == inFind:
		return &Property{place: place{spanOf(t)}, Name: flatName(t.Value)}
	case in == inHaving && strings.IndexByte("\"'\\", t.Value[0]) >= 0:
		return &String{place{spanOf(t)}, unquote(t.Value)}
	case in == inHaving:
		return l.path(t)
	}
	if ref, ok := l.path(t).(*SelectorRef); ok {
		return &Property{place: ref.place, Name: ref.Name}
	}
	return l.path(t)
}

// path is a selector, a selector's property or, for `selector.*`, all of them. A path
// that begins with a bracket has no selector.
func (l *lowering) path(t *lexer.Token) Expr {
	at := place{spanOf(t)}
	selector, name, dotted := strings.Cut(t.Value, ".")
	switch {
	case strings.IndexByte("[{", t.Value[0]) >= 0:
		return &Property{at, "", flatName(t.Value)}
	case !dotted:
		return &SelectorRef{at, selector}
	case name == "*":
		return &SelectorAll{at, selector}
	case strings.HasSuffix(name, ".*"):
		l.fail(starInPath, spanOf(t))
	}
	return &Property{at, selector, flatName(name)}
}

// flatName is a property's name without brackets: one key, whose dots are part of it.
func flatName(path string) string {
	if strings.IndexByte(path, '[') < 0 {
		return path
	}
	var b strings.Builder
	for path != "" {
		if path[0] == '[' {
			inner, rest, _ := strings.Cut(path[1:], "]")
			b.WriteString(strings.TrimSpace(inner))
			path = rest
			continue
		}
		b.WriteByte(path[0])
		path = path[1:]
	}
	return b.String()
}

// operand is the right side of a comparison: a literal, or a list of them in
// parentheses. A list of one is its only value.
func (l *lowering) operand(tokens []lexer.Token) Operand {
	if len(tokens) == 1 {
		return l.literal(&tokens[0])
	}
	list := &List{place: place{spanAll(tokens)}}
	for i := 1; i < len(tokens)-1; i++ {
		switch t := &tokens[i]; t.Type {
		case tokLiteral:
			list.Items = append(list.Items, l.literal(t))
		case tokAnd:
			if len(list.Items) > 1 && !list.All {
				l.fail(mixedList, spanOf(t))
			}
			list.All = true
		case tokOr:
			if list.All {
				l.fail(mixedList, spanOf(t))
			}
		}
	}
	if len(list.Items) == 1 {
		return list.Items[0]
	}
	return list
}

// literal is a value in a comparison.
func (l *lowering) literal(t *lexer.Token) Operand {
	if t.Value[0] == '/' {
		return l.regex(t)
	}
	switch n := l.leaf(t).(type) {
	case Operand:
		return n
	default: // a selector's name, which the lexer gives no value
		l.fail(unquotedValue, spanOf(t))
		return &Undefined{place{spanOf(t)}}
	}
}

// number reads digits, perhaps with a sign in front and space after it.
func number(text string) *Number {
	if text[0] == '-' {
		text = stripComments(text)
		text = "-" + text[strings.IndexFunc(text, func(r rune) bool { return r >= '0' && r <= '9' }):]
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return &Number{Exact: true, Int: n}
	}
	f, _ := strconv.ParseFloat(text, 64) // digits and a point; out of range is infinite
	if math.IsInf(f, 0) {
		f = math.Copysign(math.MaxFloat64, f)
	}
	return &Number{Float: f}
}
