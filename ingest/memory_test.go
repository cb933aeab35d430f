package ingest_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/store/graph"
)

// gauge is a sink that keeps nothing and looks now and then how much memory is in
// use.
type gauge struct {
	log      *emulator.Log // forgotten at every look: it is not the run's
	interval int           // objects between two looks

	mu              sync.Mutex // guards what follows
	objects, before int
	peak            uint64
}

// Put implements ingest.Sink.
func (g *gauge) Put(_ context.Context, b graph.Batch) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.objects += len(b.Entities) + len(b.Relationships)
	if g.objects-g.before >= g.interval {
		g.before = g.objects
		g.log.Reset()
		g.peak = max(g.peak, liveBytes())
	}
	return nil
}

// liveBytes is what the heap holds after a collection.
func liveBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// largeEstate is a company of that many people.
func largeEstate(users int) emulator.Estate {
	return emulator.NewLarge(emulator.Scale{
		Seed: 1, Users: users, Teams: 1 + users/200, Apps: users / 50, AddOns: 1, Groups: 1 + users/100, Applications: 1 + users/2000, Systems: users / 10,
	})
}

// bytesAUser is the most memory that a run may need for each user of the estate,
// beside a fixed part: keys that later steps look up, and no objects.
const (
	bytesAUser = 500
	fixedBytes = 16 << 20
)

// TestMemory measures how much memory a run needs beyond the estate that the
// emulator holds: with -full for a hundred thousand users.
func TestMemory(t *testing.T) {
	users := 2_000
	if *full {
		users = 100_000
	}
	state := emulator.NewState(largeEstate(users))
	for _, x := range trials() {
		t.Run(fmt.Sprintf("%s, %d users", x.provider.Name, users), func(t *testing.T) {
			h := x.serve(state, 1000, nil)
			c := x.open(t, h, httpx.Options{})
			if err := c.Verify(t.Context()); err != nil { // the emulator makes its index
				t.Fatal(err)
			}
			base := liveBytes()
			g := &gauge{log: h.Log, interval: users / 4}
			report, err := ingest.Run(t.Context(), c, ingest.RunOptions{}, g)
			if err != nil || report.Outcome != graph.OK {
				t.Fatal(err, outcomes(report))
			}
			needed := max(g.peak, base) - base
			if limit := uint64(fixedBytes + bytesAUser*users); needed > limit {
				t.Errorf("%d bytes are in use, the limit is %d", needed, limit)
			}
			t.Logf("%d objects, %d requests, at most %.1f MB in use, %d bytes a user", g.objects, report.Requests, float64(needed)/(1<<20), needed/uint64(users))
		})
	}
}
