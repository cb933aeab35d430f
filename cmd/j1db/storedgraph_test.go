package main_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// storedRun is one run of an instance, and when it is committed.
type storedRun struct {
	at       int64 // epoch milliseconds
	supplier *graph.Instance
	batch    graph.Batch
}

// moment is what becomes of a graph at one time, in the order of the graph.
type moment struct {
	entities, relationships, deleted []*graph.Image
}

// storedRuns are runs that leave a graph in a store: everything is created, changed
// and deleted when the graph's metadata say so. Before makes the states of an object
// before its last one.
func storedRuns(g *querytest.Graph, before func(im *graph.Image, version uint64) *graph.Image) []storedRun {
	moments := map[int64]*moment{}
	at := func(ms int64) *moment {
		if moments[ms] == nil {
			moments[ms] = &moment{}
		}
		return moments[ms]
	}
	born := map[graph.End]int64{}
	for _, im := range g.Entities() {
		born[graph.End{Instance: im.Instance, Key: im.Key}] = im.Meta.CreatedOn
		for ms, state := range states(im, im.Meta.CreatedOn, before) {
			at(ms).entities = append(at(ms).entities, state)
		}
	}
	for _, im := range g.Relationships() {
		created := max(im.Meta.CreatedOn, born[im.From], born[im.To])
		for ms, state := range states(im, created, before) {
			at(ms).relationships = append(at(ms).relationships, state)
		}
	}
	for _, im := range slices.Concat(g.Entities(), g.Relationships()) {
		if im.Meta.Deleted {
			at(im.Meta.EndOn).deleted = append(at(im.Meta.EndOn).deleted, im)
		}
	}
	var runs []storedRun
	for _, ms := range slices.Sorted(maps.Keys(moments)) {
		runs = append(runs, moments[ms].runs(ms)...)
	}
	return runs
}

// states are an object's states and when they begin.
func states(im *graph.Image, created int64, before func(*graph.Image, uint64) *graph.Image) map[int64]*graph.Image {
	if im.Meta.Version == 1 {
		return map[int64]*graph.Image{created: im}
	}
	out := map[int64]*graph.Image{max(created, im.Meta.BeginOn): im}
	for v := uint64(1); v < im.Meta.Version; v++ {
		out[created+int64(v-1)*1000] = before(im, v)
	}
	return out
}

// runs divides a moment by instance: neighbours of one instance come in one run,
// entities before relationships, deletions last.
func (m *moment) runs(at int64) []storedRun {
	var runs []storedRun
	run := func(im *graph.Image) *graph.Batch {
		if n := len(runs); n == 0 || runs[n-1].supplier.Name != im.Instance {
			runs = append(runs, storedRun{at: at, supplier: im.Supplier, batch: graph.Batch{Origin: "text"}})
		}
		return &runs[len(runs)-1].batch
	}
	for _, im := range m.entities {
		b := run(im)
		b.Entities = append(b.Entities, graph.Entity{Object: objectOf(im), Class: im.Class})
	}
	for _, im := range m.relationships {
		b := run(im)
		b.Relationships = append(b.Relationships, graph.Relationship{Object: objectOf(im), Class: im.Class[0], From: im.From, To: im.To})
	}
	for _, im := range m.deleted {
		b := run(im)
		b.Deletes = append(b.Deletes, graph.Deletion{Kind: im.Kind, Key: im.Key})
	}
	return runs
}

func objectOf(im *graph.Image) graph.Object {
	return graph.Object{Key: im.Key, Type: im.Type, Props: im.Props}
}

// markedBefore is an object with a property more than it will have.
func markedBefore(im *graph.Image, version uint64) *graph.Image {
	state := im.Clone()
	state.Supplier = im.Supplier
	state.Props.Set("before", graph.IntValue(int64(version)))
	return state
}

// commitRuns commits runs to a new store, each at its time, and tells each version.
// What the mapper supplies is derived in the last run of its time.
func commitRuns(t testing.TB, runs []storedRun, made func(storedRun, store.Result)) *store.DB {
	t.Helper()
	now := int64(0)
	db := storetest.Open(t, store.Options{Now: func() time.Time { return time.UnixMilli(now) }})
	for i, run := range runs {
		now = run.at
		opt := store.SyncOptions{Instance: *run.supplier, AllowDeletes: true}
		if run.supplier.Name == graph.MapperInstance {
			continue
		}
		if i+1 < len(runs) && runs[i+1].supplier.Name == graph.MapperInstance {
			batch := runs[i+1].batch
			opt.Derive = func(_ context.Context, _ *store.View, put func(graph.Batch) error) error { return put(batch) }
		}
		res := storetest.Commit(t, db, opt, run.batch)
		if res.Rejected.Count+res.Dangling.Count+res.Duplicates.Count > 0 {
			t.Fatalf("run %d of %s at %d: %+v", i, run.supplier.Name, run.at, res)
		}
		if made != nil {
			made(run, res)
		}
	}
	return db
}

// checkRowOrder fails when a store numbers rows in another order than the graph.
func checkRowOrder(t testing.TB, s *store.Snapshot, g *querytest.Graph) {
	t.Helper()
	types := map[graph.End]string{}
	for _, im := range g.Entities() {
		types[graph.End{Instance: im.Instance, Key: im.Key}] = im.Type
	}
	for kind, objects := range map[graph.Kind][]*graph.Image{
		graph.EntityKind: g.Entities(), graph.RelationshipKind: g.Relationships(),
	} {
		want := slices.SortedStableFunc(slices.Values(objects), func(a, b *graph.Image) int {
			c := cmp.Compare(a.Type, b.Type)
			if kind == graph.RelationshipKind {
				c = cmp.Or(c, cmp.Compare(a.Class[0], b.Class[0]), cmp.Compare(types[a.From], types[b.From]), cmp.Compare(types[a.To], types[b.To]))
			}
			return c
		})
		i := 0
		for im := range s.All(kind) {
			if i >= len(want) || im.Identity() != want[i].Identity() {
				t.Fatalf("the store has %s %q at place %d of %d", kind, im.Key, i+1, len(want))
			}
			i++
		}
		if i != len(want) {
			t.Fatalf("the store has %d of %d", i, len(want))
		}
	}
}

// possible makes of a random graph one that a store can have come to hold: instance by
// instance, with metadata that its history explains.
func possible(g *querytest.Graph) (*querytest.Graph, error) {
	const begin, day = 1_700_000_000_000, 86_400_000
	prepare := func(objects []*graph.Image) []*graph.Image {
		var out []*graph.Image
		for _, im := range objects {
			c := im.Clone()
			c.Supplier = im.Supplier
			c.Meta.CreatedOn, c.Meta.BeginOn = begin, begin
			if c.Meta.Version > 1 {
				c.Meta.BeginOn = begin + day
			}
			if c.Meta.Deleted {
				c.Meta.EndOn = begin + 2*day
			}
			out = append(out, c)
		}
		slices.SortStableFunc(out, func(a, b *graph.Image) int { return cmp.Compare(a.Instance, b.Instance) })
		return out
	}
	made, err := querytest.NewGraph(prepare(g.Entities()), prepare(g.Relationships()))
	if err != nil {
		return nil, fmt.Errorf("make a graph possible: %w", err)
	}
	return made, nil
}
