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

// addonEntity converts an add-on of an application. The names of the config vars
// that it sets are not kept.
func addonEntity(s ingest.Source, app string) ingest.EntityInput {
	endpoints := []string{}
	if url := s.Str("web_url"); url != "" {
		endpoints = append(endpoints, url)
	}
	return entity(addonType, s.Without("config_vars"), stamped(s, ingest.Props{
		"applicationId": app,
		"category":      []string{"platform"},
		"endpoints":     endpoints,
		"function":      []string{},
		"state":         s.Text("state"),
		"plan":          s.Text("plan", "name"),
		"service":       s.Text("addon_service", "name"),
	}))
}

func (c *collector) fetchTeamApps(ctx context.Context, job *ingest.Job) error {
	return job.Each(ctx, teamType.Type, c.teamList(), func(ctx context.Context, job *ingest.Job, team ingest.Known) error {
		for row, err := range job.Rows(ctx, c.api.list(ctx, "teams", team.Key, "apps"), applicationType.Type) {
			if err != nil {
				return err
			}
			if _, err := job.Entity(ctx, applicationEntity(row, team.Key)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *collector) relateTeamsToApplications(ctx context.Context, job *ingest.Job) error {
	for app := range job.Entities(applicationType.Type) {
		if err := relate(ctx, job, teamOwnsApplication, app.Parent, app.Key, nil); err != nil {
			return err
		}
	}
	return nil
}

// Scopes of what is listed under no object. They are no object's key, and tell
// what came from these lists from what was listed under an account or a team.
const (
	otherTeams = "/teams"
	otherApps  = "/apps"
)

// fetchOtherTeamApps reads the applications of the teams of fetchOtherTeams.
func (c *collector) fetchOtherTeamApps(ctx context.Context, job *ingest.Job) error {
	return job.Each(ctx, teamType.Type, c.teamList(), func(ctx context.Context, job *ingest.Job, team ingest.Known) error {
		for row, err := range job.Rows(ctx, c.api.list(ctx, "teams", team.Key, "apps"), applicationType.Type, teamOwnsApplication.Type) {
			if err != nil {
				return err
			}
			in := applicationEntity(row, team.Key)
			if err := supply(ctx, job, in, teamOwnsApplication, team.Key); err != nil {
				return err
			}
		}
		return nil
	})
}

// fetchOtherApps reads the applications that the key's owner has or works on, and
// keeps the personal ones and those of teams that the key does not see: the
// others are read by team.
func (c *collector) fetchOtherApps(ctx context.Context, job *ingest.Job) error {
	for row, err := range job.Rows(ctx, c.api.list(ctx, "apps"), applicationType.Type) {
		if err != nil {
			return err
		}
		team := row.Str("team", "id")
		if team != "" && job.HasKey(teamType.Type, team) {
			continue
		}
		in := applicationEntity(row, team)
		in.Parent = otherApps
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
		if owner == "" || !job.MayHave(memberType.Type, owner) {
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
		return c.api.lacks(ctx, app.Key, "teams", app.Parent, "apps")
	}}
}

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

func (c *collector) relateApplicationsToAddons(ctx context.Context, job *ingest.Job) error {
	for addon := range job.Entities(addonType.Type) {
		if err := relate(ctx, job, applicationHasAddon, addon.Parent, addon.Key, nil); err != nil {
			return err
		}
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
