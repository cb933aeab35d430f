package plan

import (
	"slices"
	"strings"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// virtual begins the types that a source supplies beside the graph: a catalogue
// does not list them.
const virtual = graph.ReservedPrefix + "_"

// checkNames warns of classes and types that the graph does not hold.
func (p *planner) checkNames(s *syntax.Selector) {
	for _, n := range s.Names {
		what, names := "type", p.typeNames
		types, classes := []string{n.Text}, []string(nil)
		if n.IsClass() {
			what, names = "class", p.classNames
			types, classes = classes, types
		}
		if len(p.stats.typesOf(types, classes)) == 0 && !strings.HasPrefix(n.Text, virtual) {
			p.unknown(n, what, n.Text, "", names())
		}
	}
}

// typeNames are the types of entities that the graph holds.
func (p *planner) typeNames() []string {
	var names []string
	for _, t := range p.stats.entities() {
		names = append(names, t.Type)
	}
	return names
}

// classNames are their classes, those of several types repeatedly.
func (p *planner) classNames() []string {
	var names []string
	for _, t := range p.stats.entities() {
		names = append(names, t.Classes...)
	}
	return names
}

// checkVerbs warns of verbs that the graph does not hold.
func (p *planner) checkVerbs(h *syntax.Hop) {
	for _, v := range h.Verbs {
		if p.stats.hasVerb(v.Class) {
			continue
		}
		var names []string
		for _, t := range p.stats.relationships() {
			names = append(names, t.Classes...)
		}
		p.unknown(v, "verb", v.Class, "", names)
	}
}

// checkWith warns of a property in WITH that no entity of the selector has.
func (p *planner) checkWith(s *syntax.Selector, prop *syntax.Property) {
	types, classes := names(s)
	p.checkOn(graph.EntityKind, prop, p.stats.typesOf(types, classes))
}

// names are the types and classes that a selector names.
func names(s *syntax.Selector) (types, classes []string) {
	for _, n := range s.Names {
		if n.IsClass() {
			classes = append(classes, n.Text)
		} else {
			types = append(types, n.Text)
		}
	}
	return types, classes
}

// checkProperty warns of a selector's property that nothing can have.
func (d *draft) checkProperty(prop *syntax.Property) {
	b, ok := d.scope.Find(prop.Selector)
	switch {
	case !ok || b.Negated:
	case b.Hop != nil:
		verbs := make([]string, len(b.Hop.Verbs))
		for i, v := range b.Hop.Verbs {
			verbs[i] = v.Class
		}
		d.checkOn(graph.RelationshipKind, prop, d.stats.relationshipsOf(verbs))
	case b.Selector != nil:
		d.checkWith(b.Selector, prop)
	}
}

// checkOn warns of a property that none of some types has.
func (p *planner) checkOn(kind graph.Kind, prop *syntax.Property, types []graph.TypeStat) {
	if len(types) == 0 || slices.Contains(graph.Metadata(kind), prop.Name) || prop.Name == graph.PropDisplayName {
		return
	}
	for _, t := range types {
		if _, ok := p.stats.prop(kind, t.Type, prop.Name); ok {
			return
		}
	}
	known := graph.Metadata(kind)
	for _, t := range types {
		for _, s := range p.stats.props(kind, t.Type) {
			known = append(known, s.Name)
		}
	}
	var of []string
	for _, t := range types[:min(len(types), 3)] {
		of = append(of, t.Type)
	}
	if len(types) > len(of) {
		of = append(of, "…")
	}
	p.unknown(prop, "property", prop.Name, " on "+strings.Join(of, ", "), known)
}
