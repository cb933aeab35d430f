package syntax

import "strings"

// Binding is a name of the statement that WHERE, RETURN and ORDER BY may use, and
// what it stands for. Exactly one of Selector, Hop and Group is set.
type Binding struct {
	// Name is the alias or the default name; empty when the place has none.
	Name string
	// Default says that the name is not an alias: the class or type of a selector with
	// a single one, or the verb of a hop with a single one.
	Default bool
	// Selector is the entity's place in the chain.
	Selector *Selector
	// Hop is the relationship's place in the chain.
	Hop *Hop
	// Group is the optional group whose end an alias after `)?` names.
	Group *Optional
	// Optional says that the place is inside an optional group and may be unbound.
	Optional bool
	// Negated says that the place is inside a negation and never bound.
	Negated bool
}

// Scope is the names of one query. Sub-queries have scopes of their own and do not
// see the names around them.
type Scope struct {
	bindings []*Binding
	aliases  map[string]*Binding
	entities map[string]*candidates // default names of entities
	verbs    map[string]*candidates // default names of relationships, in capitals
}

// candidates are the places that share a default name.
type candidates struct {
	positive, negated []*Binding
}

// Scope collects the names of q in the order of the chain: the start, then for each
// hop the relationship and the target, then the optional group's end. Places without
// a name are included, so that the n-th place is the n-th binding.
func (q *Query) Scope() *Scope {
	s := &Scope{
		aliases:  make(map[string]*Binding),
		entities: make(map[string]*candidates),
		verbs:    make(map[string]*candidates),
	}
	s.addSelector(q.Start, Binding{})
	negated := false
	for _, step := range q.Steps {
		switch step := step.(type) {
		case *Hop:
			negated = negated || step.Negated
			s.addHop(step, Binding{Negated: negated})
		case *Optional:
			s.addGroup(step, negated)
		}
	}
	return s
}

// addGroup adds the hops of a group, whose own negations end with it, and its alias.
func (s *Scope) addGroup(g *Optional, negated bool) {
	inside := negated
	for _, hop := range g.Hops {
		inside = inside || hop.Negated
		s.addHop(hop, Binding{Negated: inside, Optional: true})
	}
	if g.Alias != nil {
		s.add(&Binding{Name: g.Alias.Name, Group: g, Negated: negated})
	}
}

// addHop adds the relationship, then the target.
func (s *Scope) addHop(h *Hop, b Binding) {
	rel := b
	rel.Hop = h
	rel.Name, rel.Default = h.Name()
	s.add(&rel)
	s.addSelector(h.Target, b)
}

// addSelector adds an entity.
func (s *Scope) addSelector(sel *Selector, b Binding) {
	b.Selector = sel
	b.Name, b.Default = sel.Name()
	s.add(&b)
}

// add appends a binding and files it under its name.
func (s *Scope) add(b *Binding) {
	s.bindings = append(s.bindings, b)
	switch {
	case b.Name == "":
	case !b.Default:
		if s.aliases[b.Name] == nil {
			s.aliases[b.Name] = b
		}
	case b.Hop != nil:
		file(s.verbs, strings.ToUpper(b.Name), b)
	default:
		file(s.entities, b.Name, b)
	}
}

// file puts a default name where Find looks for it.
func file(under map[string]*candidates, name string, b *Binding) {
	c := under[name]
	if c == nil {
		c = &candidates{}
		under[name] = c
	}
	if b.Negated {
		c.negated = append(c.negated, b)
	} else {
		c.positive = append(c.positive, b)
	}
}

// Name is the name by which the rest of the statement refers to the selector: its
// alias, else its only class or type (and then isDefault is true), else empty. With
// an alias the default name is not valid any more.
func (s *Selector) Name() (name string, isDefault bool) {
	switch {
	case s.Alias != nil:
		return s.Alias.Name, false
	case len(s.Names) == 1:
		return s.Names[0].Text, true
	default:
		return "", false
	}
}

// Name is the name by which the rest of the statement refers to the relationship:
// its alias, else its only verb in capitals (and then isDefault is true), else empty.
func (h *Hop) Name() (name string, isDefault bool) {
	switch {
	case h.Alias != nil:
		return h.Alias.Name, false
	case len(h.Verbs) == 1:
		return h.Verbs[0].Class, true
	default:
		return "", false
	}
}

// Bindings are all places of the chain in order. The caller must not change them.
func (s *Scope) Bindings() []*Binding { return s.bindings }

// Find is the binding of a name. Aliases, classes and types are compared exactly,
// default names of verbs in any case. An alias hides an equal default name; a place
// outside a negation hides equal default names inside it, and an entity those of
// relationships. A default name that is left at two places stands for neither.
func (s *Scope) Find(name string) (*Binding, bool) {
	if b := s.aliases[name]; b != nil {
		return b, true
	}
	if places := s.defaults(name); len(places) == 1 {
		return places[0], true
	}
	return nil, false
}

// defaults are the places that a default name is left at.
func (s *Scope) defaults(name string) []*Binding {
	var entity, verb candidates
	if c := s.entities[name]; c != nil {
		entity = *c
	}
	if c := s.verbs[strings.ToUpper(name)]; c != nil {
		verb = *c
	}
	for _, places := range [...][]*Binding{entity.positive, verb.positive, entity.negated, verb.negated} {
		if len(places) > 0 {
			return places
		}
	}
	return nil
}

// Ambiguous reports whether name is the default name of several places, so that Find
// finds none.
func (s *Scope) Ambiguous(name string) bool {
	return s.aliases[name] == nil && len(s.defaults(name)) > 1
}

// Names lists the names that Find knows, in the order of the chain, each once.
func (s *Scope) Names() []string {
	var names []string
	seen := make(map[string]bool)
	for _, b := range s.bindings {
		if found, ok := s.Find(b.Name); ok && found == b && !seen[b.Name] {
			seen[b.Name] = true
			names = append(names, b.Name)
		}
	}
	return names
}
