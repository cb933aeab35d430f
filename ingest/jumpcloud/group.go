package jumpcloud

import (
	"context"

	"github.com/j1db/j1db/ingest"
)

// groupEntity converts a group of users. Its attributes are nested and become
// one text.
func groupEntity(s ingest.Source) ingest.EntityInput {
	return entity(groupType, s, ingest.Props{
		"displayName": s.Text("name"),
		"attributes":  jsonText(s["attributes"]),
		"createdOn":   s.Time("created"),
		"webLink":     console + "/#/groups/user/" + idOf(s) + "/details",
	})
}

// systemGroupEntity converts a group of systems.
func systemGroupEntity(s ingest.Source) ingest.EntityInput {
	return entity(systemGroupType, s, ingest.Props{
		"displayName": s.Text("name"),
		"attributes":  jsonText(s["attributes"]),
		"createdOn":   s.Time("created"),
		"webLink":     console + "/#/groups/system/" + idOf(s) + "/details",
	})
}

// userGroups and systemGroups list the groups of an organization.
func (c *collector) userGroups(ctx context.Context, org string) pages {
	return c.api.list2(ctx, org, "usergroups")
}

func (c *collector) systemGroups(ctx context.Context, org string) pages {
	return c.api.list2(ctx, org, "systemgroups")
}

// fetchGroups reads groups of users. A row does not say which organization it
// belongs to: it is the one that was asked.
func (c *collector) fetchGroups(ctx context.Context, job *ingest.Job) error {
	return c.eachInOrganizations(ctx, job, c.userGroups, func(ctx context.Context, job *ingest.Job, row ingest.Source, org string) error {
		return supply(ctx, job, groupEntity(row), accountHasGroup, org)
	})
}

// fetchSystemGroups reads groups of systems.
func (c *collector) fetchSystemGroups(ctx context.Context, job *ingest.Job) error {
	return c.eachInOrganizations(ctx, job, c.systemGroups, func(ctx context.Context, job *ingest.Job, row ingest.Source, org string) error {
		return supply(ctx, job, systemGroupEntity(row), accountHasSystemGroup, org)
	})
}

// fetchGroupMembers reads who is in every group of users.
func (c *collector) fetchGroupMembers(ctx context.Context, job *ingest.Job) error {
	return c.eachMember(ctx, job, groupHasUser, "usergroups", c.userGroups)
}

// fetchSystemGroupMembers reads what is in every group of systems.
func (c *collector) fetchSystemGroupMembers(ctx context.Context, job *ingest.Job) error {
	return c.eachMember(ctx, job, systemGroupHasSystem, "systemgroups", c.systemGroups)
}

// eachMember reads the direct members of every group. One that is not known is
// passed over; the others follow.
func (c *collector) eachMember(ctx context.Context, job *ingest.Job, t ingest.RelationshipType, route string, groups func(context.Context, string) pages) error {
	list := ingest.List{Gone: func(ctx context.Context, group ingest.Known) (bool, error) {
		return lacks(groups(ctx, group.Parent), group.Key)
	}}
	return job.Each(ctx, t.Source, list, func(ctx context.Context, job *ingest.Job, group ingest.Known) error {
		for row, err := range job.Rows(ctx, c.api.list2(ctx, group.Parent, route, group.Key, "members"), t.Type) {
			if err != nil {
				return err
			}
			member := row.Str("to", "id")
			if member != "" && !job.MayHave(t.Target, member) {
				continue
			}
			if err := relate(ctx, job, t, group.Key, member, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
