package ingest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
)

// TestPairsOfFaults lets two runs after each other meet a fault each, at any two
// lists: what the first could not tell apart, the second must not delete. Without
// -full it is a sample.
func TestPairsOfFaults(t *testing.T) {
	for _, x := range trials() {
		g := newGround(t, x)
		n := 0
		for _, first := range x.lists {
			for _, second := range x.lists {
				for _, statuses := range [][2]int{{500, 500}, {403, 500}, {500, 403}, {403, 403}} {
					if n++; !*full && n%41 != 0 {
						continue
					}
					if statuses == [2]int{403, 403} && x.optional(first.step) && x.optional(second.step) {
						continue // what a key may not read, it need not keep
					}
					name := fmt.Sprintf("%s/%d of%s, then %d of%s", x.provider.Name, statuses[0], strings.ReplaceAll(first.route, "/", " "), statuses[1], strings.ReplaceAll(second.route, "/", " "))
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							g.tryPair(t, x, emulator.Status(first.route, statuses[0]), emulator.Status(second.route, statuses[1]))
						})
					})
				}
			}
		}
	}
}

// tryPair begins with what was found yesterday.
func (g *ground) tryPair(t *testing.T, x trial, pair ...emulator.Fault) {
	left := graphOf(g.before)
	for _, f := range pair {
		if strings.HasSuffix(f.Route, "/organizations") {
			f.Nth = 2 // the first request of all proves the key
		}
		stage, report := x.run(t, x.serve(g.state, 1, emulator.NewFaults(f)), ingest.RunOptions{})
		g.deletesOnlyWhatIsGone(t, left.Commit(stage))
		if t.Failed() {
			t.Fatal(outcomes(report))
		}
	}
	left.Commit(g.truth)
	sameGraph(t, g.want, left)
}

func (g *ground) deletesOnlyWhatIsGone(t *testing.T, d ingesttest.Delta) {
	t.Helper()
	for _, key := range d.Deleted {
		e, ok := g.want.Entities[key]
		if r, also := g.want.Relationships[key]; ok || also {
			t.Errorf("deleted %s%s %s, which is still there", e.Type, r.Type, key)
		}
	}
}
