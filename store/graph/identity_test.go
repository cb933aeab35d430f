package graph_test

import (
	"strings"
	"testing"

	"github.com/j1db/j1db/store/graph"
)

// An _id is for ever: other files, other machines and other programs hold it.
func TestIDsNeverChange(t *testing.T) {
	for id, want := range map[graph.Identity]string{
		{Kind: graph.EntityKind, Instance: "heroku", Key: "a"}:       "e5c98770-69ef-5cf3-b415-d1c447177cea",
		{Kind: graph.RelationshipKind, Instance: "heroku", Key: "a"}: "c14ecbdf-7cd0-510f-822d-80de0ee61904",
	} {
		got := id.ID().String()
		if got != want {
			t.Errorf("%v has the _id %s, want %s", id, got, want)
		}
		back, ok := graph.ParseID(strings.ToUpper(got))
		if !ok || back != id.ID() || got[14] != '5' || !strings.ContainsRune("89ab", rune(got[19])) {
			t.Errorf("%s is no UUID of version 5", got)
		}
	}
	for _, text := range []string{"", "x", strings.Repeat("0", 36), "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"} {
		if _, ok := graph.ParseID(text); ok {
			t.Errorf("%q is a UUID", text)
		}
	}
}

func TestKeysAndNames(t *testing.T) {
	for _, key := range []string{"", "a\x00b", "a\xff", strings.Repeat("x", graph.MaxKey+1)} {
		if graph.CheckKey(key) == nil {
			t.Errorf("%.20q can be a key", key)
		}
	}
	if err := graph.CheckKey(strings.Repeat("é", graph.MaxKey/2)); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"", graph.MapperInstance, "j1db", "j1db_x", "a\x00"} {
		if graph.CheckInstance(name) == nil {
			t.Errorf("%q can be an instance", name)
		}
	}
}

func TestMetadata(t *testing.T) {
	in := &graph.Instance{Name: "prod", Provider: "heroku", Class: []string{"PaaS"}, Source: graph.SourceCollector}
	im := &graph.Image{Kind: graph.RelationshipKind, Instance: "prod", Key: "a|has|b", Type: "t", Class: []string{"HAS"}, Supplier: in,
		From: graph.End{Instance: "prod", Key: "a"}, To: graph.End{Instance: "other", Key: "b"},
		Meta: graph.Meta{Version: 2, CreatedOn: 10, BeginOn: 20}}
	for name, want := range map[string]graph.Value{
		"_key": str("a|has|b"), "_class": str("HAS"), "_version": num(2), "_createdOn": num(10), "_endOn": {}, "_deleted": boolean(false),
		"_fromEntityKey": str("a"), "_toEntityId": str(graph.Identity{Instance: "other", Key: "b"}.ID().String()),
		"_integrationName": str("prod"), "_integrationType": str("heroku"), "_source": str("integration-managed"), "nothing": {},
	} {
		if got := im.Get(name); !graph.Equal(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for _, name := range graph.Metadata(graph.RelationshipKind) {
		if name != graph.PropEndOn && im.Get(name).Kind() == graph.Undefined {
			t.Errorf("%s is listed and undefined", name)
		}
	}
}

func TestChanges(t *testing.T) {
	before := &graph.Image{Type: "t", Class: []string{"A", "B"}, Props: graph.Properties{{Name: "n", Value: num(1)}}}
	after := before.Clone()
	after.Class = []string{"B", "A", "B"}
	if !graph.SameState(before, after) {
		t.Error("classes are not compared as a set")
	}
	after.Type, after.Class = "u", []string{"A"}
	after.Props.Set("n", float(1))
	after.Props.Set("m", graph.NullValue())
	c := graph.Change{Before: before, After: after}
	if got := strings.Join(c.Changed(), " "); got != "_class _type m" || c.Op() != graph.Update {
		t.Errorf("%v changed %q", c.Op(), got)
	}
	for op, c := range map[graph.Op]graph.Change{graph.Create: {After: after}, graph.Delete: {Before: before}} {
		if c.Op() != op || c.Changed() != nil || c.Image() == nil {
			t.Errorf("%v is taken for %v", op, c.Op())
		}
	}
}
