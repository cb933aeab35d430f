package jupiterone_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store/graph"
)

// plenty is a graph of n entities and a tenth as many relationships that exists
// only while it is read.
type plenty struct{ n int }

func (p plenty) Objects(_ context.Context, _ uint64, kind graph.Kind, instance string) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		n := p.n
		if kind == graph.RelationshipKind {
			n /= 10
		}
		for i := range n {
			key := fmt.Sprintf("device-%08d", i)
			im := entity(instance, "crm_device", key, "displayName", key, "number", i, "note", strings.Repeat("n", 300))
			if kind == graph.RelationshipKind {
				im = relationship(instance, "crm_device_has_device", key+"|has", key, fmt.Sprintf("device-%08d", (i+1)%p.n))
			}
			if !yield(im, nil) {
				return
			}
		}
	}
}

func (p plenty) Changes(context.Context, uint64, uint64, string) iter.Seq2[graph.Change, error] {
	return func(func(graph.Change, error) bool) {}
}

func (p plenty) Stale(context.Context, string) ([]string, error) { return nil, nil }

func (p plenty) Raws(_ context.Context, ids []graph.Identity) ([][]byte, error) {
	out := make([][]byte, len(ids))
	for i, id := range ids {
		if id.Kind == graph.EntityKind {
			out[i] = []byte(`[{"name":"default","rawData":{"text":"` + strings.Repeat("r", 700) + `"}}]`)
		}
	}
	return out, nil
}

// drain is an account that keeps nothing of what it is sent. The first uploads
// wait for each other, so that there is a moment at which all that may are under
// way.
type drain struct {
	together int
	arrived  atomic.Int64
	all      chan struct{}
	peak     atomic.Uint64 // of memory in use
	now      atomic.Int64  // requests under way
	most     atomic.Int64  // of them at once
}

func (d *drain) RoundTrip(r *http.Request) (*http.Response, error) {
	n := d.now.Add(1)
	for most := d.most.Load(); most < n && !d.most.CompareAndSwap(most, n); {
		most = d.most.Load()
	}
	defer d.now.Add(-1)
	status := "FINISHED"
	if strings.HasSuffix(r.URL.Path, "/entities") {
		if d.arrived.Add(1) == int64(d.together) {
			close(d.all)
		}
		if d.all != nil {
			<-d.all
		}
	}
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	d.peak.Store(max(d.peak.Load(), m.HeapAlloc))
	if strings.HasSuffix(r.URL.Path, "/jobs") {
		status = "AWAITING_UPLOADS"
	}
	body := `{"job":{"id":"job-1","status":"` + status + `"}}`
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

// largeRig returns an exporter of a graph of n entities, whose requests go nowhere.
func largeRig(t testing.TB, n int, d *drain) *jupiterone.Exporter {
	t.Helper()
	c, err := jupiterone.NewClient(jupiterone.Options{
		Account: emulator.JupiterOneAccount, APIKey: testKey,
		HTTP: httpx.Options{Transport: d, Clock: httpx.SkippingClock(epoch)},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := process{immortal(), newMemory()}
	e, err := jupiterone.NewExporter(jupiterone.Config{
		Client: c, Graph: plenty{n}, Cursors: p, Journal: p, Raw: true,
		Targets: map[string]jupiterone.Target{"crm": jupiterone.DefaultTarget("crm")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestLargeGraphStreams holds that memory follows the batches under way and not
// the graph.
func TestLargeGraphStreams(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: short run: a large graph takes seconds")
	}
	const n = 100_000
	d := &drain{together: jupiterone.DefaultParallel, all: make(chan struct{})}
	e := largeRig(t, n, d)
	runtime.GC()
	report, err := e.Export(t.Context(), jupiterone.Request{Version: 1, Instances: []string{"crm"}})
	if err != nil {
		t.Fatal(err)
	}
	job := report.Jobs[0]
	if job.SentObjects != n+n/10 || job.SentBytes < 100_000_000 || job.SentBatches != job.Batches {
		t.Errorf("sent %d objects in %d batches of %d bytes; planned %d", job.SentObjects, job.SentBatches, job.SentBytes, job.Batches)
	}
	if n := d.most.Load(); n != jupiterone.DefaultParallel {
		t.Errorf("%d requests at once, want %d", n, jupiterone.DefaultParallel)
	}
	const most = 100 << 20
	if d.peak.Load() > most {
		t.Errorf("%d MiB of memory at most, the limit is %d", d.peak.Load()>>20, most>>20)
	}
	t.Logf("%d objects, %d MB in %d batches, %d MiB of memory at most", job.SentObjects, job.SentBytes/1e6, job.SentBatches, d.peak.Load()>>20)
}

func BenchmarkExport(b *testing.B) {
	const n = 10_000
	for b.Loop() {
		report, err := largeRig(b, n, &drain{}).Export(b.Context(), jupiterone.Request{Version: 1, Instances: []string{"crm"}})
		if err != nil || report.Jobs[0].SentObjects != n+n/10 {
			b.Fatal(err, report)
		}
	}
	b.ReportMetric(float64((n+n/10)*b.N)/b.Elapsed().Seconds(), "objects/s")
}
