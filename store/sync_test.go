package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// entity returns a minimal entity of a type.
func entity(key, typ string, props ...graph.Property) graph.Entity {
	return graph.Entity{
		Object: graph.Object{Key: key, Type: typ, Props: graph.SortProperties(props)}, Class: []string{"Thing"},
	}
}

// rel returns a minimal relationship between two entities of one instance.
func rel(from, verb, to string) graph.Relationship {
	return graph.Relationship{
		Object: graph.Object{Key: from + "|" + strings.ToLower(verb) + "|" + to, Type: "plum_" + strings.ToLower(verb)},
		Class:  verb, From: graph.End{Key: from}, To: graph.End{Key: to},
	}
}

func prop(name string, v any) graph.Property {
	val, ok := graph.ValueOf(v)
	if !ok {
		panic(fmt.Sprintf("%v is no value", v))
	}
	return graph.Property{Name: name, Value: val}
}

func entities(n int, typ string) []graph.Entity {
	out := make([]graph.Entity, n)
	for i := range out {
		out[i] = entity(fmt.Sprintf("%s-%03d", typ, i), typ)
	}
	return out
}

var (
	all  = []graph.Complete{{Type: graph.AllTypes}}
	east = store.SyncOptions{Instance: storetest.Instance("east")}
	west = store.SyncOptions{Instance: storetest.Instance("west")}
)

func TestGuard(t *testing.T) {
	tests := []struct {
		name          string
		had, left     int
		opt           store.SyncOptions
		wantDeleted   int
		wantNoVersion bool
	}{
		{name: "few of few", had: 12, left: 2},
		{name: "eleven of twelve", had: 12, left: 1, wantDeleted: 11},
		{name: "a fifth of many", had: 100, left: 80},
		{name: "more than a fifth of many", had: 100, left: 79, wantDeleted: 21},
		{name: "all", had: 60, left: 0, wantDeleted: 60},
		{name: "all, allowed", had: 60, left: 0, opt: store.SyncOptions{AllowDeletes: true}},
		{name: "own share", had: 100, left: 50, opt: store.SyncOptions{GuardShare: 50}},
		{name: "own minimum", had: 100, left: 50, opt: store.SyncOptions{GuardMin: 50}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t, store.Options{})
			storetest.Commit(t, db, east, graph.Batch{Entities: entities(tt.had, "pear"), Complete: all})
			opt := tt.opt
			opt.Instance = east.Instance
			_, err := storetest.TryCommit(t, db, opt, graph.Batch{Entities: entities(tt.left, "pear"), Complete: all})
			var guard *store.GuardError
			if errors.As(err, &guard) != (tt.wantDeleted > 0) {
				t.Fatalf("commit: %v", err)
			}
			v, err := db.Resolve(t.Context(), store.Latest)
			if err != nil {
				t.Fatal(err)
			}
			if guard == nil {
				if v.Number != 2 {
					t.Errorf("the newest version is %d, want 2", v.Number)
				}
				return
			}
			want := []store.GuardedType{{Kind: graph.EntityKind, Type: "pear", Deleted: tt.wantDeleted, Of: tt.had}}
			if !slices.Equal(guard.Types, want) || v.Number != 1 {
				t.Errorf("guard says %+v at version %d", guard.Types, v.Number)
			}
		})
	}
}

func TestGuardCountsCascades(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	b := graph.Batch{Entities: entities(30, "pear"), Complete: all}
	for _, e := range b.Entities {
		b.Relationships = append(b.Relationships, rel("pear-000", "HAS", e.Key))
	}
	storetest.Commit(t, db, east, b)
	_, err := storetest.TryCommit(t, db, east, graph.Batch{Deletes: []graph.Deletion{{Kind: graph.EntityKind, Key: "pear-000"}}})
	var guard *store.GuardError
	if !errors.As(err, &guard) || guard.Types[0].Type != "plum_has" || guard.Types[0].Deleted != 30 {
		t.Fatalf("commit: %v", err)
	}
}

