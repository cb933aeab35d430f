package jumpcloud

import (
	"context"

	"github.com/j1db/j1db/ingest"
)

// configMember is the member of an application that holds its certificates and
// private keys.
const configMember = "config"

// applicationEntity converts an application for single sign-on. Its config is
// not kept, nor is anything made of it.
func applicationEntity(s ingest.Source) ingest.EntityInput {
	s = s.Without(configMember)
	in := entity(applicationType, s, ingest.Props{
		"createdOn": s.Time("created"),
		"ssoUrl":    given(s.Get("ssoUrl")),
		"webLink":   console + "/#/sso/" + idOf(s) + "/details",
	})
	if s.Str("displayName") == "" {
		in.Assign["displayName"] = s.Text("name")
	}
	return in
}

// applications lists the applications of an organization.
func (c *collector) applications(ctx context.Context, org string) pages {
	return c.api.list1(ctx, org, "applications")
}

// fetchApplications reads the applications for single sign-on.
func (c *collector) fetchApplications(ctx context.Context, job *ingest.Job) error {
	return c.eachInOrganizations(ctx, job, c.applications, func(ctx context.Context, job *ingest.Job, row ingest.Source, org string) error {
		return supply(ctx, job, applicationEntity(row), accountHasApplication, org)
	})
}

// fetchApplicationMembers reads the users and the groups that every application
// is assigned to. The users include those who reach it through a group: direct
// tells them apart.
func (c *collector) fetchApplicationMembers(ctx context.Context, job *ingest.Job) error {
	list := ingest.List{Gone: func(ctx context.Context, app ingest.Known) (bool, error) {
		return lacks(c.applications(ctx, app.Parent), app.Key)
	}}
	return job.Each(ctx, applicationType.Type, list, func(ctx context.Context, job *ingest.Job, app ingest.Known) error {
		users := c.api.list2(ctx, app.Parent, "applications", app.Key, "users")
		if err := assign(ctx, job, userAssignedApplication, users, app.Key); err != nil {
			return err
		}
		groups := c.api.list2(ctx, app.Parent, "applications", app.Key, "usergroups")
		return assign(ctx, job, groupAssignedApplication, groups, app.Key)
	})
}

// assign relates what a list holds to an application.
func assign(ctx context.Context, job *ingest.Job, t ingest.RelationshipType, list pages, app string) error {
	for row, err := range job.Rows(ctx, list, t.Type) {
		if err != nil {
			return err
		}
		id := row.Str("id")
		if id != "" && !job.MayHave(t.Source, id) {
			continue
		}
		if err := relate(ctx, job, t, id, app, ingest.Props{"direct": isDirect(row)}); err != nil {
			return err
		}
	}
	return nil
}

// isDirect reports whether one of the paths to an object is a single hop.
func isDirect(row ingest.Source) bool {
	paths, _ := row["paths"].([]any)
	for _, p := range paths {
		if hops, ok := p.([]any); ok && len(hops) == 1 {
			return true
		}
	}
	return false
}
