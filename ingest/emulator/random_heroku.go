package emulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// anyApp makes an application with all that hangs off it, or removes one.
func (d *day) anyApp(r *rand.Rand) {
	h := &d.Heroku
	if !grow(r, len(h.Apps), 35) {
		a := *some(r, h.Apps)
		h.removeApp(a.ID)
		d.heroku("application %s is removed", a.Name)
		return
	}
	m := d.maker()
	name := d.word(r)
	m.app(some(r, h.Teams).ID, name+"!")
	d.Heroku = m.h
	a := &d.Heroku.Apps[len(d.Heroku.Apps)-1]
	a.CreatedAt, a.UpdatedAt = d.Now, d.Now
	d.heroku("application %s is made", name)
}

// anyAppName renames an application: its id stays.
func (d *day) anyAppName(r *rand.Rand) { d.renameApp(some(r, d.Heroku.Apps).Name, d.word(r)) }

// anyAppOwner moves an application to another team, or makes a personal one a
// team's.
func (d *day) anyAppOwner(r *rand.Rand) {
	a, t := some(r, d.Heroku.Apps), some(r, d.Heroku.Teams)
	a.SpaceID, a.InternalRouting, a.OwnerID = "", nil, ""
	d.transferApp(a.Name, t.Name)
}

// anyAppState changes an application's own properties, null ones included.
func (d *day) anyAppState(r *rand.Rand) {
	a := some(r, d.Heroku.Apps)
	a.Maintenance, a.Stack, a.UpdatedAt = chance(r, 50), pick(r, []string{"heroku-22", "heroku-24"}), d.Now
	a.Ownerless = chance(r, 10)
	if chance(r, 20) {
		a.ArchivedAt = d.Now
	}
	d.heroku("application %s changes", a.Name)
}

// anyAddOn adds an add-on or removes one.
func (d *day) anyAddOn(r *rand.Rand) {
	h := &d.Heroku
	if !grow(r, len(h.AddOns), 50) {
		o := *some(r, h.AddOns)
		h.AddOns = drop(h.AddOns, func(p *AddOn) bool { return p.ID == o.ID })
		d.heroku("add-on %s is removed", o.Name)
		return
	}
	m := d.maker()
	a := some(r, h.Apps)
	o := m.addOn(*a, r.IntN(len(addOnPlans)))
	o.ID, o.Name, o.CreatedAt, o.UpdatedAt = d.uuid(), o.Service+"-"+d.word(r), d.Now, d.Now
	h.AddOns = append(h.AddOns, o)
	d.heroku("add-on %s is added to %s", o.Name, a.Name)
}

// anyAddOnPlan moves an add-on to another plan.
func (d *day) anyAddOnPlan(r *rand.Rand) {
	if o := some(r, d.Heroku.AddOns); o != nil {
		o.Plan, o.UpdatedAt = pick(r, []string{"standard-0", "standard-2", "premium-4"}), d.Now
		o.State = pick(r, []string{"provisioned", "provisioning", "deprovisioned"})
		o.Cents = new(100 * r.IntN(90))
		d.heroku("add-on %s changes its plan", o.Name)
	}
}

// anyTeam makes a team that the key's owner is in, or deletes one.
func (d *day) anyTeam(r *rand.Rand) {
	h := &d.Heroku
	if !grow(r, len(h.Teams), 8) {
		t := *some(r, h.Teams)
		if chance(r, 70) { // its applications find a new home first
			home := some(r, h.Teams).ID
			for i := range h.Apps {
				if a := &h.Apps[i]; a.TeamID == t.ID {
					a.TeamID, a.SpaceID, a.InternalRouting = home, "", nil
				}
			}
		}
		h.removeTeam(t.ID)
		d.heroku("team %s is deleted", t.Name)
		return
	}
	t := Team{
		ID: d.uuid(), Name: "orchard-" + d.word(r), Type: "enterprise", Licenses: true,
		CreatedAt: d.Now, UpdatedAt: d.Now, AccountID: some(r, h.Accounts).ID,
	}
	if chance(r, 20) {
		t.Type, t.AccountID, t.Licenses = "team", "", false
	}
	h.Teams = append(h.Teams, t)
	h.TeamMembers = append(h.TeamMembers, TeamMember{d.uuid(), t.ID, h.AccountID, "admin", d.Now, d.Now})
	d.heroku("team %s is made", t.Name)
}

