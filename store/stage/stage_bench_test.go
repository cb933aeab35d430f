package stage_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

var entitiesFlag = flag.Int("entities", 50_000, "entities of the benchmark's estate; there are four relationships to each")

// estate makes batches like those of an import: entities with a dozen properties,
// relationships between them with derived keys, some keys UUIDs and some not.
func estate(entities int) (es, rs []*graph.Batch) {
	keys := make([]string, entities)
	for i := range keys {
		if keys[i] = uuid(i); i%3 == 0 {
			keys[i] = fmt.Sprintf("arn:aws:ec2:us-east-1:%012d:instance/i-%017x", i%50, uint64(i)*0x9e3779b97f4a7c15)
		}
	}
	const batch = 4096
	rank := uint64(0)
	for from := 0; from < entities; from += batch {
		b := &graph.Batch{Origin: "entities.jsonl", Rank: rank}
		for i := from; i < min(from+batch, entities); i++ {
			b.Entities = append(b.Entities, estateEntity(keys, i))
		}
		rank += batch
		es = append(es, b)
	}
	for from := 0; from < 4*entities; from += batch {
		b := &graph.Batch{Origin: "relationships.jsonl", Rank: rank}
		for i := from; i < min(from+batch, 4*entities); i++ {
			b.Relationships = append(b.Relationships, estateRelationship(keys, i))
		}
		rank += batch
		rs = append(rs, b)
	}
	return es, rs
}

func estateEntity(keys []string, i int) graph.Entity {
	name := fmt.Sprintf("acme-thing-%d", i)
	typ := [...]string{"acme_host", "acme_user", "acme_finding"}[i*3/len(keys)]
	return graph.Entity{Class: []string{"Host"}, Object: graph.Object{Key: keys[i], Type: typ, Props: graph.SortProperties([]graph.Property{
		{Name: "displayName", Value: graph.StringValue(name)}, {Name: "name", Value: graph.StringValue(name)},
		{Name: "createdOn", Value: graph.IntValue(1704067200000 + int64(i)*977)}, {Name: "updatedOn", Value: graph.IntValue(1734067200000 + int64(i)*977)},
		{Name: "active", Value: graph.BoolValue(i%7 > 0)}, {Name: "region", Value: graph.StringValue("eu-west-1")},
		{Name: "webLink", Value: graph.StringValue("https://console.orchard.example/things/" + name)}, {Name: "platform", Value: graph.StringValue("linux")},
		{Name: "score", Value: graph.FloatValue(float64(i%1000) / 10)}, {Name: "ipAddress", Value: graph.StringValue(fmt.Sprintf("10.0.%d.%d", i/256%256, i%256))},
		{Name: "accountId", Value: graph.StringValue(fmt.Sprint(100000 + i%50))}, {Name: "tags", Value: graph.StringsValue([]string{"prod", "pci"}[:i%3])},
	})}}
}

func estateRelationship(keys []string, i int) graph.Relationship {
	from, to := keys[i%len(keys)], keys[uint64(i)*0x9e3779b97f4a7c15%uint64(len(keys))]
	line := from + "|has|" + to + from + to // texts of one object come together
	key, ends := line[:len(from)+5+len(to)], line[len(from)+5+len(to):]
	return graph.Relationship{
		Object: graph.Object{
			Key: key, Type: "acme_host_has_finding",
			Props: graph.Properties{{Name: "displayName", Value: graph.StringValue("HAS")}},
		},
		Class: "HAS", From: graph.End{Key: ends[:len(from)]}, To: graph.End{Key: ends[len(from):]},
	}
}

// putParallel puts batches from as many goroutines as there are processors.
func putParallel(tb testing.TB, s *stage.Stage, batches []*graph.Batch) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(batches); i = next.Add(1) - 1 {
				if err := s.Put(batches[i]); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func newBenchStage(b *testing.B, budget int64) *stage.Stage {
	dir := b.TempDir()
	return stage.New(stage.Options{
		Instance: graph.Instance{Name: "in"}, Budget: budget,
		TempFile: func() (*os.File, error) { return os.CreateTemp(dir, "x") },
	})
}

// BenchmarkPut reports the time of one object on the clock, with all processors
// at work, and what it takes.
func BenchmarkPut(b *testing.B) {
	es, rs := estate(*entitiesFlag)
	for name, batches := range map[string][]*graph.Batch{"entities": es, "relationships": rs} {
		n := 0
		for _, batch := range batches {
			n += len(batch.Entities) + len(batch.Relationships)
		}
		for _, budget := range []int64{0, 1} {
			b.Run(strings.TrimSuffix(fmt.Sprintf("%s/spilling=%d", name, budget), "=0"), func(b *testing.B) {
				var held int64
				for b.Loop() {
					s := newBenchStage(b, budget)
					putParallel(b, s, batches)
					held = s.Held() + s.Spilled()
					if err := s.Close(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/object")
				b.ReportMetric(float64(held)/float64(n), "B/object")
			})
		}
	}
}

// BenchmarkSeal reports the time on the clock of sealing, of sorting all entries
// by rank and of reading every record in that order.
func BenchmarkSeal(b *testing.B) {
	es, rs := estate(*entitiesFlag)
	for _, budget := range []int64{0, 1} {
		b.Run(fmt.Sprintf("spilling=%d", budget), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := newBenchStage(b, budget)
				putParallel(b, s, es)
				putParallel(b, s, rs)
				b.StartTimer()
				if err := s.Seal(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				_ = s.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(5**entitiesFlag), "ns/object")
		})
	}
}

// BenchmarkRead reports the time, on one processor, of sorting by rank and of
// reading all records in that order.
func BenchmarkRead(b *testing.B) {
	es, rs := estate(*entitiesFlag)
	for _, budget := range []int64{0, 1} {
		s := newBenchStage(b, budget)
		putParallel(b, s, es)
		putParallel(b, s, rs)
		if err := s.Seal(b.Context()); err != nil {
			b.Fatal(err)
		}
		var entries []stage.Entry
		for sh := range stage.Mapped {
			for p := range stage.Partitions {
				for e := range s.Entries(sh, p) {
					entries = append(entries, e)
				}
			}
		}
		sorted := make([]stage.Entry, len(entries))
		b.Run(fmt.Sprintf("sort/spilling=%d", budget), func(b *testing.B) {
			for b.Loop() {
				copy(sorted, entries)
				if err := s.SortByRank(sorted); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(entries)), "ns/object")
		})
		for name, list := range map[string][]stage.Entry{"rank": sorted, "hash": entries} {
			b.Run(fmt.Sprintf("%s/spilling=%d", name, budget), func(b *testing.B) {
				r := s.Reader()
				size := 0
				for b.Loop() {
					for _, e := range list {
						rec, err := r.Record(e)
						if err != nil {
							b.Fatal(err)
						}
						size += len(rec.From.Key)
						for _, v := range rec.Props {
							size += len(v.Str())
						}
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(list)), "ns/object")
			})
		}
		_ = s.Close()
	}
}
