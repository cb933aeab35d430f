package querytest

import (
	"context"
	"slices"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// Shrink makes a pair smaller, first the graph and then the statement, for as long
// as fails says that the smaller one fails too.
func (p Pair) Shrink(ctx context.Context, fails func(Pair) bool) Pair {
	for {
		next, ok := p.smaller(ctx, fails)
		if !ok {
			return p
		}
		p = next
	}
}

// smaller is a smaller pair that fails.
func (p Pair) smaller(ctx context.Context, fails func(Pair) bool) (Pair, bool) {
	for _, g := range smallerGraphs(p.Graph) {
		next := p
		next.Graph = g
		if ctx.Err() == nil && fails(next) {
			return next, true
		}
	}
	for _, text := range smallerQueries(p.Request.Text) {
		next := p
		next.Request.Text = text
		if ctx.Err() == nil && fails(next) {
			return next, true
		}
	}
	return p, false
}

// smallerGraphs are the graph without one object, or with one object that has fewer
// properties.
func smallerGraphs(g *Graph) (out []*Graph) {
	all := slices.Concat(g.entities, g.relationships)
	for n := len(all) / 2; n > 1; n /= 2 {
		for chunk := range slices.Chunk(all, n) {
			out = append(out, g.Without(chunk...))
		}
	}
	for _, im := range all {
		out = append(out, g.Without(im))
	}
	for _, im := range all {
		for _, p := range im.Props {
			less := im.Clone()
			less.Props.Set(p.Name, graph.Value{})
			out = append(out, g.With(im, less))
		}
	}
	return out
}

// smallerQueries are the statements that come from leaving out one part of text.
func smallerQueries(text string) (out []string) {
	for n := 0; ; n++ {
		q, err := prepare(text)
		if err != nil {
			return out
		}
		c := cutter{left: n}
		c.query(q)
		if c.left >= 0 {
			return out
		}
		if s := q.String(); s != text && !slices.Contains(out, s) {
			if _, err := prepare(s); err == nil {
				out = append(out, s)
			}
		}
	}
}

// cutter leaves out the part of a tree that it meets when left is 0.
type cutter struct{ left int }

// now counts one more part, and says whether it is the one to leave out.
func (c *cutter) now() bool {
	c.left--
	return c.left == -1
}

// query goes over all parts of a statement, the chain first: what hangs on it goes
// with it or makes the statement invalid, and then it is not tried.
func (c *cutter) query(q *syntax.Query) {
	if len(q.Steps) > 0 && c.now() {
		q.Steps = q.Steps[:len(q.Steps)-1]
	}
	if len(q.Steps) > 0 && c.now() {
		q.Steps = q.Steps[1:]
	}
	for _, step := range q.Steps {
		c.step(step)
	}
	c.selector(q.Start)
	c.filter(&q.Where)
	c.returns(q)
	c.filter(&q.Having)
	q.OrderBy = cutOne(c, q.OrderBy, 0)
	cutPart(c, &q.Skip)
	cutPart(c, &q.Limit)
	if q.Unique && c.now() {
		q.Unique = false
	}
}

// cutOne leaves out one of several parts, but keeps at least so many.
func cutOne[T any](c *cutter, parts []T, least int) []T {
	for i := range parts {
		if len(parts) > least && c.now() {
			return slices.Delete(parts, i, i+1)
		}
	}
	return parts
}

// cutPart leaves out a part that may be missing.
func cutPart[T any](c *cutter, part **T) {
	if *part != nil && c.now() {
		*part = nil
	}
}

// step makes a hop or a group smaller.
func (c *cutter) step(step syntax.Step) {
	switch step := step.(type) {
	case *syntax.Hop:
		c.hop(step)
	case *syntax.Optional:
		step.Hops = cutOne(c, step.Hops, 1)
		for _, hop := range step.Hops {
			c.hop(hop)
		}
		cutPart(c, &step.Alias)
	}
}

// hop makes a hop plainer: not negated, of any verb, without arrow and name.
func (c *cutter) hop(h *syntax.Hop) {
	if h.Negated && c.now() {
		h.Negated = false
	}
	if !h.AnyVerb && c.now() {
		h.AnyVerb, h.Verbs, h.Filler = true, nil, false
	}
	if h.Direction != syntax.Either && c.now() {
		h.Direction = syntax.Either
	}
	cutPart(c, &h.Alias)
	c.selector(h.Target)
}

// selector makes a selector plainer: a star, fewer alternatives, no condition, no
// name.
func (c *cutter) selector(s *syntax.Selector) {
	if (!s.Any || s.Smart != nil) && c.now() {
		s.Any, s.Names, s.Smart, s.Text = true, nil, nil, nil
	}
	if len(s.Names) > 1 {
		s.Names = cutOne(c, s.Names, 1)
	}
	c.filter(&s.With)
	cutPart(c, &s.Alias)
}

// filter leaves out a condition that may be missing, or makes it smaller.
func (c *cutter) filter(f *syntax.Filter) {
	if *f == nil {
		return
	}
	if c.now() {
		*f = nil
		return
	}
	c.condition(f)
}

// condition makes a condition smaller that has to stay.
func (c *cutter) condition(f *syntax.Filter) {
	switch filter := (*f).(type) {
	case *syntax.And:
		c.terms(f, filter.Terms)
	case *syntax.Or:
		c.terms(f, filter.Terms)
	case *syntax.Comparison:
		if list, ok := filter.Right.(*syntax.List); ok {
			for _, item := range list.Items {
				if c.now() {
					filter.Right = item
				}
			}
		}
		if sub, ok := filter.Right.(*syntax.SubQuery); ok {
			c.query(sub.Query)
		}
	}
}

// terms puts one of several terms in the place of all.
func (c *cutter) terms(f *syntax.Filter, terms []syntax.Filter) {
	for _, term := range terms {
		if c.now() {
			*f = term
			return
		}
	}
	for i := range terms {
		c.condition(&terms[i])
	}
}

// returns leaves out RETURN or single columns, or makes columns smaller.
func (c *cutter) returns(q *syntax.Query) {
	cutPart(c, &q.Return)
	if q.Return == nil {
		return
	}
	q.Return.Items = cutOne(c, q.Return.Items, 1)
	for _, item := range q.Return.Items {
		cutPart(c, &item.Alias)
		c.expr(&item.Expr)
	}
}

// expr puts one of an expression's operands in its place.
func (c *cutter) expr(e *syntax.Expr) {
	var parts []syntax.Expr
	switch e := (*e).(type) {
	case *syntax.Binary:
		parts = []syntax.Expr{e.Left, e.Right}
	case *syntax.Negate:
		parts = []syntax.Expr{e.Operand}
	case *syntax.Call:
		parts = e.Args
	}
	for _, part := range parts {
		if c.now() {
			*e = part
			return
		}
	}
	for i := range parts {
		if call, ok := (*e).(*syntax.Call); ok {
			c.expr(&call.Args[i])
		}
	}
}
