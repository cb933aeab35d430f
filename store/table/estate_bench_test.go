package table_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// encodeEstate returns a file with the estate, and its directory.
func encodeEstate(b *testing.B, e *estate) (memory, *table.Directory, []table.Write) {
	b.Helper()
	ed, err := table.NewEditor(table.NewTables(memory{}, table.NewDirectory(), nil), table.EditorOptions{KeyHash: keyHash})
	if err != nil {
		b.Fatal(err)
	}
	e.fill(b, ed)
	writes, err := ed.Writes(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	m := memory{}
	for _, w := range writes {
		m[w.Bucket+"/"+string(w.Key)] = w.Value
	}
	return m, ed.Directory(), writes
}

func BenchmarkFirstLoad(b *testing.B) {
	e := needEstate(b)
	var writes []table.Write
	for b.Loop() {
		_, _, writes = encodeEstate(b, e)
	}
	sizes := map[string]int{}
	for _, w := range writes {
		sizes[w.Bucket] += len(w.Value)
	}
	for _, bucket := range slices.Sorted(maps.Keys(sizes)) {
		b.ReportMetric(float64(sizes[bucket])/1e6, bucket+"-MB")
	}
}

// BenchmarkChange measures changes of the estate: so many entities changed, a
// third as many new and gone, and relationships.
func BenchmarkChange(b *testing.B) {
	e := needEstate(b)
	m, dir, _ := encodeEstate(b, e)
	for _, n := range []int{10, 6000} {
		b.Run(fmt.Sprintf("entities=%d", n), func(b *testing.B) {
			best := time.Hour
			var sizes map[string]int
			for b.Loop() {
				b.StopTimer()
				ts := table.NewTables(m, dir.Clone(), nil)
				ed, err := table.NewEditor(ts, table.EditorOptions{KeyHash: keyHash})
				if err != nil {
					b.Fatal(err)
				}
				changeEstate(b, ts, ed, n)
				b.StartTimer()
				from := time.Now()
				writes, err := ed.Writes(b.Context())
				best = min(best, time.Since(from))
				if err != nil {
					b.Fatal(err)
				}
				sizes = map[string]int{}
				for _, w := range writes {
					sizes[w.Bucket] += len(w.Value)
				}
			}
			for bucket, size := range sizes {
				b.ReportMetric(float64(size)/1e6, bucket+"-MB")
			}
			b.ReportMetric(best.Seconds()*1e3, "best-ms")
		})
	}
}

// changeEstate changes entities and relationships here and there.
func changeEstate(b *testing.B, ts *table.Tables, ed *table.Editor, n int) {
	b.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		number := anyTable(b, ts, ts.Directory().Entities, rnd)
		row, r := readRow(b, ts, number, rnd)
		after := *r
		im := *r.Image
		im.Props = slices.Clone(im.Props)
		im.Meta.Version++
		im.Props.Set("updatedOn", graph.IntValue(1760000000000+int64(i)))
		after.Image, after.Touched, after.Hash = &im, 2, rnd.Uint64()
		set(b, ed, table.Place{Table: number, Row: row}, r, &after)
		if i%3 == 0 {
			fresh := after
			copied := im
			fresh.Image, copied.Key = &copied, fmt.Sprintf("new-%d", i)
			first, err := ed.Reserve(number, 1)
			if err != nil {
				b.Fatal(err)
			}
			set(b, ed, table.Place{Table: number, Row: first}, nil, &fresh)
		}
	}
	for i := range n * 5 / 2 {
		number := anyTable(b, ts, ts.Directory().Edges, rnd)
		row, r := readRow(b, ts, number, rnd)
		if i%2 == 0 {
			if err := ed.Remove(table.Place{Table: number, Row: row}, r); err != nil {
				b.Fatal(err)
			}
			continue
		}
		fresh := *r
		im := *r.Image
		fresh.Image, im.Key = &im, fmt.Sprintf("new-edge-%d", i)
		first, err := ed.Reserve(number, 1)
		if err != nil {
			b.Fatal(err)
		}
		set(b, ed, table.Place{Table: number, Row: first}, nil, &fresh)
	}
}

// anyTable picks a table, a large one more often.
func anyTable(b *testing.B, ts *table.Tables, list []table.Entry, rnd *rand.Rand) uint32 {
	b.Helper()
	rows := make([]int64, len(list)+1)
	for i, e := range list {
		v, err := ts.View(e.Number)
		if err != nil {
			b.Fatal(err)
		}
		rows[i+1] = rows[i] + int64(v.Record().Rows)
	}
	at := rnd.Int64N(rows[len(list)])
	i, _ := slices.BinarySearch(rows, at+1)
	return list[i-1].Number
}

func set(b *testing.B, ed *table.Editor, at table.Place, before, after *table.Row) {
	b.Helper()
	if err := ed.Set(at, before, after); err != nil {
		b.Fatal(err)
	}
}

// readRow returns a row of a table as it is.
func readRow(b *testing.B, ts *table.Tables, number uint32, rnd *rand.Rand) (uint32, *table.Row) {
	b.Helper()
	v, err := ts.View(number)
	if err != nil {
		b.Fatal(err)
	}
	row := rnd.Uint32N(v.Record().Rows)
	im, err := v.Image(row)
	if err != nil {
		b.Fatal(err)
	}
	r := &table.Row{Image: im, Touched: 1}
	hash, err := v.Value(row, table.ColumnHash)
	if err != nil {
		b.Fatal(err)
	}
	n, _ := hash.Int()
	r.Hash = uint64(n)
	if im.Kind == graph.RelationshipKind {
		ends, err := v.Ends()
		if err != nil {
			b.Fatal(err)
		}
		r.From, r.To = ends.From[row], ends.To[row]
	}
	return row, r
}
