package querytest

import (
	"cmp"
	"maps"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/j1db/j1db/store/graph"
)

// checkCatalog compares what the source says it holds with a count.
func (c *conformance) checkCatalog() {
	types, err := c.source.Types(c.Context())
	if err != nil {
		c.Fatalf("types: %v", err)
	}
	if d := gocmp.Diff(c.countTypes(), types, cmpopts.EquateEmpty()); d != "" {
		c.Fatalf("types (-counted +said):\n%s", d)
	}
	c.checkJoins()
	for _, typ := range types {
		c.checkProperties(typ.Kind, typ.Type)
	}
	if got, err := c.source.Properties(c.Context(), graph.EntityKind, "no such type"); err != nil || len(got) > 0 {
		c.Fatalf("a type that is not there has the properties %v, error %v", got, err)
	}
}

// countTypes counts the objects of every type.
func (c *conformance) countTypes() []graph.TypeStat {
	type key struct {
		kind graph.Kind
		typ  string
	}
	stats := map[key]*graph.TypeStat{}
	for _, im := range slices.Concat(c.entities, c.relationships) {
		s := stats[key{im.Kind, im.Type}]
		if s == nil {
			s = &graph.TypeStat{Kind: im.Kind, Type: im.Type}
			stats[key{im.Kind, im.Type}] = s
		}
		s.Count++
		s.Classes = set(append(s.Classes, im.Class...))
		s.Instances = set(append(s.Instances, im.Instance))
	}
	var out []graph.TypeStat
	for _, s := range stats {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b graph.TypeStat) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Type, b.Type)) })
	return out
}

// checkJoins compares what joins what. Degrees may be unknown.
func (c *conformance) checkJoins() {
	got, err := c.source.Relationships(c.Context())
	if err != nil {
		c.Fatalf("relationships: %v", err)
	}
	want := c.countJoins()
	for i := range min(len(got), len(want)) {
		for _, d := range [][2]*int{
			{&got[i].FromDistinct, &want[i].FromDistinct}, {&got[i].ToDistinct, &want[i].ToDistinct},
			{&got[i].MaxOut, &want[i].MaxOut}, {&got[i].MaxIn, &want[i].MaxIn},
		} {
			if *d[0] == 0 {
				*d[1] = 0
			}
		}
	}
	if d := gocmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		c.Fatalf("relationships (-counted +said):\n%s", d)
	}
}

// countJoins counts the relationships of every type and verb between two types.
func (c *conformance) countJoins() []graph.RelationshipStat {
	byTable := map[tableName][]*graph.Image{}
	for _, rel := range c.relationships {
		name := c.tableOf(c.refs[rel.Identity()])
		byTable[name] = append(byTable[name], rel)
	}
	var out []graph.RelationshipStat
	for _, name := range slices.SortedFunc(maps.Keys(byTable), tableName.compare) {
		outward, inward := map[graph.End]int{}, map[graph.End]int{}
		for _, rel := range byTable[name] {
			outward[rel.From]++
			inward[rel.To]++
		}
		out = append(out, graph.RelationshipStat{
			Type: name.typ, Verb: name.verb, FromType: name.from, ToType: name.to, Count: len(byTable[name]),
			FromDistinct: len(outward), ToDistinct: len(inward),
			MaxOut: slices.Max(slices.Collect(maps.Values(outward))), MaxIn: slices.Max(slices.Collect(maps.Values(inward))),
		})
	}
	return out
}

// checkProperties compares the properties of a type. How many values are distinct
// may be an estimate, and fewer of the commonest may be named.
func (c *conformance) checkProperties(kind graph.Kind, typ string) {
	got, err := c.source.Properties(c.Context(), kind, typ)
	if err != nil {
		c.Fatalf("properties of %s: %v", typ, err)
	}
	values := map[string][]graph.Value{}
	for _, im := range slices.Concat(c.entities, c.relationships) {
		if im.Kind != kind || im.Type != typ {
			continue
		}
		for name, v := range im.Props.All() {
			values[name] = append(values[name], v)
		}
	}
	names := slices.Sorted(maps.Keys(values))
	if len(got) != len(names) {
		c.Fatalf("%s has the properties %+v, want %v", typ, got, names)
	}
	for i, name := range names {
		c.checkProperty(typ, got[i], propertyStat(name, values[name]), values[name])
	}
}

// checkProperty compares one property of a type.
func (c *conformance) checkProperty(typ string, got, want graph.PropertyStat, values []graph.Value) {
	if got.Name != want.Name || got.Filled != want.Filled || !slices.Equal(got.Kinds, want.Kinds) ||
		got.Distinct > got.Filled || (got.Distinct == 0) != (want.Distinct == 0) {
		c.Fatalf("a property of %s is %+v, want %+v", typ, got, want)
	}
	for i, top := range got.Top {
		same := func(v graph.Value) bool { return !graph.Equal(v, top.Value) }
		count := len(slices.DeleteFunc(slices.Clone(values), same))
		if count != top.Count || i >= len(want.Top) || count != want.Top[i].Count {
			c.Fatalf("%s of %s is said to be %s %d times, which it is %d times, in %+v", got.Name, typ, top.Value, top.Count, count, want.Top)
		}
	}
}
