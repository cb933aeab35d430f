package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// orchard has enough of two types and of what joins them for several parts, and a
// hundred types with little in each.
func orchard(t *testing.T) *store.DB {
	t.Helper()
	db := storetest.Open(t, store.Options{LockTimeout: 100 * time.Millisecond})
	var b graph.Batch
	for i := range 9000 {
		b.Entities = append(b.Entities, entity(fmt.Sprintf("pear-%05d", i), "pear", prop("n", i)))
		b.Relationships = append(b.Relationships, rel(fmt.Sprintf("pear-%05d", i), "NEAR", fmt.Sprintf("pear-%05d", (i+7)%9000)))
	}
	for i := range 300 {
		b.Entities = append(b.Entities, entity(fmt.Sprintf("fig-%05d", i), fmt.Sprintf("fig_%03d", i%100)))
	}
	storetest.Commit(t, db, east, b)
	storetest.Commit(t, db, west, graph.Batch{Entities: []graph.Entity{entity("other", "pear")}})
	return db
}

func wholeKind(t *testing.T, db *store.DB, version uint64, kind graph.Kind) []*graph.Image {
	t.Helper()
	snap := storetest.Snapshot(t, db, store.AtVersion(version), store.SnapshotOptions{})
	defer snap.Close()
	return slices.Collect(snap.All(kind))
}

// TestObjectsWhileWritten reads a version part by part while others are committed,
// as quickly as if nobody read.
func TestObjectsWhileWritten(t *testing.T) {
	db := orchard(t)
	commits := 0
	meddle := func() {
		commits++
		b := graph.Batch{Entities: []graph.Entity{entity(fmt.Sprintf("new-%d", commits), fmt.Sprintf("a_new_%d", commits))}}
		for i := commits; i < 9000; i += 40 {
			key := fmt.Sprintf("pear-%05d", i)
			switch i % 3 {
			case 0:
				b.Deletes = append(b.Deletes, graph.Deletion{Key: key})
			case 1:
				b.Entities = append(b.Entities, entity(key, "fig_050"))
			default:
				b.Entities = append(b.Entities, entity(key, "pear", prop("n", -i)))
			}
		}
		storetest.Commit(t, db, store.SyncOptions{Instance: east.Instance, AllowDeletes: true}, b)
		if _, err := db.Prune(t.Context(), store.AtVersion(2)); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range []graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		want, n := wholeKind(t, db, 2, kind), 0
		for im, err := range db.Objects(t.Context(), 2, kind, "") {
			if err != nil {
				t.Fatal(err)
			}
			if n >= len(want) || im.Identity() != want[n].Identity() || !graph.SameState(im, want[n]) {
				t.Fatalf("%s %d is %v", kind, n, im)
			}
			if n++; n%1700 == 0 {
				meddle()
			}
		}
		if n != len(want) {
			t.Errorf("%d of %d %ss", n, len(want), kind)
		}
	}
	if commits < 8 {
		t.Errorf("only %d commits", commits)
	}
}

func TestObjectsNarrowed(t *testing.T) {
	db := orchard(t)
	count := func(version uint64, instance string) int {
		t.Helper()
		n := 0
		for im, err := range db.Objects(t.Context(), version, graph.EntityKind, instance) {
			if err != nil || instance != "" && im.Instance != instance {
				t.Fatal(im, err)
			}
			n++
		}
		return n
	}
	for _, tt := range []struct {
		version  uint64
		instance string
		want     int
	}{{0, "", 0}, {1, "", 9300}, {2, "", 9301}, {2, "west", 1}, {1, "west", 0}, {2, "nobody", 0}} {
		if got := count(tt.version, tt.instance); got != tt.want {
			t.Errorf("%d objects of %q in version %d, want %d", got, tt.instance, tt.version, tt.want)
		}
	}
}

// TestObjectsPruned loses the version on the way, and keeps it with a pin.
func TestObjectsPruned(t *testing.T) {
	db := orchard(t)
	read := func(meanwhile func()) (n int, err error) {
		for _, err := range db.Objects(t.Context(), 1, graph.EntityKind, "") {
			if err != nil {
				return n, err
			}
			if n++; n == 1 {
				meanwhile()
			}
		}
		return n, nil
	}
	if err := db.SetPin(t.Context(), "reading", 1); err != nil {
		t.Fatal(err)
	}
	n, err := read(func() {
		if _, err := db.Prune(t.Context(), store.AtVersion(2)); err == nil {
			t.Error("a pinned version was pruned")
		}
	})
	if n != 9300 || err != nil {
		t.Errorf("%d objects, %v", n, err)
	}
	if err := db.DeletePin(t.Context(), "reading"); err != nil {
		t.Fatal(err)
	}
	n, err = read(func() {
		if _, err := db.Prune(t.Context(), store.AtVersion(2)); err != nil {
			t.Error(err)
		}
	})
	var missing *store.VersionError
	if n == 9300 || !errors.As(err, &missing) {
		t.Errorf("%d objects, %v", n, err)
	}
}
