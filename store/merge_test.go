package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// putting is a mapper that puts what b points at.
func putting(b *graph.Batch) store.Derive {
	return func(_ context.Context, _ *store.View, put func(graph.Batch) error) error { return put(*b) }
}

// newest dumps the newest version.
func newest(t *testing.T, db *store.DB) storetest.Graph {
	t.Helper()
	return storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
}

// TestFarEndDerived: what the mapper does to its own objects decides about the
// relationships of others to them, whenever and in whatever state those came.
func TestFarEndDerived(t *testing.T) {
	to := func(from, person string) graph.Relationship {
		r := rel(from, "IS", person)
		r.To.Instance = graph.MapperInstance
		return r
	}
	twins := rel("ada", "KNOWS", "bo")
	twins.From.Instance, twins.To.Instance = graph.MapperInstance, graph.MapperInstance
	run := graph.Batch{Entities: entities(1, "pear"), Relationships: []graph.Relationship{to("pear-000", "ada"), to("pear-000", "bo"), twins}}
	all := []string{"pear-000|is|ada", "pear-000|is|bo", "ada|knows|bo"}
	people := func(types ...string) (out []graph.Entity) {
		for i, typ := range types {
			if typ != "" {
				out = append(out, entity([]string{"ada", "bo"}[i], typ))
			}
		}
		return out
	}
	tests := []struct {
		name                 string
		before               []graph.Batch // of east, ahead of the run
		first, then          []graph.Entity
		want, gone, dangling []string
	}{
		{name: "stays", first: people("p", "p"), then: people("p", "p"), want: all},
		{name: "comes", then: people("p", "p"), want: all},
		{name: "moves", first: people("p", "p"), then: people("q", "p"), want: all},
		{name: "goes", first: people("p", "p"), then: people("p"), want: all[:1], dangling: all[1:]},
		{name: "goes, the other end moves", first: people("p", "p"), then: people("q"), want: all[:1], dangling: all[1:]},
		{
			name: "goes, what came back had left", before: []graph.Batch{run, {Deletes: []graph.Deletion{
				{Kind: graph.RelationshipKind, Key: all[1]}, {Kind: graph.RelationshipKind, Key: all[2]},
			}}},
			first: people("p", "p"), then: people("p"), want: all[:1], dangling: all[1:],
		},
		{
			name: "moves, what came back had left", before: []graph.Batch{run, {Complete: []graph.Complete{{Type: "plum_is"}}}},
			first: people("p", "p"), then: people("p", "q"), want: all,
		},
		{
			name: "goes, nothing changed", before: []graph.Batch{run},
			first: people("p", "p"), then: people("p"), want: all[:1], gone: all[1:],
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t, store.Options{})
			people := graph.Batch{Entities: tt.first}
			opt := east
			opt.Derive = putting(&people)
			storetest.Commit(t, db, opt, graph.Batch{})
			for _, b := range tt.before {
				storetest.Commit(t, db, opt, b)
			}
			people.Entities = tt.then
			opt.DryRun = true
			dry := storetest.Commit(t, db, opt, run)
			opt.DryRun = false
			res := storetest.Commit(t, db, opt, run)
			if !slices.Equal(dry.Changes, res.Changes) || dry.Version != res.Version || dry.Dangling.Count != res.Dangling.Count {
				t.Errorf("the dry run said %+v, it became %+v", dry, res)
			}
			var got, gone, dangling []string
			for id := range newest(t, db) {
				if id.Kind == graph.RelationshipKind {
					got = append(got, id.Key)
				}
			}
			for _, id := range res.Cascaded.Samples {
				gone = append(gone, id.Key)
			}
			for _, d := range res.Dangling.Samples {
				dangling = append(dangling, d.Key)
			}
			for _, x := range []struct {
				what      string
				want, got []string
			}{{"stored", tt.want, got}, {"cascaded", tt.gone, gone}, {"dangling", tt.dangling, dangling}} {
				want := slices.Sorted(slices.Values(x.want))
				if slices.Sort(x.got); !slices.Equal(want, x.got) {
					t.Errorf("%s are %q, want %q", x.what, x.got, want)
				}
			}
			if again := storetest.Commit(t, db, opt, run); again.Version != 0 {
				t.Errorf("the same run again changed %+v", again.Changes)
			}
			storetest.Check(t, db)
		})
	}
}