// A guard that says no leaves the Sync usable: a person may agree.
func TestGuardThenAllow(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	storetest.Commit(t, db, east, graph.Batch{Entities: entities(30, "pear"), Complete: all})
	s, err := db.Begin(t.Context(), east)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	if err := s.Put(t.Context(), graph.Batch{Complete: all}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), store.Outcome{}); err == nil {
		t.Fatal("the guard said nothing")
	}
	s.AllowDeletes()
	res, err := s.Commit(t.Context(), store.Outcome{})
	if err != nil || res.Version != 2 || res.Changes[0].Deleted != 30 {
		t.Fatalf("commit: %+v, %v", res, err)
	}
	if err := s.Put(t.Context(), graph.Batch{}); !errors.Is(err, store.ErrDone) {
		t.Errorf("put after commit: %v", err)
	}
}

func TestReports(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	first := graph.Batch{
		Origin: "fetch-users", Rank: 0,
		Entities: []graph.Entity{
			entity("u1", "pear", prop("n", 1)), entity("u2", "pear"),
			entity("", "pear"), entity("u\x00", "pear"), entity("u3", ""), entity("u4", "pear", prop("x", math.NaN())),
			entity("u5", "pear", prop("s", "\xff")), entity("u6", "pear", prop("big", strings.Repeat("x", graph.MaxValue+1))),
		},
	}
	second := graph.Batch{
		Origin: "fetch-more", Rank: 100,
		Entities:      []graph.Entity{entity("u1", "pear", prop("n", 2), prop("_version", 7), prop("_id", "x"))},
		Relationships: []graph.Relationship{rel("u1", "HAS", "u2"), rel("u1", "HAS", "u9"), {Object: graph.Object{Key: "r", Type: "plum_has"}}},
	}
	res := storetest.Commit(t, db, east, second, first)
	if res.Duplicates.Count != 1 || res.Duplicates.Samples[0] != (store.Duplicate{
		Instance: "east", Key: "u1", Type: "pear", Origin: "fetch-more", Kept: "fetch-users",
	}) {
		t.Errorf("duplicates: %+v", res.Duplicates)
	}
	if res.Dangling.Count != 1 || res.Dangling.Samples[0] != (store.Dangling{
		Instance: "east", Key: "u1|has|u9", Type: "plum_has", Origin: "fetch-more", Missing: graph.End{Instance: "east", Key: "u9"},
	}) {
		t.Errorf("dangling: %+v", res.Dangling)
	}
	var reasons []string
	for _, r := range res.Rejected.Samples {
		reasons = append(reasons, fmt.Sprintf("%q %s: %s", r.Key, r.Origin, r.Reason))
	}
	want := []string{
		`"" fetch-users: the key is empty`,
		`"u\x00" fetch-users: the key contains a NUL`,
		`"u3" fetch-users: the type is empty`,
		`"u4" fetch-users: property x: NaN is not a number that can be stored`,
		`"u5" fetch-users: property s: the text "\xff" is not UTF-8`,
		`"u6" fetch-users: property big is 1048577 bytes long, the limit is 1048576`,
		`"r" fetch-more: the class is empty`,
	}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
	if res.Ignored != 2 {
		t.Errorf("%d properties were ignored, want 2", res.Ignored)
	}
	run := res.Run
	if run.Duplicates != 1 || run.Dangling != 1 || run.Rejected != 7 || run.Counts.Created != 3 || run.Version != 1 {
		t.Errorf("run record: %+v", run)
	}
	s := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	if n, _ := s.Get(graph.Identity{Instance: "east", Key: "u1"}).Props.Get("n").Int(); n != 1 {
		t.Errorf("the later duplicate won")
	}
}

// What comes in a bad state keeps the good state that it had.
func TestBadObjectLosesNothing(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	storetest.Commit(t, db, east, graph.Batch{Entities: entities(2, "pear"), Complete: all})
	res := storetest.Commit(t, db, east, graph.Batch{
		Entities: []graph.Entity{entity("pear-000", "pear", prop("x", math.Inf(1)))}, Complete: all,
	})
	want := []store.TypeCounts{{Instance: "east", Type: "pear", Counts: graph.Counts{Deleted: 1}}}
	if !slices.Equal(res.Changes, want) {
		t.Errorf("changes: %+v", res.Changes)
	}
}

