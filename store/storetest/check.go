package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// maxFindings is how many broken invariants a failing test prints.
const maxFindings = 10

// Check fails the test with what store.Check finds. A store without a file is
// sound.
func Check(t testing.TB, db *store.DB) {
	t.Helper()
	found := 0
	for err := range db.Check(context.Background()) {
		if notFound := (*store.NotFoundError)(nil); errors.As(err, &notFound) {
			return
		}
		if found++; found > maxFindings {
			t.Errorf("check: and more")
			return
		}
		t.Errorf("check: %v", err)
	}
}

// Commit puts batches as one run and commits it.
func Commit(t testing.TB, db *store.DB, opt store.SyncOptions, batches ...graph.Batch) store.Result {
	t.Helper()
	res, err := TryCommit(t, db, opt, batches...)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TryCommit is Commit for runs that may be refused.
func TryCommit(t testing.TB, db *store.DB, opt store.SyncOptions, batches ...graph.Batch) (store.Result, error) {
	t.Helper()
	s, err := db.Begin(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	for _, b := range batches {
		if err := s.Put(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return s.Commit(t.Context(), store.Outcome{})
}

// GraphAt returns all that a version shows. It must exist.
func GraphAt(t testing.TB, db *store.DB, at store.At, opt store.SnapshotOptions) Graph {
	t.Helper()
	s := Snapshot(t, db, at, opt)
	g := Dump(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return g
}

// Snapshot opens a snapshot that must exist. It keeps writers out until it is
// closed, at the end of the test at the latest.
func Snapshot(t testing.TB, db *store.DB, at store.At, opt store.SnapshotOptions) *store.Snapshot {
	t.Helper()
	s, err := db.Snapshot(t.Context(), at, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Graph is a version as a map.
type Graph map[graph.Identity]*graph.Image

// Dump returns all that a snapshot shows.
func Dump(s *store.Snapshot) Graph {
	g := Graph{}
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		for im := range s.All(kind) {
			g[im.Identity()] = im
		}
	}
	return g
}

// DiffGraphs compares two versions and says how they differ, "" if they do not.
// Classes are compared as sets; meta says whether the engine's metadata count.
func DiffGraphs(want, got Graph, meta bool) string {
	if same(want, got, meta) {
		return "" // go-cmp is slow, and most comparisons end here
	}
	opts := cmp.Options{
		cmp.Comparer(graph.Equal),
		cmpopts.IgnoreFields(graph.Image{}, "Supplier"),
		cmpopts.SortSlices(func(a, b string) bool { return a < b }),
		cmpopts.EquateEmpty(),
	}
	if !meta {
		opts = append(opts, cmpopts.IgnoreFields(graph.Image{}, "Meta"))
	}
	return cmp.Diff(want, got, opts)
}

func same(want, got Graph, meta bool) bool {
	for id, a := range want {
		b := got[id]
		if b == nil || a.Identity() != b.Identity() || !graph.SameState(a, b) || meta && a.Meta != b.Meta {
			return false
		}
	}
	return len(want) == len(got)
}
