package j1files_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

// discard takes batches and keeps nothing.
type discard struct{}

func (discard) Put(context.Context, graph.Batch) error { return nil }

// estate returns the files of the generated estate.
func estate(tb testing.TB, names ...string) []j1files.Input {
	tb.Helper()
	dir := os.Getenv("J1DB_BENCH_DIR")
	if dir == "" {
		tb.Skip("SKIPPED: J1DB_BENCH_DIR does not name a folder with a generated estate (entities.jsonl, relationships.jsonl)")
	}
	var inputs []j1files.Input
	for _, n := range names {
		inputs = append(inputs, j1files.File(filepath.Join(dir, n)))
	}
	return inputs
}

func BenchmarkReadEstate(b *testing.B) {
	for _, bench := range []struct {
		name    string
		files   []string
		workers int
	}{
		{"entities/workers=1", []string{"entities.jsonl"}, 1},
		{"relationships/workers=1", []string{"relationships.jsonl"}, 1},
		{"both/workers=2", []string{"entities.jsonl", "relationships.jsonl"}, 2},
	} {
		b.Run(bench.name, func(b *testing.B) {
			inputs := estate(b, bench.files...)
			b.ReportAllocs()
			var r *j1files.Report
			before := cpuTime()
			for b.Loop() {
				var err error
				if r, err = j1files.Read(b.Context(), inputs, discard{}, j1files.Options{Workers: bench.workers}); err != nil {
					b.Fatal(err)
				}
			}
			objects := r.Entities + r.Relationships
			b.SetBytes(r.Bytes)
			b.ReportMetric(float64(objects)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mobj/s")
			if used := cpuTime() - before; used > 0 {
				b.ReportMetric(float64(objects)*float64(b.N)/used.Seconds()/1e6, "Mobj/cpu-s")
				b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
			}
		})
	}
}

// BenchmarkReadDocument reads one JSON document that holds all entities.
func BenchmarkReadDocument(b *testing.B) {
	text, err := os.ReadFile(filepath.Join(os.Getenv("J1DB_BENCH_DIR"), "entities.jsonl"))
	if err != nil {
		estate(b)
		b.Fatal(err)
	}
	if i := bytes.LastIndexByte(text[:min(len(text), 100<<20)], '\n'); i > 0 {
		text = text[:i]
	}
	text = append(append([]byte(`{"entities":[`), bytes.ReplaceAll(text, []byte("\n"), []byte(","))...), "]}"...)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	before := cpuTime()
	for b.Loop() {
		in := j1files.Input{Name: "entities.json", Open: opener(bytes.NewReader(text))}
		if _, err := j1files.Read(b.Context(), []j1files.Input{in}, discard{}, j1files.Options{Workers: 2}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpuTime()-before).Seconds()/float64(b.N), "cpu-s/op")
}
