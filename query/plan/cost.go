package plan

import (
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Shares of objects that a condition is expected to let through where the
// catalogue cannot tell.
const (
	shareEqual   = 0.1
	shareText    = 0.1
	shareOrder   = 0.3
	shareUnknown = 0.5
)

// estimator expects how many rows a traversal makes. It is asked only where there
// is a choice to make.
type estimator struct {
	d     *draft
	nodes []nodeEstimate
	edges []float64 // relationships of each hop of the chain
}

// nodeEstimate is what is expected of one node of the chain.
type nodeEstimate struct {
	all  float64 // entities of the types or classes
	rows float64 // those for which the conditions hold, too
	key  bool    // found by key: no scan
}

// estimate makes the estimator of the chain when it is first asked for.
func (d *draft) estimate() *estimator {
	if d.expect != nil {
		return d.expect
	}
	e := &estimator{d: d}
	d.expect = e
	e.nodes = append(e.nodes, e.node(d.start.Select))
	from := []Select{d.start.Select} // where a row may stand
	for _, s := range d.steps {
		if s.hop == nil {
			from = e.addRun(s, from)
			continue
		}
		edges := 0.0
		for _, sel := range from {
			edges += e.joins(sel, s.hop.Hop)
		}
		e.nodes = append(e.nodes, e.node(s.hop.Hop.Target))
		e.edges = append(e.edges, edges)
		from = []Select{s.hop.Hop.Target}
	}
	return e
}

// addRun expects what a run of optional groups leads to: rows stand where they stood
// or at the end of a group. It returns the selections of those places.
func (e *estimator) addRun(s step, from []Select) []Select {
	at := e.nodes[len(e.nodes)-1]
	for _, branch := range s.run {
		if n := len(branch.Hops); n > 0 {
			target := branch.Hops[n-1].Hop.Target
			end := e.node(target)
			at = nodeEstimate{all: at.all + end.all, rows: at.rows + end.rows}
			from = append(from, target)
		}
	}
	e.nodes, e.edges = append(e.nodes, at), append(e.edges, 0)
	return from
}

// node expects what stands at one place of the chain.
func (e *estimator) node(s Select) nodeEstimate {
	var n nodeEstimate
	for _, t := range e.d.stats.typesOf(s.Types, s.Classes) {
		n.all += float64(t.Count)
		n.rows += float64(t.Count) * e.share(s.Where, graph.EntityKind, t)
	}
	if keyed(s.Where) {
		n.key, n.rows = true, min(n.rows, 1)
	}
	return n
}

// keyed reports whether a condition leaves at most a few objects, found by index.
func keyed(c Cond) bool {
	switch c := c.(type) {
	case AllOf:
		return slices.ContainsFunc(c, keyed)
	case Compare:
		p, ok := c.Left.(Prop)
		return ok && c.Op == graph.Eq && len(c.Right) == 1 && (p.Name == graph.PropKey || p.Name == graph.PropID)
	}
	return false
}

// share is the part of the objects of a type for which a condition is expected to
// hold.
func (e *estimator) share(c Cond, kind graph.Kind, t graph.TypeStat) float64 {
	switch c := c.(type) {
	case nil:
		return 1
	case AllOf:
		share := 1.0
		for _, part := range c {
			share *= e.share(part, kind, t)
		}
		return share
	case AnyOf:
		rest := 1.0
		for _, part := range c {
			rest *= 1 - e.share(part, kind, t)
		}
		return 1 - rest
	case Compare:
		return e.compared(c, kind, t)
	case FullText:
		return shareText
	}
	return 0 // a smart class without a definition
}

// compared is the share of one comparison.
func (e *estimator) compared(c Compare, kind graph.Kind, t graph.TypeStat) float64 {
	positive, negated := c.Op.Positive()
	share := 0.0
	for _, o := range c.Right {
		share += e.operandShare(c, positive, o, kind, t)
	}
	if c.All && len(c.Right) > 1 {
		share /= float64(len(c.Right))
	}
	share = min(share, 1)
	if negated {
		return 1 - share
	}
	return share
}

// operandShare is the share of the objects for which one operand of a comparison
// holds.
func (e *estimator) operandShare(c Compare, op graph.Operator, o Operand, kind graph.Kind, t graph.TypeStat) float64 {
	p, ok := c.Left.(Prop)
	if !ok || t.Count == 0 {
		return shareUnknown
	}
	stat, known := e.d.stats.prop(kind, t.Type, p.Name)
	missing := 1 - float64(stat.Filled)/float64(t.Count)
	switch {
	case !known && p.Name[0] == '_':
		return shareUnknown
	case o.Const.Absent:
		return missing
	case !known:
		return 0
	}
	constant := o.Expr == nil && o.Sub == nil
	switch op {
	case graph.Eq:
		if constant && o.Const.Regex == nil {
			return e.valueShare(stat, o.Const.Value, t)
		}
		return shareEqual
	case graph.Contains, graph.StartsWith, graph.EndsWith:
		return shareText
	}
	return shareOrder
}

// valueShare is the share of a value: counted among the commonest, else what they
// leave to each of the others.
func (e *estimator) valueShare(s graph.PropertyStat, v graph.Value, t graph.TypeStat) float64 {
	rest := s.Filled
	for _, top := range s.Top {
		if graph.Equal(top.Value, v) {
			return float64(top.Count) / float64(t.Count)
		}
		rest -= top.Count
	}
	others := max(s.Distinct-len(s.Top), 1)
	return max(float64(rest), 0.5) / float64(others) / float64(t.Count)
}

// joins counts the relationships that a hop can take.
func (e *estimator) joins(from Select, h Hop) float64 {
	fits := e.within(from)
	reaches := e.within(h.Target)
	n := 0
	for _, r := range e.d.stats.between(h.Verbs, from, h.Target) {
		if len(h.Verbs) > 0 && !slices.Contains(h.Verbs, r.Verb) {
			continue
		}
		if h.Direction != graph.Reverse && fits(r.FromType) && reaches(r.ToType) {
			n += r.Count
		}
		if h.Direction != graph.Forward && fits(r.ToType) && reaches(r.FromType) {
			n += r.Count
		}
	}
	if h.Where != nil {
		return float64(n) * shareUnknown
	}
	return float64(n)
}

// passing is the share of the entities of a selection at which a pattern is expected
// to be found: as many as have its first hop.
func (e *estimator) passing(from Select, p Pattern) float64 {
	switch p := p.(type) {
	case *Lacks:
		return 1 - e.passing(from, p.Part)
	case *Via:
		all := 0.0
		for _, t := range e.d.stats.typesOf(from.Types, from.Classes) {
			all += float64(t.Count)
		}
		return min(1, e.having(from, p.Hop)/max(all, 1))
	}
	return 1
}

// having counts the entities of a selection that have a hop, those of several kinds
// of relationships several times.
func (e *estimator) having(from Select, h Hop) float64 {
	fits, reaches := e.within(from), e.within(h.Target)
	n := 0
	for _, r := range e.d.stats.between(h.Verbs, from, h.Target) {
		if len(h.Verbs) > 0 && !slices.Contains(h.Verbs, r.Verb) {
			continue
		}
		if h.Direction != graph.Reverse && fits(r.FromType) && reaches(r.ToType) {
			n += known(r.FromDistinct, r.Count)
		}
		if h.Direction != graph.Forward && fits(r.ToType) && reaches(r.FromType) {
			n += known(r.ToDistinct, r.Count)
		}
	}
	return float64(n)
}

// known is n, or otherwise where n is 0 for unknown.
func known(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// within tells the types that a selection can have.
func (e *estimator) within(s Select) func(string) bool {
	if len(s.Types) == 0 && len(s.Classes) == 0 {
		return func(string) bool { return true }
	}
	types := e.d.stats.typesOf(s.Types, s.Classes)
	return func(name string) bool {
		return slices.ContainsFunc(types, func(t graph.TypeStat) bool { return t.Type == name })
	}
}

// right is how many steps the i-th hop is expected to make of one row at its near
// end: before, and after, the conditions at its far end.
func (e *estimator) right(i int) (raw, kept float64) {
	return degree(e.edges[i], e.nodes[i], e.nodes[i+1])
}

// left is the same from its far end to its near one.
func (e *estimator) left(i int) (raw, kept float64) {
	return degree(e.edges[i-1], e.nodes[i], e.nodes[i-1])
}

// degree spreads relationships evenly over the entities at their near end.
func degree(edges float64, from, to nodeEstimate) (raw, kept float64) {
	raw = edges / max(from.all, 1)
	return raw, raw * to.rows / max(to.all, 1)
}
