package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// dated returns a store with a version of instance east on each of some days of
// January 2026, at noon.
func dated(t *testing.T, days ...int) *store.DB {
	t.Helper()
	clock := storetest.NewClock()
	db := storetest.Open(t, store.Options{Now: clock.Now})
	for i, d := range days {
		clock.Set(time.Date(2026, 1, d, 12, 0, 0, 0, time.UTC))
		storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{entity("k", "pear", prop("n", i))}})
	}
	return db
}

func TestAt(t *testing.T) {
	db := dated(t, 5, 10, 10, 20)
	if _, err := db.Prune(t.Context(), store.AtVersion(2)); err != nil {
		t.Fatal(err)
	}
	day := func(d, hour int) time.Time { return time.Date(2026, 1, d, hour, 0, 0, 0, time.UTC) }
	tests := []struct {
		name string
		at   store.At
		want uint64 // 0: a VersionError
	}{
		{"latest", store.Latest, 4},
		{"by number", store.AtVersion(3), 3},
		{"version 0", store.AtVersion(0), 0},
		{"pruned", store.AtVersion(1), 0},
		{"not there yet", store.AtVersion(5), 0},
		{"in between", store.AtTime(day(15, 0)), 3},
		{"much later", store.AtTime(day(31, 0)), 4},
		{"on the second", store.AtTime(day(20, 12).Add(2 * time.Second)), 4},
		{"before the first", store.AtTime(day(1, 0)), 0},
		{"in a pruned time", store.AtTime(day(7, 0)), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := db.Resolve(t.Context(), tt.at)
			var missing *store.VersionError
			if tt.want == 0 {
				if !errors.As(err, &missing) || missing.Oldest != 2 || missing.Newest != 4 {
					t.Errorf("resolve: %d, %v", v.Number, err)
				}
				return
			}
			if err != nil || v.Number != tt.want {
				t.Errorf("resolve: %d, %v, want %d", v.Number, err, tt.want)
			}
		})
	}
}

func TestVersionTimesIncrease(t *testing.T) {
	stopped := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	db := storetest.Open(t, store.Options{Now: func() time.Time { return stopped }})
	for i := range 3 {
		storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{entity("k", "pear", prop("n", i))}})
		stopped = stopped.Add(-time.Hour)
	}
	versions, err := db.Versions(t.Context(), 0)
	if err != nil || len(versions) != 3 {
		t.Fatal(versions, err)
	}
	for i, v := range versions {
		if v.Number != uint64(3-i) || i > 0 && v.Time >= versions[i-1].Time {
			t.Errorf("version %d has time %d", v.Number, v.Time)
		}
	}
}

