package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// Values that are decoded for a whole table are those that rows have one by one, in
// the version before, too.
func TestFetchAgainAndAgain(t *testing.T) {
	const rows = 70_000 // of two row groups
	db := storetest.Open(t, store.Options{})
	list := make([]graph.Entity, rows)
	for i := range list {
		list[i] = entity(fmt.Sprintf("plum-%06d", i*7919%rows), "plum", prop("label", fmt.Sprintf("label %d of them", i)))
	}
	storetest.Commit(t, db, east, graph.Batch{Entities: list})
	changed := entity("plum-000003", "plum", prop("label", "another"))
	storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{changed}})
	for _, version := range []uint64{1, 2} {
		s := storetest.Snapshot(t, db, store.AtVersion(version), store.SnapshotOptions{})
		ref := s.Ref(graph.Identity{Instance: "east", Key: "plum-000003"})
		var refs []graph.Ref
		for row := range uint32(rows) {
			refs = append(refs, graph.NewRef(ref.Table(), row))
		}
		props := []string{graph.PropKey, "label", graph.PropType}
		once, again := make([]graph.Vector, len(props)), make([]graph.Vector, len(props))
		fetch := func(into []graph.Vector, refs []graph.Ref) {
			t.Helper()
			if err := s.Fetch(t.Context(), refs, props, into); err != nil {
				t.Fatal(err)
			}
		}
		few := make([]graph.Vector, len(props))
		fetch(few, append(refs[:100:100], 0)) // few, and one handle of nothing
		fetch(once, refs)
		fetch(again, refs[rows-100:])
		for p, name := range props {
			for i := range 100 {
				if a, b := few[p].At(i), once[p].At(i); !graph.Equal(a, b) {
					t.Fatalf("version %d, %s of row %d: %v alone, %v among all", version, name, i, a, b)
				}
				if a, b := again[p].At(i), once[p].At(rows-100+i); !graph.Equal(a, b) {
					t.Fatalf("version %d, %s of row %d: %v again, %v before", version, name, rows-100+i, a, b)
				}
			}
			if v := few[p].At(100); v.Kind() != graph.Undefined {
				t.Errorf("%s of nothing is %v", name, v)
			}
		}
		want := map[uint64]string{2: "another"}[version]
		im := s.Get(graph.Identity{Instance: "east", Key: "plum-000003"})
		if version == 1 {
			want = im.Props.Get("label").Str()
		}
		if got := once[1].At(int(ref.Row())).Str(); got != want || got == "" {
			t.Errorf("version %d: label %q, want %q", version, got, want)
		}
	}
}

// What is told of a part of the graph is what is told of it among all.
func TestCatalogByName(t *testing.T) {
	s := garden(t)
	ctx := t.Context()
	types, err := s.Types(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range types {
		got, ok, err := s.Type(ctx, want.Kind, want.Type)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", want.Type, ok, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Type, diff)
		}
		props, err := s.Properties(ctx, want.Kind, want.Type)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range props {
			one, ok, err := s.Property(ctx, want.Kind, want.Type, p.Name)
			if diff := cmp.Diff(p, one, cmp.Comparer(graph.Equal)); diff != "" || !ok || err != nil {
				t.Errorf("%s.%s: %v, %v (-want +got):\n%s", want.Type, p.Name, ok, err, diff)
			}
		}
	}
	for _, name := range []string{"quince", graph.RunType} {
		if _, ok, err := s.Type(ctx, graph.EntityKind, name); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	for verb, want := range map[string]bool{"HAS": true, "USES": true, "OWNS": false} {
		if has, err := s.HasVerb(ctx, verb); has != want || err != nil {
			t.Errorf("verb %s: %v, %v", verb, has, err)
		}
	}
	all, err := s.Relationships(ctx)
	if err != nil {
		t.Fatal(err)
	}
	some, err := s.RelationshipsAmong(ctx, []string{"HAS"}, []string{"fig"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all[:2], some); diff != "" {
		t.Errorf("relationships of a fig (-want +got):\n%s", diff)
	}
	for _, table := range s.Tables(graph.Selection{}) {
		if one, ok := s.Table(table.Number); !ok || one != table {
			t.Errorf("table %d: %+v, want %+v", table.Number, one, table)
		}
	}
	if _, ok := s.Table(1 << 20); ok {
		t.Error("a table that is not there")
	}
}