// TestOvertaken: what another process does between a merge and its lock is merged
// too, once, or again and again, and whatever file it leaves.
func TestOvertaken(t *testing.T) {
	other := func(t *testing.T, db *store.DB, n int) {
		storetest.Commit(t, db, west, graph.Batch{Entities: entities(n, "fig")})
	}
	tests := []struct {
		name  string
		times int
		do    func(t *testing.T, db *store.DB, n int)
	}{
		{"once", 1, other},
		{"too often", 9, other},
		{"and compacted", 1, func(t *testing.T, db *store.DB, n int) {
			other(t, db, n)
			if _, err := db.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
		}},
		{"by the same run", 1, func(t *testing.T, db *store.DB, _ int) {
			storetest.Commit(t, db, east, graph.Batch{Entities: entities(2, "pear")})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "graph.db")
			beside := storetest.OpenAt(t, path, store.Options{})
			n := 0
			db := storetest.OpenAt(t, path, store.Options{At: func(point string) {
				if point == store.PointMerged && n < tt.times {
					n++
					tt.do(t, beside, n)
				}
			}})
			b := graph.Batch{Entities: entities(2, "pear"), Relationships: []graph.Relationship{rel("pear-000", "HAS", "pear-001")}}
			res := storetest.Commit(t, db, east, b)
			g := newest(t, db)
			figs := 0
			for id := range g {
				if id.Instance == "west" {
					figs++
				}
			}
			wantFigs := min(n, 2)
			if tt.name == "by the same run" {
				wantFigs = 0
			}
			if n == 0 || figs != wantFigs || len(g) != 3+figs || res.Version != uint64(wantFigs+1)+uint64(1-min(wantFigs, 1)) {
				t.Errorf("after %d times there are %d objects, %d of them figs, at version %d", n, len(g), figs, res.Version)
			}
			storetest.Check(t, db)
		})
	}
}

// TestBegunBeforeTheFile: a run that began when there was no file is hashed anew
// for the one that another process made, even when that was interrupted.
func TestBegunBeforeTheFile(t *testing.T) {
	for _, memory := range []int64{0, 1} {
		for _, stop := range []int{0, 1, 2, 3, 5, 8, 13, 21} {
			t.Run(fmt.Sprintf("memory=%d stop=%d", memory, stop), func(t *testing.T) {
				db := storetest.Open(t, store.Options{})
				opt := east
				opt.Memory = memory
				b := graph.Batch{Entities: entities(20, "pear"), Complete: all}
				b.Entities[3].Raw = []byte(`{"a":1}`)
				for i := range 19 {
					b.Relationships = append(b.Relationships, rel(b.Entities[i].Key, "HAS", b.Entities[i+1].Key))
				}
				s, err := db.Begin(t.Context(), opt)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Discard()
				if err := s.Put(t.Context(), b); err != nil {
					t.Fatal(err)
				}
				storetest.Commit(t, db, east, b)
				if stop > 0 {
					if _, err := s.Commit(&dying{Context: t.Context(), after: stop}, store.Outcome{}); err != nil && !errors.Is(err, context.Canceled) {
						t.Fatal(err)
					} else if err == nil {
						return // it was done before
					}
				}
				res, err := s.Commit(t.Context(), store.Outcome{})
				if err != nil {
					t.Fatal(err)
				}
				if res.Version != 0 || len(res.Changes) > 0 {
					t.Errorf("the same objects made version %d: %+v", res.Version, res.Changes)
				}
				storetest.Check(t, db)
			})
		}
	}
}

