package store_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

func TestRaws(t *testing.T) {
	db := storetest.Open(t, store.Options{})
	opt := east
	opt.Instance.KeepRaw = true
	batch := graph.Batch{Entities: entities(5, "pear")}
	for i := range batch.Entities {
		if i != 2 {
			batch.Entities[i].Raw = fmt.Appendf(nil, `[{"name":"default","rawData":{"n":%d,"text":"%0100d"}}]`, i, i)
		}
	}
	storetest.Commit(t, db, opt, batch)
	ids := []graph.Identity{{Instance: "east", Key: "nobody"}}
	for i := range batch.Entities {
		ids = append(ids, graph.Identity{Instance: "east", Key: batch.Entities[i].Key})
	}
	for _, test := range []struct {
		name         string
		budget, want int
	}{{"everything fits", 1 << 20, 6}, {"the budget ends it", 200, 3}, {"no budget at all", 0, 2}} {
		t.Run(test.name, func(t *testing.T) {
			got, err := db.Raws(t.Context(), ids, test.budget)
			if err != nil || len(got) != test.want {
				t.Fatalf("%d of %d, want %d: %v", len(got), len(ids), test.want, err)
			}
			for i, raw := range got {
				one, err := db.Raw(t.Context(), ids[i])
				if err != nil || !bytes.Equal(raw, one) || (raw == nil) != (i == 0 || i == 3) {
					t.Errorf("%s: %s, alone %s, %v", ids[i].Key, raw, one, err)
				}
			}
		})
	}
}

func BenchmarkRaws(b *testing.B) {
	db := storetest.Open(b, store.Options{})
	opt := east
	opt.Instance.KeepRaw = true
	batch := graph.Batch{Entities: entities(256, "pear")}
	var ids []graph.Identity
	for i := range batch.Entities {
		batch.Entities[i].Raw = fmt.Appendf(nil, `[{"name":"default","rawData":{"n":%d,"text":"%0400d"}}]`, i, i)
		ids = append(ids, graph.Identity{Instance: "east", Key: batch.Entities[i].Key})
	}
	storetest.Commit(b, db, opt, batch)
	b.Run("together", func(b *testing.B) {
		for range b.N {
			if _, err := db.Raws(b.Context(), ids, 4<<20); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(ids)), "ns/object")
	})
	b.Run("one by one", func(b *testing.B) {
		for i := range b.N {
			if _, err := db.Raw(b.Context(), ids[i%len(ids)]); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/object")
	})
}
