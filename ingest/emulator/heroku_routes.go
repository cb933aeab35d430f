package emulator

import "net/http"

// herokuRoute is a pattern and what answers it; {name} is any one segment.
type herokuRoute struct {
	pattern string
	serve   func(*herokuAPI, *call, *herokuIndex) *reply
}

// herokuRoutes are all routes, in the order of the API reference.
var herokuRoutes = []herokuRoute{
	{"/account", func(_ *herokuAPI, _ *call, x *herokuIndex) *reply { return ok(x.accountBody()) }},
	{"/account/rate-limits", func(a *herokuAPI, _ *call, _ *herokuIndex) *reply {
		return ok(map[string]int{"remaining": a.limit.left()})
	}},
	{"/enterprise-accounts", (*herokuAPI).accounts},
	{"/enterprise-accounts/{account}/teams", below((*herokuIndex).byAccount, (*herokuIndex).teamsIn)},
	{"/enterprise-accounts/{account}/members", below((*herokuIndex).byAccount, (*herokuIndex).membersIn)},
	{"/teams", (*herokuAPI).teams},
	{"/teams/{team}", (*herokuAPI).oneTeam},
	{"/teams/{team}/apps", below((*herokuIndex).byTeam, (*herokuIndex).appsIn)},
	{"/teams/{team}/members", below((*herokuIndex).byTeam, (*herokuIndex).teamMembersIn)},
	{"/teams/{team}/invitations", below((*herokuIndex).byTeam, (*herokuIndex).invitationsIn)},
	{"/teams/{team}/addons", below((*herokuIndex).byTeam, (*herokuIndex).teamAddOnsIn)},
	{"/teams/{team}/pipeline-couplings", below((*herokuIndex).byTeam, (*herokuIndex).teamCouplingsIn)},
	{"/apps", (*herokuAPI).apps},
	{"/apps/{app}/addons", below((*herokuIndex).byApp, (*herokuIndex).addOnsIn)},
	{"/apps/{app}/collaborators", below((*herokuIndex).byApp, (*herokuIndex).collaboratorsIn)},
	{"/apps/{app}/domains", below((*herokuIndex).byApp, (*herokuIndex).domainsIn)},
	{"/apps/{app}/sni-endpoints", below((*herokuIndex).byApp, (*herokuIndex).endpointsIn)},
	{"/pipelines", (*herokuAPI).pipelines},
	{"/pipelines/{pipeline}/pipeline-couplings", below((*herokuIndex).byPipeline, (*herokuIndex).couplingsIn)},
	{"/spaces", (*herokuAPI).spaces},
	{"/spaces/{space}/members", below((*herokuIndex).bySpace, (*herokuIndex).spaceMembersIn)},
}

// HerokuRoutes lists the patterns of the routes that the Heroku handler serves.
func HerokuRoutes() []string {
	patterns := make([]string, len(herokuRoutes))
	for i, r := range herokuRoutes {
		patterns[i] = r.pattern
	}
	return patterns
}

// matchHeroku finds the pattern of a path and what stands for its variable.
func matchHeroku(path string) (pattern, id string) {
	for _, r := range herokuRoutes {
		if matchRoute(r.pattern, path) {
			return r.pattern, variable(r.pattern, path)
		}
	}
	return "", ""
}

// route answers a request that was admitted.
func (a *herokuAPI) route(c *call) *reply {
	for _, r := range herokuRoutes {
		if r.pattern == c.route {
			return r.serve(a, c, c.view.heroku())
		}
	}
	return a.refuse(http.StatusNotFound, "")
}

// ok answers one object.
func ok(body any) *reply { return &reply{status: http.StatusOK, header: http.Header{}, body: body} }

// below makes the answer of a list under a parent: 404 when there is no such
// parent.
func below(parent func(*herokuIndex, string) string, rows func(*herokuIndex, string) *list) func(*herokuAPI, *call, *herokuIndex) *reply {
	return func(a *herokuAPI, c *call, x *herokuIndex) *reply {
		id := parent(x, c.id)
		if id == "" {
			return a.refuse(http.StatusNotFound, "")
		}
		return a.list(c, rows(x, id))
	}
}

// The five methods below turn what stands in a path, a name or an id, into an
// id; "" when there is no such row.

func (x *herokuIndex) byAccount(name string) string {
	return idOf(x.account, name, x.Accounts, func(a *EnterpriseAccount) string { return a.ID })
}

func (x *herokuIndex) byTeam(name string) string {
	return idOf(x.team, name, x.Teams, func(t *Team) string { return t.ID })
}

func (x *herokuIndex) byApp(name string) string {
	return idOf(x.app, name, x.Apps, func(a *App) string { return a.ID })
}

func (x *herokuIndex) byPipeline(name string) string {
	return idOf(x.pipeline, name, x.Pipelines, func(p *Pipeline) string { return p.ID })
}

func (x *herokuIndex) bySpace(name string) string {
	return idOf(x.space, name, x.Spaces, func(s *Space) string { return s.ID })
}

// idOf gives the id of the row that answers to a name or id, or "".
func idOf[T any](index map[string]int32, name string, rows []T, id func(*T) string) string {
	i, ok := index[name]
	if !ok {
		return ""
	}
	return id(&rows[i])
}
