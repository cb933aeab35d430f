package emulator

import (
	"errors"
	"fmt"
	"slices"
)

// checker collects what is wrong with an estate.
type checker struct{ errs []error }

// Check says whether every row has an id of its own, every reference leads to a
// row, and no two rows join the same two ends. The error joins all findings.
func (e Estate) Check() error {
	c := &checker{}
	c.heroku(&e.Heroku)
	c.jumpcloud(&e.JumpCloud)
	return errors.Join(c.errs...)
}

// unique collects ids and reports the empty and the repeated.
func unique[T any](c *checker, kind string, rows []T, id func(*T) string) map[string]bool {
	seen := make(map[string]bool, len(rows))
	for i := range rows {
		switch k := id(&rows[i]); {
		case k == "":
			c.errs = append(c.errs, fmt.Errorf("%s %d has no id", kind, i))
		case seen[k]:
			c.errs = append(c.errs, fmt.Errorf("%s %s is there twice", kind, k))
		default:
			seen[k] = true
		}
	}
	return seen
}

// refer reports references that lead nowhere. Empty ones are allowed only when
// optional says so.
func refer[T any](c *checker, kind string, rows []T, to map[string]bool, optional bool, ref func(*T) string) {
	for i := range rows {
		k := ref(&rows[i])
		if k == "" && optional || to[k] {
			continue
		}
		c.errs = append(c.errs, fmt.Errorf("%s %d refers to %q, which is not there", kind, i, k))
	}
}

// heroku checks people and teams; apps goes on with what teams own.
func (c *checker) heroku(h *HerokuEstate) {
	users := unique(c, "heroku user", h.Users, func(u *HerokuUser) string { return u.ID })
	accounts := unique(c, "enterprise account", h.Accounts, func(a *EnterpriseAccount) string { return a.ID })
	teams := unique(c, "team", h.Teams, func(t *Team) string { return t.ID })
	spaces := unique(c, "space", h.Spaces, func(s *Space) string { return s.ID })
	if !users[h.AccountID] {
		c.errs = append(c.errs, fmt.Errorf("the key belongs to user %q, who is not there", h.AccountID))
	}
	unique(c, "heroku e-mail", h.Users, func(u *HerokuUser) string { return u.Email })
	unique(c, "team name", h.Teams, func(t *Team) string { return t.Name })
	unique(c, "account member", h.AccountMembers, func(m *AccountMember) string { return m.AccountID + " " + m.UserID })
	refer(c, "account member", h.AccountMembers, accounts, false, func(m *AccountMember) string { return m.AccountID })
	refer(c, "account member", h.AccountMembers, users, false, func(m *AccountMember) string { return m.UserID })
	refer(c, "team", h.Teams, accounts, true, func(t *Team) string { return t.AccountID })
	unique(c, "team member", h.TeamMembers, func(m *TeamMember) string { return m.TeamID + " " + m.UserID })
	unique(c, "team member id", h.TeamMembers, func(m *TeamMember) string { return m.ID })
	refer(c, "team member", h.TeamMembers, teams, false, func(m *TeamMember) string { return m.TeamID })
	refer(c, "team member", h.TeamMembers, users, false, func(m *TeamMember) string { return m.UserID })
	unique(c, "invitation", h.Invitations, func(v *Invitation) string { return v.ID })
	refer(c, "invitation", h.Invitations, teams, false, func(v *Invitation) string { return v.TeamID })
	refer(c, "invitation", h.Invitations, users, false, func(v *Invitation) string { return v.InvitedBy })
	refer(c, "space", h.Spaces, teams, false, func(s *Space) string { return s.TeamID })
	unique(c, "space member", h.SpaceMembers, func(m *SpaceMember) string { return m.SpaceID + " " + m.UserID })
	refer(c, "space member", h.SpaceMembers, spaces, false, func(m *SpaceMember) string { return m.SpaceID })
	refer(c, "space member", h.SpaceMembers, users, false, func(m *SpaceMember) string { return m.UserID })
	c.apps(h, users, teams, spaces)
}

