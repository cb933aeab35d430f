package store_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

var (
	seed  = flag.Uint64("seed", 0, "run the model test with this seed alone")
	seeds = flag.Int("seeds", 12, "how many seeds the model test tries")
)

// TestModel makes runs at random on a store and on a model of it and compares
// every version of the two, from time to time after reopening the file.
func TestModel(t *testing.T) {
	first, last := uint64(1), uint64(*seeds)
	if *seed != 0 {
		first, last = *seed, *seed
	}
	for s := first; s <= last; s++ {
		t.Run(fmt.Sprintf("seed=%d", s), func(t *testing.T) {
			t.Parallel()
			testModel(t, s, 40)
		})
	}
}

// modelTest is a store and the model that it must be like.
type modelTest struct {
	*testing.T
	db    *store.DB
	path  string
	clock *storetest.Clock
	model *storetest.Model
	gen   *storetest.Generator
}

func testModel(t *testing.T, seed uint64, runs int) {
	m := &modelTest{
		T: t, path: filepath.Join(t.TempDir(), "graph.db"), clock: storetest.NewClock(),
		model: storetest.NewModel(), gen: storetest.NewGenerator(seed),
	}
	m.model.Derive = storetest.ModelPersons
	m.reopen()
	for i := range runs {
		m.run(i)
		if t.Failed() {
			t.Fatalf("seed %d, run %d", seed, i)
		}
		if i%10 == 9 {
			m.reopen()
			m.compareAll()
			storetest.Check(t, m.db)
		}
	}
	m.deltas()
	m.histories()
	m.prune()
}

func (m *modelTest) reopen() {
	db, err := store.Open(m.path, store.Options{Now: m.clock.Now})
	if err != nil {
		m.Fatal(err)
	}
	m.db = db
}

// run makes one run, or now and then removes something.
func (m *modelTest) run(i int) {
	m.Helper()
	if i%17 == 16 {
		m.remove(i)
		return
	}
	r := m.gen.Run()
	opt := store.SyncOptions{Instance: storetest.Instance(r.Instance), AllowDeletes: true}
	if r.Derive {
		opt.Derive = storetest.Persons
	}
	opt.DryRun = true
	dry := storetest.Commit(m.T, m.db, opt, r.Batches...)
	opt.DryRun = false
	res := storetest.Commit(m.T, m.db, opt, r.Batches...)
	m.expect(m.model.Apply(r, res.Time), res)
	if dry.Version != res.Version || !slices.Equal(dry.Changes, res.Changes) {
		m.Errorf("the dry run promised version %d %v, it became %d %v", dry.Version, dry.Changes, res.Version, res.Changes)
	}
	again := storetest.Commit(m.T, m.db, opt, r.Batches...)
	if again.Version != 0 {
		m.Errorf("the same run again made version %d: %v", again.Version, again.Changes)
	}
}

func (m *modelTest) remove(i int) {
	instances, err := m.db.Instances(m.Context())
	if err != nil || len(instances) == 0 {
		m.Fatal(err)
	}
	opt := store.RemovalOptions{Derive: storetest.Persons}
	in := instances[i%len(instances)].Name
	if in == graph.MapperInstance {
		return
	}
	if i%2 == 0 {
		res, err := m.db.RemoveInstance(m.Context(), in, opt)
		if err != nil {
			m.Fatal(err)
		}
		m.expect(m.model.Remove(in, "", res.Time, true), res)
		return
	}
	res, err := m.db.Forget(m.Context(), in, "thing_b", opt)
	if _, missing := err.(*store.InstanceError); err != nil && !missing {
		m.Logf("forget: %v", err)
		return
	}
	m.expect(m.model.Remove(in, "thing_b", res.Time, true), res)
}

// expect compares the newest version.
func (m *modelTest) expect(version uint64, res store.Result) {
	m.Helper()
	if res.Version != version {
		m.Fatalf("made version %d, want %d: %+v", res.Version, version, res.Changes)
	}
	m.compare(m.model.Newest())
}

func (m *modelTest) compareAll() {
	m.Helper()
	for n := uint64(1); n <= m.model.Newest(); n++ {
		m.compare(n)
	}
}

