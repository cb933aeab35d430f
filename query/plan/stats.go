package plan

import (
	"context"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// stats asks a catalogue once for what a plan needs of it, and no more. Its first
// error is kept, and everything is unknown from then on.
type stats struct {
	ctx context.Context
	cat Catalog
	err error

	types      []graph.TypeStat // of entities
	relations  []graph.TypeStat // of relationships
	typesRead  bool
	joins      map[string][]graph.RelationshipStat // by verbs and types
	named      map[typeName][]graph.TypeStat       // one each, or none
	properties map[typeName][]graph.PropertyStat
	single     map[propertyName]*graph.PropertyStat // nil where there is none
}

// propertyName tells the properties of all types apart.
type propertyName struct {
	of   typeName
	name string
}

// typeName tells a type of entities from one of relationships.
type typeName struct {
	kind graph.Kind
	name string
}

// fail keeps the first error.
func (s *stats) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// readTypes asks for the types once: entities and relationships come together.
func (s *stats) readTypes() {
	if s.typesRead {
		return
	}
	s.typesRead = true
	all, err := s.cat.Types(s.ctx)
	if err != nil {
		s.fail(err)
		return
	}
	s.types = make([]graph.TypeStat, 0, len(all)) // most are of entities
	for _, t := range all {
		if t.Kind == graph.EntityKind {
			s.types = append(s.types, t)
		} else {
			s.relations = append(s.relations, t)
		}
	}
}

// entities lists the types of entities.
func (s *stats) entities() []graph.TypeStat {
	s.readTypes()
	return s.types
}

// relationships lists the types of relationships.
func (s *stats) relationships() []graph.TypeStat {
	s.readTypes()
	return s.relations
}

// between lists what joins what with one of some verbs, or any for none. Of a selective
// catalogue it has a type of one of two selections at an end.
func (s *stats) between(verbs []string, a, b Select) []graph.RelationshipStat {
	part, ok := s.cat.(Selective)
	var types []string
	for _, sel := range [...]Select{a, b} {
		if len(types) == 0 && len(sel.Classes) == 0 {
			types = sel.Types
		}
	}
	key := ""
	if ok {
		key = strings.Join(verbs, "|") + " " + strings.Join(types, "|")
	}
	if known, ok := s.joins[key]; ok {
		return known
	}
	var joins []graph.RelationshipStat
	var err error
	if ok {
		joins, err = part.RelationshipsAmong(s.ctx, verbs, types)
	} else {
		joins, err = s.cat.Relationships(s.ctx)
	}
	if err != nil {
		s.fail(err)
	}
	if s.joins == nil {
		s.joins = map[string][]graph.RelationshipStat{}
	}
	s.joins[key] = joins
	return joins
}

// typeNamed describes one type, in a list that is empty when there is none. What is
// known of all types is not asked for again.
func (s *stats) typeNamed(part Selective, name string) []graph.TypeStat {
	key := typeName{graph.EntityKind, name}
	if known, ok := s.named[key]; ok {
		return known
	}
	t, ok, err := part.Type(s.ctx, graph.EntityKind, name)
	if err != nil {
		s.fail(err)
	}
	var list []graph.TypeStat
	if ok {
		list = []graph.TypeStat{t}
	}
	if s.named == nil {
		s.named = map[typeName][]graph.TypeStat{}
	}
	s.named[key] = list
	return list
}

// hasVerb reports whether some relationship has a verb.
func (s *stats) hasVerb(verb string) bool {
	part, ok := s.cat.(Selective)
	if !ok || s.typesRead {
		return len(s.relationshipsOf([]string{verb})) > 0
	}
	has, err := part.HasVerb(s.ctx, verb)
	if err != nil {
		s.fail(err)
	}
	return has
}

// props describes the properties of a type.
func (s *stats) props(kind graph.Kind, typ string) []graph.PropertyStat {
	key := typeName{kind, typ}
	if known, ok := s.properties[key]; ok {
		return known
	}
	list, err := s.cat.Properties(s.ctx, kind, typ)
	if err != nil {
		s.fail(err)
	}
	if s.properties == nil {
		s.properties = map[typeName][]graph.PropertyStat{}
	}
	s.properties[key] = list
	return list
}

// prop describes one property of a type; ok is false when the type has none such.
func (s *stats) prop(kind graph.Kind, typ, name string) (graph.PropertyStat, bool) {
	if part, ok := s.cat.(Selective); ok && s.properties[typeName{kind, typ}] == nil {
		return s.oneProp(part, propertyName{typeName{kind, typ}, name})
	}
	list := s.props(kind, typ)
	i, ok := slices.BinarySearchFunc(list, name, func(p graph.PropertyStat, n string) int { return strings.Compare(p.Name, n) })
	if !ok {
		return graph.PropertyStat{}, false
	}
	return list[i], true
}

// oneProp asks for one property alone.
func (s *stats) oneProp(part Selective, key propertyName) (graph.PropertyStat, bool) {
	known, ok := s.single[key]
	if !ok {
		st, has, err := part.Property(s.ctx, key.of.kind, key.of.name, key.name)
		if err != nil {
			s.fail(err)
		}
		if has {
			known = &st
		}
		if s.single == nil {
			s.single = map[propertyName]*graph.PropertyStat{}
		}
		s.single[key] = known
	}
	if known == nil {
		return graph.PropertyStat{}, false
	}
	return *known, true
}

// typesOf lists the types that entities of a selection can have.
func (s *stats) typesOf(types, classes []string) []graph.TypeStat {
	var out []graph.TypeStat
	if part, ok := s.cat.(Selective); ok && !s.typesRead && len(types) > 0 && len(classes) == 0 {
		for _, name := range slices.Compact(slices.Sorted(slices.Values(types))) {
			out = append(out, s.typeNamed(part, name)...)
		}
		return out
	}
	all := s.entities()
	if len(types) == 0 && len(classes) == 0 {
		return all
	}
	for _, t := range all {
		if slices.Contains(types, t.Type) || overlap(t.Classes, classes) {
			out = append(out, t)
		}
	}
	return out
}

// relationshipsOf lists the types of relationships that have one of some verbs, or
// all types when there are none.
func (s *stats) relationshipsOf(verbs []string) []graph.TypeStat {
	all := s.relationships()
	if len(verbs) == 0 {
		return all
	}
	var out []graph.TypeStat
	for _, t := range all {
		if overlap(t.Classes, verbs) {
			out = append(out, t)
		}
	}
	return out
}

// overlap reports whether two lists share a name.
func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
