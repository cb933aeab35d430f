package syntax

// write methods of clauses, steps and filters.

// write prints a clause a line, and a hop a line below FIND.
func (q *Query) write(p *printer) {
	for len(p.comments) > 0 && p.comments[0].span.Start < q.span.Start {
		p.comments[0].write(p)
		p.line()
		p.comments = p.comments[1:]
	}
	p.text("FIND ")
	if q.Unique {
		p.text("UNIQUE ")
	}
	p.open(2)
	q.Start.write(p)
	for _, step := range q.Steps {
		p.line()
		step.write(p)
	}
	p.close()
	p.clause("WHERE", q.Where)
	if q.Return != nil {
		p.line()
		q.Return.write(p)
	}
	p.clause("HAVING", q.Having)
	q.writeOrder(p)
	p.count("SKIP", q.Skip)
	p.count("LIMIT", q.Limit)
}

// writeOrder prints the sort keys.
func (q *Query) writeOrder(p *printer) {
	if len(q.OrderBy) == 0 {
		return
	}
	p.line()
	p.open(2)
	p.text("ORDER BY ")
	for i, key := range q.OrderBy {
		if i > 0 {
			p.text(",")
			p.space()
		}
		key.write(p)
	}
	p.close()
}

// clause prints WHERE or HAVING.
func (p *printer) clause(keyword string, f Filter) {
	if f == nil {
		return
	}
	p.line()
	p.open(2)
	p.text(keyword + " ")
	f.write(p)
	p.close()
}

// count prints SKIP or LIMIT.
func (p *printer) count(keyword string, n *RowCount) {
	if n == nil {
		return
	}
	p.line()
	p.text(keyword + " ")
	n.write(p)
}

// write prints the head, then WITH and AS, which get lines of their own together.
func (s *Selector) write(p *printer) {
	p.begin(s)
	s.writeHead(p)
	p.open(2)
	if s.With != nil {
		p.space()
		p.open(2)
		p.text("WITH ")
		s.With.write(p)
		p.close()
	}
	p.alias(s.Alias)
	p.close()
}

// writeHead prints what the selector selects.
func (s *Selector) writeHead(p *printer) {
	if s.Text != nil {
		s.Text.write(p)
		return
	}
	if s.Smart != nil {
		s.Smart.write(p)
		if !s.Any && len(s.Names) == 0 {
			return
		}
		p.text(" ")
	}
	switch {
	case s.Any:
		p.text("*")
	case len(s.Names) == 1:
		s.Names[0].write(p)
	default:
		alternatives(p, s.Names)
	}
}

// alternatives prints `(a | b)`.
func alternatives[N Node](p *printer, nodes []N) {
	p.parens(func() {
		for i, n := range nodes {
			if i > 0 {
				p.text("|")
				p.add(joinPiece)
			}
			n.write(p)
		}
	})
}

// alias prints AS and the name, nothing without one.
func (p *printer) alias(a *Alias) {
	if a == nil {
		return
	}
	p.space()
	p.text("AS ")
	a.write(p)
}

func (n *Name) write(p *printer)       { p.begin(n); p.text(n.Text) }
func (n *Verb) write(p *printer)       { p.begin(n); p.text(n.Class) }
func (n *SmartClass) write(p *printer) { p.begin(n); p.text("#" + n.Name) }

// write quotes names that could not be read back otherwise.
func (n *Alias) write(p *printer) {
	p.begin(n)
	if isName(n.Name) && !isStructural(n.Name) {
		p.text(n.Name)
		return
	}
	p.text(quote(n.Name))
}

func (n *Comment) write(p *printer) { p.text("/*" + n.Text + "*/") }

// write prints the arrow before the alias, whatever the author did.
func (h *Hop) write(p *printer) {
	p.begin(h)
	p.text("THAT ")
	if h.Negated {
		p.text("!")
	}
	switch {
	case h.AnyVerb:
		p.text("RELATES TO")
	case len(h.Verbs) == 1:
		h.Verbs[0].write(p)
	default:
		alternatives(p, h.Verbs)
	}
	if h.Filler && !h.AnyVerb {
		p.text(" TO")
	}
	if h.Direction != Either {
		p.text(" " + h.Direction.String())
	}
	if h.Alias != nil {
		p.text(" AS ")
		h.Alias.write(p)
	}
	p.text(" ")
	h.Target.write(p)
}

// write prints the hops on one line if they fit.
func (g *Optional) write(p *printer) {
	p.begin(g)
	p.text("(")
	p.open(2)
	for i, hop := range g.Hops {
		if i > 0 {
			p.space()
		}
		hop.write(p)
	}
	p.close()
	p.text(")?")
	if g.Alias != nil {
		p.text(" AS ")
		g.Alias.write(p)
	}
}

func (n *And) write(p *printer) { p.begin(n); p.terms("AND ", n.Terms) }
func (n *Or) write(p *printer)  { p.begin(n); p.terms("OR ", n.Terms) }

// terms prints joined terms. An And inside an Or gets parentheses too: nobody should
// have to remember which binds tighter.
func (p *printer) terms(word string, terms []Filter) {
	for i, term := range terms {
		if i > 0 {
			p.space()
			p.text(word)
		}
		if _, leaf := term.(*Comparison); leaf {
			term.write(p)
		} else {
			p.parens(func() { term.write(p) })
		}
	}
}

func (c *Comparison) write(p *printer) {
	p.begin(c)
	c.Left.write(p)
	p.text(" " + c.Op.String() + " ")
	c.Right.write(p)
}

func (l *List) write(p *printer) {
	p.begin(l)
	word := "OR "
	if l.All {
		word = "AND "
	}
	p.parens(func() {
		for i, item := range l.Items {
			if i > 0 {
				p.space()
				p.text(word)
			}
			item.write(p)
		}
	})
}

func (n *SubQuery) write(p *printer) {
	p.begin(n)
	p.parens(func() { n.Query.write(p) })
}

func (r *Return) write(p *printer) {
	p.begin(r)
	if r.Tree {
		p.text("RETURN TREE")
		return
	}
	p.open(2)
	p.text("RETURN")
	p.space()
	for i, item := range r.Items {
		if i > 0 {
			p.text(",")
			p.space()
		}
		item.write(p)
	}
	p.close()
}

// write keeps the author's text where it is the column's name.
func (r *ReturnItem) write(p *printer) {
	p.begin(r)
	if r.Alias == nil && r.text != "" {
		p.text(r.text) // it is the column's name
		return
	}
	r.Expr.write(p)
	if r.Alias != nil {
		p.text(" AS ")
		r.Alias.write(p)
	}
}

func (k *SortKey) write(p *printer) {
	p.begin(k)
	k.Expr.write(p)
	if k.Desc {
		p.text(" DESC")
	}
}