func TestSameState(t *testing.T) {
	raw := func(e graph.Entity, json string) graph.Entity { e.Raw = []byte(json); return e }
	classes := func(e graph.Entity, c ...string) graph.Entity { e.Class = c; return e }
	parent := func(e graph.Entity, p string) graph.Entity { e.Parent = p; return e }
	tests := []struct {
		name    string
		a, b    graph.Entity
		changed bool
	}{
		{"one as a fraction", entity("k", "t", prop("n", 1)), entity("k", "t", prop("n", 1.0)), false},
		{"minus zero", entity("k", "t", prop("n", 0)), entity("k", "t", prop("n", math.Copysign(0, -1))), false},
		{"order of classes", classes(entity("k", "t"), "A", "B"), classes(entity("k", "t"), "B", "A", "B"), false},
		{"raw data", raw(entity("k", "t"), "1"), raw(entity("k", "t"), "2"), false},
		{"parent", parent(entity("k", "t"), "p"), parent(entity("k", "t"), "q"), false},
		{"null and missing", entity("k", "t", prop("n", nil)), entity("k", "t"), true},
		{"string and number", entity("k", "t", prop("n", "1")), entity("k", "t", prop("n", 1)), true},
		{"order of a list", entity("k", "t", prop("n", []string{"a", "b"})), entity("k", "t", prop("n", []string{"b", "a"})), true},
		{"type", entity("k", "t"), entity("k", "u"), true},
		{"neighbouring integers", entity("k", "t", prop("n", int64(math.MaxInt64))), entity("k", "t", prop("n", int64(math.MaxInt64-1))), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t, store.Options{})
			storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{tt.a}})
			res := storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{tt.b}})
			if (res.Version == 2) != tt.changed {
				t.Errorf("version %d: %+v", res.Version, res.Changes)
			}
		})
	}
}

func TestRaw(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	id := graph.Identity{Instance: "east", Key: "k"}
	put := func(opt store.SyncOptions, raw string) {
		t.Helper()
		e := entity("k", "pear")
		if raw != "" {
			e.Raw = []byte(raw)
		}
		storetest.Commit(t, db, opt, graph.Batch{Entities: []graph.Entity{e}})
	}
	expect := func(want string) {
		t.Helper()
		got, err := db.Raw(t.Context(), id)
		if err != nil || string(got) != want {
			t.Errorf("raw data are %q, %v, want %q", got, err, want)
		}
	}
	put(east, `{"a":1}`)
	expect(`{"a":1}`)
	put(east, "")
	expect(`{"a":1}`)
	put(east, `{"a":2}`)
	expect(`{"a":2}`)
	none := east
	none.Instance.KeepRaw = false
	put(none, `{"a":3}`)
	expect("")
	put(east, `{"a":4}`)
	storetest.Commit(t, db, east, graph.Batch{Deletes: []graph.Deletion{{Key: "k"}}})
	expect("")
}

func TestStale(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{entity("a", "pear"), entity("b", "fig")}, Complete: all})
	v, err := db.Resolve(t.Context(), store.Latest)
	if err != nil {
		t.Fatal(err)
	}
	res := storetest.Commit(t, db, east, graph.Batch{
		Entities: []graph.Entity{entity("a", "pear")}, Complete: []graph.Complete{{Type: "pear"}, {Type: "quince"}},
		Partial: []graph.Partial{{Type: "quince", Reason: "fetch-quinces: 403"}},
	})
	if len(res.Stale) != 2 || res.Stale[0].Type != "fig" || res.Stale[0].Since < v.Time || res.Stale[0].Reason != "" ||
		res.Stale[1] != (store.Stale{Instance: "east", Type: "quince", Reason: "fetch-quinces: 403"}) {
		t.Errorf("stale: %+v", res.Stale)
	}
	stored, err := db.Stale(t.Context())
	if err != nil || !slices.Equal(stored, res.Stale) {
		t.Errorf("stored: %+v, %v", stored, err)
	}
	// A patch says nothing about freshness.
	if res := storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{entity("a", "pear")}}); !slices.Equal(res.Stale, stored) {
		t.Errorf("after a patch: %+v", res.Stale)
	}
	if res := storetest.Commit(t, db, east, graph.Batch{Entities: []graph.Entity{entity("a", "pear"), entity("b", "fig")}, Complete: all}); len(res.Stale) != 0 {
		t.Errorf("after a complete run: %+v", res.Stale)
	}
}

