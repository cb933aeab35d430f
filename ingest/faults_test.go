package ingest_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

var full = flag.Bool("full", false, "run every case of the fault matrix, and measure a hundred thousand users")

// ending is what must become of a list that meets a fault.
type ending int

const (
	heals  ending = iota // asking again helps: the run is as good as any
	lasts                // the list was not read whole, and says so
	either               // it depends on the list; nothing wrong is supplied or deleted
)

// wrong is one thing that an API does to a list.
type wrong struct {
	name string
	emulator.Fault
	ending
}

const (
	slow = 2 * time.Minute // longer than an attempt may take
	soon = 7               // seconds that an API asks to wait
)

func status(code int) emulator.Fault { return emulator.Status("", code) }

func once(f emulator.Fault) emulator.Fault {
	f.Times = 1
	return f
}

func doing(a emulator.Action) emulator.Fault { return emulator.Fault{Action: a} }

func asking429(seconds int) emulator.Fault {
	f := status(http.StatusTooManyRequests)
	f.Header = map[string]string{"Retry-After": fmt.Sprint(seconds)}
	return f
}

// wrongs are the columns of the matrix. What has no "once" goes on for ever.
var wrongs = []wrong{
	{"401", status(401), lasts},
	{"403", status(403), lasts},
	{"404", status(404), lasts},
	{"429 with Retry-After, once", once(asking429(soon)), heals},
	{"429 with Retry-After", asking429(soon), lasts},
	{"429 without Retry-After, once", once(status(429)), heals},
	{"429 without Retry-After", status(429), lasts},
	{"500 once", once(status(500)), heals},
	{"500", status(500), lasts},
	{"slow once", once(emulator.Fault{Action: emulator.Pass, Delay: slow}), heals},
	{"slow", emulator.Fault{Action: emulator.Pass, Delay: slow}, lasts},
	{"body cut once", once(doing(emulator.CutBody)), heals},
	{"body cut", doing(emulator.CutBody), lasts},
	{"half a JSON text", doing(emulator.CutJSON), lasts},
	{"HTML instead of JSON", doing(emulator.HTML), lasts},
	{"JSON of another shape", doing(emulator.WrongShape), lasts},
	{"connection reset once", once(doing(emulator.Reset)), heals},
	{"connection reset", doing(emulator.Reset), lasts},
	{"row repeated", doing(emulator.RepeatRow), either},
	{"row gone while reading, once", once(doing(emulator.ShrinkPages)), either},
	{"row gone while reading", doing(emulator.ShrinkPages), either},
	{"row without id", doing(emulator.DropID), either},
	{"row that is null", doing(emulator.NullRow), lasts},
	{"page that comes again", doing(emulator.StuckPage), either},
	{"total too high", doing(emulator.WrongTotal), lasts},
}

// cell is one case: a fault at a page of a list.
type cell struct {
	trial trial
	list  list
	wrong wrong
	page  int
}

// pages are the pages at which lists are spoiled.
var spoiledPages = []struct {
	name string
	page int
}{{"first page", 1}, {"middle page", emulator.MiddlePage}}

// name is the case's name in the golden file.
func (c cell) name() string {
	page := spoiledPages[0].name
	if c.page == emulator.MiddlePage {
		page = spoiledPages[1].name
	}
	return strings.Join([]string{c.trial.provider.Name, c.list.step, c.list.route, c.wrong.name, page}, "\t")
}

// cells are all cases, by provider, list, fault and page.
func cells() []cell {
	var out []cell
	for _, x := range trials() {
		for _, l := range x.lists {
			for _, w := range wrongs {
				for _, p := range spoiledPages {
					out = append(out, cell{x, l, w, p.page})
				}
			}
		}
	}
	return out
}

// sampleOf is which share of the cases runs: all, or every so manieth. That has no
// factor in common with the number of faults, so that every list and fault is met.
func sampleOf() int {
	switch {
	case *full:
		return 1
	case testing.Short(): // for the race detector
		return 49
	}
	return 9
}

// TestFaults holds every list of every provider to every fault, at its first and
// at a middle page, while the estate moves on. Nothing may be deleted that is
// still there and nothing supplied that is not so; how the step and the run end is
// in testdata/faults.txt, of which docs/reliability.md makes a table; and the next
// good run must leave exactly the estate. Without -full it is a sample.
func TestFaults(t *testing.T) {
	golden := readCases(t)
	got := map[string]string{}
	var mu sync.Mutex // guards got
	grounds := map[string]*ground{}
	for _, x := range trials() {
		grounds[x.provider.Name] = newGround(t, x)
	}
	t.Run("cases", func(t *testing.T) {
		for i, c := range cells() {
			if i%sampleOf() != 0 {
				continue
			}
			t.Run(strings.ReplaceAll(strings.ReplaceAll(c.name(), "/", " "), "\t", "/"), func(t *testing.T) {
				t.Parallel()
				var end string
				synctest.Test(t, func(t *testing.T) { end = grounds[c.trial.provider.Name].try(t, c) })
				if *update {
					mu.Lock()
					defer mu.Unlock()
					got[c.name()] = end
				} else if want := golden[c.name()]; end != want {
					t.Errorf("it ends %q, and should %q", end, want)
				}
			})
		}
	})
	if *update && *full {
		writeCases(t, got)
	}
}