// anyTeamName renames a team, and so the owner of its applications.
func (d *day) anyTeamName(r *rand.Rand) {
	t := some(r, d.Heroku.Teams)
	old := t.Name
	t.Name, t.UpdatedAt = "orchard-"+d.word(r), d.Now
	d.heroku("team %s is renamed to %s", old, t.Name)
}

// anyMember lets a login join a team or leave it. The audit user stays.
func (d *day) anyMember(r *rand.Rand) {
	h := &d.Heroku
	if !grow(r, len(h.TeamMembers), 60) {
		if m := *some(r, h.TeamMembers); m.UserID != h.AccountID {
			h.leaveTeam(m.TeamID, m.UserID)
			d.heroku("user %s leaves team %s", m.UserID, m.TeamID)
		}
		return
	}
	t, u := some(r, h.Teams), some(r, h.Users)
	if find(h.TeamMembers, func(m *TeamMember) bool { return m.TeamID == t.ID && m.UserID == u.ID }) < 0 {
		h.TeamMembers = append(h.TeamMembers, TeamMember{d.uuid(), t.ID, u.ID, anyOf(r), d.Now, d.Now})
		d.heroku("%s joins team %s", u.Email, t.Name)
	}
}

// anyOf gives one of the roles, or none.
func anyOf(r *rand.Rand) Opt { return pick(r, []Opt{"admin", "member", "member", "collaborator", ""}) }

// anyRole changes what a member is in a team.
func (d *day) anyRole(r *rand.Rand) {
	if m := some(r, d.Heroku.TeamMembers); m != nil && m.UserID != d.Heroku.AccountID {
		m.Role, m.UpdatedAt = anyOf(r), d.Now
		d.heroku("a member's role becomes %q", m.Role)
	}
}

// anyInvitation invites somebody, or lets an invited one join.
func (d *day) anyInvitation(r *rand.Rand) {
	h := &d.Heroku
	if v := some(r, h.Invitations); v != nil && chance(r, 50) {
		d.acceptInvitation(v.Email)
		return
	}
	email := "guest-" + d.uuid()[:8] + "@orchard.example"
	h.Invitations = append(h.Invitations, Invitation{
		ID: d.uuid(), TeamID: some(r, h.Teams).ID, Email: email, UserID: d.uuid(), InvitedBy: h.AccountID,
		Role: anyOf(r), CreatedAt: d.Now, UpdatedAt: d.Now,
	})
	d.heroku("%s is invited", email)
}

// anyLogin removes a login or gives one a place in an enterprise account.
func (d *day) anyLogin(r *rand.Rand) {
	h := &d.Heroku
	u := *some(r, h.Users)
	if u.ID == h.AccountID {
		return
	}
	if !grow(r, len(h.Users), 40) {
		h.removeUser(u.ID)
		d.heroku("%s is deleted", u.Email)
		return
	}
	a := some(r, h.Accounts)
	if find(h.AccountMembers, func(m *AccountMember) bool { return m.AccountID == a.ID && m.UserID == u.ID }) < 0 {
		h.AccountMembers = append(h.AccountMembers, AccountMember{d.uuid(), a.ID, u.ID, []string{"view"}})
		d.heroku("%s joins enterprise account %s", u.Email, a.Name)
	}
}

// anyLoginMail changes the e-mail of a login, which is what others know it by.
func (d *day) anyLoginMail(r *rand.Rand) {
	u := some(r, d.Heroku.Users)
	if u.ID != d.Heroku.AccountID {
		name, _, _ := strings.Cut(u.Email, "@")
		name, _, _ = strings.Cut(name, "+")
		u.Email, u.TwoFactor, u.UpdatedAt = fmt.Sprintf("%s+%d@orchard.example", name, d.Day), !u.TwoFactor, d.Now
		d.heroku("a login is %s now", u.Email)
	}
}

// anyAccount renames an enterprise account.
func (d *day) anyAccount(r *rand.Rand) {
	a := some(r, d.Heroku.Accounts)
	a.Name, a.UpdatedAt = "orchard-"+d.word(r), d.Now
	d.heroku("an enterprise account is renamed to %s", a.Name)
}