func TestProviderCannotChange(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	storetest.Commit(t, db, east, graph.Batch{Entities: entities(1, "pear")})
	other := east
	other.Instance.Provider = "cellar"
	var instance *store.InstanceError
	if _, err := db.Begin(t.Context(), other); !errors.As(err, &instance) || instance.Has != "orchard" {
		t.Errorf("begin: %v", err)
	}
	for _, name := range []string{"", "mapper", "j1db", "j1db-own", "a\x00b"} {
		if _, err := db.Begin(t.Context(), store.SyncOptions{Instance: graph.Instance{Name: name}}); err == nil {
			t.Errorf("instance %q was accepted", name)
		}
	}
}

// Ranks decide, not goroutines.
func TestPutConcurrently(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	s, err := db.Begin(t.Context(), east)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				b := graph.Batch{Rank: uint64(j*8 + i), Origin: fmt.Sprint(i), Entities: []graph.Entity{entity(fmt.Sprint("k", j), "pear", prop("by", i))}}
				if err := s.Put(t.Context(), b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	res, err := s.Commit(t.Context(), store.Outcome{})
	if err != nil || res.Duplicates.Count != 7*50 {
		t.Fatalf("commit: %d duplicates, %v", res.Duplicates.Count, err)
	}
	snap := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	for im := range snap.All(graph.EntityKind) {
		if by, _ := im.Props.Get("by").Int(); by != 0 {
			t.Errorf("%s came from %d", im.Key, by)
		}
	}
	for i, d := range res.Duplicates.Samples {
		if d.Kept != "0" || i > 0 && d.Origin == "0" {
			t.Errorf("duplicate %+v", d)
		}
	}
}

func TestDeriveFails(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	opt := east
	broken := errors.New("the mapper is broken")
	opt.Derive = func(context.Context, *store.View, func(graph.Batch) error) error { return broken }
	if _, err := storetest.TryCommit(t, db, opt, graph.Batch{Entities: entities(1, "pear")}); !errors.Is(err, broken) {
		t.Fatalf("commit: %v", err)
	}
	if v, err := db.Resolve(t.Context(), store.Latest); err != nil || v.Number != 0 {
		t.Errorf("version %d, %v", v.Number, err)
	}
}

func TestRelationshipReturns(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	storetest.Commit(t, db, west, graph.Batch{Entities: []graph.Entity{entity("host", "pear")}})
	use := rel("user", "USES", "host")
	use.To.Instance = "west"
	b := graph.Batch{Entities: []graph.Entity{entity("user", "pear")}, Relationships: []graph.Relationship{use}}
	storetest.Commit(t, db, east, b)
	res := storetest.Commit(t, db, west, graph.Batch{Complete: all})
	id := graph.Identity{Kind: graph.RelationshipKind, Instance: "east", Key: use.Key}
	if res.Cascaded.Count != 1 || res.Cascaded.Samples[0] != id {
		t.Errorf("cascaded: %+v", res.Cascaded)
	}
	storetest.Commit(t, db, west, graph.Batch{Entities: []graph.Entity{entity("host", "pear")}})
	res = storetest.Commit(t, db, east, b)
	s := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	im := s.Get(id)
	if im == nil || im.Meta.Version != 2 || im.Meta.BeginOn != res.Time {
		t.Errorf("the relationship came back as %+v", im)
	}
}

// What a collection found wrong with its objects is in the run record, which is
// all that an export can ask later.
func TestRunRecordTellsOfValidation(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	s, err := db.Begin(t.Context(), east)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	if err := s.Put(t.Context(), graph.Batch{Entities: []graph.Entity{entity("u1", "pear"), entity("", "pear")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), store.Outcome{Rejected: 2, Invalid: 5}); err != nil {
		t.Fatal(err)
	}
	runs, err := db.Runs(t.Context(), "east", 1)
	if err != nil || len(runs) != 1 || runs[0].Rejected != 3 || runs[0].Invalid != 5 {
		t.Errorf("runs: %+v, %v", runs, err)
	}
}
