package storetest

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// Persons is a small mapper for tests, twice: as a store.Derive and, below, over
// the maps of a Model. Every entity with an `email` IS the Person of that e-mail,
// who counts the relationships that her accounts have; every mapped relationship
// makes its source USE the Person ada.
func Persons(_ context.Context, view *store.View, put func(graph.Batch) error) error {
	g := Graph{}
	for im, err := range view.Entities(graph.Selection{}) {
		if err != nil {
			return err
		}
		g[im.Identity()] = im
	}
	for im, err := range view.Relationships() {
		if err != nil {
			return err
		}
		g[im.Identity()] = im
	}
	var mapped []graph.Relationship
	for _, in := range view.Instances() {
		for r, err := range view.Mapped(in.Name) {
			if err != nil {
				return err
			}
			mapped = append(mapped, *r)
		}
	}
	b := graph.Batch{Origin: "persons"}
	for _, o := range ModelPersons(g, mapped) {
		im := o.Image
		object := graph.Object{Key: im.Key, Type: im.Type, Props: im.Props}
		if im.Kind == graph.EntityKind {
			b.Entities = append(b.Entities, graph.Entity{Object: object, Class: im.Class})
		} else {
			b.Relationships = append(b.Relationships, graph.Relationship{Object: object, Class: im.Class[0], From: im.From, To: im.To})
		}
	}
	return put(b)
}

// ModelPersons is what Persons puts, for Model.Derive.
func ModelPersons(g Graph, mapped []graph.Relationship) []Object {
	degree := map[graph.End]int64{}
	for id, im := range g {
		if id.Kind == graph.RelationshipKind {
			degree[im.From]++
			degree[im.To]++
		}
	}
	persons := map[string]*graph.Image{}
	var out []Object
	for id, im := range g {
		email := strings.ToLower(im.Props.Get("email").Str())
		if id.Kind != graph.EntityKind || email == "" {
			continue
		}
		p := persons[email]
		if p == nil {
			p = &graph.Image{Instance: graph.MapperInstance, Key: "employee:" + email, Type: "employee", Class: []string{"Person"}}
			persons[email] = p
		}
		end := graph.End{Instance: id.Instance, Key: id.Key}
		n, _ := p.Props.Get("degree").Int()
		p.Props.Set("degree", graph.IntValue(n+degree[end]))
		out = append(out, derived("is", "IS", end, p.Key))
	}
	for _, r := range mapped {
		source := r.Mapping.Source
		if ada := persons["ada@orchard.example"]; ada != nil && g[entityOf(source)] != nil {
			out = append(out, derived("uses|"+r.Key, "USES", source, ada.Key))
		}
	}
	for _, p := range persons {
		out = append(out, Object{Image: *p})
	}
	slices.SortFunc(out, func(a, b Object) int { return strings.Compare(a.Image.Key, b.Image.Key) })
	return out
}

func derived(what, verb string, from graph.End, to string) Object {
	return Object{Image: graph.Image{
		Kind: graph.RelationshipKind, Instance: graph.MapperInstance, Key: what + "|" + from.Instance + "|" + from.Key,
		Type: "mapped_" + strings.ToLower(verb), Class: []string{verb}, From: from,
		To: graph.End{Instance: graph.MapperInstance, Key: to},
	}}
}

// Clone returns a copy of g that shares no images with it.
func (g Graph) Clone() Graph {
	out := maps.Clone(g)
	for id, im := range out {
		out[id] = im.Clone()
	}
	return out
}
