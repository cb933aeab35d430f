package stage_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

var seedFlag = flag.Uint64("seed", 0, "seed of the model test, 0 for a few fixed ones")

type modelKey struct {
	shelf stage.Shelf
	key   string
}

// modelObject is what is expected of an object.
type modelObject struct {
	shelf   stage.Shelf
	rank    uint64
	origin  string
	image   graph.Image
	parent  string
	mapping *graph.Mapping
	raw     bool
}

// model is a stage of maps.
type model struct {
	objects  map[modelKey]*modelObject
	spared   map[modelKey]bool
	deletes  map[graph.Deletion]bool
	lost     []modelLoss
	rejected []modelRejection
	ignored  int
}

type modelLoss struct {
	key modelKey
	*modelObject
}

type modelRejection struct {
	rank uint64
	stage.Rejection
}

func newModel(in *inventor) *model {
	m := &model{objects: map[modelKey]*modelObject{}, spared: map[modelKey]bool{}, deletes: map[graph.Deletion]bool{}}
	for _, b := range in.batches {
		rank := b.Rank
		for i := range b.Entities {
			e := &b.Entities[i]
			st := m.object(&e.Object, stage.Entities, rank, b.Origin)
			st.image.Class = e.Class
			m.put(&e.Object, st, in.reasons[&e.Object])
			rank++
		}
		for i := range b.Relationships {
			r := &b.Relationships[i]
			m.relationship(r, rank, b.Origin, in.reasons[&r.Object])
			rank++
		}
		for _, d := range b.Deletes {
			m.deletes[d] = true
		}
	}
	return m
}

func (m *model) relationship(r *graph.Relationship, rank uint64, origin, reason string) {
	sh := stage.Relationships
	if r.Mapping != nil {
		sh = stage.Mapped
	}
	st := m.object(&r.Object, sh, rank, origin)
	st.image.Class = []string{r.Class}
	if r.Mapping != nil {
		clean := *r.Mapping
		ignored := 0
		clean.Source = ownEnd(clean.Source)
		clean.Target.Props, ignored = cleanProps(clean.Target.Props, graph.EntityKind)
		if reason == "" || reason == "the mapping has no filter" {
			m.ignored += ignored
		}
		st.mapping = &clean
	} else {
		st.image.From, st.image.To = ownEnd(r.From), ownEnd(r.To)
	}
	m.put(&r.Object, st, reason)
}

func ownEnd(e graph.End) graph.End {
	return graph.End{Instance: cmp.Or(e.Instance, "in"), Key: e.Key}
}

func (m *model) object(o *graph.Object, sh stage.Shelf, rank uint64, origin string) *modelObject {
	return &modelObject{
		shelf: sh, rank: rank, origin: origin, parent: o.Parent, raw: o.Raw != nil,
		image: graph.Image{Kind: sh.Kind(), Instance: "in", Key: o.Key, Type: o.Type},
	}
}

func cleanProps(ps graph.Properties, kind graph.Kind) (graph.Properties, int) {
	reserved := graph.Metadata(kind)
	if kind == graph.RelationshipKind {
		reserved = append(reserved, "_fromEntityScope", "_toEntityScope")
	}
	var out graph.Properties
	for _, p := range ps {
		if !slices.Contains(reserved, p.Name) {
			out = append(out, p)
		}
	}
	n := len(ps) - len(out)
	if out = graph.SortProperties(out); len(out) == 0 {
		return nil, n
	}
	return out, n
}

func (m *model) put(o *graph.Object, st *modelObject, reason string) {
	k := modelKey{st.shelf, o.Key}
	early := reason != "" && reason != "the class is empty" && !strings.HasPrefix(reason, "to: ") && !strings.HasPrefix(reason, "the mapping")
	if !early { // what is wrong was found after the properties
		var ignored int
		st.image.Props, ignored = cleanProps(o.Props, st.shelf.Kind())
		m.ignored += ignored
	}
	if reason != "" {
		if graph.CheckKey(o.Key) == nil {
			m.spared[k] = true
		}
		m.rejected = append(m.rejected, modelRejection{st.rank, stage.Rejection{
			Kind: st.shelf.Kind(), Instance: "in", Key: o.Key, Type: o.Type, Origin: st.origin, Reason: reason,
		}})
		return
	}
	other := m.objects[k]
	if other == nil {
		m.objects[k] = st
		return
	}
	if cmp.Or(cmp.Compare(st.rank, other.rank), strings.Compare(st.origin, other.origin)) < 0 {
		m.objects[k] = st
		st = other
	}
	m.lost = append(m.lost, modelLoss{k, st})
}

