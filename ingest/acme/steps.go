package acme

import (
	"context"

	"github.com/j1db/j1db/ingest"
)

// steps is the table of steps.
func (c *collector) steps() []ingest.Step {
	return []ingest.Step{
		{
			ID: "fetch-account", Name: "Fetch Account",
			Entities: []ingest.EntityType{accountType},
			Run:      c.fetchAccount,
		},
		{
			ID: "fetch-users", Name: "Fetch Users", Needs: []string{"fetch-account"},
			Uses:          []ingest.Use{{Type: accountType.Type}},
			Entities:      []ingest.EntityType{userType},
			Relationships: []ingest.RelationshipType{accountHasUser},
			Run:           c.fetchUsers,
		},
		{
			ID: "fetch-groups", Name: "Fetch Groups", Needs: []string{"fetch-account"},
			Uses:          []ingest.Use{{Type: accountType.Type}},
			Entities:      []ingest.EntityType{groupType},
			Relationships: []ingest.RelationshipType{accountHasGroup},
			Run:           c.fetchGroups,
		},
		{
			ID: "build-user-group-relationships", Name: "Build Group -> User Relationships",
			Needs:         []string{"fetch-groups", "fetch-users"},
			Uses:          []ingest.Use{{Type: userType.Type}},
			Relationships: []ingest.RelationshipType{groupHasUser},
			Run:           c.relateGroupsToUsers,
		},
	}
}

// fetchAccount reads the one object that everything hangs off.
func (c *collector) fetchAccount(ctx context.Context, job *ingest.Job) error {
	row, err := c.api.account(ctx)
	if err != nil {
		return err
	}
	_, err = job.Entity(ctx, accountEntity(row))
	return err
}

// fetchUsers reads the users of the account.
func (c *collector) fetchUsers(ctx context.Context, job *ingest.Job) error {
	rows, err := c.api.users(ctx)
	if err != nil {
		return err
	}
	return supply(ctx, job, accountHasUser, rows, userEntity)
}

// fetchGroups reads the groups of the account.
func (c *collector) fetchGroups(ctx context.Context, job *ingest.Job) error {
	rows, err := c.api.groups(ctx)
	if err != nil {
		return err
	}
	return supply(ctx, job, accountHasGroup, rows, groupEntity)
}

// supply supplies what convert makes of every row, and the relationship from the
// account to it.
func supply(ctx context.Context, job *ingest.Job, t ingest.RelationshipType, rows []ingest.Source, convert func(ingest.Source) ingest.EntityInput) error {
	for account := range job.Entities(accountType.Type) {
		for _, row := range rows {
			in := convert(row)
			if ok, err := job.Entity(ctx, in); err != nil {
				return err
			} else if !ok {
				continue
			}
			to := ingest.Endpoint{Type: in.Type, Key: in.Key}
			if _, err := job.Relationship(ctx, t.Class, account.Endpoint(), to, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// relateGroupsToUsers relates every group to its members. A member whom Acme does
// not list among its users is passed over.
func (c *collector) relateGroupsToUsers(ctx context.Context, job *ingest.Job) error {
	groups, err := c.api.groups(ctx)
	if err != nil {
		return err
	}
	for _, row := range groups {
		group := ingest.Endpoint{Type: groupType.Type, Key: row.Str("id")}
		for _, member := range row.Objects("users") {
			user := ingest.Endpoint{Type: userType.Type, Key: member.Str("id")}
			if !job.MayHave(user.Type, user.Key) {
				continue
			}
			if _, err := job.Relationship(ctx, groupHasUser.Class, group, user, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
