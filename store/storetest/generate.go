package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Generator makes runs at random over a small world, so that keys collide,
// return, move and lose their ends often.
type Generator struct {
	rnd *rand.Rand
	// Keys is how many keys each instance uses for entities, and twice for
	// relationships.
	Keys int
	// last is what every instance brought last, to bring most of it again.
	last map[string][]graph.Entity
	rels map[string][]graph.Relationship
}

// NewGenerator returns a generator; equal seeds make equal runs.
func NewGenerator(seed uint64) *Generator {
	return &Generator{
		rnd: rand.New(rand.NewPCG(seed, 0x6a316462)), Keys: 12,
		last: map[string][]graph.Entity{}, rels: map[string][]graph.Relationship{},
	}
}

// Instances are the names that runs use.
func (g *Generator) Instances() []string { return []string{"east", "north", "west"} }

func (g *Generator) one(n int) bool { return g.rnd.IntN(n) == 0 }

func pick[T any](g *Generator, xs ...T) T { return xs[g.rnd.IntN(len(xs))] }

// Run returns the next run.
func (g *Generator) Run() Run {
	r := Run{Instance: pick(g, g.Instances()...), Derive: !g.one(3)}
	entities, rels := g.entities(r.Instance), g.relationships(r.Instance)
	if g.one(8) {
		entities, rels = nil, nil
	}
	r.Batches = append(g.split(entities, rels), g.verdict())
	g.rnd.Shuffle(len(r.Batches), func(i, j int) { r.Batches[i], r.Batches[j] = r.Batches[j], r.Batches[i] })
	return r
}

// entities changes a little of what the instance brought last.
func (g *Generator) entities(instance string) []graph.Entity {
	var out []graph.Entity
	for _, e := range g.last[instance] {
		switch {
		case g.one(10):
		case g.one(8):
			out = append(out, g.entity(e.Key))
		default:
			out = append(out, e)
		}
	}
	for range g.rnd.IntN(4) {
		out = append(out, g.entity(fmt.Sprintf("e%d", g.rnd.IntN(g.Keys))))
	}
	g.last[instance] = out
	return out
}

func (g *Generator) entity(key string) graph.Entity {
	e := graph.Entity{Object: g.object(key, "thing_"+pick(g, "a", "b", "c"))}
	e.Class = pick(g, []string{"User"}, []string{"User", "Host"}, []string{"Host", "User"}, []string{"Host"}, nil)
	if e.Type == "thing_a" {
		e.Props.Set("email", graph.StringValue(pick(g, "ada", "bo", "cy", "di")+"@orchard.example"))
	}
	return e
}

func (g *Generator) object(key, typ string) graph.Object {
	o := graph.Object{Key: key, Type: typ, Parent: pick(g, "", "", "p0", "p1", "p2", fmt.Sprintf("e%d", g.rnd.IntN(g.Keys)))}
	for _, name := range [...]string{"active", "displayName", "size", "tags"} {
		if !g.one(3) {
			o.Props.Set(name, g.value())
		}
	}
	if g.one(40) {
		o.Props.Set("bad", graph.FloatValue(math.NaN()))
	}
	if g.one(3) {
		o.Raw = fmt.Appendf(nil, `{"n":%d}`, g.rnd.IntN(3))
	}
	return o
}

func (g *Generator) value() graph.Value {
	return pick(g,
		graph.NullValue(), graph.BoolValue(true), graph.BoolValue(false), graph.IntValue(1), graph.FloatValue(1),
		graph.FloatValue(0.5), graph.IntValue(math.MaxInt64), graph.StringValue(""), graph.StringValue("plum"),
		graph.StringValue(strings.Repeat("ü", 50)), graph.ListValue(), graph.StringsValue([]string{"x", "y"}),
		graph.ListValue(graph.IntValue(1), graph.NullValue(), graph.StringValue("1")),
	)
}

