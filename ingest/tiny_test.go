package ingest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest/emulator"
)

// tiny invents the smallest estate in which every list of every provider has
// three rows under some parent, so that with pages of one row it has a first, a
// middle and a last page. Of every kind there are the given rows; the others are
// what those hang from.
func tiny(t *testing.T, day int, rows ...int) emulator.Estate {
	t.Helper()
	now := emulator.At(time.Date(2026, time.November, 16+day, 6, 30, 0, 0, time.UTC))
	e := emulator.Estate{Now: now}
	h := &tinyHeroku{now: now, rows: rows, first: day == 0}
	h.people()
	h.teams()
	h.apps()
	e.Heroku = h.HerokuEstate
	j := &tinyJumpCloud{now: now, rows: rows, first: day == 0}
	j.things()
	j.bindings()
	e.JumpCloud = j.JumpCloudEstate
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	return e
}

// yesterday and today differ in every list: a row went, a row came, and the first
// one was renamed. Of what joins two rows something went although both are there.
func yesterday(t *testing.T) emulator.Estate { return tiny(t, 0, 0, 1, 2) }
func today(t *testing.T) emulator.Estate     { return tiny(t, 1, 0, 2, 3) }

// id names a row; ids sort by kind and number.
func id(kind string, n int) string { return fmt.Sprintf("%s-00000000-%d", kind, n) }

// orgID names an organization, which JumpCloud wants in its own form.
func orgID(n int) string { return fmt.Sprintf("60b5%020d", n) }

// tinyHeroku makes the Heroku side.
type tinyHeroku struct {
	emulator.HerokuEstate
	now   emulator.Stamp
	rows  []int
	first bool // day
}

// name changes from day to day.
func (h *tinyHeroku) name(kind string, n int) string {
	if n == 0 {
		return fmt.Sprintf("%s-%d", kind, h.now)
	}
	return fmt.Sprintf("%s-%d", kind, n)
}

func (h *tinyHeroku) user(id string) {
	h.Users = append(h.Users, emulator.HerokuUser{ID: id, Email: id + "@orchard.example", CreatedAt: h.now, UpdatedAt: h.now})
}

// people makes three members, three strangers, and the owner of the key, in three
// enterprise accounts.
func (h *tinyHeroku) people() {
	h.AccountID = id("owner", 0)
	h.user(h.AccountID)
	for _, n := range h.rows {
		h.user(id("member", n))
		h.user(id("stranger", n))
		h.Accounts = append(h.Accounts, emulator.EnterpriseAccount{ID: id("account", n), Name: h.name("account", n), CreatedAt: h.now, UpdatedAt: h.now})
		h.AccountMembers = append(h.AccountMembers, emulator.AccountMember{
			ID: id("am", n), AccountID: id("account", 0), UserID: id("member", n), Permissions: []string{"view"},
		})
	}
	h.AccountMembers = append(h.AccountMembers, emulator.AccountMember{
		ID: id("am", 9), AccountID: id("account", 2), UserID: id("member", 0), Permissions: []string{"manage"},
	})
}

// teams makes three teams of the first account, three of none, and one of the
// account that may go.
func (h *tinyHeroku) teams() {
	for _, n := range h.rows {
		h.team("team", n, id("account", 0))
		h.team("other", n, "")
		h.Invitations = append(h.Invitations, emulator.Invitation{
			ID: id("invitation", n), TeamID: id("team", 0), Email: id("guest", n) + "@orchard.example", UserID: id("guest", n),
			InvitedBy: h.AccountID, Role: "member", CreatedAt: h.now, UpdatedAt: h.now,
		})
		h.Spaces = append(h.Spaces, emulator.Space{
			ID: id("space", n), Name: h.name("space", n), CIDR: "10.0.0.0/16", State: "allocated",
			CreatedAt: h.now, UpdatedAt: h.now, TeamID: id("team", 0), Region: "virginia",
		})
		h.Pipelines = append(h.Pipelines, emulator.Pipeline{
			ID: id("pipeline", n), Name: h.name("pipeline", n), CreatedAt: h.now, UpdatedAt: h.now, OwnerID: id("team", 0), OwnerType: "team",
		})
		h.join("team", 0, id("member", n))
		h.join("other", 0, id("stranger", n))
	}
	h.join("team", 0, id("stranger", 0))
	h.join("other", 0, id("member", 2))
	if h.first {
		h.join("team", 2, id("member", 0))
		h.join("team", 2, id("stranger", 0))
		h.join("other", 2, id("member", 0))
		h.join("other", 2, id("stranger", 0))
	}
	h.team("branch", h.rows[1], id("account", h.rows[1]))
}

