package emulator

import (
	"fmt"
	"strings"
)

// teamNames are the company's teams; labs is on its own, outside every
// enterprise account. The audit user, whom the key belongs to, is in all of them.
var teamNames = []string{"platform", "payments", "storefront", "mobile", "data", "growth", "tools", "security", "labs"}

// appPlan says which applications the company has: team, then names. A name
// ends in ! when the application is for production, and @ puts it in a space.
var appPlan = []struct{ team, apps string }{
	{"platform", "gateway! gateway-staging identity! identity-staging status-page! feature-flags"},
	{"payments", "checkout!@vault checkout-staging ledger!@vault ledger-staging payouts!@vault invoices! fraud-watch"},
	{"storefront", "shop!@market shop-staging search! search-staging catalogue! images reviews"},
	{"mobile", "mobile-api! mobile-api-staging push-relay! beta-signup"},
	{"data", "warehouse-loader! warehouse-loader-staging reports! notebooks recommendations"},
	{"growth", "landing! campaigns newsletter"},
	{"tools", "helpdesk! helpdesk-staging timesheets wiki-bot runbooks"},
	{"labs", "orchard-lab-vision orchard-lab-voice"},
	{"", "goran-scratchpad mbali-demo audit-probe"},
}

// herokuMaker collects a Heroku estate while it is being invented.
type herokuMaker struct {
	seed uint64
	h    HerokuEstate
}

// newHeroku invents the Heroku side of the company.
func newHeroku(seed uint64, staff []person, accounts int) HerokuEstate {
	m := &herokuMaker{seed: seed}
	for n := range accounts {
		m.account(n)
	}
	for n, name := range teamNames {
		m.team(name, n%accounts)
	}
	for _, p := range staff {
		m.person(p)
	}
	m.invite("nadia.orrinfield@orchard.example", "payments", "goran.thistlewane", "member", "Nadia Orrinfield")
	m.invite("pemba.vireo@fernhollow.example", "labs", "cosmin.umberfield", "collaborator", "")
	m.invite("sol.wrenbury@orchard.example", "data", "yevheniya.applegarden", "", "Sol Wrenbury")
	m.space("vault", "payments", true)
	m.space("market", "storefront", false)
	for _, plan := range appPlan {
		team := ""
		if plan.team != "" {
			team = uuid(seed, "team", plan.team)
		}
		for _, name := range strings.Fields(plan.apps) {
			m.app(team, name)
		}
	}
	m.pipelines()
	return m.h
}

// age gives a moment some random days before the first day.
func (m *herokuMaker) age(least, most int, what ...any) Stamp {
	r := chooser(m.seed, append([]any{"age"}, what...)...)
	return firstDay.Days(-least-r.IntN(most-least)) - Stamp(r.IntN(10*60*60))*1000
}

// account makes enterprise account n. The first one has single sign-on.
func (m *herokuMaker) account(n int) {
	name := []string{"orchard", "orchard-retail", "orchard-ventures", "orchard-archive"}[n%4]
	if n >= 4 {
		name += fmt.Sprint("-", n)
	}
	a := EnterpriseAccount{
		ID: uuid(m.seed, "account", n), Name: name, Permissions: List[string]{"view", "manage"},
		CreatedAt: m.age(1400, 1500, "account", n), UpdatedAt: m.age(20, 60, "account update", n),
	}
	if n == 0 {
		a.ProviderID = uuid(m.seed, "identity provider", n)
	}
	m.h.Accounts = append(m.h.Accounts, a)
}

// team makes a team; labs is no enterprise team and has a limit of members.
func (m *herokuMaker) team(name string, account int) {
	t := Team{
		ID: uuid(m.seed, "team", name), Name: "orchard-" + name, Type: "enterprise", Licenses: true,
		CreatedAt: m.age(300, 1300, "team", name), UpdatedAt: m.age(5, 200, "team update", name),
		AccountID: m.h.Accounts[account].ID,
	}
	if name == "labs" {
		t.Type, t.AccountID, t.Licenses, t.CreditCards, t.Limit = "team", "", false, true, new(25)
	}
	m.h.Teams = append(m.h.Teams, t)
}

