package column_test

import (
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"

	"github.com/j1db/j1db/store/column"
)

// keysOf yields the keys of all entities with their place.
func keysOf(e *estate, do func(table, row uint32, key string)) {
	for n, tab := range e.tables {
		for k, b := range tab.byName["_key"].chunks {
			for row := range b.Len() {
				do(uint32(n), uint32(k*column.MaxRows+row), b.Value(row).Str())
			}
		}
	}
}

func BenchmarkEstateIndex(b *testing.B) {
	e := needEstate(b, loadEntities)
	var entries []column.Entry
	keysOf(e, func(table, row uint32, key string) {
		entries = append(entries, column.Entry{Hash: xxhash.Sum64String(key), Table: table, Row: row})
	})
	var data []byte
	b.Run("encode", func(b *testing.B) {
		work := make([]column.Entry, len(entries))
		best(b, len(entries), "entry", func() {
			copy(work, entries)
			var err error
			if data, err = column.EncodeIndex(data[:0], work); err != nil {
				b.Fatal(err)
			}
		})
		b.ReportMetric(float64(len(data))/float64(len(entries)), "B/entry")
	})
	x := openIndex(b, entries)
	b.Run("look", func(b *testing.B) {
		var found []column.Entry
		wrong := 0
		best(b, len(entries), "look", func() {
			for _, e := range entries {
				found, _ = x.Look(found[:0], e.Hash)
				wrong += len(found) - 1
			}
		})
		b.ReportMetric(float64(wrong)/float64(b.N), "wrong")
	})
}

func BenchmarkEstateOrder(b *testing.B) {
	e := needEstate(b, loadEntities)
	encoded := needEncoded(b)
	size, rows := 0, 0
	orders := map[string]*column.Order{}
	b.Run("encode", func(b *testing.B) {
		best(b, 1000000, "row", func() {
			size, rows = 0, 0
			for _, tab := range e.tables {
				var keys []column.OrderKey
				for k, c := range tab.byName["displayName"].chunks {
					for row := range c.Len() {
						keys = append(keys, column.NewOrderKey(uint32(k*column.MaxRows+row), []byte(c.Value(row).Str())))
					}
				}
				data := column.EncodeOrder(nil, keys)
				size, rows = size+len(data), rows+len(keys)
				o, err := column.OpenOrder(data)
				if err != nil {
					b.Fatal(err)
				}
				orders[tab.name] = o
			}
		})
		b.ReportMetric(float64(size)/float64(rows), "B/row")
	})
	b.Run("q12p", func(b *testing.B) {
		n := 0
		best(b, 1, "", func() {
			n = 0
			for name, o := range orders {
				n += countPrefix(b, o, encoded[name]["displayName"], "prod-redis")
			}
		})
		if n != 1774 {
			b.Fatalf("%d rows, want 1774", n)
		}
	})
}

// countPrefix counts the texts that begin with prefix, looking at those that the
// order is not sure of.
func countPrefix(b *testing.B, o *column.Order, chunks []*column.Chunk, prefix string) int {
	s := o.Find(prefix)
	n := s.SureHi - s.SureLo
	var buf [128]byte
	for i := s.Lo; i < s.Hi; i++ {
		if i == s.SureLo {
			i = max(i, s.SureHi)
			if i == s.Hi {
				break
			}
		}
		row := int(o.Row(i))
		text, _, err := chunks[row/column.MaxRows].AppendText(buf[:0], row%column.MaxRows)
		if err != nil {
			b.Fatal(err)
		}
		if strings.HasPrefix(string(text), prefix) {
			n++
		}
	}
	return n
}

// BenchmarkEstateFilter makes one filter for each table and range of rows over all
// of its columns, and reports for how many of them a term has to be looked for.
func BenchmarkEstateFilter(b *testing.B) {
	encoded := needEncoded(b)
	filters := map[string][]*column.Filter{}
	size := 0
	b.Run("encode", func(b *testing.B) {
		best(b, 1, "", func() {
			size = 0
			for name, columns := range encoded {
				filters[name] = nil
				for k := range columns["_key"] {
					var fb column.FilterBuilder
					for _, chunks := range columns {
						if k < len(chunks) {
							if err := fb.Add(chunks[k]); err != nil {
								b.Fatal(err)
							}
						}
					}
					data := fb.Encode(nil)
					size += len(data)
					f, err := column.OpenFilter(data)
					if err != nil {
						b.Fatal(err)
					}
					filters[name] = append(filters[name], f)
				}
			}
		})
		b.ReportMetric(float64(size), "B")
	})
	for _, term := range []string{"redis", "zebra", "olga", "4242", "openssl remote"} {
		b.Run(term, func(b *testing.B) {
			passed, all := 0, 0
			best(b, 1, "", func() {
				passed, all = 0, 0
				for _, list := range filters {
					for _, f := range list {
						all++
						if f.MayHave(term) {
							passed++
						}
					}
				}
			})
			b.ReportMetric(float64(passed)*100/float64(all), "%-left")
		})
	}
}

func BenchmarkEstateEncodeAdjacency(b *testing.B) {
	e := needEstate(b, loadEstate)
	for _, r := range e.edges {
		if r.name != "aws_instance_has_finding" {
			continue
		}
		offsets, far, order := r.forward()
		l := column.Lists{Offsets: offsets, Neighbours: far, Edges: order}
		best(b, len(far), "edge", func() { split(b, r.name, l) })
	}
}
