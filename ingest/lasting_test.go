package ingest_test

import (
	"net/http"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
)

// TestLastingRefusals: with a key that may never read one of the optional lists,
// or a configuration that never asks for it, the graph follows the estate all the
// same: of what can be read nothing stays that is gone.
func TestLastingRefusals(t *testing.T) {
	for _, x := range trials() {
		for _, l := range x.lists {
			if !x.optional(l.step) {
				continue
			}
			t.Run(x.provider.Name+" "+l.step, func(t *testing.T) {
				t.Run("forbidden", func(t *testing.T) {
					x.lasts(t, ingest.RunOptions{}, emulator.Status(l.route, http.StatusForbidden))
				})
				t.Run("disabled", func(t *testing.T) { x.lasts(t, ingest.RunOptions{Disabled: []string{l.step}}) })
			})
		}
	}
}

func (x trial) optional(step string) bool {
	for _, s := range x.provider.Steps {
		if s.ID == step {
			return s.Optional
		}
	}
	return false
}

// lasts runs once before and once after a change of the estate. What is left then
// must be what a first run would have found.
func (x trial) lasts(t *testing.T, o ingest.RunOptions, faults ...emulator.Fault) {
	t.Helper()
	state := emulator.NewState(yesterday(t))
	h := x.serve(state, 1, emulator.NewFaults(faults...))
	first, _ := x.run(t, h, o)
	g := graphOf(first)
	state.Set(today(t))
	second, report := x.run(t, h, o)
	g.Commit(second)
	if report.Outcome != 0 {
		t.Errorf("the run is %s:\n%s", report.Outcome, outcomes(report))
	}
	want := graphOf(second)
	for key, e := range g.Entities {
		// A user whom any of several lists may name stays until all of them can be
		// read, without anything that leads to it.
		if _, ok := want.Entities[key]; !ok && e.Type == "heroku_user" {
			delete(g.Entities, key)
		}
	}
	dropLoose(want)
	dropLoose(g)
	sameGraph(t, want, g)
}

// dropLoose deletes the relationships that lack an end, as a store does.
func dropLoose(g *ingesttest.Graph) {
	for key, r := range g.Relationships {
		_, from := g.Entities[r.From.Key]
		_, to := g.Entities[r.To.Key]
		if !from || !to {
			delete(g.Relationships, key)
		}
	}
}