func (m *model) duplicates() (f stage.Found[stage.Duplicate]) {
	slices.SortFunc(m.lost, func(a, b modelLoss) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.key.key, b.key.key), strings.Compare(a.origin, b.origin))
	})
	for _, l := range m.lost {
		f.Add(stage.Duplicate{
			Kind: l.shelf.Kind(), Instance: "in", Key: l.key.key, Type: l.image.Type,
			Origin: l.origin, Kept: m.objects[l.key].origin,
		})
	}
	return f
}

func (m *model) rejections() (f stage.Found[stage.Rejection]) {
	slices.SortFunc(m.rejected, func(a, b modelRejection) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.Key, b.Key), strings.Compare(a.Reason, b.Reason))
	})
	for _, r := range m.rejected {
		f.Add(r.Rejection)
	}
	return f
}

// stageOf puts batches from several goroutines in an order drawn by seed.
func stageOf(t *testing.T, in *inventor, seed uint64, budget int64, change func(*stage.Stage)) *stage.Stage {
	t.Helper()
	dir := t.TempDir()
	s := stage.New(stage.Options{
		Instance: graph.Instance{Name: "in", KeepRaw: true}, Secret: [16]byte{byte(seed), 1}, Budget: budget,
		TempFile: func() (*os.File, error) { return os.CreateTemp(dir, ".graph.db.tmp-*") },
	})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s is left", left[0].Name())
		}
	})
	if change != nil {
		change(s)
	}
	batches := slices.Clone(in.batches)
	rand.New(rand.NewPCG(seed, 2)).Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
	putAll(t, s, batches, 3)
	if err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func putAll(t *testing.T, s *stage.Stage, batches []*graph.Batch, workers int) {
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(batches); i += workers {
				if err := s.Put(batches[i]); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestModel(t *testing.T) {
	seeds := []uint64{1, 2, 3}
	if *seedFlag != 0 {
		seeds = []uint64{*seedFlag}
	}
	for _, seed := range seeds {
		in := invent(seed, 30, 50)
		m := newModel(in)
		for name, c := range map[string]struct {
			budget int64
			change func(*stage.Stage)
		}{
			"in memory":  {0, nil},
			"on disk":    {1, nil},
			"colliding":  {0, func(s *stage.Stage) { s.KeepBits(12) }},
			"worst case": {1, func(s *stage.Stage) { s.KeepBits(9) }},
		} {
			t.Run(fmt.Sprintf("seed %d %s", seed, name), func(t *testing.T) {
				s := stageOf(t, in, seed, c.budget, c.change)
				if c.budget == 1 && s.Spilled() == 0 {
					t.Error("nothing was spilled")
				}
				m.compare(t, s)
				if err := s.Rekey(t.Context(), [16]byte{9}); err != nil {
					t.Fatal(err)
				}
				m.compare(t, s)
			})
		}
	}
}

func (m *model) compare(t *testing.T, s *stage.Stage) {
	t.Helper()
	if d := gocmp.Diff(m.duplicates(), s.Duplicates()); d != "" {
		t.Errorf("duplicates (-want +got):\n%s", d)
	}
	if d := gocmp.Diff(m.rejections(), s.Rejected()); d != "" {
		t.Errorf("rejected (-want +got):\n%s", d)
	}
	if s.Ignored() != m.ignored {
		t.Errorf("%d properties are ignored, want %d", s.Ignored(), m.ignored)
	}
	if got := s.Deletes(); len(got) != len(m.deletes) {
		t.Errorf("%d deletes, want %d", len(got), len(m.deletes))
	}
	m.compareObjects(t, s)
	m.compareLookups(t, s)
}

// compareObjects checks everything that the partitions hold, and their order.
func (m *model) compareObjects(t *testing.T, s *stage.Stage) {
	t.Helper()
	r := s.Reader()
	seen := 0
	types := map[string]bool{}
	for sh := range stage.Mapped + 1 {
		last, n := uint64(0), 0
		for p := range stage.Partitions {
			compareOrdinals(t, s, sh, p)
			for e := range s.Entries(sh, p) {
				if e.Key < last || stage.Partition(e.Key) != p {
					t.Fatalf("%x stands in partition %d after %x", e.Key, p, last)
				}
				last = e.Key
				n++
				st := m.compareObject(t, s, r, e)
				types[st.Image.Type] = true
			}
		}
		if s.Len(sh) != n {
			t.Errorf("shelf %d has %d objects and says %d", sh, n, s.Len(sh))
		}
		seen += n
	}
	if seen != len(m.objects) {
		t.Errorf("%d objects, want %d", seen, len(m.objects))
	}
	if got := s.Types(); len(got) != len(types) || !slices.IsSorted(got) {
		t.Errorf("types are %v, want those of %v", got, types)
	}
}

// compareOrdinals checks that places in a partition are found by hash.
func compareOrdinals(t *testing.T, s *stage.Stage, sh stage.Shelf, p int) {
	t.Helper()
	want := slices.Collect(s.Entries(sh, p))
	var got []stage.Entry
	for i := range s.Size(sh, p) {
		e := s.At(sh, p, i)
		if !e.Spared() {
			got = append(got, e)
		}
		at := s.Search(sh, e.Key)
		if at > i || s.At(sh, p, at).Key != e.Key || at > 0 && s.At(sh, p, at-1).Key == e.Key {
			t.Errorf("entry %d of partition %d is found at %d", i, p, at)
		}
		if after := s.Search(sh, e.Key+1); stage.Partition(e.Key+1) == p && after <= i {
			t.Errorf("what comes after entry %d of partition %d is found at %d", i, p, after)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("partition %d of shelf %d holds %v and yields %v", p, sh, got, want)
	}
}

var asStored = gocmp.Options{
	gocmp.Comparer(func(a, b graph.Value) bool { return graph.Equal(a, b) }),
	gocmp.Transformer("empty", func(ss []string) string { return strings.Join(ss, "\x00") }),
	gocmp.Transformer("props", func(ps graph.Properties) string { return string(ps.AppendJSON(nil)) }),
}

func (m *model) compareObject(t *testing.T, s *stage.Stage, r *stage.Reader, e stage.Entry) *stage.Staged {
	t.Helper()
	st, err := r.Object(e)
	if err != nil {
		t.Fatal(err)
	}
	want := m.objects[modelKey{st.Shelf, st.Image.Key}]
	if want == nil {
		t.Fatalf("%s %s was not brought", st.Image.Kind, st.Image.Key)
	}
	got := modelObject{st.Shelf, st.Rank, st.Origin, st.Image, st.Parent, st.Mapping, st.Raw != nil}
	if d := gocmp.Diff(want, &got, append(asStored, gocmp.AllowUnexported(modelObject{}))...); d != "" {
		t.Errorf("object (-want +got):\n%s", d)
	}
	h := s.Hasher()
	if st.Shelf != stage.Mapped {
		if h.Key(st.Image.Kind, "in", st.Image.Key) != e.Key {
			t.Errorf("the hash of the key %s differs", st.Image.Key)
		}
		if h.Content(&st.Image, st.Parent) != e.Content {
			t.Errorf("the hash of the content of %s differs", st.Image.Key)
		}
	}
	return st
}

// compareLookups asks for everything by key.
func (m *model) compareLookups(t *testing.T, s *stage.Stage) {
	t.Helper()
	r := s.Reader()
	for k, want := range m.objects {
		e, ok, err := r.Find(k.shelf, k.key)
		if err != nil || !ok || e.Rank != want.rank {
			t.Fatalf("find %s: %v %v %v", k.key, e, ok, err)
		}
	}
	for k := range m.spared {
		_, ok, err := r.Find(k.shelf, k.key)
		if err != nil || ok != (m.objects[k] != nil) {
			t.Errorf("find spared %s: %v %v", k.key, ok, err)
		}
		if ok, err := r.Brought(k.shelf, k.key); err != nil || !ok {
			t.Errorf("%s was not brought: %v", k.key, err)
		}
	}
	if ok, err := r.Brought(stage.Entities, "nothing"); ok || err != nil {
		t.Errorf("nothing was brought: %v", err)
	}
}
