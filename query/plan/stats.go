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
	joins      []graph.RelationshipStat
	joinsRead  bool
	properties map[typeName][]graph.PropertyStat
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

// between lists what joins what.
func (s *stats) between() []graph.RelationshipStat {
	if !s.joinsRead {
		s.joinsRead = true
		var err error
		if s.joins, err = s.cat.Relationships(s.ctx); err != nil {
			s.fail(err)
		}
	}
	return s.joins
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
	list := s.props(kind, typ)
	i, ok := slices.BinarySearchFunc(list, name, func(p graph.PropertyStat, n string) int { return strings.Compare(p.Name, n) })
	if !ok {
		return graph.PropertyStat{}, false
	}
	return list[i], true
}

// typesOf lists the types that entities of a selection can have.
func (s *stats) typesOf(types, classes []string) []graph.TypeStat {
	all := s.entities()
	if len(types) == 0 && len(classes) == 0 {
		return all
	}
	var out []graph.TypeStat
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
