package jupiterone_test

import (
	"slices"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store/graph"
)

// TestPatchLeavesTheRestWaiting follows patches that cannot bring everything, and
// the delta that then does.
func TestPatchLeavesTheRestWaiting(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.share = 100
	user := func(e *edit, n int, props ...any) {
		e.put(entity("crm", "crm_user", []string{"user-0001", "user-0002", "user-0003"}[n-1], props...))
	}
	r.world.edit(func(e *edit) { user(e, 1, "n", 1, "old", true); user(e, 2, "n", 1); user(e, 3, "n", 1) })
	r.export(jupiterone.Diff)
	patch := func(version uint64, keys ...string) {
		t.Helper()
		report := r.export(jupiterone.Patch)
		jobs := r.account.Jobs()
		if got := jobs[len(jobs)-1]; got.SyncMode != "PATCH" || !slices.Equal(got.Keys, keys) {
			t.Errorf("%s of %q, want a PATCH of %q", got.SyncMode, got.Keys, keys)
		}
		if got := report.Jobs[0].Confirmed; got != version {
			t.Errorf("version %d is confirmed, want %d", got, version)
		}
	}
	r.world.edit(func(e *edit) {
		user(e, 1, "n", 2, "new", true)
		e.put(entity("crm", "crm_gift", "gift-0001"))
	})
	patch(1, "user-0001")
	held := r.account.Scope("j1db-crm").Entities["user-0001"].Properties
	if old, ok := held["old"]; !ok || old != nil || held["new"] != true {
		t.Errorf("properties %v: what is gone should be null", held)
	}
	// Back to where it was confirmed: the PATCH has to be undone.
	r.world.edit(func(e *edit) { user(e, 1, "n", 1, "old", true); user(e, 2, "n", 2) })
	patch(1, "user-0002", "user-0001")
	if diff := r.differences(1, "crm", false, func(string) bool { return false }); diff == "" {
		t.Error("user-0002 was not sent")
	}
	plan := r.plan(jupiterone.Patch)
	if j := plan.Jobs[0]; j.Mode != jupiterone.None || j.Waiting != (graph.Counts{Created: 1}) {
		t.Errorf("nothing new: %s", describe(&plan))
	}
	r.world.edit(func(e *edit) {
		e.remove(graph.Identity{Kind: graph.EntityKind, Instance: "crm", Key: "gift-0001"})
		user(e, 3, "n", 3)
	})
	report := r.export(jupiterone.Delta)
	if jobs := r.account.Jobs(); !slices.Equal(jobs[len(jobs)-1].Keys, []string{"user-0003"}) || report.Jobs[0].Confirmed != 4 {
		t.Errorf("the delta sent %q, confirmed %d", jobs[len(jobs)-1].Keys, report.Jobs[0].Confirmed)
	}
	if diff := r.differences(4, "crm", false, func(string) bool { return false }); diff != "" {
		t.Error(diff)
	}
	// Where a PATCH can bring everything, it confirms the version.
	r.world.edit(func(e *edit) { user(e, 3, "n", 4) })
	patch(5, "user-0003")
	if _, st := r.cursor("crm", false); len(st.Disturbed) != 0 {
		t.Errorf("disturbed %+v", st.Disturbed)
	}
}

// TestManyPatches holds that what a cursor remembers of them is bounded.
func TestManyPatches(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001", "n", 0)) })
	r.export(jupiterone.Diff)
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_gift", "gift-0001")) })
	modes := map[string]int{}
	for i := range 40 {
		r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001", "n", i+1)) })
		for _, j := range r.export(jupiterone.Patch).Jobs {
			modes[string(j.Mode)]++
		}
		if _, st := r.cursor("crm", false); len(st.Disturbed) > 16 {
			t.Fatalf("%d disturbances", len(st.Disturbed))
		}
	}
	if modes["diff"] != 1 || modes["patch"] != 39 {
		t.Errorf("modes %v", modes)
	}
}
