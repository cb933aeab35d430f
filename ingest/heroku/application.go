package heroku

import (
	"context"

	"github.com/j1db/j1db/ingest"
)

// applicationEntity converts an application. The team is the one that it belongs
// to, "" for a personal application, which has an owner instead. Where the API
// names no owner the property is left out: null would not be valid.
func applicationEntity(s ingest.Source, team string) ingest.EntityInput {
	in := entity(applicationType, s, stamped(s, ingest.Props{
		"teamId":  text(team),
		"owner":   s.Text("owner", "email"),
		"spaceId": s.Text("space", "id"),
	}))
	if team == "" {
		in.Assign["ownerId"] = s.Text("owner", "id")
	}
	return in
}

// configVars is the member of an add-on that names the config vars which it sets.
const configVars = "config_vars"

// addonEntity converts an add-on of an application. The names of the config vars
// that it sets are not kept.
func addonEntity(s ingest.Source, app string) ingest.EntityInput {
	endpoints := []string{}
	if url := s.Str("web_url"); url != "" {
		endpoints = append(endpoints, url)
	}
	return entity(addonType, s.Without(configVars), stamped(s, ingest.Props{
		"applicationId": app,
		"category":      []string{"platform"},
		"endpoints":     endpoints,
		"function":      []string{},
		"state":         s.Text("state"),
		"plan":          s.Text("plan", "name"),
		"service":       s.Text("addon_service", "name"),
	}))
}

// Scopes of what may move from one list to another: an application may be
// transferred to another team. Were its team its scope, it would be deleted when
// the old team is read and the new one cannot be.
const (
	enterpriseApps = "/enterprise-accounts/teams/apps"
	otherTeams     = "/teams"
	otherTeamApps  = "/teams/apps"
	otherApps      = "/apps"
)

// Scopes of lists that tell of their rows all that there is to tell, but the
// teams: they are whole even where some team could not be read.
const (
	allPipelines = "/pipelines"
	allSpaces    = "/spaces"
)

// fetchTeamApps reads the applications of every team of an enterprise account.
func (c *collector) fetchTeamApps(ctx context.Context, job *ingest.Job) error {
	return c.eachOfTeams(ctx, job, enterpriseApps, func(ctx context.Context, job *ingest.Job, row ingest.Source, team string) error {
		_, err := job.Entity(ctx, applicationEntity(row, team))
		return err
	})
}

// fetchOtherTeamApps reads the applications of the teams of fetchOtherTeams.
func (c *collector) fetchOtherTeamApps(ctx context.Context, job *ingest.Job) error {
	return c.eachOfTeams(ctx, job, otherTeamApps, func(ctx context.Context, job *ingest.Job, row ingest.Source, team string) error {
		return supply(ctx, job, applicationEntity(row, team), teamOwnsApplication, team)
	})
}

// eachOfTeams reads the applications of every team that is known to the step.
func (c *collector) eachOfTeams(ctx context.Context, job *ingest.Job, scope string, use func(ctx context.Context, job *ingest.Job, row ingest.Source, team string) error) error {
	list := c.teamList()
	list.Shared, list.Scope = []string{applicationType.Type}, scope
	return job.Each(ctx, teamType.Type, list, func(ctx context.Context, job *ingest.Job, team ingest.Known) error {
		types := typesOf(job.Step())
		for row, err := range job.Rows(ctx, c.api.list(ctx, "teams", team.Key, "apps"), types[0], types[1:]...) {
			if err != nil {
				return err
			}
			if err := use(ctx, job, row, team.Key); err != nil {
				return err
			}
		}
		return nil
	})
}

// relateTeamsToApplications needs no request: an application knows under which
// team it was listed.
func (c *collector) relateTeamsToApplications(ctx context.Context, job *ingest.Job) error {
	for app := range job.Entities(applicationType.Type) {
		if err := relateUnder(ctx, job, teamOwnsApplication, teamOf(app), app.Key, teamOf(app), nil); err != nil {
			return err
		}
	}
	for team := range job.Entities(teamType.Type) {
		job.Complete(teamOwnsApplication.Type, team.Key)
	}
	return nil
}

