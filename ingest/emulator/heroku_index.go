package emulator

import (
	"slices"
	"strings"
)

// herokuIndex finds the rows of one estate. Lists are in the order of their ids.
type herokuIndex struct {
	*HerokuEstate
	user, account, team, app, space, pipeline map[string]int32

	teamsOf, accountMembers, appsOf, members, invitations map[string][]int32
	addOns, collaborators, domains, endpoints             map[string][]int32
	couplings, spaceMembers                               map[string][]int32
	teamAddOns, teamCouplings                             map[string][]int32
	allAccounts, allApps, allPipelines, allSpaces         []int32
	roles                                                 map[string]Opt // team to the key owner's role
}

// indexHeroku builds the index of an estate that no longer changes.
func indexHeroku(h *HerokuEstate) *herokuIndex {
	x := &herokuIndex{HerokuEstate: h}
	x.user = where(h.Users, func(u *HerokuUser) string { return u.ID })
	x.account = where(h.Accounts, func(a *EnterpriseAccount) string { return a.Name }, func(a *EnterpriseAccount) string { return a.ID })
	x.team = where(h.Teams, func(t *Team) string { return t.Name }, func(t *Team) string { return t.ID })
	x.app = where(h.Apps, func(a *App) string { return a.Name }, func(a *App) string { return a.ID })
	x.space = where(h.Spaces, func(s *Space) string { return s.Name }, func(s *Space) string { return s.ID })
	x.pipeline = where(h.Pipelines, func(p *Pipeline) string { return p.Name }, func(p *Pipeline) string { return p.ID })
	x.indexParents()
	x.indexTeams()
	x.allAccounts = byID(all(h.Accounts, nil), func(i int32) string { return h.Accounts[i].ID })
	x.allApps = byID(all(h.Apps, nil), func(i int32) string { return h.Apps[i].ID })
	x.allPipelines = byID(all(h.Pipelines, nil), func(i int32) string { return h.Pipelines[i].ID })
	x.allSpaces = byID(all(h.Spaces, nil), func(i int32) string { return h.Spaces[i].ID })
	return x
}

// indexParents collects rows under the row that they hang off.
func (x *herokuIndex) indexParents() {
	h := x.HerokuEstate
	x.teamsOf = children(h.Teams, func(t *Team) (string, string) { return t.AccountID, t.ID })
	x.accountMembers = children(h.AccountMembers, func(m *AccountMember) (string, string) { return m.AccountID, m.ID })
	x.appsOf = children(h.Apps, func(a *App) (string, string) { return a.TeamID, a.ID })
	x.members = children(h.TeamMembers, func(m *TeamMember) (string, string) { return m.TeamID, m.ID })
	x.invitations = children(h.Invitations, func(i *Invitation) (string, string) { return i.TeamID, i.ID })
	x.addOns = children(h.AddOns, func(a *AddOn) (string, string) { return a.AppID, a.ID })
	x.collaborators = children(h.Collaborators, func(c *Collaborator) (string, string) { return c.AppID, c.ID })
	x.domains = children(h.Domains, func(d *Domain) (string, string) { return d.AppID, d.ID })
	x.endpoints = children(h.Endpoints, func(p *Endpoint) (string, string) { return p.AppID, p.ID })
	x.couplings = children(h.Couplings, func(c *Coupling) (string, string) { return c.PipelineID, c.ID })
	x.spaceMembers = children(h.SpaceMembers, func(m *SpaceMember) (string, string) { return m.SpaceID, m.ID })
}

// indexTeams collects what is reached from a team through its applications, and
// the roles that the key's owner has.
func (x *herokuIndex) indexTeams() {
	h := x.HerokuEstate
	teamOf := func(app string) string { return h.Apps[x.app[app]].TeamID }
	x.teamAddOns = children(h.AddOns, func(a *AddOn) (string, string) { return teamOf(a.AppID), a.ID })
	x.teamCouplings = children(h.Couplings, func(c *Coupling) (string, string) { return teamOf(c.AppID), c.ID })
	x.roles = map[string]Opt{}
	for _, m := range h.TeamMembers {
		if m.UserID == h.AccountID {
			x.roles[m.TeamID] = m.Role
		}
	}
}

// children collects positions by parent, each list in the order of ids.
func children[T any](rows []T, of func(*T) (parent, id string)) map[string][]int32 {
	index := under(rows, func(row *T) string {
		parent, _ := of(row)
		return parent
	})
	for _, at := range index {
		byID(at, func(i int32) string {
			_, id := of(&rows[i])
			return id
		})
	}
	return index
}

// byID sorts positions in place by the id of their rows.
func byID(at []int32, id func(int32) string) []int32 {
	slices.SortFunc(at, func(a, b int32) int { return strings.Compare(id(a), id(b)) })
	return at
}
