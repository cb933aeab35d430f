package ingest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

type nowhere struct{}

func (nowhere) Put(context.Context, graph.Batch) error { return nil }

// BenchmarkRun takes users through the whole of a run: made from their source,
// checked against the data model, kept for lookups, put in batches.
func BenchmarkRun(b *testing.B) {
	const users = 10_000
	rows := make([]ingest.Source, users)
	for i := range rows {
		id := fmt.Sprintf("user-%08d", i)
		rows[i] = ingest.Source{"id": id, "username": id, "email": id + "@orchard.example", "firstname": "Pip", "lastname": "Core",
			"created": "2024-02-03T04:05:06.789Z", "mfa": map[string]any{"configured": true}, "tags": []any{}}
	}
	f := ingesttest.NewFake().Top("fetch-users", "pear_user", "User").Under("fetch-keys", "pear_user", "pear_key", "Record", "fetch-users")
	f.Set("fetch-users", rows...)
	b.ReportAllocs()
	for b.Loop() {
		if r, err := ingest.Run(b.Context(), f.Collector(), ingest.RunOptions{}, nowhere{}); err != nil || r.Entities != users {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*users), "ns/user")
}
