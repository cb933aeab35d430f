package emulator

import "strings"

// first is the demo's first day: somebody joins, somebody leaves without
// anybody telling Heroku, an application changes hands, things are renamed and
// removed.
func (d *day) first() {
	d.hire("Nadia", "Orrinfield", "Payments", "Payments Engineer")
	d.acceptInvitation("nadia.orrinfield@orchard.example")
	d.suspend("jaswinder.belvaros")
	d.transferApp("fraud-watch", "orchard-data")
	d.removeAddOnOf("reports")
	d.renameApp("campaigns", "campaigns-archive")
	d.changeRole("orchard-storefront", "rukmini.sallowby@orchard.example", "admin")
	d.leaveGroup("growth", "gaurav.mistlethorn")
	d.joinGroup("data", "gaurav.mistlethorn")
}

// second is the demo's second day: somebody cleans up.
func (d *day) second() {
	d.leaveHerokuTeams("kalani.ndalamo@orchard.example")
	d.leaveHerokuTeams("jaswinder.belvaros@orchard.example")
	d.removeAppNamed("newsletter")
	d.renewCertificate("helpdesk")
	d.activate("benedikta.farrowgate")
	d.joinGroup("heroku-users", "benedikta.farrowgate")
	d.enableMFA("rasmus.tillandrey")
	d.encrypt("reception-kiosk")
}

// hire adds somebody to JumpCloud and to the groups of everybody and of the
// department.
func (d *day) hire(first, last, department, title string) {
	m := &jumpcloudMaker{seed: d.Seed, org: d.JumpCloud.Organizations[0].ID}
	u := m.person(person{first: first, last: last, department: department, title: title}, 900+d.Day)
	u.Created = d.Now - 2*3600_000
	u.PasswordDate, u.PasswordExpirationDate, u.PasswordExpired = u.Created, u.Created.Days(90), false
	d.JumpCloud.Users = append(d.JumpCloud.Users, u)
	d.jumpcloud("%s %s joins %s", first, last, department)
	d.joinGroup("all-staff", u.Username)
	d.joinGroup(strings.ToLower(department), u.Username)
}

// acceptInvitation turns an invitation into a login and a membership.
func (d *day) acceptInvitation(email string) {
	h := &d.Heroku
	i := find(h.Invitations, func(v *Invitation) bool { return v.Email == email })
	if i < 0 {
		return
	}
	v := h.Invitations[i]
	h.Invitations = drop(h.Invitations, func(w *Invitation) bool { return w.ID == v.ID })
	h.Users = append(h.Users, HerokuUser{
		ID: v.UserID, Email: v.Email, Name: v.Name, Federated: true, CreatedAt: d.Now, UpdatedAt: d.Now, LastLogin: d.Now,
	})
	h.TeamMembers = append(h.TeamMembers, TeamMember{
		uuid(d.Seed, "team member", v.TeamID, v.UserID), v.TeamID, v.UserID, v.Role, d.Now, d.Now,
	})
	team := h.Teams[find(h.Teams, func(t *Team) bool { return t.ID == v.TeamID })]
	if team.AccountID != "" {
		h.AccountMembers = append(h.AccountMembers, AccountMember{
			uuid(d.Seed, "account member", team.AccountID, v.UserID), team.AccountID, v.UserID, []string{"view"},
		})
	}
	d.heroku("%s joins team %s", email, team.Name)
}

// suspend and activate change the state of an account. What is not there, here
// and below, is left alone: random days may have come before.
func (d *day) suspend(username string) {
	if u := d.person(username); u != nil {
		u.State, u.Suspended = "SUSPENDED", true
		d.jumpcloud("%s is suspended", username)
	}
}

func (d *day) activate(username string) {
	if u := d.person(username); u != nil {
		u.State, u.Activated, u.Suspended, u.MFA = "ACTIVATED", true, false, MFA{}
		u.PasswordDate, u.PasswordExpirationDate = d.Now, d.Now.Days(90)
		d.jumpcloud("%s is activated", username)
	}
}

// enableMFA sets up somebody's second factor.
func (d *day) enableMFA(username string) {
	if u := d.person(username); u != nil {
		u.TOTPEnabled, u.PortalMultifactor, u.MFA = true, true, MFA{Configured: true}
		d.jumpcloud("%s sets up a second factor", username)
	}
}

// encrypt switches on the disk encryption of a system.
func (d *day) encrypt(host string) {
	i := find(d.JumpCloud.Systems, func(s *System) bool { return s.Hostname == host })
	if i >= 0 {
		d.JumpCloud.Systems[i].FDE = &FDE{Active: true, KeyPresent: true}
		d.jumpcloud("the disk of %s is encrypted", host)
	}
}

