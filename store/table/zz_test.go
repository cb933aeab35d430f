package table_test

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/table"
)

func TestZZ(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	e := needEstate(t)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ed, _ := table.NewEditor(table.NewTables(memory{}, table.NewDirectory(), nil), table.EditorOptions{KeyHash: keyHash})
	e.fill(t, ed)
	start := time.Now()
	peak := uint64(0)
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
		}
	}()
	writes, err := ed.Writes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	close(stop)
	fmt.Println("writes", time.Since(start))
	runtime.ReadMemStats(&after)
	fmt.Println("peak above source MB", (peak-before.HeapAlloc)>>20, "alloc MB", (after.TotalAlloc-before.TotalAlloc)>>20)
	m := memory{}
	m.apply(t, writes)
	ts := table.NewTables(m, ed.Directory(), nil)
	sizes := map[string]int{}
	for _, w := range writes {
		if w.Bucket != table.BucketBase {
			sizes[w.Bucket] += len(w.Value)
			continue
		}
		n, _, p, _ := table.SplitPartKey(w.Key)
		v, _ := ts.View(n)
		kind := v.Record().Kind.String()
		note := func(p table.Part, n int) {
			name := fmt.Sprint("part ", p)
			if p >= 16 {
				name = v.Record().Columns[p-16]
			}
			sizes[fmt.Sprintf("%s %q", kind, name)] += n
		}
		if p != table.PartPack {
			note(p, len(w.Value))
			continue
		}
		pack, _ := column.OpenPack(w.Value[:len(w.Value)-8])
		for id, c := range pack.All() {
			note(table.Part(id), len(c))
		}
	}
	names := slices.Collect(maps.Keys(sizes))
	slices.SortFunc(names, func(a, b string) int { return sizes[b] - sizes[a] })
	for _, n := range names {
		fmt.Printf("%10d %s\n", sizes[n], n)
	}
	start = time.Now()
	table.Verify(ts, keyHash, func(err error) bool { fmt.Println(err); return true })
	fmt.Println("verify", time.Since(start))
	for _, x := range append(ts.Directory().Entities[:2], ts.Directory().Edges[0]) {
		s, err := table.ReadStatistics(m, x.Number)
		fmt.Println(x.Type, err)
		for _, p := range s.Properties {
			fmt.Printf("  %+v\n", p)
		}
		fmt.Printf("  %+v %+v\n", s.Out, s.In)
	}
}
