package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// manyTypes is a store of n types with an entity each, and a relationship of every
// second one to the next.
func manyTypes(t testing.TB, n int) *store.DB {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "graph.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b graph.Batch
	for i := range n {
		b.Entities = append(b.Entities, entity(fmt.Sprintf("key-%05d", i), fmt.Sprintf("type_%05d", i), prop("n", i)))
		if i%2 == 1 {
			b.Relationships = append(b.Relationships, rel(fmt.Sprintf("key-%05d", i), "HAS", fmt.Sprintf("key-%05d", i-1)))
		}
	}
	storetest.Commit(t, db, east, b)
	return db
}

// BenchmarkOpen opens a file of ten thousand types and reads one entity by its key.
func BenchmarkOpen(b *testing.B) {
	db := manyTypes(b, 10_000)
	for b.Loop() {
		fresh, err := store.Open(db.Path(), store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		s, err := fresh.Snapshot(b.Context(), store.Latest, store.SnapshotOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if s.Get(graph.Identity{Instance: "east", Key: "key-04711"}) == nil {
			b.Fatal("it is not there")
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// Several users of a version share what was read of it, and the last one lets the
// file go.
func TestSnapshotsShareAVersion(t *testing.T) {
	db := manyTypes(t, 20)
	open := func() *store.Snapshot {
		return storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	}
	a, b := open(), open()
	if a.Stamp() != b.Stamp() {
		t.Error("one version has two stamps")
	}
	one, other := graph.Identity{Instance: "east", Key: "key-00001"}, graph.Identity{Instance: "east", Key: "key-00002"}
	if a.Get(one) == nil {
		t.Fatal("it is not there")
	}
	a.Close()
	a.Close() // counts once
	if b.Get(other) == nil || b.Err() != nil {
		t.Errorf("the other snapshot is closed too: %v", b.Err())
	}
	if err := writeSoon(t, db); err == nil {
		t.Error("somebody could write while a snapshot was open")
	}
	b.Close()
	third := graph.Identity{Instance: "east", Key: "key-00013"}
	if b.Get(third) != nil || b.Err() == nil {
		t.Errorf("a closed snapshot still reads: %v", b.Err())
	}
	if b.Get(one) == nil {
		t.Error("what was read before Close is gone")
	}
	c := open()
	if c.Stamp() != a.Stamp() || c.Get(third) == nil || c.Err() != nil {
		t.Errorf("opened again: %v", c.Err())
	}
	c.Close()
	if err := writeSoon(t, db); err != nil {
		t.Errorf("after all are closed: %v", err)
	}
	d := open()
	defer d.Close()
	if d.Stamp() == a.Stamp() {
		t.Error("a new version has the old stamp")
	}
}

// writeSoon commits something, but waits only a moment for the file.
func writeSoon(t *testing.T, db *store.DB) error {
	t.Helper()
	hasty, err := store.Open(db.Path(), store.Options{LockTimeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = storetest.TryCommit(t, hasty, west, graph.Batch{Entities: entities(1, "pear")})
	var locked *store.LockedError
	if err != nil && !errors.As(err, &locked) {
		t.Fatal(err)
	}
	return err
}

// Snapshots are opened, read and closed by many goroutines at once.
func TestSnapshotsInParallel(t *testing.T) {
	db := manyTypes(t, 60)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 20 {
				s, err := db.Snapshot(t.Context(), store.Latest, store.SnapshotOptions{IncludeDeleted: i%2 == 0})
				if err != nil {
					t.Error(err)
					return
				}
				key := fmt.Sprintf("key-%05d", (i*20+k)%60)
				if n := len(s.ByKey(key)); n != 1 {
					t.Errorf("%d entities have the key %s", n, key)
				}
				if _, err := s.Relationships(t.Context()); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := writeSoon(t, db); err != nil {
		t.Errorf("a lock was left: %v", err)
	}
}

// A snapshot that cannot be opened leaves no lock.
func TestFailedSnapshotLeavesNoLock(t *testing.T) {
	db := manyTypes(t, 3)
	for _, at := range []store.At{store.AtVersion(7), store.AtTime(time.Unix(0, 0))} {
		if _, err := db.Snapshot(t.Context(), at, store.SnapshotOptions{}); err == nil {
			t.Errorf("%v is there", at)
		}
	}
	if err := writeSoon(t, db); err != nil {
		t.Error(err)
	}
}