// person finds a user of JumpCloud by name, nil when there is none.
func (d *day) person(username string) *User {
	i := find(d.JumpCloud.Users, func(u *User) bool { return u.Username == username })
	if i < 0 {
		return nil
	}
	return &d.JumpCloud.Users[i]
}

// group finds a user group by name, nil when there is none.
func (d *day) group(name string) *Group {
	i := find(d.JumpCloud.Groups, func(g *Group) bool { return g.Name == name })
	if i < 0 {
		return nil
	}
	return &d.JumpCloud.Groups[i]
}

// joinGroup and leaveGroup change who is in a user group.
func (d *day) joinGroup(group, username string) {
	g, u := d.group(group), d.person(username)
	if g == nil || u == nil {
		return
	}
	d.JumpCloud.GroupMembers = append(d.JumpCloud.GroupMembers, Binding{From: g.ID, To: u.ID})
	d.jumpcloud("%s joins group %s", username, group)
}

func (d *day) leaveGroup(group, username string) {
	g, u := d.group(group), d.person(username)
	if g == nil || u == nil {
		return
	}
	d.JumpCloud.GroupMembers = drop(d.JumpCloud.GroupMembers, func(b *Binding) bool { return b.From == g.ID && b.To == u.ID })
	d.jumpcloud("%s leaves group %s", username, group)
}

// app finds an application of Heroku by name, nil when there is none.
func (d *day) app(name string) *App {
	i := find(d.Heroku.Apps, func(a *App) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return &d.Heroku.Apps[i]
}

// transferApp moves an application to another team.
func (d *day) transferApp(name, team string) {
	h := &d.Heroku
	a, i := d.app(name), find(h.Teams, func(t *Team) bool { return t.Name == team })
	if a == nil || i < 0 {
		return
	}
	a.TeamID, a.UpdatedAt = h.Teams[i].ID, d.Now
	d.heroku("application %s moves to team %s", name, team)
}

// removeAddOnOf removes the first add-on of an application.
func (d *day) removeAddOnOf(app string) {
	h, a := &d.Heroku, d.app(app)
	if a == nil {
		return
	}
	if i := find(h.AddOns, func(o *AddOn) bool { return o.AppID == a.ID }); i >= 0 {
		gone := h.AddOns[i]
		h.AddOns = drop(h.AddOns, func(o *AddOn) bool { return o.ID == gone.ID })
		d.heroku("add-on %s of %s is removed", gone.Name, app)
	}
}

// renameApp renames an application, and so its addresses.
func (d *day) renameApp(from, to string) {
	if a := d.app(from); a != nil {
		a.Name, a.UpdatedAt = to, d.Now
		a.GitURL, a.WebURL = "https://git.heroku.example/"+to+".git", "https://"+Opt(to)+".herokuapp.example/"
		d.heroku("application %s is renamed to %s", from, to)
	}
}

// removeAppNamed removes an application with what hangs off it.
func (d *day) removeAppNamed(name string) {
	if a := d.app(name); a != nil {
		d.Heroku.removeApp(a.ID)
		d.heroku("application %s is removed", name)
	}
}

// renewCertificate makes the certificate of an application valid again.
func (d *day) renewCertificate(app string) {
	h, a := &d.Heroku, d.app(app)
	if a == nil {
		return
	}
	if i := find(h.Endpoints, func(p *Endpoint) bool { return p.AppID == a.ID }); i >= 0 {
		p := &h.Endpoints[i]
		p.UpdatedAt, p.Cert.StartsAt, p.Cert.ExpiresAt = d.Now, d.Now, d.Now.Days(90)
		d.heroku("the certificate of %s is renewed", app)
	}
}

// changeRole makes a member something else in a team.
func (d *day) changeRole(team, email string, role Opt) {
	h := &d.Heroku
	t, u := find(h.Teams, func(t *Team) bool { return t.Name == team }), find(h.Users, func(u *HerokuUser) bool { return u.Email == email })
	if t < 0 || u < 0 {
		return
	}
	i := find(h.TeamMembers, func(m *TeamMember) bool { return m.TeamID == h.Teams[t].ID && m.UserID == h.Users[u].ID })
	if i >= 0 {
		h.TeamMembers[i].Role, h.TeamMembers[i].UpdatedAt = role, d.Now
		d.heroku("%s becomes %s in team %s", email, role, team)
	}
}

// leaveHerokuTeams takes a login out of every team; it stays in the enterprise
// account.
func (d *day) leaveHerokuTeams(email string) {
	h := &d.Heroku
	i := find(h.Users, func(u *HerokuUser) bool { return u.Email == email })
	if i < 0 {
		return
	}
	user := h.Users[i].ID
	for _, t := range h.Teams {
		if find(h.TeamMembers, func(m *TeamMember) bool { return m.TeamID == t.ID && m.UserID == user }) >= 0 {
			h.leaveTeam(t.ID, user)
			d.heroku("%s leaves team %s", email, t.Name)
		}
	}
}
