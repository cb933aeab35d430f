package querytest

import (
	"fmt"
	"strings"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// queryMaker writes random statements over the whole grammar, mostly about what a
// graph holds.
type queryMaker struct {
	dice
	params  map[string]graph.Value
	held    []string // types and classes of the graph
	aliases int
	inner   bool // a sub-query is being written
}

// names are what the clauses after the chain may speak of.
type names struct {
	entities, relationships []string
	optional                []string // those of the entities that may be unbound
}

// all lists the names of entities, then those of relationships.
func (n names) all() []string {
	return append(append([]string(nil), n.entities...), n.relationships...)
}

// query makes a statement. One in many is refused by validation; its maker tries
// again.
func (m *queryMaker) query() *syntax.Query {
	q := &syntax.Query{Unique: m.chance(20), Start: m.start()}
	for range m.weighted(20, 45, 25, 10) {
		q.Steps = append(q.Steps, m.step())
	}
	known := m.namesOf(q)
	if len(known.all()) > 0 && m.chance(30+15*len(known.optional)) {
		q.Where = m.filter(2, m.whereTerm(known))
	}
	m.returns(q, known)
	if q.Return != nil && !q.Return.Tree && m.chance(20) {
		q.Having = m.filter(1, func() syntax.Filter { return m.havingTerm(q) })
	}
	if m.chance(35) {
		m.orderBy(q, known)
	}
	if m.chance(10) {
		q.Skip = &syntax.RowCount{Rows: int64(m.IntN(3))}
	}
	if m.chance(25) {
		q.Limit = &syntax.RowCount{Rows: int64(1 + m.IntN(6))}
	}
	return q
}

// namesOf lists the names that a chain gives to its places. Names inside a negation
// are among them now and then: they are legal and never bound.
func (m *queryMaker) namesOf(q *syntax.Query) names {
	var n names
	scope := q.Scope()
	for _, name := range scope.Names() {
		b, _ := scope.Find(name)
		switch {
		case b.Negated && !m.chance(10):
		case b.Hop != nil:
			if b.Default && m.chance(50) {
				name = strings.ToLower(name)
			}
			n.relationships = append(n.relationships, name)
		default:
			n.entities = append(n.entities, name)
			if b.Optional {
				n.optional = append(n.optional, name)
			}
		}
	}
	return n
}

// start makes the head of the chain: now and then a full-text search.
func (m *queryMaker) start() *syntax.Selector {
	if m.chance(6) {
		text := pick(m.dice, randomTexts...)
		if m.chance(30) {
			text += " " + pick(m.dice, "laptop", "USER", randomTags[0])
		}
		return m.dress(&syntax.Selector{Text: &syntax.String{Value: text}})
	}
	return m.selector()
}

// step makes a hop or an optional group.
func (m *queryMaker) step() syntax.Step {
	if m.chance(66) {
		return m.hop()
	}
	g := &syntax.Optional{}
	for range 1 + m.weighted(80, 20) {
		g.Hops = append(g.Hops, m.hop())
	}
	if m.chance(35) {
		g.Alias = m.alias()
	}
	return g
}

// hop makes a hop with any kind of verb, direction and name.
func (m *queryMaker) hop() *syntax.Hop {
	h := &syntax.Hop{
		Negated:   m.chance(14),
		Direction: pick(m.dice, syntax.Either, syntax.Either, syntax.Either, syntax.Outward, syntax.Inward),
		Target:    m.selector(),
	}
	switch m.weighted(35, 45, 20) {
	case 0:
		h.Verbs = []*syntax.Verb{m.verb()}
		h.Filler = m.chance(15)
	case 1:
		h.AnyVerb = true
	case 2:
		h.Verbs = []*syntax.Verb{m.verb(), m.verb()}
	}
	if m.chance(30) {
		h.Alias = m.alias()
	}
	return h
}

// verb is one that the graph may have.
func (m *queryMaker) verb() *syntax.Verb {
	if m.chance(5) {
		return &syntax.Verb{Class: "LACKS"} // which nothing does
	}
	return &syntax.Verb{Class: pick(m.dice, randomVerbs...)}
}

// alias makes a name that no other place has; among them words that only look
// reserved.
func (m *queryMaker) alias() *syntax.Alias {
	m.aliases++
	return &syntax.Alias{Name: fmt.Sprintf("%s%d", pick(m.dice, "x", "user", "any", "group"), m.aliases)}
}

// selector makes a selector: a name, alternatives, a star or a smart class.
func (m *queryMaker) selector() *syntax.Selector {
	s := &syntax.Selector{}
	if m.chance(6) {
		s.Smart = &syntax.SmartClass{Name: pick(m.dice, "Prod", "Sev1", "Odd")}
	}
	switch m.weighted(35, 20, 40, 5) {
	case 0:
		s.Names = []*syntax.Name{m.name()}
	case 1:
		s.Names = []*syntax.Name{m.name(), m.name()}
	case 2:
		s.Any = true
	case 3:
		s.Any = s.Smart == nil
	}
	return m.dress(s)
}

// name is a type or class, mostly one that the graph holds.
func (m *queryMaker) name() *syntax.Name {
	if m.chance(85) {
		return &syntax.Name{Text: pick(m.dice, m.held...)}
	}
	if m.chance(50) {
		return &syntax.Name{Text: pick(m.dice, randomClasses...)}
	}
	return &syntax.Name{Text: pick(m.dice, append(randomTypes, randomType{"no_such_type", ""})...).name}
}

// dress gives a selector a WITH and an alias, perhaps.
func (m *queryMaker) dress(s *syntax.Selector) *syntax.Selector {
	if m.chance(14) {
		s.With = m.filter(2, func() syntax.Filter { return m.comparison("", entityProperties, nil) })
	}
	if _, isDefault := s.Name(); !isDefault || m.chance(45) {
		s.Alias = m.alias()
	}
	return s
}
