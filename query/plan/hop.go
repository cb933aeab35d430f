package plan

import (
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Select says which entities may stand at a place of the chain: those of the types
// or classes (of any, when both are empty) for which Where holds (nil: all).
// Where looks at no slot but its own.
type Select struct {
	Types, Classes []string
	Where          Cond
}

// Hop says how to go from entities to their neighbours. Both conditions look at no
// slot but their own.
type Hop struct {
	Verbs     []string // upper case; none means any
	Direction graph.Direction
	Where     Cond // on the relationship; nil means all
	Target    Select
}

// Pattern is what must be found beyond an entity, or counted there: a piece of the
// chain of which no object is kept. Nil is found at once. The types of this
// package are its only implementations.
type Pattern interface {
	// String prints the pattern for EXPLAIN.
	String() string
	pattern()
}

// Via is a hop and what must be found beyond it: as often as there are hops.
type Via struct {
	Hop  Hop
	Then Pattern
}

// Lacks is found once where its part is not found.
type Lacks struct{ Part Pattern }

// Either is found where one of its alternatives is. It is never counted.
type Either struct{ Parts []Pattern }

// Both is found where each of its parts is: as often as the one times the other.
type Both struct{ A, B Pattern }

func (*Via) pattern()    {}
func (*Lacks) pattern()  {}
func (*Either) pattern() {}
func (*Both) pattern()   {}

// String prints the selector as J1QL does, as nearly as it can.
func (s Select) String() string {
	names := append(append([]string(nil), s.Types...), s.Classes...)
	out := "*"
	switch len(names) {
	case 0:
	case 1:
		out = names[0]
	default:
		out = "(" + strings.Join(names, "|") + ")"
	}
	if s.Where != nil {
		out += " WITH " + s.Where.String()
	}
	return out
}

// String prints the hop as J1QL does, as nearly as it can.
func (h Hop) String() string {
	return h.verb() + " " + h.Target.String()
}

// verb prints the hop without its target.
func (h Hop) verb() string {
	out := "RELATES TO"
	switch len(h.Verbs) {
	case 0:
	case 1:
		out = h.Verbs[0]
	default:
		out = "(" + strings.Join(h.Verbs, "|") + ")"
	}
	switch h.Direction {
	case graph.Forward:
		out += " >>"
	case graph.Reverse:
		out += " <<"
	}
	if h.Where != nil {
		out += " {" + h.Where.String() + "}"
	}
	return out
}

// String implements Pattern.
func (p *Via) String() string {
	if p.Then == nil {
		return "THAT " + p.Hop.String()
	}
	return "THAT " + p.Hop.String() + " " + p.Then.String()
}

// String implements Pattern.
func (p *Lacks) String() string { return "NOT (" + p.Part.String() + ")" }

// String implements Pattern.
func (p *Either) String() string {
	parts := make([]string, len(p.Parts))
	for i, part := range p.Parts {
		parts[i] = "(" + part.String() + ")"
	}
	return strings.Join(parts, " OR ")
}

// String implements Pattern.
func (p *Both) String() string { return p.A.String() + " AND " + p.B.String() }

// reversed is the hop that goes back to where h came from, which target selects.
func (h Hop) reversed(target Select) Hop {
	switch h.Direction {
	case graph.Forward:
		h.Direction = graph.Reverse
	case graph.Reverse:
		h.Direction = graph.Forward
	}
	h.Target = target
	return h
}