// relationships changes a little of what the instance brought last. Many lack
// an end, or end in another instance.
func (g *Generator) relationships(instance string) []graph.Relationship {
	var out []graph.Relationship
	for _, r := range g.rels[instance] {
		switch {
		case g.one(10):
		case g.one(8):
			out = append(out, g.relationship(instance, r.Key))
		default:
			out = append(out, r)
		}
	}
	for range g.rnd.IntN(6) {
		out = append(out, g.relationship(instance, fmt.Sprintf("r%d", g.rnd.IntN(2*g.Keys))))
	}
	g.rels[instance] = out
	return out
}

func (g *Generator) relationship(instance, key string) graph.Relationship {
	r := graph.Relationship{Object: g.object(key, "rel_"+pick(g, "x", "y")), Class: pick(g, "HAS", "USES")}
	if g.one(5) {
		r.Type = "rel_mapped"
		r.Mapping = &graph.Mapping{
			Direction: graph.Forward, Source: graph.End{Key: fmt.Sprintf("e%d", g.rnd.IntN(g.Keys))},
			Filters: [][]string{{"_type", "email"}}, Target: g.entity("t"),
		}
		r.Mapping.Target.Props = nil
		return r
	}
	r.From, r.To = g.end(instance), g.end(instance)
	if g.one(12) {
		r.To = graph.End{Instance: graph.MapperInstance, Key: "employee:" + pick(g, "ada", "bo") + "@orchard.example"}
	}
	return r
}

func (g *Generator) end(instance string) graph.End {
	e := graph.End{Key: fmt.Sprintf("e%d", g.rnd.IntN(g.Keys))}
	switch g.rnd.IntN(4) {
	case 0:
		e.Instance = pick(g, g.Instances()...)
	case 1:
		e.Instance = instance
	}
	return e
}

// split makes batches of objects. Ranks follow the order of the objects, with
// gaps, and never collide.
func (g *Generator) split(entities []graph.Entity, rels []graph.Relationship) []graph.Batch {
	var out []graph.Batch
	rank := uint64(0)
	for len(entities)+len(rels) > 0 {
		b := graph.Batch{Origin: fmt.Sprintf("step-%d", len(out)), Rank: rank}
		n := g.rnd.IntN(len(entities) + 1)
		b.Entities, entities = entities[:n], entities[n:]
		n = g.rnd.IntN(len(rels) + 1)
		b.Relationships, rels = rels[:n], rels[n:]
		rank += uint64(len(b.Entities)+len(b.Relationships)) + uint64(g.rnd.IntN(3))
		out = append(out, b)
	}
	return out
}

// verdict says what was read whole: everything, some types, some parents, or
// nothing, with deletions by name.
func (g *Generator) verdict() graph.Batch {
	b := graph.Batch{Origin: "verdict", Rank: 1 << 40}
	types := []string{"thing_a", "thing_b", "thing_c", "rel_x", "rel_y", "rel_mapped"}
	switch g.rnd.IntN(5) {
	case 0:
		b.Complete = append(b.Complete, graph.Complete{Type: graph.AllTypes})
	case 1, 2:
		for _, t := range types {
			if !g.one(3) {
				b.Complete = append(b.Complete, graph.Complete{Type: t})
			}
		}
	case 3:
		for range 4 {
			b.Complete = append(b.Complete, graph.Complete{Type: pick(g, append(types, graph.AllTypes)...), Parent: pick(g, "p0", "p1", "p2")})
		}
	case 4:
		for range g.rnd.IntN(4) {
			b.Deletes = append(b.Deletes, graph.Deletion{Kind: graph.EntityKind, Key: fmt.Sprintf("e%d", g.rnd.IntN(g.Keys))},
				graph.Deletion{Kind: graph.RelationshipKind, Key: fmt.Sprintf("r%d", g.rnd.IntN(2*g.Keys))})
		}
	}
	for _, t := range append(types, graph.AllTypes) {
		if g.one(8) {
			b.Partial = append(b.Partial, graph.Partial{Type: t, Reason: "403 forbidden"})
		}
	}
	return b
}