func (h *tinyHeroku) team(kind string, n int, account string) {
	h.Teams = append(h.Teams, emulator.Team{
		ID: id(kind, n), Name: h.name(kind, n), Type: "team", CreatedAt: h.now, UpdatedAt: h.now, AccountID: account,
	})
	h.join(kind, n, h.AccountID)
}

func (h *tinyHeroku) join(kind string, n int, user string) {
	h.TeamMembers = append(h.TeamMembers, emulator.TeamMember{
		ID: id("tm", len(h.TeamMembers)), TeamID: id(kind, n), UserID: user, Role: "member", CreatedAt: h.now, UpdatedAt: h.now,
	})
}

// apps makes three applications of a team, of a team of no account, and of the
// key's owner; the first of each has all that an application can have.
func (h *tinyHeroku) apps() {
	for _, n := range h.rows {
		h.app(emulator.App{ID: id("app", n), Name: h.name("app", n), TeamID: id("team", 0), SpaceID: id("space", n)})
		h.app(emulator.App{ID: id("labs", n), Name: h.name("labs", n), TeamID: id("other", 0)})
		h.app(emulator.App{ID: id("own", n), Name: h.name("own", n), OwnerID: h.AccountID})
		h.Couplings = append(h.Couplings, emulator.Coupling{
			ID: id("coupling", n), PipelineID: id("pipeline", 0), AppID: id("app", n), Stage: "staging", CreatedAt: h.now, UpdatedAt: h.now,
		})
		for _, kind := range []string{"app", "labs", "own"} {
			h.hang(kind, n)
		}
		h.work(id("app", 0), id("member", n))
	}
	h.app(emulator.App{ID: id("leaf", 0), Name: "leaf", TeamID: id("branch", h.rows[1])})
	h.work(id("app", 0), id("stranger", 2))
	h.work(id("own", 0), id("stranger", 0))
	if h.first {
		h.work(id("app", 2), id("member", 0))
		h.work(id("labs", 2), id("stranger", 0))
		h.Pipelines[0].OwnerID, h.Spaces[0].TeamID = id("other", 0), id("other", 0)
	}
}

func (h *tinyHeroku) app(a emulator.App) {
	a.CreatedAt, a.UpdatedAt, a.Stack, a.Region = h.now, h.now, "heroku-24", "eu"
	h.Apps = append(h.Apps, a)
}

// hang adds what the first application of a kind has three of, and the others one.
func (h *tinyHeroku) hang(kind string, n int) {
	app := id(kind, 0)
	h.AddOns = append(h.AddOns, emulator.AddOn{
		ID: id(kind+"-addon", n), Name: h.name(kind+"-addon", n), State: "provisioned", ConfigVars: []string{emulator.SecretMarker},
		CreatedAt: h.now, UpdatedAt: h.now, AppID: app, Service: "heroku-postgresql", Plan: "standard-0",
	})
	h.Endpoints = append(h.Endpoints, emulator.Endpoint{
		ID: id(kind+"-cert", n), Name: h.name(kind+"-cert", n), Chain: "-", CreatedAt: h.now, UpdatedAt: h.now, AppID: app,
	})
	h.Domains = append(h.Domains, emulator.Domain{
		ID: id(kind+"-domain", n), Hostname: h.name(kind, n) + ".orchard.example", Kind: "custom", Status: "succeeded",
		CreatedAt: h.now, UpdatedAt: h.now, AppID: app, EndpointID: id(kind+"-cert", n),
	})
	if n != 0 {
		h.AddOns = append(h.AddOns, emulator.AddOn{
			ID: id(kind+"-lone", n), Name: h.name(kind+"-lone", n), State: "provisioned",
			CreatedAt: h.now, UpdatedAt: h.now, AppID: id(kind, n), Service: "heroku-redis", Plan: "mini",
		})
	}
}