func TestPruneIsHeld(t *testing.T) {
	db := dated(t, 1, 2, 3, 4)
	cursor := store.Cursor{Destination: "acme", Instance: "east", Version: 2, State: "job 7"}
	if err := db.SetCursor(t.Context(), cursor); err != nil {
		t.Fatal(err)
	}
	if err := db.SetPin(t.Context(), "audit", 3); err != nil {
		t.Fatal(err)
	}
	held := func(at, by uint64) {
		t.Helper()
		_, err := db.Prune(t.Context(), store.AtVersion(at))
		var held *store.HeldError
		if !errors.As(err, &held) || held.Version != by || held.Asked != at {
			t.Errorf("prune before %d: %v", at, err)
		}
	}
	held(3, 2)
	if res, err := db.Prune(t.Context(), store.AtVersion(2)); err != nil || res != (store.PruneResult{Oldest: 2, Versions: 1, Images: 1}) {
		t.Errorf("prune before 2: %+v, %v", res, err)
	}
	cursor.Version = 4
	if err := db.SetCursor(t.Context(), cursor); err != nil {
		t.Fatal(err)
	}
	held(4, 3)
	cursors, err := db.Cursors(t.Context())
	if err != nil || len(cursors) != 1 || cursors[0].Version != 4 || cursors[0].State != "job 7" || cursors[0].Time == 0 {
		t.Errorf("cursors: %+v, %v", cursors, err)
	}
	pins, err := db.Pins(t.Context())
	if err != nil || len(pins) != 1 || pins[0].Name != "audit" || pins[0].Version != 3 {
		t.Errorf("pins: %+v, %v", pins, err)
	}
	if err := db.DeletePin(t.Context(), "audit"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Prune(t.Context(), store.Latest); err != nil {
		t.Errorf("prune: %v", err)
	}
	var missing *store.VersionError
	if err := db.SetPin(t.Context(), "late", 3); !errors.As(err, &missing) {
		t.Errorf("set pin: %v", err)
	}
	cursor.Version = 9
	if err := db.SetCursor(t.Context(), cursor); !errors.As(err, &missing) {
		t.Errorf("set cursor: %v", err)
	}
	if err := db.DeleteCursor(t.Context(), "acme", "east"); err != nil {
		t.Error(err)
	}
	for _, err := range db.Touched(t.Context(), 2, 4) {
		if !errors.As(err, &missing) {
			t.Errorf("touched: %v", err)
		}
	}
}

// Prune keeps `_version` of what lives and forgets what is dead.
func TestPruneAndVersionNumbers(t *testing.T) {
	db := dated(t, 1, 2, 3)
	storetest.Commit(t, db, east, graph.Batch{Entities: entities(1, "fig")})
	storetest.Commit(t, db, east, graph.Batch{Deletes: []graph.Deletion{{Key: "fig-000"}}})
	if _, err := db.Prune(t.Context(), store.Latest); err != nil {
		t.Fatal(err)
	}
	storetest.Commit(t, db, east, graph.Batch{Entities: append(entities(1, "fig"), entity("k", "pear"))})
	s := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	for key, want := range map[string]uint64{"k": 4, "fig-000": 1} {
		if im := s.Get(graph.Identity{Instance: "east", Key: key}); im == nil || im.Meta.Version != want {
			t.Errorf("%s: %+v, want version %d", key, im, want)
		}
	}
	states, err := db.History(t.Context(), graph.Identity{Instance: "east", Key: "k"})
	if err != nil || len(states) != 2 || !states[0].Pruned || states[0].Version != 5 || states[1].Pruned {
		t.Errorf("history: %+v, %v", states, err)
	}
}

func TestRemoveInstance(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	storetest.Commit(t, db, east, graph.Batch{
		Entities: entities(30, "pear"), Complete: all, Partial: []graph.Partial{{Type: "fig"}},
	})
	dry, err := db.RemoveInstance(t.Context(), "east", store.RemovalOptions{DryRun: true})
	if err != nil || dry.Version != 2 {
		t.Fatal(dry, err)
	}
	res, err := db.RemoveInstance(t.Context(), "east", store.RemovalOptions{})
	if err != nil || res.Version != 2 || res.Changes[0].Deleted != 30 {
		t.Fatal(res, err)
	}
	versions, err := db.Versions(t.Context(), 1)
	if err != nil || versions[0].Note != "remove instance" || versions[0].Instance != "east" || versions[0].Entities.Deleted != 30 {
		t.Errorf("version: %+v, %v", versions, err)
	}
	for what, got := range map[string]func() (int, error){
		"instances": func() (int, error) { l, err := db.Instances(t.Context()); return len(l), err },
		"stale":     func() (int, error) { l, err := db.Stale(t.Context()); return len(l), err },
	} {
		if n, err := got(); n != 0 || err != nil {
			t.Errorf("%d %s are left, %v", n, what, err)
		}
	}
	var unknown *store.InstanceError
	if _, err := db.RemoveInstance(t.Context(), "east", store.RemovalOptions{}); !errors.As(err, &unknown) {
		t.Errorf("again: %v", err)
	}
	// Old versions still know their supplier, and the name may serve another.
	old := storetest.Snapshot(t, db, store.AtVersion(1), store.SnapshotOptions{})
	if im := old.Get(graph.Identity{Instance: "east", Key: "pear-000"}); im.Get(graph.PropIntegrationType).Str() != "orchard" {
		t.Errorf("supplier: %+v", im.Supplier)
	}
	old.Close()
	other := east
	other.Instance.Provider = "cellar"
	storetest.Commit(t, db, other, graph.Batch{Entities: entities(1, "pear")})
}

func TestForget(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	b := graph.Batch{Entities: append(entities(30, "pear"), entities(2, "fig")...), Complete: all}
	b.Relationships = append(b.Relationships, rel("fig-000", "HAS", "pear-000"), rel("fig-000", "HAS", "fig-001"))
	storetest.Commit(t, db, east, b)
	res, err := db.Forget(t.Context(), "east", "pear", store.RemovalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []store.TypeCounts{
		{Kind: graph.EntityKind, Instance: "east", Type: "pear", Counts: graph.Counts{Deleted: 30}},
		{Kind: graph.RelationshipKind, Instance: "east", Type: "plum_has", Counts: graph.Counts{Deleted: 1}},
	}
	if !slices.Equal(res.Changes, want) || len(res.Stale) != 0 {
		t.Errorf("forget: %+v", res)
	}
	var unknown *store.InstanceError
	if _, err := db.Forget(t.Context(), "east", "pear", store.RemovalOptions{}); !errors.As(err, &unknown) || unknown.Type != "pear" {
		t.Errorf("again: %v", err)
	}
}

func TestRunRecords(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	b := graph.Batch{Entities: entities(2, "pear"), Complete: all}
	storetest.Commit(t, db, east, b)
	storetest.Commit(t, db, east, b) // no version
	storetest.Commit(t, db, west, b)
	runs, err := db.Runs(t.Context(), "", 0)
	if err != nil || len(runs) != 3 || runs[0].ID != 3 || runs[0].Version != 2 || runs[1].Version != 0 {
		t.Fatalf("runs: %+v, %v", runs, err)
	}
	if runs, err := db.Runs(t.Context(), "east", 1); err != nil || len(runs) != 1 || runs[0].ID != 2 {
		t.Errorf("runs of east: %+v, %v", runs, err)
	}
	count := func(at store.At, sel graph.Selection) int {
		n := 0
		s := storetest.Snapshot(t, db, at, store.SnapshotOptions{})
		defer s.Close()
		for refs, err := range s.Scan(t.Context(), sel) {
			if err != nil {
				t.Fatal(err)
			}
			n += len(refs)
		}
		return n
	}
	named := graph.Selection{Types: []string{graph.RunType}}
	if n := count(store.Latest, named); n != 3 {
		t.Errorf("%d runs by name, want 3", n)
	}
	if n := count(store.AtVersion(1), named); n != 2 {
		t.Errorf("%d runs at version 1, want 2", n)
	}
	if n := count(store.Latest, graph.Selection{}); n != 4 {
		t.Errorf("%d entities of any type, want 4", n)
	}
	s := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	types, err := s.Types(t.Context())
	if err != nil || len(types) != 1 {
		t.Errorf("types: %+v, %v", types, err)
	}
	if props, err := s.Properties(t.Context(), graph.EntityKind, graph.RunType); err != nil || len(props) < 10 {
		t.Errorf("properties of runs: %+v, %v", props, err)
	}
	if tables := s.Tables(graph.Selection{}); len(tables) != 1 || tables[0].Type != "pear" || tables[0].Live != 4 {
		t.Errorf("tables: %+v", tables)
	}
}

func TestStats(t *testing.T) {
	db := dated(t, 1, 2)
	st, err := db.Stats(t.Context())
	if err != nil || st.Oldest != 1 || st.Newest != 2 || st.Runs != 2 || st.FileBytes == 0 {
		t.Fatalf("stats: %+v, %v", st, err)
	}
	if len(st.Tables) != 1 || len(st.Indexes) != 3 {
		t.Fatalf("stats: %+v", st)
	}
	pears := &st.Tables[0]
	if pears.Type != "pear" || pears.Rows != 1 || pears.Live != 1 || st.Indexes[0].Entries != 1 || st.Indexes[0].Bytes == 0 {
		t.Errorf("stats: %+v", st)
	}
	columns := int64(0)
	for _, c := range pears.Columns {
		columns += c.BaseBytes + c.PatchBytes
	}
	stored := int64(0)
	for _, b := range st.Buckets {
		if b.Name == "base" || b.Name == "patch" {
			stored += b.Bytes - 12*int64(b.Records) // without keys
		}
	}
	if columns == 0 || columns != pears.BaseBytes+pears.PatchBytes || pears.Bytes() != stored {
		t.Errorf("the columns of %+v take %d bytes, and the table %d of %d", pears, columns, pears.Bytes(), stored)
	}
	space, err := db.Space(t.Context())
	if err != nil || space != st.Space || space.WorthCompacting() {
		t.Errorf("space: %+v, %v, want %+v", space, err, st.Space)
	}
}
