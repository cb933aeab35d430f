package heroku_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// further are the lists that the optional steps read.
var further = map[string]string{
	"/teams":                          "fetch-other-teams",
	"/teams/orchard-labs/members":     "fetch-other-team-members",
	"/teams/orchard-labs/apps":        "fetch-other-team-apps",
	"/apps":                           "fetch-other-apps",
	"/apps/personal/addons":           "fetch-other-app-addons",
	"/apps/*/collaborators":           "fetch-app-collaborators",
	"/teams/*/invitations":            "fetch-team-invitations",
	"/spaces":                         "fetch-spaces",
	"/pipelines":                      "fetch-pipelines",
	"/pipelines/*/pipeline-couplings": "fetch-pipeline-couplings",
	"/apps/*/domains":                 "fetch-app-domains",
	"/apps/*/sni-endpoints":           "fetch-app-certificates",
}

// locate replaces the names in a route by the ids of an estate.
func locate(route string, h emulator.HerokuEstate) string {
	team := slices.IndexFunc(h.Teams, func(t emulator.Team) bool { return t.AccountID == "" })
	route = strings.Replace(route, "orchard-labs", h.Teams[team].ID, 1)
	app := slices.IndexFunc(h.Apps, func(a emulator.App) bool { return a.OwnerID == h.AccountID && a.TeamID == "" })
	return strings.Replace(route, "personal", h.Apps[app].ID, 1)
}

