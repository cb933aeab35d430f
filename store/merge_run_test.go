package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// TestCommitAgain: between a guard's no and a person's yes the file may become
// another one, of another secret.
func TestCommitAgain(t *testing.T) {
	for _, memory := range []int64{0, 1} {
		t.Run(fmt.Sprintf("memory=%d", memory), func(t *testing.T) {
			db := storetest.Open(t, store.Options{})
			had := graph.Batch{Entities: entities(60, "pear"), Complete: all}
			opt := east
			opt.Memory = memory
			s, err := db.Begin(t.Context(), opt)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Discard()
			for i := range 3 { // two of them twice
				if err := s.Put(t.Context(), graph.Batch{Rank: uint64(i * 10), Entities: had.Entities[i : i+3], Complete: all}); err != nil {
					t.Fatal(err)
				}
			}
			for range 3 {
				if err := os.Remove(db.Path()); err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Fatal(err)
				}
				storetest.Commit(t, db, east, had)
				var guard *store.GuardError
				if _, err := s.Commit(t.Context(), store.Outcome{}); !errors.As(err, &guard) || guard.Types[0].Deleted != 55 {
					t.Fatalf("commit: %v", err)
				}
			}
			s.AllowDeletes()
			res, err := s.Commit(t.Context(), store.Outcome{})
			if err != nil || res.Version != 2 || res.Duplicates.Count != 4 || res.Run.Counts != (graph.Counts{Deleted: 55}) {
				t.Fatalf("commit: %+v, %v", res, err)
			}
			if _, err := s.Commit(t.Context(), store.Outcome{}); !errors.Is(err, store.ErrDone) {
				t.Errorf("a third commit: %v", err)
			}
		})
	}
}

// TestSparedStays: what comes in a state that cannot be stored keeps its state, its
// relationships and what stands under it, though everything was read whole.
func TestSparedStays(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	under := entity("leaf", "leaf")
	under.Parent = "pear-000"
	b := graph.Batch{
		Entities: append(entities(3, "pear"), under), Complete: all,
		Relationships: []graph.Relationship{rel("pear-000", "HAS", "pear-001"), rel("pear-001", "HAS", "pear-002"), rel("pear-000", "HAS", "pear-000")},
	}
	b.Entities[0].Raw, b.Relationships[0].Raw = []byte("1"), []byte("2")
	storetest.Commit(t, db, east, b)
	before := newest(t, db)
	bad := graph.Batch{
		Entities: slices.Clone(b.Entities), Relationships: slices.Clone(b.Relationships), Complete: all,
		Partial: []graph.Partial{{Type: "leaf"}}, Deletes: []graph.Deletion{
			{Kind: graph.EntityKind, Key: "pear-000"}, {Kind: graph.RelationshipKind, Key: b.Relationships[0].Key},
		},
	}
	bad.Entities = bad.Entities[:3]
	bad.Entities[0].Props = graph.SortProperties([]graph.Property{prop("x", math.NaN())})
	bad.Entities[0].Raw = []byte("3")
	bad.Relationships[0].From.Key = "" // the worst that can be said of one
	bad.Relationships[2].Class = ""
	res := storetest.Commit(t, db, east, bad)
	if res.Version != 0 || res.Rejected.Count != 3 || res.Dangling.Count != 0 {
		t.Errorf("it made %+v", res)
	}
	if diff := storetest.DiffGraphs(before, newest(t, db), true); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantRaw(t, db, graph.Identity{Instance: "east", Key: "pear-000"}, "1")
	wantRaw(t, db, graph.Identity{Kind: graph.RelationshipKind, Instance: "east", Key: b.Relationships[0].Key}, "2")
}

func wantRaw(t *testing.T, db *store.DB, id graph.Identity, want string) {
	t.Helper()
	got, err := db.Raw(t.Context(), id)
	if err != nil || string(got) != want {
		t.Errorf("raw data of %s are %q, %v, want %q", id.Key, got, err, want)
	}
}

