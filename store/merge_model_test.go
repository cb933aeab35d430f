package store_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// TestOddModel is TestModel for what its generator does not make: keys that follow
// from ends, in one state, and do not, in another; loops, parallels, ends that
// swap; and versions that are made after older ones were pruned.
func TestOddModel(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			m := &modelTest{
				T: t, path: filepath.Join(t.TempDir(), "graph.db"), clock: storetest.NewClock(), model: storetest.NewModel(),
			}
			m.model.Derive = storetest.ModelPersons
			m.reopen()
			g := &oddGenerator{rnd: rand.New(rand.NewPCG(seed, 0x6f6464)), last: map[graph.Identity]graph.Relationship{}}
			base := uint64(0)
			for i := range 60 {
				m.oddRun(g.run(), base)
				if i%20 == 12 {
					to := m.model.Newest() - g.rnd.Uint64N(m.model.Newest()-base+1)/2
					if to <= base {
						continue
					}
					base = to
					if _, err := m.db.Prune(t.Context(), store.AtVersion(base)); err != nil {
						t.Fatal(err)
					}
					m.model.Prune(base)
					storetest.Check(t, m.db)
				}
			}
			storetest.Check(t, m.db)
			for n := max(base, 1); n <= m.model.Newest(); n++ {
				m.compareSince(n, base)
			}
			m.deltasSince(base)
			m.historiesSince(base)
		})
	}
}

func (m *modelTest) oddRun(r storetest.Run, base uint64) {
	m.Helper()
	opt := store.SyncOptions{Instance: storetest.Instance(r.Instance), AllowDeletes: true}
	if r.Derive {
		opt.Derive = storetest.Persons
	}
	res := storetest.Commit(m.T, m.db, opt, r.Batches...)
	if want := m.model.Apply(r, res.Time); res.Version != want {
		m.Fatalf("made version %d, want %d: %+v", res.Version, want, res.Changes)
	}
	m.compareSince(m.model.Newest(), base)
}

// compareSince compares one version with the model, which was pruned to base.
func (m *modelTest) compareSince(n, base uint64) {
	m.Helper()
	if n == 0 {
		return
	}
	got := storetest.GraphAt(m.T, m.db, store.AtVersion(n), store.SnapshotOptions{})
	if diff := storetest.DiffGraphs(m.model.Versions[n], got, true); diff != "" {
		m.Fatalf("version %d since %d (-want +got):\n%s", n, base, diff)
	}
	want := storetest.Graph{}
	for id, im := range m.model.WithDeleted(n) {
		if slices.ContainsFunc(m.model.Versions[base:n+1], func(g storetest.Graph) bool { return g[id] != nil }) {
			want[id] = im
		}
	}
	got = storetest.GraphAt(m.T, m.db, store.AtVersion(n), store.SnapshotOptions{IncludeDeleted: true})
	if diff := storetest.DiffGraphs(want, got, true); diff != "" {
		m.Fatalf("version %d since %d with deleted (-want +got):\n%s", n, base, diff)
	}
}

func (m *modelTest) deltasSince(base uint64) {
	newest := m.model.Newest()
	for a := base; a <= newest; a += 1 + (newest-base)/6 {
		for b := base; b <= newest; b++ {
			got := m.model.Versions[a].Clone()
			var changes []graph.Change
			for c, err := range delta.Between(m.Context(), m.db, a, b, delta.Options{}) {
				if err != nil {
					m.Fatal(err)
				}
				changes = append(changes, c)
			}
			apply(m.T, got, changes)
			if diff := storetest.DiffGraphs(m.model.Versions[b], got, false); diff != "" {
				m.Fatalf("delta %d to %d (-want +got):\n%s", a, b, diff)
			}
		}
	}
}

func (m *modelTest) historiesSince(base uint64) {
	for id := range m.model.WithDeleted(m.model.Newest()) {
		var want, got []string
		var last *graph.Image
		for n := base; n <= m.model.Newest(); n++ {
			now := m.model.Versions[n][id]
			if !graph.SameState(last, now) {
				want = append(want, stateText(n, now))
			}
			last = now
		}
		states, err := m.db.History(m.Context(), id)
		if err != nil {
			m.Fatal(err)
		}
		for _, st := range states {
			got = append(got, stateText(st.Version, st.Image))
		}
		if !slices.Equal(want, got) {
			m.Fatalf("history of %v since %d:\n got %q\nwant %q", id, base, got, want)
		}
	}
}

