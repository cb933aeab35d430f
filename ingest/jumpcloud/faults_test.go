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
	"github.com/j1db/j1db/ingest/jumpcloud"
	"github.com/j1db/j1db/store/graph"
)

// routes are the lists that the collector reads, and the step that reads each.
var routes = map[string]string{
	"/api/organizations":                "fetch-orgs",
	"/api/systemusers":                  "fetch-users",
	"/api/v2/usergroups":                "fetch-groups",
	"/api/v2/usergroups/*/members":      "fetch-group-members",
	"/api/applications":                 "fetch-applications",
	"/api/v2/applications/*/users":      "fetch-application-members",
	"/api/v2/applications/*/usergroups": "fetch-application-members",
	"/api/v2/applemdms":                 "fetch-apple-mdm",
	"/api/v2/applemdms/*/devices":       "fetch-apple-devices",
	"/api/systems":                      "fetch-systems",
	"/api/v2/systems/*/users":           "fetch-system-users",
	"/api/v2/systemgroups":              "fetch-system-groups",
	"/api/v2/systemgroups/*/members":    "fetch-system-group-members",
}

// faults are what an API may do to a list. Each is for ever, unless it says
// otherwise; the first request of all, which proves the key, is spared.
var faults = map[string]emulator.Fault{
	"401 after a while": {Action: emulator.Answer, Status: http.StatusUnauthorized, Nth: 2},
	"403":               {Action: emulator.Answer, Status: http.StatusForbidden},
	"403 on one":        {Action: emulator.Answer, Status: http.StatusForbidden, Nth: 2, Times: 1},
	"404":               {Action: emulator.Answer, Status: http.StatusNotFound},
	"404 on one":        {Action: emulator.Answer, Status: http.StatusNotFound, Nth: 2, Times: 1},
	"500":               {Action: emulator.Answer, Status: http.StatusInternalServerError},
	"500 twice":         {Action: emulator.Answer, Status: http.StatusInternalServerError, Nth: 2, Times: 2},
	"cut body":          {Action: emulator.CutBody},
	"row without id":    {Action: emulator.DropID},
	"row that is null":  {Action: emulator.NullRow},
	"repeated row":      {Action: emulator.RepeatRow},
	"wrong total":       {Action: emulator.WrongTotal},
	"stuck page":        {Action: emulator.StuckPage},
	"shrinking pages":   {Action: emulator.ShrinkPages},
}

