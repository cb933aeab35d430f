package jumpcloud_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// further are the lists that the optional steps read.
var further = map[string]string{
	"/api/systems":                   "fetch-systems",
	"/api/v2/systems/*/users":        "fetch-system-users",
	"/api/v2/systemgroups":           "fetch-system-groups",
	"/api/v2/systemgroups/*/members": "fetch-system-group-members",
}

// small keeps a part of the directory, so that a run takes little time.
func small(t *testing.T) emulator.Estate {
	t.Helper()
	e := emulator.New(emulator.Options{})
	e.Scripted = false // the script is about the whole company
	j := &e.JumpCloud
	j.Groups, j.Applications, j.Systems, j.SystemGroups = j.Groups[:5], j.Applications[:4], j.Systems[:8], j.SystemGroups[:2]
	has := map[string]bool{}
	for _, g := range append(slices.Clone(j.Groups), j.SystemGroups...) {
		has[g.ID] = true
	}
	for _, a := range j.Applications {
		has[a.ID] = true
	}
	for _, s := range j.Systems {
		has[s.ID] = true
	}
	for _, u := range j.Users {
		has[u.ID] = true
	}
	for _, bindings := range []*[]emulator.Binding{&j.GroupMembers, &j.AppUsers, &j.AppGroups, &j.SystemUsers, &j.SystemMembers} {
		*bindings = slices.DeleteFunc(*bindings, func(b emulator.Binding) bool { return !has[b.From] || !has[b.To] })
	}
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestForbiddenStepsDegradeAlone forbids each optional step: JupiterOne's own
// types are whole all the same, and the run is.
func TestForbiddenStepsDegradeAlone(t *testing.T) {
	state := emulator.NewState(small(t))
	for _, route := range slices.Sorted(maps.Keys(further)) {
		t.Run(further[route], func(t *testing.T) {
			h := emulator.JumpCloud(state, emulator.JumpCloudOptions{Faults: emulator.NewFaults(emulator.Status(route, http.StatusForbidden))})
			_, report := collect(t, h)
			if got := ingesttest.StepOf(t, report, further[route]).Outcome; got != graph.Forbidden {
				t.Errorf("the step is %s", got)
			}
			provider().ForbiddenAlone(t, report)
		})
	}
}

// TestOneGroupFails shows what is known to be whole when one list of several fails.
func TestOneGroupFails(t *testing.T) {
	e := small(t)
	group := e.JumpCloud.Groups[0].ID
	fault := emulator.Status("/api/v2/usergroups/"+group+"/members", http.StatusInternalServerError)
	stage, report := collect(t, emulator.JumpCloud(emulator.NewState(e), emulator.JumpCloudOptions{Faults: emulator.NewFaults(fault)}))
	if report.Outcome != graph.PartialOK || ingesttest.StepOf(t, report, "fetch-group-members").Outcome != graph.PartialOK {
		t.Errorf("the run is %s", report.Outcome)
	}
	var want []string
	for _, g := range e.JumpCloud.Groups[1:] {
		want = append(want, "complete jumpcloud_group_has_user under "+g.ID)
	}
	slices.Sort(want)
	var got []string
	for line := range strings.Lines(stage.Completeness()) {
		if strings.HasPrefix(line, "complete jumpcloud_group_has_user") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