// dying is a context that ends when it was asked a number of times.
type dying struct {
	context.Context
	after int
	asked atomic.Int64
}

func (d *dying) Err() error {
	if int(d.asked.Add(1)) >= d.after {
		return context.Canceled
	}
	return nil
}

// TestCancelled ends commits wherever they look at their context: nothing may be
// left of them, and the Sync must be good for another try.
func TestCancelled(t *testing.T) {
	first := graph.Batch{Entities: entities(30, "pear"), Complete: all}
	b := graph.Batch{Entities: entities(30, "fig"), Complete: []graph.Complete{{Type: "pear"}}}
	for i := range 29 {
		b.Relationships = append(b.Relationships, rel(b.Entities[i].Key, "HAS", b.Entities[i+1].Key))
	}
	opt := east
	opt.Memory, opt.AllowDeletes = 1, true
	opt.Derive = func(ctx context.Context, v *store.View, put func(graph.Batch) error) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return storetest.Persons(ctx, v, put)
	}
	dir := t.TempDir()
	db := storetest.OpenAt(t, filepath.Join(dir, "graph.db"), store.Options{})
	done := 0
	for round := 0; done < 3; round++ {
		prefix := fmt.Sprint(round)
		storetest.Commit(t, db, opt, first)
		before, err := db.Resolve(t.Context(), store.Latest)
		if err != nil {
			t.Fatal(err)
		}
		s, err := db.Begin(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		_, err = s.Commit(&dying{Context: t.Context(), after: 1 + round}, store.Outcome{})
		if err == nil {
			done++
		} else if !errors.Is(err, context.Canceled) {
			t.Fatalf("round %s: %v", prefix, err)
		}
		if v, err2 := db.Resolve(t.Context(), store.Latest); err2 != nil || err != nil && v.Number != before.Number {
			t.Fatalf("round %s left version %d after %d: %v", prefix, v.Number, before.Number, err2)
		}
		if err != nil {
			res, err := s.Commit(t.Context(), store.Outcome{})
			if err != nil || res.Version != before.Number+1 {
				t.Fatalf("round %s, again: version %d, %v", prefix, res.Version, err)
			}
		}
		s.Discard()
		if names := filesIn(t, dir); !slices.Equal(names, []string{"graph.db"}) {
			t.Fatalf("round %s left %q", prefix, names)
		}
		storetest.Check(t, db)
		if round > 400 {
			t.Fatal("it never ended")
		}
	}
}

func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// TestDryRunLeavesNothing: not even where it needed the disk.
func TestDryRunLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	db := storetest.OpenAt(t, filepath.Join(dir, "deep", "graph.db"), store.Options{})
	opt := east
	opt.DryRun, opt.Memory = true, 1
	res := storetest.Commit(t, db, opt, graph.Batch{Entities: entities(50, "pear")})
	if res.Version != 1 || res.Changes[0].Created != 50 {
		t.Errorf("it said %+v", res)
	}
	if names := filesIn(t, dir); len(names) > 0 {
		t.Errorf("it left %q", names)
	}
}

// TestRemovedInstanceIsNoSupplier: the mapper that follows a removal sees no
// instance that is not there.
func TestRemovedInstanceIsNoSupplier(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	storetest.Commit(t, db, east, graph.Batch{Entities: entities(1, "pear")})
	storetest.Commit(t, db, west, graph.Batch{Entities: entities(1, "pear")})
	var seen []string
	_, err := db.RemoveInstance(t.Context(), "east", store.RemovalOptions{Derive: func(_ context.Context, v *store.View, _ func(graph.Batch) error) error {
		for _, in := range v.Instances() {
			seen = append(seen, in.Name)
		}
		return nil
	}})
	if err != nil || !slices.Equal(seen, []string{"west"}) {
		t.Errorf("it saw %q, %v", seen, err)
	}
}