// compare compares one version, with and without what was deleted.
func (m *modelTest) compare(n uint64) {
	m.Helper()
	if n == 0 {
		return
	}
	s := storetest.Snapshot(m.T, m.db, store.AtVersion(n), store.SnapshotOptions{})
	if diff := storetest.DiffGraphs(m.model.Versions[n], storetest.Dump(s), true); diff != "" {
		m.Fatalf("version %d (-want +got):\n%s", n, diff)
	}
	if s.Version().Number != n || s.Version().Time != m.model.Times[n] {
		m.Fatalf("version %d says %+v", n, s.Version())
	}
	checkSource(m.T, s)
	s.Close()
	s = storetest.Snapshot(m.T, m.db, store.AtVersion(n), store.SnapshotOptions{IncludeDeleted: true})
	if diff := storetest.DiffGraphs(m.model.WithDeleted(n), storetest.Dump(s), true); diff != "" {
		m.Fatalf("version %d with deleted (-want +got):\n%s", n, diff)
	}
	checkSource(m.T, s)
	s.Close()
}

// deltas holds the delta of every pair of versions to its laws.
func (m *modelTest) deltas() {
	newest := m.model.Newest()
	between := func(a, b uint64) []graph.Change {
		var out []graph.Change
		for c, err := range delta.Between(m.Context(), m.db, a, b, delta.Options{}) {
			if err != nil {
				m.Fatal(err)
			}
			out = append(out, c)
		}
		return out
	}
	for a := uint64(0); a <= newest; a++ {
		for b := uint64(0); b <= newest; b += 1 + newest/12 {
			changes := between(a, b)
			got := m.model.Versions[a].Clone()
			apply(m.T, got, changes)
			if diff := storetest.DiffGraphs(m.model.Versions[b], got, false); diff != "" {
				m.Fatalf("delta %d to %d (-want +got):\n%s", a, b, diff)
			}
			if a == b && len(changes) > 0 {
				m.Fatalf("delta %d to itself has %d changes", a, len(changes))
			}
			mid := (a + b) / 2
			got = m.model.Versions[a].Clone()
			apply(m.T, got, between(a, mid))
			apply(m.T, got, between(mid, b))
			if diff := storetest.DiffGraphs(m.model.Versions[b], got, false); diff != "" {
				m.Fatalf("delta %d to %d to %d (-want +got):\n%s", a, mid, b, diff)
			}
		}
	}
}

// apply applies a delta, which must fit what it is applied to.
func apply(t *testing.T, g storetest.Graph, changes []graph.Change) {
	t.Helper()
	for _, c := range changes {
		id := c.Image().Identity()
		if !graph.SameState(g[id], c.Before) {
			t.Fatalf("%s of %v does not begin where the graph is", c.Op(), id)
		}
		if c.After == nil {
			delete(g, id)
		} else {
			g[id] = c.After
		}
	}
}

// histories compares the history of every key that ever was.
func (m *modelTest) histories() {
	newest := m.model.Newest()
	for id := range m.model.WithDeleted(newest) {
		var want []string
		var last *graph.Image
		for n, v := range m.model.Versions {
			if !graph.SameState(last, v[id]) {
				want = append(want, stateText(uint64(n), v[id]))
			}
			last = v[id]
		}
		states, err := m.db.History(m.Context(), id)
		if err != nil {
			m.Fatal(err)
		}
		var got []string
		for _, st := range states {
			got = append(got, stateText(st.Version, st.Image))
		}
		if !slices.Equal(want, got) {
			m.Fatalf("history of %v:\n got %q\nwant %q", id, got, want)
		}
	}
}

func stateText(version uint64, im *graph.Image) string {
	if im == nil {
		return fmt.Sprintf("%d: gone", version)
	}
	return fmt.Sprintf("%d: %d %s %s", version, im.Meta.Version, im.Type, im.Props.AppendJSON(nil))
}

// prune forgets half of the history; the rest must be as it was.
func (m *modelTest) prune() {
	newest := m.model.Newest()
	half := newest/2 + 1
	if newest < 2 {
		return
	}
	if _, err := m.db.Prune(m.Context(), store.AtVersion(half)); err != nil {
		m.Fatal(err)
	}
	if _, err := m.db.Compact(m.Context()); err != nil {
		m.Fatal(err)
	}
	storetest.Check(m.T, m.db)
	for n := half; n <= newest; n++ {
		got := storetest.GraphAt(m.T, m.db, store.AtVersion(n), store.SnapshotOptions{})
		if diff := storetest.DiffGraphs(m.model.Versions[n], got, true); diff != "" {
			m.Fatalf("version %d after prune (-want +got):\n%s", n, diff)
		}
	}
	if _, err := m.db.Snapshot(m.Context(), store.AtVersion(half-1), store.SnapshotOptions{}); err == nil && half > 1 {
		m.Errorf("version %d is still there", half-1)
	}
}
