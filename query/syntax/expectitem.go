package syntax

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
)

// fits adds what a token type means at the end of the text.
func (c *completer) fits(typ lexer.TokenType) {
	switch c.sigil {
	case '#':
		if typ == tokSmart {
			c.add(Expected{Kind: ExpectSmartClass})
		}
		return
	case '$':
		if typ == tokLiteral || typ == tokOperand {
			c.add(Expected{Kind: ExpectParameter})
		}
		return
	}
	if c.Quote != 0 {
		c.fitsQuote(typ)
		return
	}
	if c.owner != "" {
		c.fitsOwner(typ)
		return
	}
	if word := keywordText(typ); word != "" {
		if typ == tokHaving && c.clause() != inReturn {
			return
		}
		c.Keywords = append(c.Keywords, word)
		return
	}
	c.fitsThing(typ)
	c.Signs = append(c.Signs, signsOf(typ)...)
}

// signsOf are the signs that a token type stands for.
func signsOf(typ lexer.TokenType) []string {
	switch typ {
	case tokStar:
		return []string{"*"}
	case tokOpen:
		return []string{"("}
	case tokClose:
		return []string{")"}
	case tokOptOpen:
		return []string{"(THAT"}
	case tokOptClose:
		return []string{")?"}
	case tokPipe:
		return []string{"|"}
	case tokComma:
		return []string{","}
	case tokBang:
		return []string{"!"}
	case tokArrow:
		return []string{">>", "<<"}
	case tokSemicolon:
		return []string{";"}
	case tokArith:
		return []string{"+", "-", "*", "/", "^"}
	}
	return nil
}

// fitsQuote adds what may stand in quotes.
func (c *completer) fitsQuote(typ lexer.TokenType) {
	switch typ {
	case tokLiteral:
		c.add(c.value())
	case tokString:
		if c.last(0).Type == tokAs {
			c.add(Expected{Kind: ExpectNewName})
		} else {
			c.add(Expected{Kind: ExpectText})
		}
	case tokProperty, tokOperand:
		if in := c.clause(); in == inHaving || in == inOrder {
			c.add(c.columns())
		}
	}
}

// fitsOwner adds what may stand behind `selector.`.
func (c *completer) fitsOwner(typ lexer.TokenType) {
	if typ != tokProperty && typ != tokOperand && (typ != tokLiteral || c.clause() != inWhere) {
		return
	}
	if place, ok := c.placeOf(c.owner); ok {
		c.add(Expected{Kind: ExpectProperty, Place: place})
	}
}

// fitsThing adds the kind of thing that a token type stands for in its clause.
func (c *completer) fitsThing(typ lexer.TokenType) {
	in := c.clause()
	switch typ {
	case tokWord:
		c.add(c.word())
	case tokVerb:
		c.add(Expected{Kind: ExpectVerb, Place: Place{Entities: c.ends()}})
	case tokProperty:
		switch in {
		case inWhere:
			c.add(c.names())
		case inHaving:
			c.add(c.columns())
		default:
			c.add(Expected{Kind: ExpectProperty, Place: Place{Entities: c.filtered()}})
		}
	case tokOp:
		c.add(Expected{Kind: ExpectOperator})
	case tokLiteral:
		c.add(c.value())
		if in == inWhere {
			c.add(c.names())
		}
		c.Keywords = append(c.Keywords, "true", "false", "undefined", "date.now")
		if c.last(0).Type == tokOpen && c.last(1).Type == tokOp {
			c.Keywords = append(c.Keywords, "FIND")
		}
	case tokOperand:
		if in == inOrder {
			c.add(c.columns())
		}
		c.add(c.names())
	case tokFunc:
		if in == inReturn || in == inHaving || in == inOrder {
			c.add(Expected{Kind: ExpectFunction})
		}
	case tokNumber:
		c.add(Expected{Kind: ExpectNumber})
	}
}

// word is a class or type, or a new name behind AS.
func (c *completer) word() Expected {
	if c.last(0).Type == tokAs {
		return Expected{Kind: ExpectNewName}
	}
	for i := len(c.tokens) - 1; i >= 0; i-- {
		if c.tokens[i].Type == tokThat {
			return Expected{Kind: ExpectTarget, Place: Place{Entities: c.ends(), Hop: hopOf(c.tokens[i:])}}
		}
	}
	return Expected{Kind: ExpectStart}
}

// hopOf is the hop that the tokens begin, without its target.
func hopOf(tokens []lexer.Token) *Hop {
	for i := 1; i < len(tokens); i++ { // without what is there of the target
		before := tokens[i-1].Type
		if tokens[i].Type == tokSmart || tokens[i].Type == tokOpen && before != tokThat && before != tokBang {
			tokens = tokens[:i]
		}
	}
	h := &Hop{place: place{spanAll(tokens)}}
	var l lowering
	l.edge(h, tokens)
	return h
}

