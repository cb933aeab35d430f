package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// What the design promises to hold is held, in one version, and found again.
func TestLargeThings(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a hundred thousand relationships take seconds")
	}
	const many = 100_000 // relationships at one entity
	db := storetest.Open(t, store.Options{})
	var wide []graph.Property
	for i := range 1000 {
		wide = append(wide, graph.Property{Name: fmt.Sprintf("property-%04d", i), Value: graph.IntValue(int64(i))})
	}
	long := strings.Repeat("pear ", graph.MaxValue/5)
	batch := graph.Batch{Entities: []graph.Entity{
		{Object: graph.Object{Key: "wide", Type: "orchard_wide", Props: graph.SortProperties(wide)}, Class: []string{"Record"}},
		{Object: graph.Object{Key: "long", Type: "orchard_long", Props: graph.SortProperties([]graph.Property{{Name: "text", Value: graph.StringValue(long)}})}, Class: []string{"Record"}},
		{Object: graph.Object{Key: "hub", Type: "orchard_hub"}, Class: []string{"Group"}},
	}}
	for i := range many {
		key := fmt.Sprintf("leaf-%06d", i)
		batch.Entities = append(batch.Entities, graph.Entity{Object: graph.Object{Key: key, Type: "orchard_leaf"}, Class: []string{"User"}})
		batch.Relationships = append(batch.Relationships, graph.Relationship{
			Object: graph.Object{Key: "hub|has|" + key, Type: "orchard_hub_has_leaf"}, Class: "HAS",
			From: graph.End{Key: "hub"}, To: graph.End{Key: key},
		})
	}
	res := storetest.Commit(t, db, east, batch)
	if res.Rejected.Count > 0 || res.Dangling.Count > 0 {
		t.Fatalf("%+v, %+v", res.Rejected, res.Dangling)
	}
	// One more at the hub, and one property of a thousand.
	wide[7].Value = graph.StringValue("seven")
	storetest.Commit(t, db, east, graph.Batch{
		Entities: []graph.Entity{{Object: graph.Object{Key: "wide", Type: "orchard_wide", Props: graph.SortProperties(wide)}, Class: []string{"Record"}}},
		Relationships: []graph.Relationship{{
			Object: graph.Object{Key: "again", Type: "orchard_hub_has_leaf"}, Class: "HAS",
			From: graph.End{Key: "hub"}, To: graph.End{Key: "leaf-000000"},
		}},
	})
	storetest.Check(t, db)
	s := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	defer s.Close()
	if n := len(s.Neighbours(graph.Identity{Instance: "east", Key: "hub"})); n != many+1 {
		t.Errorf("%d neighbours, want %d", n, many+1)
	}
	if got := s.Get(graph.Identity{Instance: "east", Key: "long"}).Get("text").Str(); got != long {
		t.Errorf("the long text has %d bytes, want %d", len(got), len(long))
	}
	im := s.Get(graph.Identity{Instance: "east", Key: "wide"})
	if len(im.Props) != 1000 || im.Get("property-0007").Str() != "seven" || im.Meta.Version != 2 {
		t.Errorf("%d properties, seven is %v, version %d", len(im.Props), im.Get("property-0007"), im.Meta.Version)
	}
}

// Beyond the limits an object is refused with its reason, and nothing else is lost.
func TestTooLargeThings(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	var wide []graph.Property
	for i := range graph.MaxProps + 1 {
		wide = append(wide, graph.Property{Name: fmt.Sprintf("property-%05d", i), Value: graph.IntValue(int64(i))})
	}
	long := graph.StringValue(strings.Repeat("x", graph.MaxValue+1))
	res := storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{
		{Object: graph.Object{Key: "wide", Type: "orchard_wide", Props: graph.SortProperties(wide)}, Class: []string{"Record"}},
		{Object: graph.Object{Key: "long", Type: "orchard_long", Props: graph.SortProperties([]graph.Property{{Name: "text", Value: long}})}, Class: []string{"Record"}},
		{Object: graph.Object{Key: "sound", Type: "orchard_pear"}, Class: []string{"Record"}},
	}})
	if res.Rejected.Count != 2 || len(res.Changes) != 1 || res.Changes[0].Created != 1 {
		t.Fatalf("rejected %+v, changes %+v", res.Rejected, res.Changes)
	}
	for i, want := range []string{"properties", "bytes"} {
		if reason := res.Rejected.Samples[i].Reason; !strings.Contains(reason, want) {
			t.Errorf("reason %q does not speak of %s", reason, want)
		}
	}
	storetest.Check(t, db)
}