// harmless are the faults after which a run may be whole: a retry or a second
// reading healed it, or the rows of the list are not known by their own id.
var harmless = map[string]bool{
	"500 twice": true, "repeated row": true, "row without id": true, "stuck page": true, "shrinking pages": true,
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

// later is the estate some days later: people and groups have come and gone.
func later(e emulator.Estate) emulator.Estate {
	for range 5 {
		e, _ = e.NextDay()
	}
	return e
}

// TestFaultsDeleteNothing runs every fault on every list while the estate moves
// on. What is deleted then must be gone indeed, and the next good run must leave
// exactly the estate.
func TestFaultsDeleteNothing(t *testing.T) {
	before := small(t)
	state := emulator.NewState(later(before))
	options := emulator.JumpCloudOptions{MaxPage: 25}
	base, _ := collect(t, emulator.JumpCloud(emulator.NewState(before), options))
	truth, _ := collect(t, emulator.JumpCloud(state, options))
	want := ingesttest.NewGraph()
	want.Commit(truth)
	cases := 0
	for _, route := range slices.Sorted(maps.Keys(routes)) {
		for _, name := range slices.Sorted(maps.Keys(faults)) {
			if cases++; testing.Short() && cases%7 != 0 {
				continue // a sample, for the race detector
			}
			t.Run(strings.ReplaceAll(strings.TrimPrefix(route, "/api/"), "/", " ")+" "+name, func(t *testing.T) {
				fault := faults[name]
				fault.Route = route
				if route == "/api/organizations" {
					fault.Nth = 2
				}
				g := ingesttest.NewGraph()
				g.Commit(base)
				options.Faults = emulator.NewFaults(fault)
				h := emulator.JumpCloud(state, options)
				stage, report := collect(t, h)
				if h.Faults.Total() == 0 {
					t.Skip("there is no second request of this kind, or no row")
				}
				for _, key := range g.Commit(stage).Deleted {
					if _, ok := want.Entities[key]; ok {
						t.Errorf("deleted %s, which is still there", key)
					}
					if _, ok := want.Relationships[key]; ok {
						t.Errorf("deleted %s, which is still there", key)
					}
				}
				notOK := func(s graph.StepOutcome) bool { return s.Outcome != graph.OK }
				if !harmless[name] && !slices.ContainsFunc(report.Steps, notOK) {
					t.Error("every step claims to be whole")
				}
				g.Commit(truth)
				same(t, want, g)
			})
		}
	}
	t.Logf("%d cases", cases)
}

// same compares two graphs by key.
func same(t *testing.T, want, got *ingesttest.Graph) {
	t.Helper()
	for key := range got.Entities {
		if _, ok := want.Entities[key]; !ok {
			t.Errorf("%s is left over", key)
		}
	}
	for key := range got.Relationships {
		if _, ok := want.Relationships[key]; !ok {
			t.Errorf("%s is left over", key)
		}
	}
	if len(got.Entities) != len(want.Entities) || len(got.Relationships) != len(want.Relationships) {
		t.Errorf("%d entities and %d relationships, want %d and %d",
			len(got.Entities), len(got.Relationships), len(want.Entities), len(want.Relationships))
	}
}

// TestEveryStepHasAFault holds the table of routes to the table of steps.
func TestEveryStepHasAFault(t *testing.T) {
	var silent []string
	for _, s := range jumpcloud.Provider().Steps {
		if !slices.Contains(slices.Collect(maps.Values(routes)), s.ID) {
			silent = append(silent, s.ID)
		}
	}
	if len(silent) > 0 {
		t.Errorf("no fault meets %v", silent)
	}
}

// TestForbiddenStepsDegradeAlone forbids each optional step: JupiterOne's own
// types are whole all the same, and the run is.
func TestForbiddenStepsDegradeAlone(t *testing.T) {
	state := emulator.NewState(small(t))
	optional := map[string]bool{}
	for _, s := range jumpcloud.Provider().Steps {
		optional[s.ID] = s.Optional
	}
	for _, route := range slices.Sorted(maps.Keys(routes)) {
		if !optional[routes[route]] {
			continue
		}
		t.Run(routes[route], func(t *testing.T) {
			h := emulator.JumpCloud(state, emulator.JumpCloudOptions{Faults: emulator.NewFaults(emulator.Status(route, http.StatusForbidden))})
			_, report := collect(t, h)
			if got := step(t, report, routes[route]).Outcome; got != graph.Forbidden {
				t.Errorf("the step is %s", got)
			}
			for _, s := range report.Steps {
				if s.Outcome != graph.OK && !optional[s.Step] {
					t.Errorf("%s is %s: %s", s.Step, s.Outcome, s.Reason)
				}
			}
			if report.Outcome != graph.OK {
				t.Errorf("the run is %s", report.Outcome)
			}
		})
	}
}

// TestOneGroupFails shows what is known to be whole when one list of several fails.
func TestOneGroupFails(t *testing.T) {
	e := small(t)
	group := e.JumpCloud.Groups[0].ID
	fault := emulator.Status("/api/v2/usergroups/"+group+"/members", http.StatusInternalServerError)
	stage, report := collect(t, emulator.JumpCloud(emulator.NewState(e), emulator.JumpCloudOptions{Faults: emulator.NewFaults(fault)}))
	if report.Outcome != graph.PartialOK || step(t, report, "fetch-group-members").Outcome != graph.PartialOK {
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