// small keeps three teams and a few applications of the estate, so that a run
// takes little time.
func small(t *testing.T) emulator.Estate {
	t.Helper()
	e := emulator.New(emulator.Options{})
	e.Scripted = false // the script is about the whole company
	h := &e.Heroku
	team, apps := map[string]bool{"": true}, map[string]bool{}
	for _, x := range h.Teams {
		team[x.ID] = x.AccountID == "" || len(team) < 3
	}
	perTeam := map[string]int{}
	for _, x := range h.Apps {
		perTeam[x.TeamID]++
		apps[x.ID] = team[x.TeamID] && (x.TeamID == "" || perTeam[x.TeamID] == 1)
	}
	pipelines := map[string]bool{}
	for _, x := range h.Pipelines {
		pipelines[x.ID] = x.OwnerType == "" || team[x.OwnerID]
	}
	h.Teams = slices.DeleteFunc(h.Teams, func(x emulator.Team) bool { return !team[x.ID] })
	h.TeamMembers = slices.DeleteFunc(h.TeamMembers, func(x emulator.TeamMember) bool { return !team[x.TeamID] })
	h.Invitations = slices.DeleteFunc(h.Invitations, func(x emulator.Invitation) bool { return !team[x.TeamID] })
	h.Apps = slices.DeleteFunc(h.Apps, func(x emulator.App) bool { return !apps[x.ID] })
	h.AddOns = slices.DeleteFunc(h.AddOns, func(x emulator.AddOn) bool { return !apps[x.AppID] })
	h.Collaborators = slices.DeleteFunc(h.Collaborators, func(x emulator.Collaborator) bool { return !apps[x.AppID] })
	h.Domains = slices.DeleteFunc(h.Domains, func(x emulator.Domain) bool { return !apps[x.AppID] })
	h.Endpoints = slices.DeleteFunc(h.Endpoints, func(x emulator.Endpoint) bool { return !apps[x.AppID] })
	h.Pipelines = slices.DeleteFunc(h.Pipelines, func(x emulator.Pipeline) bool { return !pipelines[x.ID] })
	h.Couplings = slices.DeleteFunc(h.Couplings, func(x emulator.Coupling) bool { return !apps[x.AppID] || !pipelines[x.PipelineID] })
	for i := range h.Spaces {
		if !team[h.Spaces[i].TeamID] {
			h.Spaces[i].TeamID = h.Teams[0].ID
		}
	}
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestForbiddenStepsDegradeAlone forbids each optional step: JupiterOne's own
// types are whole all the same, and nothing but the step's own is missing.
func TestForbiddenStepsDegradeAlone(t *testing.T) {
	e := small(t)
	for _, route := range slices.Sorted(maps.Keys(further)) {
		t.Run(further[route], func(t *testing.T) {
			h := emulator.Heroku(emulator.NewState(e), emulator.HerokuOptions{})
			h.Faults.Set(emulator.Status(locate(route, e.Heroku), http.StatusForbidden))
			stage, report := collect(t, h)
			if got := ingesttest.StepOf(t, report, further[route]).Outcome; got == graph.OK {
				t.Errorf("the step is %s", got)
			}
			provider().ForbiddenAlone(t, report)
			want := fromEstate(e.Heroku)
			for key := range want.Entities {
				if _, ok := stage.Entity(key); !ok {
					t.Errorf("%s is missing", key)
				}
			}
			for key := range want.Links {
				if _, ok := stage.Relationship(key); !ok {
					t.Errorf("%s is missing", key)
				}
			}
		})
	}
}

// TestOneTeamFails shows what is known to be whole when one list of several fails.
func TestOneTeamFails(t *testing.T) {
	e := small(t)
	team := e.Heroku.Teams[0].ID
	h := emulator.Heroku(emulator.NewState(e), emulator.HerokuOptions{})
	h.Faults.Set(emulator.Status("/teams/"+team+"/members", http.StatusInternalServerError))
	stage, report := collect(t, h)
	if report.Outcome != graph.PartialOK || ingesttest.StepOf(t, report, "build-team-to-member-relationships").Outcome != graph.PartialOK {
		t.Errorf("the run is %s", report.Outcome)
	}
	marks := stage.Completeness()
	for _, team := range e.Heroku.Teams {
		mark := "complete heroku_team_has_account_member under " + team.ID + "\n"
		if whole := strings.Contains(marks, mark); whole != (team.ID != e.Heroku.Teams[0].ID) {
			t.Errorf("team %s is whole: %v", team.Name, whole)
		}
	}
	if !strings.Contains(marks, "partial heroku_team_has_account_member: ") || strings.Contains(marks, "complete heroku_team_has_account_member\n") {
		t.Errorf("the type is not partial:\n%s", marks)
	}
	if !strings.Contains(marks, "complete heroku_team\n") || !strings.Contains(marks, "complete heroku_account_member\n") {
		t.Errorf("other types are not whole:\n%s", marks)
	}
}

// TestReadScope runs with a key that may not list the members of teams: nothing else suffers.
func TestReadScope(t *testing.T) {
	h := emulator.Heroku(emulator.NewState(small(t)), emulator.HerokuOptions{Scope: "read"})
	stage, report := collect(t, h)
	for _, id := range []string{"build-team-to-member-relationships", "fetch-other-team-members"} {
		if got := ingesttest.StepOf(t, report, id).Outcome; got != graph.Forbidden {
			t.Errorf("%s is %s", id, got)
		}
	}
	marks := stage.Completeness()
	for _, typ := range []string{"heroku_team", "heroku_application", "heroku_addon", "heroku_team_owns_application", "heroku_domain"} {
		if !strings.Contains(marks, "complete "+typ+"\n") {
			t.Errorf("%s is not whole", typ)
		}
	}
}

// TestStrangeRows leaves out what nothing can be made of, reports it, and goes on
// with the rows after it.
func TestStrangeRows(t *testing.T) {
	const account, team = "aaaaaaaa-0000-4000-8000-000000000009", "aaaaaaaa-0000-4000-8000-00000000000a"
	stage, report := collect(t, api{
		"/enterprise-accounts":                         list(`{"id":"` + account + `","name":"orchard"}`),
		"/enterprise-accounts/" + account + "/teams":   list(`null`, `{"name":"nameless"}`, `{"id":"`+team+`","name":"pears","sudden":{"new":["field"]}}`),
		"/enterprise-accounts/" + account + "/members": list(`{"user":{"id":"user-000000001","email":"pip@orchard.example"}}`),
		"/teams/" + team + "/members": list(
			`{"role":"member","user":{"id":"user-00000000x","email":"someone@elsewhere.example"}}`,
			`{"role":null,"user":{"id":"user-000000001"}}`),
		"/teams/" + team + "/apps": list(`{"id":"app-0000000001","name":null,"owner":null}`, `{"id":"app-0000000002","name":"shop","owner":{"email":"x@y.example"}}`),
	})
	if len(report.Errors) > 0 || report.Outcome != graph.PartialOK || report.Rejected != 2 {
		t.Errorf("%s, %d rejected: %v, %v", report.Outcome, report.Rejected, report.Errors, report.Warnings)
	}
	for _, key := range []string{team, "user-000000001", "user-00000000x", "app-0000000001", "app-0000000002"} {
		if _, ok := stage.Entity(key); !ok {
			t.Errorf("%s is missing", key)
		}
	}
	r, ok := stage.Relationship(team + "|has|user-000000001")
	if role := r.Props.Get("role"); !ok || role.Kind() != graph.Null {
		t.Errorf("the member after the stranger is there: %v, with the role %v", ok, role)
	}
	if r, ok := stage.Relationship(team + "|has|user-00000000x"); !ok || r.Type != "heroku_team_has_user" {
		t.Errorf("the stranger is there: %v, as %s", ok, r.Type)
	}
}
