package ingest_test

import (
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/heroku"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/ingest/jumpcloud"
	"github.com/j1db/j1db/store/graph"
)

// trial is one provider on trial: its collector, and the API that it meets.
type trial struct {
	provider *ingest.Provider
	key      string
	serve    func(state *emulator.State, page int, faults *emulator.Faults) *emulator.Handler
	lists    []list
	cache    *httpx.Cache // of the clients of all runs; usually none
}

// list is one list of the API, and the step that reads it.
type list struct{ step, route string }

func trials() []trial {
	return []trial{
		{heroku.Provider(), emulator.HerokuKey, func(s *emulator.State, page int, f *emulator.Faults) *emulator.Handler {
			return emulator.Heroku(s, emulator.HerokuOptions{MaxPage: page, Faults: f})
		}, herokuLists, nil},
		{jumpcloud.Provider(), emulator.JumpCloudKey, func(s *emulator.State, page int, f *emulator.Faults) *emulator.Handler {
			return emulator.JumpCloud(s, emulator.JumpCloudOptions{MaxPage: page, Faults: f})
		}, jumpcloudLists, nil},
	}
}

// Routes under a parent of their own are those of the tiny estate.
var herokuLists = []list{
	{"fetch-enterprise-accounts", "/enterprise-accounts"},
	{"fetch-teams", "/enterprise-accounts/*/teams"},
	{"fetch-account-members", "/enterprise-accounts/*/members"},
	{"fetch-team-apps", "/teams/team-00000000-0/apps"},
	{"fetch-app-addons", "/apps/app-00000000-0/addons"},
	{"build-team-to-member-relationships", "/teams/team-00000000-0/members"},
	{"fetch-other-teams", "/teams"},
	{"fetch-other-team-members", "/teams/other-00000000-0/members"},
	{"fetch-other-team-apps", "/teams/other-00000000-0/apps"},
	{"fetch-other-apps", "/apps"},
	{"fetch-other-app-addons", "/apps/own-00000000-0/addons"},
	{"fetch-app-collaborators", "/apps/*/collaborators"},
	{"fetch-team-invitations", "/teams/*/invitations"},
	{"fetch-spaces", "/spaces"},
	{"fetch-pipelines", "/pipelines"},
	{"fetch-pipeline-couplings", "/pipelines/*/pipeline-couplings"},
	{"fetch-app-domains", "/apps/*/domains"},
	{"fetch-app-certificates", "/apps/*/sni-endpoints"},
}

var jumpcloudLists = []list{
	{"fetch-orgs", "/api/organizations"},
	{"fetch-users", "/api/systemusers"},
	{"fetch-groups", "/api/v2/usergroups"},
	{"fetch-group-members", "/api/v2/usergroups/*/members"},
	{"fetch-applications", "/api/applications"},
	{"fetch-application-members", "/api/v2/applications/*/users"},
	{"fetch-application-members", "/api/v2/applications/*/usergroups"},
	{"fetch-apple-mdm", "/api/v2/applemdms"},
	{"fetch-apple-devices", "/api/v2/applemdms/*/devices"},
	{"fetch-systems", "/api/systems"},
	{"fetch-system-users", "/api/v2/systems/*/users"},
	{"fetch-system-groups", "/api/v2/systemgroups"},
	{"fetch-system-group-members", "/api/v2/systemgroups/*/members"},
}

// open opens the collector over a handler. Limits are those of a real run: in a
// bubble of synctest waiting costs nothing.
func (x trial) open(t testing.TB, h *emulator.Handler, o httpx.Options) *ingest.Collector {
	t.Helper()
	o.Transport = ingesttest.Transport{Handler: h, Plain: true}
	c, err := x.provider.Open(ingest.Options{Settings: map[string]string{"apiKey": x.key}, HTTP: o})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// run runs the collector once.
func (x trial) run(t testing.TB, h *emulator.Handler, o ingest.RunOptions) (*ingesttest.Stage, *ingest.Report) {
	t.Helper()
	stage := ingesttest.NewStage()
	report, err := ingest.Run(t.Context(), x.open(t, h, httpx.Options{Cache: x.cache}), o, stage)
	if err != nil {
		t.Fatal(err)
	}
	return stage, report
}

// outcomeOf finds how a step ended.
func outcomeOf(t *testing.T, r *ingest.Report, step string) graph.StepOutcome {
	t.Helper()
	for _, s := range r.Steps {
		if s.Step == step {
			return s
		}
	}
	t.Fatalf("the report has no step %s", step)
	return graph.StepOutcome{}
}

// graphOf is what a run leaves in an empty graph.
func graphOf(s *ingesttest.Stage) *ingesttest.Graph {
	g := ingesttest.NewGraph()
	g.Commit(s)
	return g
}

// sameGraph compares two graphs by key.
func sameGraph(t *testing.T, want, got *ingesttest.Graph) {
	t.Helper()
	for key, e := range got.Entities {
		if _, ok := want.Entities[key]; !ok {
			t.Errorf("%s %s is left over", e.Type, key)
		}
	}
	for key, r := range got.Relationships {
		if _, ok := want.Relationships[key]; !ok {
			t.Errorf("%s %s is left over", r.Type, key)
		}
	}
	if len(got.Entities) != len(want.Entities) || len(got.Relationships) != len(want.Relationships) {
		t.Errorf("%d entities and %d relationships, want %d and %d",
			len(got.Entities), len(got.Relationships), len(want.Entities), len(want.Relationships))
	}
}