// filtered is the selector whose WITH the cursor is in: the last one that is whole.
func (c *completer) filtered() []*Selector {
	if c.query == nil {
		return nil
	}
	last := c.query.Start
	for _, step := range c.query.Steps {
		switch step := step.(type) {
		case *Hop:
			last = step.Target
		case *Optional:
			last = step.Hops[len(step.Hops)-1].Target
		}
	}
	return []*Selector{last}
}

// ends are the selectors that the unfinished hop may begin at.
func (c *completer) ends() []*Selector {
	if c.query == nil {
		return nil
	}
	base := c.tokens[0].Pos.Offset
	hop, group := -1, -1 // where they begin, relative to the query
	depth := 0
	for _, t := range slices.Backward(c.tokens) {
		switch t.Type {
		case tokThat:
			if hop < 0 {
				hop = t.Pos.Offset - base
			}
		case tokClose, tokOptClose:
			depth++
		case tokOpen, tokSubOpen, tokOptOpen:
			if depth--; depth < 0 && t.Type == tokOptOpen && group < 0 {
				group = t.Pos.Offset - base
			}
			depth = max(depth, 0)
		}
	}
	return endsAt(c.query, hop, group)
}

// endsAt are the selectors that a hop at an offset may begin at; group is where the
// group begins that the hop is in, negative if it is in none.
func endsAt(q *Query, hop, group int) []*Selector {
	n := 0
	for ; n < len(q.Steps) && q.Steps[n].Span().Start < hop; n++ {
		g, ok := q.Steps[n].(*Optional)
		if !ok || g.span.Start != group {
			continue
		}
		before := endsOf(q, n)
		for _, inner := range g.Hops {
			if inner.span.Start < hop {
				before = []*Selector{inner.Target}
			}
		}
		return before
	}
	return endsOf(q, n)
}

// endsOf are the selectors that the chain may have reached after n steps.
func endsOf(q *Query, n int) []*Selector {
	var ends []*Selector
	for n--; n >= 0; n-- {
		switch step := q.Steps[n].(type) {
		case *Hop:
			return append(ends, step.Target)
		case *Optional:
			ends = append(ends, step.Hops[len(step.Hops)-1].Target)
		}
	}
	return append(ends, q.Start)
}

// value is a value of the property that is being compared.
func (c *completer) value() Expected {
	e := Expected{Kind: ExpectValue}
	for i := len(c.tokens) - 1; i > 0; i-- {
		if c.tokens[i].Type != tokOp {
			continue
		}
		e.Op = operatorOf(c.tokens[i].Value)
		var l lowering
		if p, ok := l.left(&c.tokens[i-1], c.clause()).(*Property); ok {
			e.Property = p.Name
			if c.clause() == inFind {
				e.Place = Place{Entities: c.filtered()}
			} else if place, ok := c.placeOf(p.Selector); ok {
				e.Place = place
			}
		}
		break
	}
	return e
}

// names are the selectors that the query has.
func (c *completer) names() Expected {
	e := Expected{Kind: ExpectAlias}
	if c.query != nil {
		e.Names = c.query.Scope().Names()
	}
	return e
}

// columns are the names of the columns that the query has.
func (c *completer) columns() Expected {
	e := Expected{Kind: ExpectColumn}
	if c.query == nil {
		return e
	}
	for _, column := range c.query.Columns().List {
		if _, family := column.Expr.(*SelectorAll); !family {
			e.Names = append(e.Names, column.Name)
		}
	}
	return e
}

// placeOf is the place that a selector's name stands for.
func (c *completer) placeOf(name string) (Place, bool) {
	if c.query == nil {
		return Place{}, false
	}
	b, ok := c.query.Scope().Find(name)
	if !ok {
		return Place{}, false
	}
	if b.Selector != nil {
		return Place{Entities: []*Selector{b.Selector}}, true
	}
	for n, step := range c.query.Steps {
		before := endsOf(c.query, n)
		switch step := step.(type) {
		case *Hop:
			if step == b.Hop {
				return Place{Entities: before, Hop: step}, true
			}
		case *Optional:
			if step == b.Group {
				return Place{Entities: endsOf(c.query, n+1)}, true
			}
			for _, hop := range step.Hops {
				if hop == b.Hop {
					return Place{Entities: before, Hop: hop}, true
				}
				before = []*Selector{hop.Target}
			}
		}
	}
	return Place{}, false
}
