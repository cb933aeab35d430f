package emulator

import "slices"

// drop deletes the rows for which gone holds.
func drop[T any](rows []T, gone func(*T) bool) []T {
	return slices.DeleteFunc(rows, func(row T) bool { return gone(&row) })
}

// removeApp deletes an application and what hangs off it.
func (h *HerokuEstate) removeApp(id string) {
	h.Apps = drop(h.Apps, func(a *App) bool { return a.ID == id })
	h.AddOns = drop(h.AddOns, func(a *AddOn) bool { return a.AppID == id })
	h.Collaborators = drop(h.Collaborators, func(c *Collaborator) bool { return c.AppID == id })
	h.Domains = drop(h.Domains, func(d *Domain) bool { return d.AppID == id })
	h.Endpoints = drop(h.Endpoints, func(p *Endpoint) bool { return p.AppID == id })
	h.Couplings = drop(h.Couplings, func(c *Coupling) bool { return c.AppID == id })
}

// removeEndpoint deletes a certificate; its domains stay, without one.
func (h *HerokuEstate) removeEndpoint(id string) {
	h.Endpoints = drop(h.Endpoints, func(p *Endpoint) bool { return p.ID == id })
	for i := range h.Domains {
		if h.Domains[i].EndpointID == id {
			h.Domains[i].EndpointID = ""
		}
	}
}

// removeDomain deletes a hostname, and its certificate when it has no other.
func (h *HerokuEstate) removeDomain(id string) {
	h.Domains = drop(h.Domains, func(d *Domain) bool { return d.ID == id })
	for i := range h.Endpoints {
		p := &h.Endpoints[i]
		p.Domains = drop(p.Domains, func(d *string) bool { return *d == id })
	}
	h.Endpoints = drop(h.Endpoints, func(p *Endpoint) bool { return len(p.Domains) == 0 })
}

// removeSpace deletes a space; its applications move out.
func (h *HerokuEstate) removeSpace(id string) {
	h.Spaces = drop(h.Spaces, func(s *Space) bool { return s.ID == id })
	h.SpaceMembers = drop(h.SpaceMembers, func(m *SpaceMember) bool { return m.SpaceID == id })
	for i := range h.Apps {
		if a := &h.Apps[i]; a.SpaceID == id {
			a.SpaceID, a.InternalRouting, a.Region = "", nil, "eu"
		}
	}
}

// removePipeline deletes a pipeline and its couplings.
func (h *HerokuEstate) removePipeline(id string) {
	h.Pipelines = drop(h.Pipelines, func(p *Pipeline) bool { return p.ID == id })
	h.Couplings = drop(h.Couplings, func(c *Coupling) bool { return c.PipelineID == id })
}

// removeTeam deletes a team, its spaces and its applications; its pipelines
// stay, without an owner.
func (h *HerokuEstate) removeTeam(id string) {
	h.Teams = drop(h.Teams, func(t *Team) bool { return t.ID == id })
	h.TeamMembers = drop(h.TeamMembers, func(m *TeamMember) bool { return m.TeamID == id })
	h.Invitations = drop(h.Invitations, func(v *Invitation) bool { return v.TeamID == id })
	for _, s := range slices.Clone(h.Spaces) {
		if s.TeamID == id {
			h.removeSpace(s.ID)
		}
	}
	for _, a := range slices.Clone(h.Apps) {
		if a.TeamID == id {
			h.removeApp(a.ID)
		}
	}
	for i := range h.Pipelines {
		if p := &h.Pipelines[i]; p.OwnerID == id {
			p.OwnerID, p.OwnerType = "", ""
		}
	}
}

// removeUser deletes a login with everything that is the user's own.
func (h *HerokuEstate) removeUser(id string) {
	h.Users = drop(h.Users, func(u *HerokuUser) bool { return u.ID == id })
	h.AccountMembers = drop(h.AccountMembers, func(m *AccountMember) bool { return m.UserID == id })
	h.TeamMembers = drop(h.TeamMembers, func(m *TeamMember) bool { return m.UserID == id })
	h.SpaceMembers = drop(h.SpaceMembers, func(m *SpaceMember) bool { return m.UserID == id })
	h.Collaborators = drop(h.Collaborators, func(c *Collaborator) bool { return c.UserID == id })
	h.Invitations = drop(h.Invitations, func(v *Invitation) bool { return v.InvitedBy == id })
	for _, a := range slices.Clone(h.Apps) {
		if a.OwnerID == id {
			h.removeApp(a.ID)
		}
	}
	for i := range h.Pipelines {
		if p := &h.Pipelines[i]; p.OwnerID == id {
			p.OwnerID, p.OwnerType = "", ""
		}
	}
}

// leaveTeam ends a membership, and the places on the team's applications that
// came with it.
func (h *HerokuEstate) leaveTeam(team, user string) {
	h.TeamMembers = drop(h.TeamMembers, func(m *TeamMember) bool { return m.TeamID == team && m.UserID == user })
	apps := map[string]bool{}
	for i := range h.Apps {
		if h.Apps[i].TeamID == team {
			apps[h.Apps[i].ID] = true
		}
	}
	h.Collaborators = drop(h.Collaborators, func(c *Collaborator) bool { return c.UserID == user && apps[c.AppID] })
}

// unbind deletes the bindings that name an id at either end.
func unbind(bindings []Binding, id string) []Binding {
	return drop(bindings, func(b *Binding) bool { return b.From == id || b.To == id })
}

// removeUser deletes a user and the user's bindings.
func (j *JumpCloudEstate) removeUser(id string) {
	j.Users = drop(j.Users, func(u *User) bool { return u.ID == id })
	j.GroupMembers, j.AppUsers, j.SystemUsers = unbind(j.GroupMembers, id), unbind(j.AppUsers, id), unbind(j.SystemUsers, id)
	for i := range j.Users {
		if string(j.Users[i].Manager) == id {
			j.Users[i].Manager = ""
		}
	}
}

// removeGroup deletes a user group and its bindings.
func (j *JumpCloudEstate) removeGroup(id string) {
	j.Groups = drop(j.Groups, func(g *Group) bool { return g.ID == id })
	j.GroupMembers, j.AppGroups = unbind(j.GroupMembers, id), unbind(j.AppGroups, id)
}

// removeApplication deletes an application and its bindings.
func (j *JumpCloudEstate) removeApplication(id string) {
	j.Applications = drop(j.Applications, func(a *Application) bool { return a.ID == id })
	j.AppUsers, j.AppGroups = unbind(j.AppUsers, id), unbind(j.AppGroups, id)
}

// removeSystem deletes a system and its bindings.
func (j *JumpCloudEstate) removeSystem(id string) {
	j.Systems = drop(j.Systems, func(s *System) bool { return s.ID == id })
	j.SystemUsers, j.SystemMembers = unbind(j.SystemUsers, id), unbind(j.SystemMembers, id)
}

// removeSystemGroup deletes a group of systems and its bindings.
func (j *JumpCloudEstate) removeSystemGroup(id string) {
	j.SystemGroups = drop(j.SystemGroups, func(g *Group) bool { return g.ID == id })
	j.SystemMembers = unbind(j.SystemMembers, id)
}
