package heroku_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// expected is what a run must supply of the types of JupiterOne's integration,
// worked out from the estate alone.
type expected struct{ *ingesttest.Expected }

// stamped are the properties of most objects of the API.
func stamped(id, name string, created, updated emulator.Stamp, more ...any) []any {
	return append([]any{
		"id", id, "name", name, "displayName", name,
		"createdOn", created.Time().UnixMilli(), "updatedOn", updated.Time().UnixMilli(),
	}, more...)
}

// fromEstate follows the tables of JupiterOne's integration row by row, for what
// lies in enterprise accounts.
func fromEstate(h emulator.HerokuEstate) *expected {
	x := &expected{ingesttest.NewExpected()}
	user := map[string]emulator.HerokuUser{}
	for _, u := range h.Users {
		user[u.ID] = u
	}
	for _, a := range h.Accounts {
		x.Entity("heroku_account", a.ID, stamped(a.ID, a.Name, a.CreatedAt, a.UpdatedAt)...)
	}
	members := map[string]bool{}
	// The API lists accounts by id; a user in several belongs to the first.
	slices.SortStableFunc(h.AccountMembers, func(a, b emulator.AccountMember) int { return strings.Compare(a.AccountID, b.AccountID) })
	for _, m := range h.AccountMembers {
		permissions := slices.Sorted(slices.Values(m.Permissions))
		x.Link("heroku_account_has_member", m.AccountID, "has", m.UserID, "permissions", strings.Join(permissions, ","))
		if members[m.UserID] {
			continue
		}
		members[m.UserID] = true
		u := user[m.UserID]
		x.Entity("heroku_account_member", u.ID, "id", u.ID, "username", u.Email, "name", u.Email, "displayName", u.Email,
			"email", u.Email, "mfaEnabled", u.TwoFactor, "enterpriseAccountId", m.AccountID)
	}
	team := map[string]emulator.Team{}
	for _, t := range h.Teams {
		if t.AccountID == "" {
			continue
		}
		team[t.ID] = t
		x.Entity("heroku_team", t.ID, stamped(t.ID, t.Name, t.CreatedAt, t.UpdatedAt, "enterpriseAccountId", t.AccountID)...)
		x.Link("heroku_account_has_team", t.AccountID, "has", t.ID)
	}
	for _, m := range h.TeamMembers {
		if _, ours := team[m.TeamID]; !ours || !members[m.UserID] {
			continue
		}
		role := graph.NullValue()
		if m.Role != "" {
			role = graph.StringValue(string(m.Role))
		}
		x.Link("heroku_team_has_account_member", m.TeamID, "has", m.UserID, "role", role)
	}
	x.applications(h, team)
	return x
}

func (x *expected) applications(h emulator.HerokuEstate, team map[string]emulator.Team) {
	apps := map[string]bool{}
	for _, a := range h.Apps {
		t, ours := team[a.TeamID]
		if !ours {
			continue
		}
		apps[a.ID] = true
		props := stamped(a.ID, a.Name, a.CreatedAt, a.UpdatedAt, "teamId", t.ID)
		if !a.Ownerless {
			props = append(props, "owner", t.Name+"@herokumanager.example")
		}
		if a.SpaceID != "" {
			props = append(props, "spaceId", a.SpaceID)
		}
		x.Entity("heroku_application", a.ID, props...)
		x.Link("heroku_team_owns_application", t.ID, "owns", a.ID)
	}
	for _, a := range h.AddOns {
		if !apps[a.AppID] {
			continue
		}
		endpoints := []string{}
		if a.WebURL != "" {
			endpoints = append(endpoints, string(a.WebURL))
		}
		x.Entity("heroku_addon", a.ID, stamped(a.ID, a.Name, a.CreatedAt, a.UpdatedAt, "applicationId", a.AppID,
			"category", []string{"platform"}, "endpoints", endpoints, "function", []string{},
			"state", a.State, "plan", a.Service+":"+a.Plan, "service", a.Service)...)
		x.Link("heroku_application_has_addon", a.AppID, "has", a.ID)
	}
}

// TestEstate compares a run with the estate itself, object by object and property
// by property, for one enterprise account and for two, and over days of change.
func TestEstate(t *testing.T) {
	for _, accounts := range []int{1, 2} {
		t.Run(fmt.Sprintf("%d enterprise accounts", accounts), func(t *testing.T) {
			state := emulator.NewState(emulator.New(emulator.Options{EnterpriseAccounts: accounts}))
			for day := range 4 {
				compare(t, state, day)
				state.Advance()
			}
		})
	}
}

func compare(t *testing.T, state *emulator.State, day int) {
	t.Helper()
	stage, _ := collect(t, emulator.Heroku(state, emulator.HerokuOptions{}))
	if d := stage.Duplicates(); len(d) > 0 {
		t.Errorf("day %d: duplicates: %v", day, d)
	}
	want := fromEstate(state.Estate().Heroku)
	want.Compare(t, stage)
	extra(t, want.Unexpected(stage), state.Estate().Heroku)
}

// extra finds objects of the integration's types that the estate has no reason
// for. Teams and applications outside enterprise accounts are no such.
func extra(t *testing.T, found [][2]string, h emulator.HerokuEstate) {
	t.Helper()
	outside := map[string]bool{}
	for _, team := range h.Teams {
		outside[team.ID] = team.AccountID == ""
	}
	for _, app := range h.Apps {
		outside[app.ID] = app.TeamID == "" || outside[app.TeamID]
	}
	for _, object := range found {
		from, _, _ := strings.Cut(object[1], "|")
		if outside[from] {
			continue
		}
		if addon, ok := entityUnder(h, object[1]); ok && outside[addon] {
			continue
		}
		t.Errorf("nothing in the estate is %s", object)
	}
}

// entityUnder returns the application of an add-on.
func entityUnder(h emulator.HerokuEstate, key string) (string, bool) {
	i := slices.IndexFunc(h.AddOns, func(a emulator.AddOn) bool { return a.ID == key })
	if i < 0 {
		return "", false
	}
	return h.AddOns[i].AppID, true
}
