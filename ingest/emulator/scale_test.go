package emulator_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/emulator"
)

func TestLargeEstatesAreWhole(t *testing.T) {
	for _, scale := range []emulator.Scale{
		{},
		{Users: 1},
		{Seed: 5, Users: 3000, Teams: 40, Apps: 900, AddOns: 2, Groups: 60, Applications: 8, Systems: 500},
	} {
		e := emulator.NewLarge(scale)
		if err := e.Check(); err != nil {
			t.Errorf("%+v: %v", scale, err)
		}
		if !cmp.Equal(e, emulator.NewLarge(scale)) {
			t.Errorf("%+v: differs the second time", scale)
		}
		for range 20 {
			e, _ = e.NextDay()
		}
		if err := e.Check(); err != nil {
			t.Errorf("%+v after some days: %v", scale, err)
		}
	}
}

// TestLargeEstatesAreServedByPage reads a long list whole, and holds that a page
// costs about the same wherever it is.
func TestLargeEstatesAreServedByPage(t *testing.T) {
	s := start(t, emulator.NewLarge(emulator.Scale{Users: 10_000, Teams: 10, Groups: 20, Applications: 1}), emulator.ServerOptions{})
	rows, total := walkJumpCloud(t, s.JumpCloud, "/api/systemusers", 100, "&sort=_id")
	if len(rows) != 10_000 || total != 10_000 {
		t.Errorf("%d users, total %d", len(rows), total)
	}
	account := s.State.Estate().Heroku.Accounts[0].ID
	members, pages := walkHeroku(t, s.Heroku, "/enterprise-accounts/"+account+"/members", "id ..; max=1000")
	if len(members) != 10_000 || pages != 10 {
		t.Errorf("%d members on %d pages", len(members), pages)
	}
	cost := func(skip int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		get(t, fmt.Sprintf("%s/api/systemusers?limit=100&sort=_id&skip=%d", s.JumpCloud.URL, skip), jumpcloudHeader(s))
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	first, last := cost(0), cost(9_900)
	t.Logf("a page of 100 users allocates %d kB at the beginning and %d kB at the end", first>>10, last>>10)
	if last > 3*first || last > 8<<20 {
		t.Errorf("the last page allocates %d bytes, the first %d", last, first)
	}
}

func BenchmarkNewLarge(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var e emulator.Estate
	for b.Loop() {
		e = emulator.NewLarge(emulator.Scale{Users: 100_000, Teams: 100, Apps: 10_000, AddOns: 1, Groups: 500, Applications: 20, Systems: 10_000})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
	runtime.KeepAlive(e)
}

func BenchmarkNextDay(b *testing.B) {
	e := emulator.New(emulator.Options{})
	for b.Loop() {
		e, _ = e.NextDay()
	}
}
