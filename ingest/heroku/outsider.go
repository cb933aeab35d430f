package heroku

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/j1db/j1db/ingest"
)

// outsiderEntity converts a user who is a member of no enterprise account that
// the key sees. Several lists name such a user, in different detail; what is kept
// is what all of them tell, so that it does not depend on which one was read.
func outsiderEntity(user ingest.Source) ingest.EntityInput {
	in := entity(outsiderType, nil, person(user))
	in.Key = user.Str("id")
	return in
}

// place says where a user of some list belongs.
type place int

const (
	inside  place = iota // a member of an enterprise account
	outside              // of none
	unclear              // the members were not read whole, and this is none of those that were
)

// placeOf looks a user up. What is unclear must be passed over: the relationship to
// a member and to somebody else have one key, and the list is not whole then. A row without a user is taken for a member, so that
// the relationship to it is reported as one without an end.
func placeOf(job *ingest.Job, user string) place {
	switch {
	case user == "" || job.HasKey(memberType.Type, user):
		return inside
	case job.MayHave(memberType.Type, user):
		return unclear
	}
	return outside
}

// outsiders collects the users of several lists, which are read at a time, to
// supply each of them once and in an order that does not depend on time.
type outsiders struct {
	mu   sync.Mutex // guards byID
	byID map[string]ingest.Source
}

// add keeps a user; the last row about one and the same wins, which is no matter:
// only what all rows tell is used.
func (o *outsiders) add(user ingest.Source) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.byID == nil {
		o.byID = map[string]ingest.Source{}
	}
	o.byID[user.Str("id")] = user
}

// supply supplies who was found, even where reading ended with an error, which it
// returns.
func (o *outsiders) supply(ctx context.Context, job *ingest.Job, readErr error) error {
	for _, id := range slices.Sorted(maps.Keys(o.byID)) {
		if _, err := job.Entity(ctx, outsiderEntity(o.byID[id])); err != nil {
			return err
		}
	}
	return readErr
}

// strangers collects, by team, the rows of members who are in no enterprise
// account. Several teams are read at a time.
type strangers struct {
	mu     sync.Mutex // guards what follows
	byTeam map[string][]ingest.Source
	whole  []string // teams whose lists were read whole
}

// add keeps the row of a team's list.
func (s *strangers) add(team string, row ingest.Source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byTeam == nil {
		s.byTeam = map[string][]ingest.Source{}
	}
	s.byTeam[team] = append(s.byTeam[team], row)
}

// complete notes that a team's list has no further strangers.
func (s *strangers) complete(team string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.whole = append(s.whole, team)
}

// relateTeamsToStrangers supplies the members whom relateTeamsToMembers left, and
// says of which teams these are all. It makes no request.
func (c *collector) relateTeamsToStrangers(ctx context.Context, job *ingest.Job) error {
	var found outsiders
	for _, team := range slices.Sorted(maps.Keys(c.strangers.byTeam)) {
		for _, row := range c.strangers.byTeam[team] {
			user := row.Object("user")
			found.meet(job, user)
			if err := relateUnder(ctx, job, teamHasOutsider, team, user.Str("id"), team, role(row)); err != nil {
				return err
			}
		}
	}
	for _, team := range c.strangers.whole {
		job.Complete(teamHasOutsider.Type, team)
	}
	return found.supply(ctx, job, nil)
}

// fetchOutsiders reads the members of the teams of fetchOtherTeams. They need not
// be members of an enterprise account.
func (c *collector) fetchOutsiders(ctx context.Context, job *ingest.Job) error {
	var found outsiders
	list := c.teamList()
	list.Shared = []string{outsiderType.Type}
	err := job.Each(ctx, teamType.Type, list, func(ctx context.Context, job *ingest.Job, team ingest.Known) error {
		pages := c.api.list(ctx, "teams", team.Key, "members")
		for row, err := range job.Rows(ctx, pages, teamHasMember.Type, teamHasOutsider.Type, outsiderType.Type) {
			if err != nil {
				return err
			}
			user := row.Object("user")
			link := teamHasMember
			switch placeOf(job, user.Str("id")) {
			case unclear:
				continue
			case outside:
				link = teamHasOutsider
				found.add(user)
			}
			if err := relate(ctx, job, link, team.Key, user.Str("id"), role(row)); err != nil {
				return err
			}
		}
		return nil
	})
	return found.supply(ctx, job, err)
}

// fetchCollaborators reads who may do what with every application, and who owns
// the personal ones. What a collaborator may do is known for applications of
// teams only.
func (c *collector) fetchCollaborators(ctx context.Context, job *ingest.Job) error {
	var found outsiders
	list := c.applicationList()
	list.Shared = []string{outsiderType.Type}
	err := job.Each(ctx, applicationType.Type, list, func(ctx context.Context, job *ingest.Job, app ingest.Known) error {
		owner := app.Props.Get("ownerId").Str()
		if placeOf(job, owner) == outside {
			found.meet(job, ingest.Source{"id": owner, "email": app.Props.Get("owner").Str()})
			if err := relate(ctx, job, outsiderOwnsApplication, owner, app.Key, nil); err != nil {
				return err
			}
		}
		pages := c.api.list(ctx, "apps", app.Key, "collaborators")
		for row, err := range job.Rows(ctx, pages, memberAssignedApplication.Type, outsiderAssignedApplication.Type, outsiderType.Type) {
			if err != nil {
				return err
			}
			if err := found.assign(ctx, job, row, app.Key, owner); err != nil {
				return err
			}
		}
		return nil
	})
	return found.supply(ctx, job, err)
}

// meet adds a user whom no earlier step supplied.
func (o *outsiders) meet(job *ingest.Job, user ingest.Source) {
	if !job.Saw(outsiderType.Type, user.Str("id")) {
		o.add(user)
	}
}

// assign relates a collaborator to an application. Its owner is listed as well,
// and related otherwise.
func (o *outsiders) assign(ctx context.Context, job *ingest.Job, row ingest.Source, app, owner string) error {
	user := row.Object("user")
	id := user.Str("id")
	if id != "" && id == owner {
		return nil
	}
	link := memberAssignedApplication
	switch placeOf(job, id) {
	case unclear:
		return nil
	case outside:
		link = outsiderAssignedApplication
		o.meet(job, user)
	}
	return relate(ctx, job, link, id, app, ingest.Props{
		"role":        row.Text("role"),
		"permissions": text(permissionNames(row)),
	})
}