// teamOf returns the key of the team that an application belongs to, "" for a
// personal one.
func teamOf(app ingest.Known) string { return app.Props.Get("teamId").Str() }

// fetchOtherApps reads the applications that the key's owner has or works on, and
// keeps the personal ones and those of teams that the key does not see: the
// others are read by team.
func (c *collector) fetchOtherApps(ctx context.Context, job *ingest.Job) error {
	for row, err := range job.Rows(ctx, c.api.list(ctx, "apps"), applicationType.Type) {
		if err != nil {
			return err
		}
		team := row.Str("team", "id")
		if team != "" && job.Saw(teamType.Type, team) {
			continue
		}
		in := applicationEntity(row, team)
		if team == "" || !job.Missed(teamType.Type) { // its team may be one of those that were missed
			in.Parent = otherApps
		}
		if _, err := job.Entity(ctx, in); err != nil {
			return err
		}
	}
	job.Complete(applicationType.Type, otherApps)
	return nil
}

// relateMembersToApplications relates the personal applications to their owners.
func (c *collector) relateMembersToApplications(ctx context.Context, job *ingest.Job) error {
	for app := range job.Entities(applicationType.Type) {
		owner := app.Props.Get("ownerId").Str()
		if owner == "" || placeOf(job, owner) != inside {
			continue
		}
		if err := relate(ctx, job, memberOwnsApplication, owner, app.Key, nil); err != nil {
			return err
		}
	}
	return nil
}

// applicationList says when the list under an application is gone with it.
func (c *collector) applicationList() ingest.List {
	return ingest.List{Gone: func(ctx context.Context, app ingest.Known) (bool, error) {
		if app.Parent == otherApps {
			return c.api.lacks(ctx, app.Key, "apps")
		}
		return c.api.lacks(ctx, app.Key, "teams", teamOf(app), "apps")
	}}
}

// fetchAddons reads the add-ons of every application of an enterprise account. The
// API has a list by team as well, but only this one tells a missing right on one
// application from a missing application.
func (c *collector) fetchAddons(ctx context.Context, job *ingest.Job) error {
	return job.Each(ctx, applicationType.Type, c.applicationList(), func(ctx context.Context, job *ingest.Job, app ingest.Known) error {
		for row, err := range job.Rows(ctx, c.api.list(ctx, "apps", app.Key, "addons"), addonType.Type) {
			if err != nil {
				return err
			}
			if _, err := job.Entity(ctx, addonEntity(row, app.Key)); err != nil {
				return err
			}
		}
		return nil
	})
}

// relateApplicationsToAddons needs no request. It says for every application that
// its add-ons are whole, because other steps supply the same type.
func (c *collector) relateApplicationsToAddons(ctx context.Context, job *ingest.Job) error {
	for addon := range job.Entities(addonType.Type) {
		if err := relateUnder(ctx, job, applicationHasAddon, addon.Parent, addon.Key, addon.Parent, nil); err != nil {
			return err
		}
	}
	for app := range job.Entities(applicationType.Type) {
		job.Complete(applicationHasAddon.Type, app.Key)
	}
	return nil
}

// fetchOtherAddons reads the add-ons of the applications that no team of an
// enterprise account has.
func (c *collector) fetchOtherAddons(ctx context.Context, job *ingest.Job) error {
	return c.eachOfApps(ctx, job, "addons", applicationHasAddon, addonEntity)
}

// eachOfApps reads one list of every application, and supplies what convert makes
// of its rows with the relationship from the application to it.
func (c *collector) eachOfApps(ctx context.Context, job *ingest.Job, name string, link ingest.RelationshipType, convert func(s ingest.Source, app string) ingest.EntityInput) error {
	return job.Each(ctx, applicationType.Type, c.applicationList(), func(ctx context.Context, job *ingest.Job, app ingest.Known) error {
		for row, err := range job.Rows(ctx, c.api.list(ctx, "apps", app.Key, name), link.Target, link.Type) {
			if err != nil {
				return err
			}
			if err := supply(ctx, job, convert(row, app.Key), link, app.Key); err != nil {
				return err
			}
		}
		return nil
	})
}
