package emulator

import "net/http"

// accounts are the enterprise accounts that the key sees: all of them.
func (a *herokuAPI) accounts(c *call, x *herokuIndex) *reply {
	return a.list(c, &list{
		at: x.allAccounts, key: func(i int32) string { return x.Accounts[i].ID }, body: x.enterpriseBody,
		columns: []column{
			{"id", func(i int32) string { return x.Accounts[i].ID }},
			{"name", func(i int32) string { return x.Accounts[i].Name }},
		},
	})
}

// myTeams are the teams that the key's owner is a member of.
func (x *herokuIndex) myTeams() []int32 {
	at := all(x.Teams, func(t *Team) bool { _, mine := x.roles[t.ID]; return mine })
	return byID(at, func(i int32) string { return x.Teams[i].ID })
}

// teams are the teams of the key's owner, also those outside every account.
func (a *herokuAPI) teams(c *call, x *herokuIndex) *reply { return a.list(c, x.teamList(x.myTeams())) }

// oneTeam is a team by id or name.
func (a *herokuAPI) oneTeam(c *call, x *herokuIndex) *reply {
	i, found := x.team[c.id]
	if !found {
		return a.refuse(http.StatusNotFound, "")
	}
	return ok(x.teamBody(i))
}

// teamsIn are the teams of an enterprise account, whoever is in them.
func (x *herokuIndex) teamsIn(account string) *list { return x.teamList(x.teamsOf[account]) }

func (x *herokuIndex) teamList(at []int32) *list {
	return &list{
		at: at, key: func(i int32) string { return x.Teams[i].ID }, body: x.teamBody,
		columns: []column{
			{"id", func(i int32) string { return x.Teams[i].ID }},
			{"name", func(i int32) string { return x.Teams[i].Name }},
			{"updated_at", func(i int32) string { return x.Teams[i].UpdatedAt.String() }},
		},
	}
}

func (x *herokuIndex) membersIn(account string) *list {
	return x.rows(x.accountMembers[account], func(i int32) string { return x.AccountMembers[i].ID }, x.accountMemberBody)
}

// teamMembersIn are memberships, which the API also ranges by e-mail.
func (x *herokuIndex) teamMembersIn(team string) *list {
	l := x.rows(x.members[team], func(i int32) string { return x.TeamMembers[i].ID }, x.teamMemberBody)
	email := func(i int32) string { return x.Users[x.user[x.TeamMembers[i].UserID]].Email }
	l.columns = append(l.columns, column{"email", email})
	return l
}

func (x *herokuIndex) invitationsIn(team string) *list {
	return x.rows(x.invitations[team], func(i int32) string { return x.Invitations[i].ID }, x.invitationBody)
}

// apps are the applications of the key owner's teams, the owner's own, and
// those that the owner collaborates on.
func (a *herokuAPI) apps(c *call, x *herokuIndex) *reply {
	invited := map[string]bool{}
	for _, l := range x.Collaborators {
		if l.UserID == x.AccountID {
			invited[l.AppID] = true
		}
	}
	var at []int32
	for _, i := range x.allApps {
		app := &x.Apps[i]
		_, mine := x.roles[app.TeamID]
		if mine || app.OwnerID == x.AccountID || invited[app.ID] {
			at = append(at, i)
		}
	}
	return a.list(c, x.appList(at))
}

func (x *herokuIndex) appsIn(team string) *list { return x.appList(x.appsOf[team]) }

func (x *herokuIndex) appList(at []int32) *list {
	return &list{
		at: at, key: func(i int32) string { return x.Apps[i].ID }, body: x.appBody,
		columns: []column{
			{"id", func(i int32) string { return x.Apps[i].ID }},
			{"name", func(i int32) string { return x.Apps[i].Name }},
			{"updated_at", func(i int32) string { return x.Apps[i].UpdatedAt.String() }},
		},
	}
}

func (x *herokuIndex) addOnsIn(app string) *list { return x.addOnList(x.addOns[app]) }

// teamAddOnsIn are the add-ons of all of a team's applications.
func (x *herokuIndex) teamAddOnsIn(team string) *list { return x.addOnList(x.teamAddOns[team]) }

func (x *herokuIndex) addOnList(at []int32) *list {
	l := x.rows(at, func(i int32) string { return x.AddOns[i].ID }, x.addOnBody)
	l.columns = append(l.columns, column{"name", func(i int32) string { return x.AddOns[i].Name }})
	return l
}

func (x *herokuIndex) collaboratorsIn(app string) *list {
	return x.rows(x.collaborators[app], func(i int32) string { return x.Collaborators[i].ID }, x.collaboratorBody)
}

func (x *herokuIndex) domainsIn(app string) *list {
	l := x.rows(x.domains[app], func(i int32) string { return x.Domains[i].ID }, x.domainBody)
	l.columns = append(l.columns, column{"hostname", func(i int32) string { return x.Domains[i].Hostname }})
	return l
}

func (x *herokuIndex) endpointsIn(app string) *list {
	return x.rows(x.endpoints[app], func(i int32) string { return x.Endpoints[i].ID }, x.endpointBody)
}

func (a *herokuAPI) pipelines(c *call, x *herokuIndex) *reply {
	l := x.rows(x.allPipelines, func(i int32) string { return x.Pipelines[i].ID }, x.pipelineBody)
	l.columns = append(l.columns, column{"name", func(i int32) string { return x.Pipelines[i].Name }})
	return a.list(c, l)
}

// couplingsIn are a pipeline's couplings, teamCouplingsIn those of all of a
// team's applications.
func (x *herokuIndex) couplingsIn(pipeline string) *list {
	return x.couplingList(x.couplings[pipeline])
}

func (x *herokuIndex) teamCouplingsIn(team string) *list {
	return x.couplingList(x.teamCouplings[team])
}

func (x *herokuIndex) couplingList(at []int32) *list {
	return x.rows(at, func(i int32) string { return x.Couplings[i].ID }, x.couplingBody)
}

func (a *herokuAPI) spaces(c *call, x *herokuIndex) *reply {
	l := x.rows(x.allSpaces, func(i int32) string { return x.Spaces[i].ID }, x.spaceBody)
	l.columns = append(l.columns, column{"name", func(i int32) string { return x.Spaces[i].Name }})
	return a.list(c, l)
}

func (x *herokuIndex) spaceMembersIn(space string) *list {
	return x.rows(x.spaceMembers[space], func(i int32) string { return x.SpaceMembers[i].ID }, x.spaceMemberBody)
}

// rows makes a list that is ranged by id.
func (x *herokuIndex) rows(at []int32, id func(int32) string, body func(int32) any) *list {
	return &list{at: at, key: id, body: body, columns: []column{{"id", id}}}
}