// TestRawFollows: raw data are those of what is stored, whatever became of the
// object: unchanged, changed, moved with an end, dangling, gone and back.
func TestRawFollows(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	id := func(key string) graph.Identity {
		return graph.Identity{Kind: graph.RelationshipKind, Instance: "east", Key: key}
	}
	run := func(raw string, types ...string) {
		b := graph.Batch{Complete: all, Relationships: []graph.Relationship{rel("a", "HAS", "b"), rel("a", "USES", "a")}}
		for i, typ := range types {
			b.Entities = append(b.Entities, entity([]string{"a", "b"}[i], typ))
			b.Entities[i].Raw = []byte("of " + raw)
		}
		for i := range b.Relationships {
			b.Relationships[i].Raw = []byte(raw)
		}
		storetest.Commit(t, db, east, b)
	}
	steps := []struct {
		raw   string
		types []string
		b, l  string // of the relationship to b, and of the loop
	}{
		{"1", []string{"x"}, "", "1"},
		{"2", []string{"x", "x"}, "2", "2"},
		{"3", []string{"x", "x"}, "3", "3"},
		{"4", []string{"y", "x"}, "4", "4"},
		{"5", []string{"y"}, "", "5"},
		{"6", []string{"x", "y"}, "6", "6"},
	}
	for i, s := range steps {
		run(s.raw, s.types...)
		wantRaw(t, db, id("a|has|b"), s.b)
		wantRaw(t, db, id("a|uses|a"), s.l)
		wantRaw(t, db, graph.Identity{Instance: "east", Key: "a"}, "of "+s.raw)
		if t.Failed() {
			t.Fatalf("step %d", i)
		}
	}
	// A patch that deletes an end takes them away, too.
	storetest.Commit(t, db, east, graph.Batch{Deletes: []graph.Deletion{{Key: "a"}}})
	wantRaw(t, db, id("a|uses|a"), "")
	none := east
	none.Instance.KeepRaw = false
	storetest.Commit(t, db, none, graph.Batch{})
	wantRaw(t, db, graph.Identity{Instance: "east", Key: "b"}, "")
}

// TestManyPatches: small changes pile up, are folded, and every version shows what
// it did.
func TestManyPatches(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	model := storetest.NewModel()
	const size = 400
	b := graph.Batch{Entities: entities(size, "pear")}
	for i := range size {
		r := rel(b.Entities[i].Key, "HAS", b.Entities[(i*7+1)%size].Key)
		b.Relationships = append(b.Relationships, r)
	}
	opt := east
	opt.AllowDeletes = true
	for v := range 24 {
		res := storetest.Commit(t, db, opt, b)
		if want := model.Apply(storetest.Run{Instance: "east", Batches: []graph.Batch{b}}, res.Time); res.Version != want {
			t.Fatalf("made version %d, want %d", res.Version, want)
		}
		patch := graph.Batch{}
		for i := range 9 {
			at := (v*31 + i*i*5) % size
			e := entity(b0(at), []string{"pear", "fig"}[(v+i)%9/8], prop("n", v), prop(fmt.Sprint("p", v%5), i))
			r := rel(b0(at), "HAS", b0((at*7+1)%size))
			if i%3 == 0 { // the ends swap, and the key stays
				r.From, r.To = r.To, r.From
			}
			r.Props.Set("v", graph.IntValue(int64(v)))
			patch.Entities = append(patch.Entities, e)
			patch.Relationships = append(patch.Relationships, r)
		}
		patch.Deletes = []graph.Deletion{
			{Kind: graph.EntityKind, Key: b0((v*17 + 3) % size)}, {Kind: graph.EntityKind, Key: patch.Entities[0].Key},
			{Kind: graph.RelationshipKind, Key: rel(b0(v), "HAS", b0((v*7+1)%size)).Key},
		}
		patch.Entities, patch.Relationships = unique(patch.Entities), uniqueRels(patch.Relationships)
		b = patch
	}
	storetest.Check(t, db)
	for n := uint64(1); n <= model.Newest(); n++ {
		got := storetest.GraphAt(t, db, store.AtVersion(n), store.SnapshotOptions{IncludeDeleted: n%2 == 0})
		want := model.Versions[n]
		if n%2 == 0 {
			want = model.WithDeleted(n)
		}
		if diff := storetest.DiffGraphs(want, got, true); diff != "" {
			t.Fatalf("version %d (-want +got):\n%s", n, diff)
		}
	}
}

func b0(i int) string { return fmt.Sprintf("pear-%03d", i) }

func unique(list []graph.Entity) (out []graph.Entity) {
	for _, e := range list {
		if !slices.ContainsFunc(out, func(o graph.Entity) bool { return o.Key == e.Key }) {
			out = append(out, e)
		}
	}
	return out
}

func uniqueRels(list []graph.Relationship) (out []graph.Relationship) {
	for _, r := range list {
		if !slices.ContainsFunc(out, func(o graph.Relationship) bool { return o.Key == r.Key }) {
			out = append(out, r)
		}
	}
	return out
}

