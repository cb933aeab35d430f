package stage_test

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

func nan() graph.Value { return graph.FloatValue(math.NaN()) }

func TestSortByRank(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	s := stage.New(stage.Options{})
	for name, c := range map[string]struct {
		n    int
		rank func(i int) uint64
	}{
		"none": {0, nil}, "one": {1, func(int) uint64 { return 5 }},
		"few":   {40, func(i int) uint64 { return uint64(40 - i) }},
		"dense": {1000, func(i int) uint64 { return uint64(i*7%1000) + 1<<40 }},
		"wide":  {5000, func(int) uint64 { return rnd.Uint64() }},
		"many":  {200_000, func(i int) uint64 { return uint64(i * 7919 % 200_000) }},
	} {
		es := make([]stage.Entry, c.n)
		for i := range es {
			es[i].Rank = c.rank(i)
			es[i].Key = es[i].Rank * 3
		}
		want := slices.Clone(es)
		slices.SortFunc(want, func(a, b stage.Entry) int { return cmp.Compare(a.Rank, b.Rank) })
		if err := s.SortByRank(es); err != nil || !slices.Equal(es, want) {
			t.Errorf("%s is not sorted: %v", name, err)
		}
	}
}

func TestSortTies(t *testing.T) {
	s := stage.New(stage.Options{})
	keys := []string{"d", "a", "c", "b"}
	for _, k := range keys {
		if err := s.Put(&graph.Batch{Rank: 3, Entities: []graph.Entity{{Object: graph.Object{Key: k, Type: "t"}}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	var es []stage.Entry
	for p := range stage.Partitions {
		es = slices.AppendSeq(es, s.Entries(stage.Entities, p))
	}
	if err := s.SortByRank(es); err != nil {
		t.Fatal(err)
	}
	r, got := s.Reader(), ""
	for _, e := range es {
		rec, err := r.Record(e)
		if err != nil {
			t.Fatal(err)
		}
		got += rec.Key()
	}
	if got != "abcd" {
		t.Errorf("the order is %s", got)
	}
}

// Reading a record makes no garbage.
func TestRecordAllocates(t *testing.T) {
	es, rs := estate(300)
	s := stage.New(stage.Options{Instance: graph.Instance{Name: "in"}})
	putAll(t, s, append(es, rs...), 1)
	if err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, size := s.Reader(), 0
	read := func() {
		for sh := range stage.Mapped {
			for p := range stage.Partitions {
				for e := range s.Entries(sh, p) {
					rec, err := r.Record(e)
					if err != nil {
						t.Fatal(err)
					}
					size += len(rec.Key()) + rec.Len()
					for n, v := range rec.Props {
						size += n + len(v.Str()) + len(v.List())
					}
				}
			}
		}
	}
	if n := testing.AllocsPerRun(5, read); n > 0 {
		t.Errorf("reading %d objects allocates %v times", 5*300, n)
	}
}

// What is wrong with the file is an error, and never another object.
func TestTornFile(t *testing.T) {
	dir := t.TempDir()
	var file *os.File
	s := stage.New(stage.Options{Budget: 1, TempFile: func() (f *os.File, err error) {
		file, err = os.CreateTemp(dir, "x")
		return file, err
	}})
	defer s.Close()
	for i := range 20 {
		if err := s.Put(things(200, 200*i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Seal(t.Context()), file.Truncate(s.Spilled()/2)); err != nil {
		t.Fatal(err)
	}
	r, failed := s.Reader(), 0
	for i := range 4000 {
		if _, _, err := r.Find(stage.Entities, uuid(i)); err != nil {
			failed++
		}
	}
	if failed < 1000 || failed > 3900 {
		t.Errorf("%d of 4000 reads failed", failed)
	}
}

// Memory stays within half as much again as the budget.
func TestMemory(t *testing.T) {
	const budget, batches, size = 16 << 20, 200, 1000
	dir := t.TempDir()
	before := heap()
	s := stage.New(stage.Options{
		Instance: graph.Instance{Name: "in"}, Budget: budget,
		TempFile: func() (*os.File, error) { return os.CreateTemp(dir, "x") },
	})
	defer s.Close()
	most := uint64(0)
	for i := range batches {
		putAll(t, s, []*graph.Batch{things(size/2, i*size), things(size/2, i*size+size/2)}, 2)
		if i%20 == 19 {
			most = max(most, heap()-before)
		}
	}
	if err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	most = max(most, heap()-before)
	t.Logf("%d objects held %.1f MiB and spilled %.1f MiB", s.Len(stage.Entities), float64(most)/(1<<20), float64(s.Spilled())/(1<<20))
	if most > budget*3/2 {
		t.Errorf("%d bytes are held, the budget is %d", most, budget)
	}
	if held := s.Held(); held > budget*11/10 || held < budget/2 {
		t.Errorf("it says that it holds %d bytes, the budget is %d", held, budget)
	}
	if s.Spilled() < 10<<20 || s.Len(stage.Entities) != batches*size {
		t.Errorf("%d bytes are spilled, %d objects are there", s.Spilled(), s.Len(stage.Entities))
	}
	runtime.KeepAlive(s)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
