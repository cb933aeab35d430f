package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// garden is a small graph whose catalogue fits a page.
func garden(t *testing.T) *store.Snapshot {
	db := storetest.Open(t, store.Options{})
	pear := func(key string, props ...graph.Property) graph.Entity { return entity(key, "pear", props...) }
	fig := entity("f", "fig")
	fig.Class = []string{"Fruit", "Tree"}
	storetest.Commit(t, db, east, graph.Batch{
		Entities: []graph.Entity{
			pear("p1", prop("size", 1), prop("tag", "x")), pear("p2", prop("size", 1.0)), pear("p3", prop("size", "big"), prop("tag", nil)), fig,
		},
		Relationships: []graph.Relationship{
			rel("p1", "HAS", "f"), rel("p2", "HAS", "f"), rel("f", "HAS", "f"), rel("p1", "HAS", "p2"), rel("p1", "USES", "p2"),
		},
	})
	storetest.Commit(t, db, west, graph.Batch{Entities: []graph.Entity{pear("p1")}})
	return storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
}

func TestCatalog(t *testing.T) {
	s := garden(t)
	types, err := s.Types(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	both := []string{"east", "west"}
	wantTypes := []graph.TypeStat{
		{Type: "fig", Classes: []string{"Fruit", "Tree"}, Count: 1, Instances: both[:1]},
		{Type: "pear", Classes: []string{"Thing"}, Count: 4, Instances: both},
		{Kind: graph.RelationshipKind, Type: "plum_has", Classes: []string{"HAS"}, Count: 4, Instances: both[:1]},
		{Kind: graph.RelationshipKind, Type: "plum_uses", Classes: []string{"USES"}, Count: 1, Instances: both[:1]},
	}
	if diff := cmp.Diff(wantTypes, types); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
	joins, err := s.Relationships(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantJoins := []graph.RelationshipStat{
		{Type: "plum_has", Verb: "HAS", FromType: "fig", ToType: "fig", Count: 1, FromDistinct: 1, ToDistinct: 1, MaxOut: 1, MaxIn: 1},
		{Type: "plum_has", Verb: "HAS", FromType: "pear", ToType: "fig", Count: 2, FromDistinct: 2, ToDistinct: 1, MaxOut: 1, MaxIn: 2},
		{Type: "plum_has", Verb: "HAS", FromType: "pear", ToType: "pear", Count: 1, FromDistinct: 1, ToDistinct: 1, MaxOut: 1, MaxIn: 1},
		{Type: "plum_uses", Verb: "USES", FromType: "pear", ToType: "pear", Count: 1, FromDistinct: 1, ToDistinct: 1, MaxOut: 1, MaxIn: 1},
	}
	if diff := cmp.Diff(wantJoins, joins); diff != "" {
		t.Errorf("relationships (-want +got):\n%s", diff)
	}
	props, err := s.Properties(t.Context(), graph.EntityKind, "pear")
	if err != nil {
		t.Fatal(err)
	}
	wantProps := []graph.PropertyStat{
		{Name: "size", Kinds: []graph.ValueKind{graph.Float, graph.String}, Filled: 3, Distinct: 2, Top: []graph.ValueCount{
			{Value: graph.IntValue(1), Count: 2}, {Value: graph.StringValue("big"), Count: 1},
		}},
		{Name: "tag", Kinds: []graph.ValueKind{graph.Null, graph.String}, Filled: 1, Distinct: 1, Top: []graph.ValueCount{
			{Value: graph.StringValue("x"), Count: 1},
		}},
	}
	if diff := cmp.Diff(wantProps, props, cmp.Comparer(graph.Equal)); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
}

func TestLookups(t *testing.T) {
	s := garden(t)
	var found []string
	for _, im := range s.ByKey("p1") {
		found = append(found, im.Instance)
	}
	if diff := cmp.Diff([]string{"east", "west"}, found); diff != "" {
		t.Errorf("by key (-want +got):\n%s", diff)
	}
	var got []string
	for _, n := range s.Neighbours(graph.Identity{Instance: "east", Key: "f"}) {
		arrow := " <- "
		if n.Outgoing {
			arrow = " -> "
		}
		got = append(got, n.Relationship.Class[0]+arrow+n.Entity.Key)
	}
	if diff := cmp.Diff([]string{"HAS -> f", "HAS <- p1", "HAS <- p2"}, got); diff != "" {
		t.Errorf("neighbours (-want +got):\n%s", diff)
	}
	into := make([]graph.Vector, 3)
	refs := []graph.Ref{s.Ref(graph.Identity{Instance: "west", Key: "p1"}), 0, s.Ref(graph.Identity{Kind: graph.RelationshipKind, Instance: "east", Key: "p1|has|f"})}
	if err := s.Fetch(t.Context(), refs, []string{"_key", "_integrationName", "_toEntityKey"}, into); err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for i := range refs {
		rows = append(rows, []string{into[0].At(i).String(), into[1].At(i).String(), into[2].At(i).String()})
	}
	want := [][]string{
		{`"p1"`, `"west"`, "undefined"}, {"undefined", "undefined", "undefined"}, {`"p1|has|f"`, `"east"`, `"f"`},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("fetch (-want +got):\n%s", diff)
	}
	if s.Get(graph.Identity{Instance: "north", Key: "p1"}) != nil || s.ByID(graph.ID{}) != nil || s.ByKey("none") != nil {
		t.Error("something was found that is not there")
	}
}

// The order of results depends on names and on arrival, not on chance.
func TestRowsKeepTheirOrder(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	keys := func(at store.At) (out []string) {
		s := storetest.Snapshot(t, db, at, store.SnapshotOptions{})
		defer s.Close()
		for im := range s.All(graph.EntityKind) {
			out = append(out, im.Key)
		}
		return out
	}
	storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{entity("z", "pear"), entity("a", "pear"), entity("m", "fig")}})
	storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{entity("b", "apple"), entity("a", "pear", prop("n", 1)), entity("0", "pear")}})
	storetest.Commit(t, db, east, graph.Batch{Deletes: []graph.Deletion{{Key: "z"}}})
	storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{entity("z", "pear")}})
	for n, want := range map[uint64][]string{1: {"m", "z", "a"}, 2: {"b", "m", "z", "a", "0"}, 3: {"b", "m", "a", "0"}, 4: {"b", "m", "a", "0", "z"}} {
		if diff := cmp.Diff(want, keys(store.AtVersion(n))); diff != "" {
			t.Errorf("version %d (-want +got):\n%s", n, diff)
		}
	}
}