// person gives somebody a login, the memberships, and a place in the enterprise
// accounts of the teams.
func (m *herokuMaker) person(p person) {
	audit := p.first == "heroku-audit"
	if p.teams == "" && !audit && !p.is("billing") {
		return
	}
	r := chooser(m.seed, "heroku user", p.email())
	u := HerokuUser{
		ID: uuid(m.seed, "heroku user", p.email()), Email: p.email(), Name: Opt(strings.TrimSpace(p.first + " " + p.last)),
		Federated: p.human() && !p.is("outside"), TwoFactor: p.human() && chance(r, 85),
		CreatedAt: m.age(100, 1200, "user", p.email()), UpdatedAt: m.age(1, 90, "user update", p.email()),
		LastLogin: m.age(1, 80, "login", p.email()),
	}
	if p.is("shouts") {
		name, host, _ := strings.Cut(u.Email, "@")
		u.Email = strings.ToUpper(name) + "@" + host
	}
	if !p.human() {
		u.Name = ""
	}
	m.h.Users = append(m.h.Users, u)
	memberships := strings.Fields(p.teams)
	if audit {
		m.h.AccountID = u.ID
		for _, name := range teamNames {
			memberships = append(memberships, name+"=admin")
		}
	}
	accounts := m.join(u, p, memberships)
	if p.is("billing") {
		accounts = []string{m.h.Accounts[0].ID}
	}
	for _, account := range accounts {
		rights := []string{"view"}
		if audit {
			rights = []string{"view", "manage"}
		} else if p.is("billing") {
			rights = []string{"view", "billing"}
		}
		m.h.AccountMembers = append(m.h.AccountMembers, AccountMember{uuid(m.seed, "account member", account, u.ID), account, u.ID, rights})
	}
}

// join makes the memberships and gives the enterprise accounts of the teams.
func (m *herokuMaker) join(u HerokuUser, p person, memberships []string) []string {
	var accounts []string
	seen := map[string]bool{"": true}
	for _, membership := range memberships {
		name, role, _ := strings.Cut(membership, "=")
		if p.is("roleless") {
			role = ""
		}
		team := uuid(m.seed, "team", name)
		joined := m.age(10, 300, "member", team, u.ID)
		m.h.TeamMembers = append(m.h.TeamMembers, TeamMember{uuid(m.seed, "team member", team, u.ID), team, u.ID, Opt(role), joined, joined})
		i := find(m.h.Teams, func(t *Team) bool { return t.ID == team })
		if account := m.h.Teams[i].AccountID; !seen[account] && !p.is("outside") {
			seen[account] = true
			accounts = append(accounts, account)
		}
	}
	return accounts
}

// user finds the id of a company login.
func (m *herokuMaker) user(username string) string {
	return uuid(m.seed, "heroku user", username+"@orchard.example")
}

// invite leaves an invitation open.
func (m *herokuMaker) invite(email, team, by, role, name string) {
	sent := m.age(1, 20, "invitation", email)
	m.h.Invitations = append(m.h.Invitations, Invitation{
		ID: uuid(m.seed, "invitation", email), TeamID: uuid(m.seed, "team", team), Email: email, Name: Opt(name),
		UserID: uuid(m.seed, "heroku user", email), InvitedBy: m.user(by), Role: Opt(role), CreatedAt: sent, UpdatedAt: sent,
	})
}

// space makes a private space of which every member of the team is a member.
func (m *herokuMaker) space(name, team string, shield bool) {
	made := m.age(200, 600, "space", name)
	n := len(m.h.Spaces)
	s := Space{
		ID: uuid(m.seed, "space", name), Name: "orchard-" + name,
		CIDR: fmt.Sprintf("10.%d.0.0/16", 10+n), DataCIDR: fmt.Sprintf("10.%d.0.0/20", 110+n),
		Shield: shield, State: "allocated", CreatedAt: made, UpdatedAt: made.Days(3), TeamID: uuid(m.seed, "team", team), Region: "frankfurt",
	}
	m.h.Spaces = append(m.h.Spaces, s)
	for _, member := range m.h.TeamMembers {
		if member.TeamID == s.TeamID && member.Role != "collaborator" {
			m.h.SpaceMembers = append(m.h.SpaceMembers, SpaceMember{
				uuid(m.seed, "space member", s.ID, member.UserID), s.ID, member.UserID, []string{"view"}, made, made,
			})
		}
	}
}

// pipelines joins each application with its staging twin, and leaves one
// pipeline without applications.
func (m *herokuMaker) pipelines() {
	for _, a := range m.h.Apps {
		production := strings.TrimSuffix(a.Name, "-staging")
		i := find(m.h.Apps, func(b *App) bool { return b.Name == production })
		if production == a.Name || i < 0 {
			continue
		}
		made := m.age(60, 300, "pipeline", production)
		p := Pipeline{uuid(m.seed, "pipeline", production), production, made, made, a.TeamID, "team"}
		m.h.Pipelines = append(m.h.Pipelines, p)
		m.couple(p, a.ID, "staging")
		m.couple(p, m.h.Apps[i].ID, "production")
	}
	made := m.age(60, 300, "pipeline", "unused")
	m.h.Pipelines = append(m.h.Pipelines, Pipeline{uuid(m.seed, "pipeline", "unused"), "retired-experiments", made, made, "", ""})
}

// couple puts an application into a pipeline.
func (m *herokuMaker) couple(p Pipeline, app, stage string) {
	m.h.Couplings = append(m.h.Couplings, Coupling{uuid(m.seed, "coupling", p.ID, stage), p.ID, app, stage, p.CreatedAt, p.CreatedAt})
}