// TestEndsOfSync: whatever ends a Sync while it is used ends it once, and takes its
// file away.
func TestEndsOfSync(t *testing.T) {
	dir := t.TempDir()
	db := storetest.OpenAt(t, filepath.Join(dir, "graph.db"), store.Options{})
	opt := east
	opt.Memory = 1
	for round := range 6 {
		s, err := db.Begin(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(t.Context(), graph.Batch{Entities: entities(40, "pear")}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex // guards committed
		committed := 0
		for range 2 {
			wg.Go(func() {
				for i := range 5 {
					err := s.Put(t.Context(), graph.Batch{Rank: 100, Entities: []graph.Entity{entity(fmt.Sprint("k", i), "fig", prop("n", round))}})
					if err != nil && !errors.Is(err, store.ErrDone) {
						t.Error(err)
					}
				}
			})
			wg.Go(func() {
				_, err := s.Commit(t.Context(), store.Outcome{})
				if err == nil {
					mu.Lock()
					committed++
					mu.Unlock()
				} else if !errors.Is(err, store.ErrDone) {
					t.Error(err)
				}
			})
			if round%2 == 1 {
				wg.Go(s.Discard)
			}
		}
		wg.Wait()
		if committed > 1 || round%2 == 0 && committed == 0 {
			t.Errorf("round %d was committed %d times", round, committed)
		}
		for _, name := range filesIn(t, dir) {
			if name != "graph.db" {
				t.Errorf("round %d left %s", round, name)
			}
		}
	}
}

// TestManyAtOnce: so many relationships that their ends are looked up in a table of
// seats, and so many objects that hashes are read by the group, while entities
// among them change, move, go, come back and are spared.
func TestManyAtOnce(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	model := storetest.NewModel()
	model.Derive = storetest.ModelPersons
	const size, most = 700, 5000
	for v := range 4 {
		b := graph.Batch{Complete: all}
		for i := range size {
			if (i+v*3)%11 == 0 {
				continue // gone, or back
			}
			e := entity(fmt.Sprint("k", i), []string{"pear", "fig"}[(i+v)%10/9], prop("n", (i+v)%7/6))
			if i%13 == v {
				e.Props = graph.SortProperties(append(e.Props, prop("bad", math.NaN())))
			}
			if i%100 == v {
				e.Props.Set("email", graph.StringValue("ada@orchard.example"))
			}
			b.Entities = append(b.Entities, e)
		}
		for i := range most {
			// Every other run brings all of them anew, under other keys.
			r := rel(fmt.Sprint("k", i%size), "HAS", fmt.Sprint("k", (i*31+v/2)%size))
			r.Key = fmt.Sprint("r", i+v/2*most)
			if i%50 == 0 {
				r.To = graph.End{Instance: graph.MapperInstance, Key: "employee:ada@orchard.example"}
			}
			b.Relationships = append(b.Relationships, r)
		}
		opt := east
		opt.AllowDeletes, opt.Derive = true, storetest.Persons
		res := storetest.Commit(t, db, opt, b)
		if want := model.Apply(storetest.Run{Instance: "east", Batches: []graph.Batch{b}, Derive: true}, res.Time); res.Version != want {
			t.Fatalf("made version %d, want %d", res.Version, want)
		}
		if diff := storetest.DiffGraphs(model.Versions[v+1], newest(t, db), true); diff != "" {
			t.Fatalf("version %d (-want +got):\n%s", v+1, diff)
		}
	}
	storetest.Check(t, db)
}

// TestLockedOut: a commit that waited in vain, or was told to stop waiting, leaves
// nothing, and may be tried again.
func TestLockedOut(t *testing.T) {
	dir := t.TempDir()
	db := storetest.OpenAt(t, filepath.Join(dir, "graph.db"), store.Options{LockTimeout: time.Millisecond})
	storetest.Commit(t, db, east, graph.Batch{Entities: entities(1, "pear")})
	s, err := db.Begin(t.Context(), east)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	if err := s.Put(t.Context(), graph.Batch{Entities: entities(3, "pear")}); err != nil {
		t.Fatal(err)
	}
	reader := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	var locked *store.LockedError
	if _, err := s.Commit(t.Context(), store.Outcome{}); !errors.As(err, &locked) {
		t.Fatalf("commit: %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Commit(stopped, store.Outcome{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("commit: %v", err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if names := filesIn(t, dir); !slices.Equal(names, []string{"graph.db"}) {
		t.Errorf("they left %q", names)
	}
	if res, err := s.Commit(t.Context(), store.Outcome{}); err != nil || res.Version != 2 || res.Run.ID != 2 {
		t.Errorf("commit: %+v, %v", res, err)
	}
}

// TestNoFileOfNothing: what ends before it began makes no file.
func TestNoFileOfNothing(t *testing.T) {
	dir := t.TempDir()
	db := storetest.OpenAt(t, filepath.Join(dir, "graph.db"), store.Options{})
	s, err := db.Begin(t.Context(), east)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Commit(stopped, store.Outcome{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("commit: %v", err)
	}
	if names := filesIn(t, dir); len(names) > 0 {
		t.Errorf("it left %q", names)
	}
	if res, err := s.Commit(t.Context(), store.Outcome{}); err != nil || res.Run.ID != 1 {
		t.Errorf("commit: %+v, %v", res, err)
	}
}