// oddGenerator makes runs of two instances with few keys, which look like each
// other's parts.
type oddGenerator struct {
	rnd  *rand.Rand
	last map[graph.Identity]graph.Relationship
}

func (g *oddGenerator) one(n int) bool { return g.rnd.IntN(n) == 0 }

func (g *oddGenerator) pick(of ...string) string { return of[g.rnd.IntN(len(of))] }

func (g *oddGenerator) key() string {
	return g.pick("x", "y", "x|has|y", "has", "y|has|x", "|", "x|has")
}

func (g *oddGenerator) run() storetest.Run {
	r := storetest.Run{Instance: g.pick("a", "b"), Derive: !g.one(3)}
	b := graph.Batch{Origin: "odd"}
	for range g.rnd.IntN(7) {
		e := entity(g.key(), g.pick("one", "two"), prop("n", g.rnd.IntN(2)))
		if g.one(2) {
			e.Props.Set("email", graph.StringValue(g.pick("ada", "bo")+"@orchard.example"))
		}
		e.Parent = g.pick("", "x", "y", "q")
		b.Entities = append(b.Entities, e)
	}
	for _, id := range slices.SortedFunc(maps.Keys(g.last), func(a, b graph.Identity) int { return strings.Compare(a.Key, b.Key) }) {
		if id.Instance == r.Instance && !g.one(3) {
			b.Relationships = append(b.Relationships, g.last[id])
		}
	}
	for range g.rnd.IntN(7) {
		b.Relationships = append(b.Relationships, g.relationship(r.Instance))
	}
	for i := range b.Relationships {
		g.last[graph.Identity{Instance: r.Instance, Key: b.Relationships[i].Key}] = b.Relationships[i]
		if g.one(30) {
			b.Relationships[i].Props.Set("bad", graph.FloatValue(math.NaN()))
		}
	}
	g.verdict(&b)
	r.Batches = []graph.Batch{b}
	return r
}

func (g *oddGenerator) relationship(instance string) graph.Relationship {
	from, to := graph.End{Key: g.key()}, graph.End{Key: g.key()}
	if g.one(5) {
		from.Instance = g.pick("a", "b")
	}
	if g.one(5) {
		to.Instance = g.pick("a", "b")
	}
	if g.one(8) {
		to = graph.End{Instance: graph.MapperInstance, Key: "employee:" + g.pick("ada", "bo") + "@orchard.example"}
	}
	r := graph.Relationship{Class: g.pick("HAS", "has", "Has", "USES", "ÄHNELT", "İ"), From: from, To: to}
	r.Type = g.pick("one", "two")
	verb := strings.ToLower(r.Class)
	switch g.rnd.IntN(6) {
	case 0:
		r.Key = to.Key + "|" + verb + "|" + from.Key
	case 1:
		r.Key = from.Key + "|uses|" + to.Key
	case 2:
		r.Key = from.Key + "|" + r.Class + "|" + to.Key
	default:
		r.Key = from.Key + "|" + verb + "|" + to.Key
	}
	if g.one(2) {
		r.Props.Set("n", graph.IntValue(int64(g.rnd.IntN(3))))
	}
	return r
}

// verdict says what is gone: by name, also of what came, or as a whole.
func (g *oddGenerator) verdict(b *graph.Batch) {
	for _, id := range slices.SortedFunc(maps.Keys(g.last), func(a, b graph.Identity) int { return strings.Compare(a.Key, b.Key) }) {
		if g.one(6) {
			b.Deletes = append(b.Deletes, graph.Deletion{Kind: graph.RelationshipKind, Key: id.Key})
		}
	}
	if g.one(2) {
		b.Deletes = append(b.Deletes, graph.Deletion{Kind: graph.EntityKind, Key: g.key()})
	}
	switch g.rnd.IntN(6) {
	case 0:
		b.Complete = append(b.Complete, graph.Complete{Type: graph.AllTypes})
	case 1:
		b.Complete = append(b.Complete, graph.Complete{Type: "one"})
	case 2:
		b.Complete = append(b.Complete, graph.Complete{Type: g.pick("one", "two", graph.AllTypes), Parent: g.pick("x", "y", "q")})
	}
}
