package jupiterone_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store/graph"
)

func TestRelationshipsBetweenInstances(t *testing.T) {
	r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
	r.targets["hr"] = jupiterone.Target{InstanceID: "7d0e6a52-0000-4000-8000-00000000beef"}
	r.targets["paas"] = jupiterone.Target{Scope: "pears", CrossScope: "pears-to-people"}
	r.export(jupiterone.Diff)
	jobs := r.account.Jobs()
	var specs []string
	for _, j := range jobs {
		specs = append(specs, strings.Join([]string{j.SyncMode, j.Source, j.Scope, j.InstanceID}, " "))
	}
	want := []string{
		"DIFF integration-external  7d0e6a52-0000-4000-8000-00000000beef",
		"DIFF api pears ",
		"CROSS_SCOPE api pears-to-people ",
	}
	if !slices.Equal(specs, want) {
		t.Errorf("jobs %q, want %q", specs, want)
	}
	got := r.account.Scope("pears-to-people").Relationships["app-0001|owner"]
	if got.From != (emulator.JupiterOneEnd{Scope: "pears", Key: "app-0001"}) ||
		got.To != (emulator.JupiterOneEnd{Scope: "7d0e6a52-0000-4000-8000-00000000beef", Key: "person-0001"}) {
		t.Errorf("ends %+v, %+v", got.From, got.To)
	}
	if n := len(r.account.Scope("pears").Relationships); n != 3 {
		t.Errorf("%d relationships within pears", n)
	}
}

// TestMapperStaysHome holds that what the mapper made goes only where it is asked
// for, with what ends there.
func TestMapperStaysHome(t *testing.T) {
	r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
	r.export(jupiterone.Diff)
	if scopes := r.account.Scopes(); !slices.Equal(scopes, []string{"j1db-hr", "j1db-paas", "j1db-paas-cross"}) {
		t.Errorf("scopes %q", scopes)
	}
	r.targets["mapper"] = jupiterone.DefaultTarget("mapper")
	plan := r.plan(jupiterone.Delta)
	if j := plan.Jobs[len(plan.Jobs)-1]; j.Mode != jupiterone.Diff || !strings.Contains(j.Why, "other instances are exported") {
		t.Errorf("plan: %s", describe(&plan))
	}
	r.export(jupiterone.Delta)
	if _, ok := r.account.Scope("j1db-paas-cross").Relationships["app-0000|known"]; !ok || len(r.account.Scope("j1db-mapper").Entities) != 1 {
		t.Errorf("scopes %q, cross %v", r.account.Scopes(), r.account.Scope("j1db-paas-cross"))
	}
}