func (h *tinyHeroku) work(app, user string) {
	h.Collaborators = append(h.Collaborators, emulator.Collaborator{
		ID: id("cb", len(h.Collaborators)), AppID: app, UserID: user, Role: "member", Permissions: []string{"view"}, CreatedAt: h.now, UpdatedAt: h.now,
	})
}

// tinyJumpCloud makes the JumpCloud side: three organizations, all but one user
// in the first.
type tinyJumpCloud struct {
	emulator.JumpCloudEstate
	now   emulator.Stamp
	rows  []int
	first bool // day
}

func (j *tinyJumpCloud) name(kind string, n int) string {
	return (&tinyHeroku{now: j.now}).name(kind, n)
}

func (j *tinyJumpCloud) things() {
	org := orgID(0)
	for _, n := range j.rows {
		j.Organizations = append(j.Organizations, emulator.Organization{ID: orgID(n), DisplayName: emulator.Opt(j.name("org", n)), Created: j.now})
		j.user("user", n, org)
		j.Groups = append(j.Groups, emulator.Group{ID: id("group", n), Name: j.name("group", n), Type: "user_group", Organization: org})
		j.SystemGroups = append(j.SystemGroups, emulator.Group{ID: id("sgroup", n), Name: j.name("sgroup", n), Type: "system_group", Organization: org})
		j.Applications = append(j.Applications, emulator.Application{
			ID: id("sso", n), Name: j.name("sso", n), DisplayName: j.name("sso", n), Active: true, SSOURL: "https://sso.orchard.example/" + id("sso", n),
			SSO: emulator.SSO{Type: "saml"}, Organization: org, Created: j.now, Secret: emulator.SecretMarker,
		})
		j.MDMs = append(j.MDMs, emulator.MDM{ID: id("mdm", n), Name: j.name("mdm", n), Organization: org, CertExpiry: j.now})
		j.Devices = append(j.Devices, emulator.Device{ID: id("device", n), MDMID: id("mdm", 0), SerialNumber: id("serial", n), CreatedAt: j.now, Bare: true})
		j.Systems = append(j.Systems, emulator.System{ID: id("system", n), Hostname: j.name("system", n), OS: "Linux", Organization: org, Created: j.now})
	}
	j.user("branch", j.rows[1], orgID(j.rows[1]))
	for _, n := range j.rows[1:] {
		j.Devices = append(j.Devices, emulator.Device{ID: id("lone", n), MDMID: id("mdm", n), SerialNumber: id("lone", n), CreatedAt: j.now, Bare: true})
	}
}

func (j *tinyJumpCloud) user(kind string, n int, org string) {
	j.Users = append(j.Users, emulator.User{
		ID: id(kind, n), Username: j.name(kind, n), Email: id(kind, n) + "@orchard.example", State: "ACTIVATED", Activated: true,
		Organization: org, Created: j.now,
	})
}

// bindings gives the first group, application and system all that there is.
func (j *tinyJumpCloud) bindings() {
	for _, n := range j.rows {
		j.GroupMembers = append(j.GroupMembers, emulator.Binding{From: id("group", 0), To: id("user", n)})
		j.AppUsers = append(j.AppUsers, emulator.Binding{From: id("sso", 0), To: id("user", n)})
		j.AppGroups = append(j.AppGroups, emulator.Binding{From: id("sso", 0), To: id("group", n)})
		j.SystemUsers = append(j.SystemUsers, emulator.Binding{From: id("system", 0), To: id("user", n)})
		j.SystemMembers = append(j.SystemMembers, emulator.Binding{From: id("sgroup", 0), To: id("system", n)})
	}
	if j.first {
		j.GroupMembers = append(j.GroupMembers, emulator.Binding{From: id("group", 2), To: id("user", 0)})
		j.AppUsers = append(j.AppUsers, emulator.Binding{From: id("sso", 2), To: id("user", 0)})
		j.AppGroups = append(j.AppGroups, emulator.Binding{From: id("sso", 2), To: id("group", 0)})
		j.SystemUsers = append(j.SystemUsers, emulator.Binding{From: id("system", 2), To: id("user", 0)})
		j.SystemMembers = append(j.SystemMembers, emulator.Binding{From: id("sgroup", 2), To: id("system", 0)})
	}
}
