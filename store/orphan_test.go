package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// TestOrphans: what hung from something that is gone goes with it, although its
// own list was not read; what hangs from something that may be there stays.
func TestOrphans(t *testing.T) {
	under := func(e graph.Entity, parent string) graph.Entity { e.Parent = parent; return e }
	estate := []graph.Entity{
		entity("app-1", "app"), entity("app-2", "app"),
		under(entity("base-1", "base"), "app-1"), under(entity("base-2", "base"), "app-2"),
		under(entity("table-1", "table"), "base-1"), under(entity("scoped", "base"), "/bases"),
		under(entity("ring-1", "ring"), "ring-2"), under(entity("ring-2", "ring"), "ring-1"),
	}
	left := func(keys ...string) (out []graph.Entity) {
		for _, e := range estate {
			for _, k := range keys {
				if e.Key == k {
					out = append(out, e)
				}
			}
		}
		return out
	}
	apps := []graph.Complete{{Type: "app"}}
	notWhole := []graph.Partial{{Type: "base"}, {Type: "table"}, {Type: "ring"}}
	tests := []struct {
		name string
		run  graph.Batch
		want string
	}{
		{"the parent is there", graph.Batch{Entities: left("app-1", "app-2"), Complete: apps, Partial: notWhole}, "app-1 app-2 base-1 base-2 ring-1 ring-2 scoped table-1"},
		{"the parent is gone", graph.Batch{Entities: left("app-2"), Complete: apps, Partial: notWhole}, "app-2 base-2 ring-1 ring-2 scoped"},
		{"the parent may be there", graph.Batch{Entities: left("app-2"), Complete: []graph.Complete{{Type: "ring"}}, Partial: []graph.Partial{{Type: "app"}}}, "app-1 app-2 base-1 base-2 scoped table-1"},
		{"the parent is gone, the object was brought", graph.Batch{Entities: left("app-2", "base-1"), Complete: apps, Partial: notWhole}, "app-2 base-1 base-2 ring-1 ring-2 scoped table-1"},
		{"a patch", graph.Batch{Deletes: []graph.Deletion{{Kind: graph.EntityKind, Key: "app-1"}}}, "app-2 base-1 base-2 ring-1 ring-2 scoped table-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t, store.Options{})
			storetest.Commit(t, db, east, graph.Batch{Entities: estate, Complete: all})
			storetest.Commit(t, db, east, tt.run)
			s := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
			var got []string
			for _, e := range estate {
				if s.Get(graph.Identity{Instance: "east", Key: e.Key}) != nil {
					got = append(got, e.Key)
				}
			}
			if text := strings.Join(slices.Sorted(slices.Values(got)), " "); text != tt.want {
				t.Errorf("there is %s, want %s", text, tt.want)
			}
		})
	}
}