// TestCrossLaneWaits holds that a relationship is sent only when both of its ends
// are there.
func TestCrossLaneWaits(t *testing.T) {
	r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
	req := r.request(jupiterone.Diff)
	req.Instances = []string{"paas"}
	report, err := r.exporter(immortal()).Export(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	last := report.Jobs[len(report.Jobs)-1]
	if !last.Cross || last.Mode != jupiterone.None || !strings.Contains(last.Why, "waiting for hr") {
		t.Errorf("%s: %s", last.Mode, last.Why)
	}
	if _, st := r.cursor("paas", true); st.Job != "" {
		t.Error("it is taken for sent")
	}
	r.export(jupiterone.Diff)
	if n := len(r.account.Scope("j1db-paas-cross").Relationships); n != 3 {
		t.Errorf("%d relationships", n)
	}
}

// TestPurgedRelationshipReturns lets an export of one instance take relationships
// of another one with it, whose ends then come back.
func TestPurgedRelationshipReturns(t *testing.T) {
	r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
	r.share = 100
	r.export(jupiterone.Diff)
	owner := graph.Identity{Kind: graph.RelationshipKind, Instance: "paas", Key: "app-0001|owner"}
	was := r.world.versions[1].objects[owner]
	r.world.edit(func(e *edit) { e.remove(person(1)) })
	req := r.request(jupiterone.Delta)
	req.Instances = []string{"hr"}
	if _, err := r.exporter(immortal()).Export(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.account.Scope("j1db-paas-cross").Relationships[owner.Key]; ok {
		t.Fatal("the account kept a relationship without its end")
	}
	r.world.edit(func(e *edit) {
		e.put(entity("hr", "hr_person", "person-0001", "displayName", "Person 1", "active", true))
		e.put(was)
	})
	report := r.export(jupiterone.Delta)
	last := report.Jobs[len(report.Jobs)-1]
	if !last.Cross || last.Mode != jupiterone.Delta || last.SentObjects != 1 {
		t.Errorf("%s, %d objects: %s", last.Mode, last.SentObjects, last.Why)
	}
	if diff := r.differences(3, "paas", true, func(string) bool { return false }); diff != "" {
		t.Error(diff)
	}
}

// TestDifferencesAreReported looks at accounts that do not do as planned.
func TestDifferencesAreReported(t *testing.T) {
	cut := graph.Identity{Kind: graph.RelationshipKind, Instance: "paas", Key: "app-0001|owner"}
	t.Run("relationships between scopes are kept", func(t *testing.T) {
		r := orchard(t, emulator.JupiterOneOptions{KeepsCrossScope: true}, "hr", "paas")
		r.share = 100
		r.export(jupiterone.Diff)
		r.world.edit(func(e *edit) { e.remove(cut) })
		report := r.export(jupiterone.Diff)
		last := report.Jobs[len(report.Jobs)-1]
		if !slices.Equal(last.Differences, []string{"relationships deleted: 1 planned, 0 counted by the server"}) {
			t.Errorf("differences %q", last.Differences)
		}
	})
	t.Run("somebody else changed the scope", func(t *testing.T) {
		r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
		r.export(jupiterone.Diff)
		r.account.Put("j1db-hr", emulator.JupiterOneObject{Key: "stranger-0001", Type: "hr_person", Class: []string{"Person"}})
		r.world.edit(func(e *edit) { e.put(entity("hr", "hr_group", "group-0001")) })
		report := r.export(jupiterone.Diff)
		if d := report.Jobs[0].Differences; !slices.Equal(d, []string{"entities deleted: 0 planned, 1 counted by the server"}) {
			t.Errorf("differences %q", d)
		}
	})
	t.Run("the server fails to apply something", func(t *testing.T) {
		r := newRig(t, emulator.JupiterOneOptions{}, "paas")
		r.world.edit(func(e *edit) {
			e.put(entity("paas", "paas_app", "app-0001"))
			e.put(relationship("paas", "paas_app_uses_app", "app-0001|uses", "app-0001", "app-0002")) // without an end
		})
		report := r.export(jupiterone.Diff)
		if d := report.Jobs[0].Differences; len(d) != 1 || !strings.Contains(d[0], "failed to apply 1 objects") || !report.Incomplete() {
			t.Errorf("differences %q, incomplete %v", d, report.Incomplete())
		}
		plan := r.plan(jupiterone.Delta)
		if j := plan.Jobs[0]; j.Mode != jupiterone.Diff || !strings.Contains(j.Why, "failed to apply 1 objects") {
			t.Errorf("plan: %s", describe(&plan))
		}
	})
	t.Run("partial datasets mean nothing", func(t *testing.T) {
		r := orchard(t, emulator.JupiterOneOptions{IgnoresPartial: true}, "hr", "paas")
		r.export(jupiterone.Diff)
		r.world.edit(func(e *edit) { e.put(entity("hr", "hr_person", "person-0000", "active", false)) })
		report := r.export(jupiterone.Delta)
		want := []string{"entities deleted: 0 planned, 9 counted by the server", "relationships deleted: 0 planned, 2 counted by the server"}
		if d := report.Jobs[0].Differences; !slices.Equal(d, want) {
			t.Errorf("differences %q, want %q", d, want)
		}
		plan := r.plan(jupiterone.Delta)
		if j := plan.Jobs[0]; j.Mode != jupiterone.Diff || !strings.Contains(j.Why, "deleted more than was planned") {
			t.Errorf("plan: %s", describe(&plan))
		}
		r.export(jupiterone.Delta)
		for _, cross := range []bool{false, true} {
			if diff := r.differences(2, "paas", cross, func(string) bool { return false }); diff != "" {
				t.Error(diff)
			}
		}
		if diff := r.differences(2, "hr", false, func(string) bool { return false }); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("everything as planned", func(t *testing.T) {
		r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
		r.share = 100
		for _, mode := range []jupiterone.Mode{jupiterone.Diff, jupiterone.Delta, jupiterone.Diff, jupiterone.Delta} {
			for _, j := range r.export(mode).Jobs {
				if len(j.Differences) > 0 {
					t.Errorf("%s of %s: %q", j.Mode, j.Instance, j.Differences)
				}
			}
			n := int(r.world.newest())
			r.world.edit(func(e *edit) {
				e.remove(person(n))
				e.put(entity("hr", "hr_person", "person-0000", "active", n))
				e.put(entity("hr", "hr_person", "person-new", "version", n))
			})
		}
	})
}
