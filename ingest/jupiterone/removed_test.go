package jupiterone_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/jupiterone"
)

// takeOut deletes all that an instance supplies, and makes its target a removed one
// as its cursors tell of it.
func takeOut(r *rig, instance string) {
	r.world.edit(func(e *edit) {
		for _, id := range sortedIDs(e.objects) {
			if id.Instance == instance && e.objects[id] != nil {
				e.remove(id)
			}
		}
	})
	forget(r, instance)
}

const testDestination = "jupiterone:api.example.com/" + emulator.JupiterOneAccount

func forget(r *rig, instance string) {
	delete(r.targets, instance)
	for name, t := range jupiterone.Remembered(testDestination, slices.Values(r.memory.list())) {
		if name == instance {
			t.Removed = true
			r.targets[name] = t
		}
	}
}

// lanesOf lists the cursors of an instance.
func lanesOf(r *rig, instance string) (out []string) {
	for _, c := range r.memory.list() {
		if c.Instance == instance {
			out = append(out, c.Destination)
		}
	}
	return out
}

// TestRemovedInstanceIsEmptied holds that what an account has of an instance that
// was removed stays in sight until it is gone there too.
func TestRemovedInstanceIsEmptied(t *testing.T) {
	r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
	r.targets["paas"] = jupiterone.Target{InstanceID: "7d0e6a52-0000-4000-8000-00000000beef"}
	r.export(jupiterone.Diff)
	takeOut(r, "paas")
	if got := r.targets["paas"]; got.InstanceID != "7d0e6a52-0000-4000-8000-00000000beef" || got.Source != "integration-external" {
		t.Errorf("remembered as %+v", got)
	}
	plan := r.plan(jupiterone.Delta)
	want := `hr: none, nothing has changed since version 1; from 1 known true; 0+0 in 0; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 0
  hr_person {Created:0 Updated:0 Deleted:0} of 10, send 0, whole false, owed false
paas: diff, it is not exported any more; what the account has of it is deleted; from 1 known true; 0+0 in 0; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 0
  paas_app {Created:0 Updated:0 Deleted:3} of 0, send 0, whole true, owed false
  paas_app_uses_app {Created:0 Updated:0 Deleted:3} of 0, send 0, whole true, owed false
paas cross: diff, it is not exported any more; what the account has of it is deleted; from 1 known false; 0+0 in 0; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 0
  paas_app_has_owner {Created:0 Updated:0 Deleted:3} of 0, send 0, whole true, owed false
  paas_app_known_to {Created:0 Updated:0 Deleted:1} of 0, send 0, whole true, owed false
`
	if diff := cmp.Diff(want, describe(&plan)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	var guard *jupiterone.GuardError
	req := r.request(jupiterone.Diff)
	if _, err := r.exporter(immortal()).Export(t.Context(), req); !errors.As(err, &guard) || !strings.Contains(err.Error(), "everything of paas") {
		t.Fatalf("unforced: %v", err)
	}
	if n := len(r.account.Scope("7d0e6a52-0000-4000-8000-00000000beef").Entities); n != 3 || len(lanesOf(r, "paas")) != 2 {
		t.Errorf("%d entities are left, cursors %q", n, lanesOf(r, "paas"))
	}
	req.Force = true
	report, err := r.exporter(immortal()).Export(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range report.Jobs {
		if len(j.Differences) > 0 {
			t.Errorf("%s: %q", j.Instance, j.Differences)
		}
	}
	if scopes := r.account.Scopes(); !slices.Equal(scopes, []string{"j1db-hr"}) || len(lanesOf(r, "paas")) != 0 {
		t.Errorf("scopes %q, cursors %q", scopes, lanesOf(r, "paas"))
	}
	forget(r, "paas")
	if plan := r.plan(jupiterone.Diff); plan.Sends() || strings.Contains(describe(&plan), "paas") {
		t.Errorf("afterwards: %s", describe(&plan))
	}
}

// TestRemovedInstanceComesBack holds that an instance of a name that was emptied is
// sent whole.
func TestRemovedInstanceComesBack(t *testing.T) {
	r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
	r.export(jupiterone.Diff)
	takeOut(r, "hr")
	req := r.request(jupiterone.Delta)
	req.Force = true
	if _, err := r.exporter(immortal()).Export(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	r.targets["hr"] = jupiterone.DefaultTarget("hr")
	r.world.edit(func(e *edit) {
		e.put(entity("hr", "hr_person", "person-0001"))
		e.put(relationship("paas", "paas_app_has_owner", "app-0001|owner", "app-0001", "hr/person-0001"))
	})
	if j := r.export(jupiterone.Delta).Jobs[0]; j.Mode != jupiterone.Diff || j.SentObjects != 1 {
		t.Errorf("%s: %s, %d objects", j.Mode, j.Why, j.SentObjects)
	}
	for _, cross := range []bool{false, true} {
		if diff := r.differences(r.world.newest(), "paas", cross, func(string) bool { return false }); diff != "" {
			t.Error(diff)
		}
	}
}

// TestMapperIsTakenBack holds that what stays in the graph and is not to be exported
// any more goes from the account, with what joins others to it.
func TestMapperIsTakenBack(t *testing.T) {
	r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas", "mapper")
	r.export(jupiterone.Diff)
	forget(r, "mapper")
	plan := r.plan(jupiterone.Diff)
	var patch jupiterone.JobPlan
	for _, j := range r.plan(jupiterone.Patch).Jobs {
		if j.Instance == "mapper" {
			patch = j
		}
	}
	if err := plan.Guard(); err == nil || !strings.Contains(err.Error(), "everything of mapper") || patch.Mode != jupiterone.None || patch.Waiting.Deleted != 1 {
		t.Errorf("guard %v; as a patch %s, waiting %+v", err, patch.Why, patch.Waiting)
	}
	req := r.request(jupiterone.Diff)
	req.Force = true
	if _, err := r.exporter(immortal()).Export(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	_, known := r.account.Scope("j1db-paas-cross").Relationships["app-0000|known"]
	if scopes := r.account.Scopes(); !slices.Equal(scopes, []string{"j1db-hr", "j1db-paas", "j1db-paas-cross"}) || known {
		t.Errorf("scopes %q, known %v", scopes, known)
	}
	if len(lanesOf(r, "mapper")) != 0 {
		t.Errorf("cursors %q", lanesOf(r, "mapper"))
	}
}

// TestScopeIsInherited holds that an instance which takes over the scope of one
// that was removed is not emptied by that.
func TestScopeIsInherited(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.targets["crm"] = jupiterone.Target{Scope: "pears"}
	r.world.edit(func(e *edit) {
		e.put(entity("crm", "crm_user", "user-0001"))
		e.put(entity("crm", "crm_user", "user-0002"))
	})
	r.export(jupiterone.Diff)
	takeOut(r, "crm")
	r.targets["sales"] = jupiterone.Target{Scope: "pears"}
	r.world.edit(func(e *edit) { e.put(entity("sales", "crm_user", "user-0001", "n", 1)) })
	plan := r.plan(jupiterone.Diff)
	if j := plan.Jobs[0]; j.Mode != jupiterone.None || !strings.Contains(j.Why, "belongs to instance sales") {
		t.Errorf("plan: %s", describe(&plan))
	}
	r.export(jupiterone.Diff)
	held := r.account.Scope("pears").Entities
	if len(held) != 1 || held["user-0001"].Properties["n"] == nil || len(lanesOf(r, "crm")) != 0 {
		t.Errorf("the account holds %v; cursors %q", held, lanesOf(r, "crm"))
	}
}

// TestRemovedWhileAJobWasUnderWay holds that a job of the time before is not taken
// for the one that emptied the scope.
func TestRemovedWhileAJobWasUnderWay(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001")) })
	r.account.Faults.Set(emulator.JupiterOneFault{Route: "/persister/synchronization/jobs/{id}", Action: emulator.JupiterOneReset, Times: 20})
	if _, err := r.exporter(immortal()).Export(t.Context(), r.request(jupiterone.Diff)); err == nil {
		t.Fatal("a job of which nothing was heard was confirmed")
	}
	r.account.Faults.Set()
	takeOut(r, "crm")
	req := r.request(jupiterone.Diff)
	if _, err := r.exporter(immortal()).Export(t.Context(), req); err == nil || !strings.Contains(err.Error(), "everything of crm") {
		t.Errorf("unforced: %v", err)
	}
	if len(lanesOf(r, "crm")) != 1 || len(r.account.Scope("j1db-crm").Entities) != 1 {
		t.Errorf("cursors %q, the account holds %v", lanesOf(r, "crm"), r.account.Scope("j1db-crm"))
	}
	req.Force = true
	if _, err := r.exporter(immortal()).Export(t.Context(), req); err != nil || len(lanesOf(r, "crm")) != 0 || len(r.account.Scopes()) != 0 {
		t.Errorf("forced: %v; cursors %q, scopes %q", err, lanesOf(r, "crm"), r.account.Scopes())
	}
}

func TestRemembered(t *testing.T) {
	cursor := func(destination, instance, state string) jupiterone.Cursor {
		return jupiterone.Cursor{Destination: destination, Instance: instance, Version: 3, State: state}
	}
	got := jupiterone.Remembered("there", slices.Values([]jupiterone.Cursor{
		cursor("there", "a", `{"format":1,"scope":"pears"}`),
		cursor("there#cross", "a", `{"format":1,"scope":"pears-cross","source":"api"}`),
		cursor("there", "b", `{"format":1,"scope":"id-1","source":"integration-managed"}`),
		cursor("elsewhere", "c", `{"format":1,"scope":"plums"}`),
		cursor("there", "d", `lease`),
		cursor("there", "e", `{"format":2,"scope":"plums"}`),
		cursor("there#cross", "f", `{"format":1,"scope":"figs-cross"}`),
	}))
	want := map[string]jupiterone.Target{
		"a": {Source: "api", Scope: "pears", CrossScope: "pears-cross"},
		"b": {Source: "integration-managed", InstanceID: "id-1"},
		"f": {Source: "api", Scope: "j1db-f", CrossScope: "figs-cross"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestProgress holds that progress names jobs that were left behind.
func TestProgress(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001")) })
	var told []string
	export := func() error {
		p := process{immortal(), r.memory}
		e, err := jupiterone.NewExporter(jupiterone.Config{
			Client: r.client(immortal()), Graph: r.world, Cursors: p, Journal: p, Targets: r.targets,
			Observer: func(p jupiterone.Progress) { told = append(told, p.Phase) },
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.Export(t.Context(), r.request(jupiterone.Diff))
		return err
	}
	r.account.Faults.Set(emulator.JupiterOneFault{Route: "/persister/synchronization/jobs/{id}", Action: emulator.JupiterOneReset, Times: 20})
	if export() == nil {
		t.Fatal("a job of which nothing was heard was confirmed")
	}
	r.account.Faults.Set()
	if err := export(); err != nil {
		t.Fatal(err)
	}
	want := []string{"uploading", "finalising", "settling"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
