package ingest_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

var days = flag.Int("days", 30, "how many days the soak simulates")

// TestSoak lives through many days of random changes at the company, each with
// runs that meet random faults and a last one that meets none. After the last one
// the graph must equal the estate exactly, and after every run nothing may be
// missing that was there before and is still there. A run that claims to have read
// everything must have done so.
func TestSoak(t *testing.T) {
	if testing.Short() { // for the race detector
		*days = min(*days, 4)
	}
	t.Logf("seed %d, %d days", *seed, *days)
	expected := map[string]func(emulator.Estate) keys{"heroku": herokuKeys, "jumpcloud": jumpcloudKeys}
	for n, x := range trials() {
		t.Run(x.provider.Name, func(t *testing.T) {
			t.Parallel()
			s := newSoak(x, n)
			s.expect = expected[x.provider.Name]
			s.live(t)
		})
	}
}

// TestSoakOfCache is Heroku's life with answers kept from run to run, as in
// sync --every: a 304 in a good or a bad run must never make it wrong.
func TestSoakOfCache(t *testing.T) {
	if testing.Short() {
		*days = min(*days, 4)
	}
	x := trials()[0]
	x.cache = primedCache(t)
	s := newSoak(x, 2)
	s.expect = herokuKeys
	s.wide = true
	s.live(t)
	t.Logf("%d answers were used again", x.cache.Hits())
	if x.cache.Hits() == 0 {
		t.Error("no answer was used again")
	}
}

// primedCache returns a cache that has packed something: what it makes for that
// belongs to no bubble.
func primedCache(t *testing.T) *httpx.Cache {
	t.Helper()
	cache, err := httpx.NewCache(0)
	if err != nil {
		t.Fatal(err)
	}
	empty := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		_, _ = w.Write([]byte("[]"))
	})
	client, err := httpx.New(httpx.Options{BaseURL: "https://api.orchard.example", Transport: ingesttest.Transport{Handler: empty}, Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range client.RangePages(t.Context(), httpx.RangeList{Path: "/", Range: "id ..", Full: 1}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return cache
}

func newSoak(x trial, n int) *soak {
	return &soak{
		trial: x, graph: ingesttest.NewGraph(), rnd: rand.New(rand.NewPCG(*seed, uint64(n))),
		state: emulator.NewState(emulator.New(emulator.Options{Seed: *seed, EnterpriseAccounts: 1 + n, Organizations: 1 + n})),
	}
}

func (s *soak) live(t *testing.T) {
	t.Helper()
	for day := range *days {
		synctest.Test(t, s.day)
		if t.Failed() {
			t.Fatalf("seed %d, day %d", *seed, day)
		}
	}
	t.Logf("%d runs with faults, of which %d read everything; %d objects created, %d updated, %d deleted",
		s.faulty, s.whole, s.created, s.updated, s.deleted)
}

// soak is one provider's life.
type soak struct {
	trial
	expect                    func(emulator.Estate) keys
	state                     *emulator.State
	wide                      bool // pages are as large as the real API's
	graph                     *ingesttest.Graph
	rnd                       *rand.Rand
	faulty, whole             int
	created, updated, deleted int
}

func (s *soak) day(t *testing.T) {
	for range s.rnd.IntN(3) {
		s.troubledRun(t)
	}
	h := s.serve(s.state, s.page(), nil)
	stage, report := s.run(t, h, s.options())
	if report.Outcome != graph.OK {
		t.Errorf("without a fault:\n%s", outcomes(report))
	}
	s.commit(stage)
	s.expect(s.state.Estate()).isExactly(t, s.graph)
	if s.cache != nil {
		s.cache.Sweep()
	}
	s.state.Advance()
}

// page is how many rows a page has.
func (s *soak) page() int {
	if s.wide {
		return 200
	}
	return 3 + s.rnd.IntN(60)
}

func (s *soak) options() ingest.RunOptions { return ingest.RunOptions{Concurrency: 1 + s.rnd.IntN(6)} }

// troubledRun runs once with a few faults, among them the estate changing under
// the run's hands.
func (s *soak) troubledRun(t *testing.T) {
	t.Helper()
	var faults []emulator.Fault
	for range 1 + s.rnd.IntN(4) {
		faults = append(faults, s.fault())
	}
	moves := s.rnd.IntN(5) == 0
	if moves {
		faults = append(faults, s.move())
	}
	text := fmt.Sprintf("%+v", faults)
	before, expected := s.graph, s.expect(s.state.Estate())
	plan := emulator.NewFaults(faults...)
	stage, report := s.run(t, s.serve(s.state, s.page(), plan), s.options())
	s.faulty++
	s.graph = before
	for _, key := range s.commit(stage).Deleted {
		// What moves while it is read may be in neither of two lists.
		if typ, ok := expected[key]; ok && !moves {
			t.Errorf("deleted %s %s, which is still there; the faults were %s; the run ended:\n%s", typ, key, text, outcomes(report))
		}
	}
	if report.Outcome == graph.OK && !moves && allWhole(report) {
		s.whole++
		expected.isExactly(t, s.graph)
	}
}

func allWhole(r *ingest.Report) bool {
	for _, s := range r.Steps {
		if s.Outcome != graph.OK {
			return false
		}
	}
	return true
}

// fault draws a fault: on one list, or on all.
func (s *soak) fault() emulator.Fault {
	w := wrongs[s.rnd.IntN(len(wrongs))]
	for w.Action == emulator.Answer && w.Status == 401 && s.rnd.IntN(4) > 0 {
		w = wrongs[s.rnd.IntN(len(wrongs))] // a key that is refused ends everything
	}
	f := w.Fault
	f.Nth, f.Times = 1+s.rnd.IntN(6), s.rnd.IntN(4)
	f.Page = []int{emulator.AnyPage, 1, emulator.MiddlePage, emulator.LastPage}[s.rnd.IntN(4)]
	routes := emulator.HerokuRoutes()
	if s.provider.Name == "jumpcloud" {
		routes = emulator.JumpCloudRoutes()
	}
	f.Route = routes[s.rnd.IntN(len(routes))]
	if f.Route == "/account" || f.Route == "/api/organizations" {
		f.Nth++ // the key is proved there
	}
	return f
}

// move lets a day pass after some answer.
func (s *soak) move() emulator.Fault {
	return emulator.Fault{Action: emulator.Pass, Nth: 1 + s.rnd.IntN(100), Times: 1, Edit: func(e *emulator.Estate) {
		*e, _ = e.NextDay()
	}}
}

func (s *soak) commit(stage *ingesttest.Stage) ingesttest.Delta {
	d := s.graph.Commit(stage)
	s.created += len(d.Created)
	s.updated += len(d.Updated)
	s.deleted += len(d.Deleted)
	return d
}