// ground is what a provider's cases have in common.
type ground struct {
	before *ingesttest.Stage // what a run found yesterday
	truth  *ingesttest.Stage // what a good run finds today
	want   *ingesttest.Graph // what that leaves
	state  *emulator.State   // today
}

func newGround(t *testing.T, x trial) *ground {
	t.Helper()
	g := &ground{state: emulator.NewState(today(t))}
	g.before, _ = x.run(t, x.serve(emulator.NewState(yesterday(t)), 1, nil), ingest.RunOptions{})
	g.truth, _ = x.run(t, x.serve(g.state, 1, nil), ingest.RunOptions{})
	g.want = graphOf(g.truth)
	return g
}

// try runs one case and says how its step and its run ended; "-" when the API
// cannot do that there.
func (g *ground) try(t *testing.T, c cell) string {
	fault := c.wrong.Fault
	fault.Route, fault.Page = c.list.route, c.page
	if c.list.step == "fetch-orgs" && c.page == 1 {
		fault.Nth = 2 // the first request of all proves the key
	}
	faults := emulator.NewFaults(fault)
	stage, report := c.trial.run(t, c.trial.serve(g.state, 1, faults), ingest.RunOptions{})
	if faults.Total() == 0 {
		return "-"
	}
	g.isSafe(t, stage)
	step := outcomeOf(t, report, c.list.step)
	left := graphOf(g.before)
	left.Commit(stage)
	switch excused := c.trial.optional(c.list.step) && c.wrong.name == "403"; c.wrong.ending {
	case heals:
		if report.Outcome != graph.OK || step.Outcome != graph.OK {
			t.Errorf("asking again did not help:\n%s", outcomes(report))
		}
		sameGraph(t, g.want, left)
	case lasts:
		if step.Outcome == graph.OK || (report.Outcome == graph.OK) != excused {
			t.Errorf("the step claims too much, or the run:\n%s", outcomes(report))
		}
	}
	left.Commit(g.truth)
	sameGraph(t, g.want, left)
	return fmt.Sprintf("%s, exit %d", step.Outcome, exitOf(report))
}

// isSafe checks what a run supplied and would delete.
func (g *ground) isSafe(t *testing.T, stage *ingesttest.Stage) {
	t.Helper()
	for _, key := range graphOf(g.before).Commit(stage).Deleted {
		if _, ok := g.want.Entities[key]; ok {
			t.Errorf("deleted %s, which is still there", key)
		}
		if _, ok := g.want.Relationships[key]; ok {
			t.Errorf("deleted %s, which is still there", key)
		}
	}
	d := graphOf(stage).Commit(g.truth)
	// A member of two enterprise accounts names the first one that was read.
	d.Updated = slices.DeleteFunc(d.Updated, func(key string) bool { return g.want.Entities[key].Type == "heroku_account_member" })
	if len(d.Updated)+len(d.Deleted) > 0 {
		t.Errorf("supplied what is otherwise (%v) or not at all (%v)", d.Updated, d.Deleted)
	}
}

// exitOf is the exit code of a sync of this run alone, were there something to
// commit.
func exitOf(r *ingest.Report) int {
	switch r.Outcome {
	case graph.OK:
		return 0
	case graph.PartialOK:
		return 3
	}
	return 1
}

var casesFile = filepath.Join("testdata", "faults.txt")

// readCases reads how every case ends.
func readCases(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(casesFile)
	if err != nil {
		t.Fatalf("read the golden file (run the test with -full -update to write it): %v", err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		at := strings.LastIndexByte(line, '\t')
		out[line[:at]] = strings.TrimSpace(line[at+1:])
	}
	return out
}

func writeCases(t *testing.T, ends map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, c := range cells() {
		fmt.Fprintf(&b, "%s\t%s\n", c.name(), ends[c.name()])
	}
	if err := os.WriteFile(casesFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEveryListIsOnTrial holds the tables of lists to the tables of steps: those
// that no list is read by make no request.
func TestEveryListIsOnTrial(t *testing.T) {
	for _, x := range trials() {
		var silent, want []string
		for _, s := range x.provider.Steps {
			if !slices.ContainsFunc(x.lists, func(l list) bool { return l.step == s.ID }) {
				silent = append(silent, s.ID)
			}
		}
		_, report := x.run(t, x.serve(emulator.NewState(today(t)), 1, nil), ingest.RunOptions{})
		for _, s := range report.Steps {
			if s.Requests == 0 {
				want = append(want, s.Step)
			}
		}
		if !slices.Equal(silent, want) {
			t.Errorf("%s: without a list on trial: %v; without a request: %v", x.provider.Name, silent, want)
		}
	}
}