// apps checks applications and what hangs off them.
func (c *checker) apps(h *HerokuEstate, users, teams, spaces map[string]bool) {
	apps := unique(c, "app", h.Apps, func(a *App) string { return a.ID })
	endpoints := unique(c, "sni endpoint", h.Endpoints, func(p *Endpoint) string { return p.ID })
	domains := unique(c, "domain", h.Domains, func(d *Domain) string { return d.ID })
	pipelines := unique(c, "pipeline", h.Pipelines, func(p *Pipeline) string { return p.ID })
	unique(c, "app name", h.Apps, func(a *App) string { return a.Name })
	refer(c, "app", h.Apps, teams, true, func(a *App) string { return a.TeamID })
	refer(c, "app", h.Apps, spaces, true, func(a *App) string { return a.SpaceID })
	for _, a := range h.Apps {
		if (a.TeamID == "") == (a.OwnerID == "") || a.OwnerID != "" && !users[a.OwnerID] {
			c.errs = append(c.errs, fmt.Errorf("app %s must have one team or one owner who is there", a.Name))
		}
	}
	unique(c, "add-on", h.AddOns, func(a *AddOn) string { return a.ID })
	refer(c, "add-on", h.AddOns, apps, false, func(a *AddOn) string { return a.AppID })
	unique(c, "collaborator", h.Collaborators, func(l *Collaborator) string { return l.AppID + " " + l.UserID })
	unique(c, "collaborator id", h.Collaborators, func(l *Collaborator) string { return l.ID })
	refer(c, "collaborator", h.Collaborators, apps, false, func(l *Collaborator) string { return l.AppID })
	refer(c, "collaborator", h.Collaborators, users, false, func(l *Collaborator) string { return l.UserID })
	refer(c, "domain", h.Domains, apps, false, func(d *Domain) string { return d.AppID })
	refer(c, "domain", h.Domains, endpoints, true, func(d *Domain) string { return d.EndpointID })
	refer(c, "sni endpoint", h.Endpoints, apps, false, func(p *Endpoint) string { return p.AppID })
	for _, p := range h.Endpoints {
		refer(c, "domain of sni endpoint "+p.Name, p.Domains, domains, false, func(d *string) string { return *d })
	}
	owners := map[string]map[string]bool{"team": teams, "user": users, "": {"": true}}
	for _, p := range h.Pipelines {
		refer(c, "owner of pipeline "+p.Name, []string{p.OwnerID}, owners[p.OwnerType], p.OwnerType == "", func(id *string) string { return *id })
	}
	unique(c, "coupling", h.Couplings, func(l *Coupling) string { return l.AppID })
	unique(c, "coupling id", h.Couplings, func(l *Coupling) string { return l.ID })
	refer(c, "coupling", h.Couplings, apps, false, func(l *Coupling) string { return l.AppID })
	refer(c, "coupling", h.Couplings, pipelines, false, func(l *Coupling) string { return l.PipelineID })
}

// jumpcloud checks the directory.
func (c *checker) jumpcloud(j *JumpCloudEstate) {
	orgs := unique(c, "organization", j.Organizations, func(o *Organization) string { return o.ID })
	users := unique(c, "jumpcloud user", j.Users, func(u *User) string { return u.ID })
	groups := unique(c, "group", j.Groups, func(g *Group) string { return g.ID })
	applications := unique(c, "application", j.Applications, func(a *Application) string { return a.ID })
	mdms := unique(c, "mdm", j.MDMs, func(m *MDM) string { return m.ID })
	systems := unique(c, "system", j.Systems, func(s *System) string { return s.ID })
	systemGroups := unique(c, "system group", j.SystemGroups, func(g *Group) string { return g.ID })
	unique(c, "username", j.Users, func(u *User) string { return u.Username })
	unique(c, "device", j.Devices, func(d *Device) string { return d.ID })
	refer(c, "jumpcloud user", j.Users, orgs, false, func(u *User) string { return u.Organization })
	refer(c, "manager of jumpcloud user", j.Users, users, true, func(u *User) string { return string(u.Manager) })
	refer(c, "group", j.Groups, orgs, false, func(g *Group) string { return g.Organization })
	refer(c, "application", j.Applications, orgs, false, func(a *Application) string { return a.Organization })
	refer(c, "mdm", j.MDMs, orgs, false, func(m *MDM) string { return m.Organization })
	refer(c, "device", j.Devices, mdms, false, func(d *Device) string { return d.MDMID })
	refer(c, "system", j.Systems, orgs, false, func(s *System) string { return s.Organization })
	refer(c, "system group", j.SystemGroups, orgs, false, func(g *Group) string { return g.Organization })
	c.bindings("group member", j.GroupMembers, groups, users)
	c.bindings("application user", j.AppUsers, applications, users)
	c.bindings("application group", j.AppGroups, applications, groups)
	c.bindings("system user", j.SystemUsers, systems, users)
	c.bindings("system group member", j.SystemMembers, systemGroups, systems)
	c.tenants(j)
}

// tenants checks that no binding joins rows of two organizations.
func (c *checker) tenants(j *JumpCloudEstate) {
	org := map[string]string{}
	for _, u := range j.Users {
		org[u.ID] = u.Organization
	}
	for _, a := range j.Applications {
		org[a.ID] = a.Organization
	}
	for _, s := range j.Systems {
		org[s.ID] = s.Organization
	}
	for _, g := range slices.Concat(j.Groups, j.SystemGroups) {
		org[g.ID] = g.Organization
	}
	for _, b := range slices.Concat(j.GroupMembers, j.AppUsers, j.AppGroups, j.SystemUsers, j.SystemMembers) {
		if org[b.From] != org[b.To] {
			c.errs = append(c.errs, fmt.Errorf("%s and %s are of different organizations", b.From, b.To))
		}
	}
}

// bindings checks that each pair of ends is there once, and that both ends are.
func (c *checker) bindings(kind string, rows []Binding, from, to map[string]bool) {
	unique(c, kind, rows, func(b *Binding) string { return b.From + " " + b.To })
	refer(c, kind, rows, from, false, func(b *Binding) string { return b.From })
	refer(c, kind, rows, to, false, func(b *Binding) string { return b.To })
}
