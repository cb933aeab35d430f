package heroku

import (
	"context"

	"github.com/j1db/j1db/ingest"
)

// teamEntity converts a team. The account is the enterprise account that it
// belongs to, "" for a team on its own.
func teamEntity(s ingest.Source, account string) ingest.EntityInput {
	return entity(teamType, s, stamped(s, ingest.Props{"enterpriseAccountId": text(account)}))
}

// invitationEntity converts an invitation that was not answered yet.
func invitationEntity(s ingest.Source, team string) ingest.EntityInput {
	email := s.Text("user", "email")
	return entity(invitationType, s, stamped(s, ingest.Props{
		"id":          s.Text("id"),
		"name":        email,
		"displayName": email,
		"email":       email,
		"role":        s.Text("role"),
		"invitedBy":   s.Text("invited_by", "email"),
		"teamId":      team,
		"open":        true,
	}))
}

// fetchTeams reads the teams of every enterprise account.
func (c *collector) fetchTeams(ctx context.Context, job *ingest.Job) error {
	list := ingest.List{Gone: func(ctx context.Context, account ingest.Known) (bool, error) {
		return c.api.lacks(ctx, account.Key, "enterprise-accounts")
	}}
	return job.Each(ctx, accountType.Type, list, func(ctx context.Context, job *ingest.Job, account ingest.Known) error {
		for row, err := range job.Rows(ctx, c.api.list(ctx, "enterprise-accounts", account.Key, "teams"), teamType.Type) {
			if err != nil {
				return err
			}
			if _, err := job.Entity(ctx, teamEntity(row, account.Key)); err != nil {
				return err
			}
		}
		return nil
	})
}

// relateAccountsToTeams needs no request: a team knows under which account it was
// listed.
func (c *collector) relateAccountsToTeams(ctx context.Context, job *ingest.Job) error {
	for team := range job.Entities(teamType.Type) {
		if err := relateUnder(ctx, job, accountHasTeam, team.Parent, team.Key, team.Parent, nil); err != nil {
			return err
		}
	}
	for account := range job.Entities(accountType.Type) {
		job.Complete(accountHasTeam.Type, account.Key)
	}
	return nil
}

// teamList says when the list under a team is gone with the team.
func (c *collector) teamList() ingest.List {
	return ingest.List{Gone: func(ctx context.Context, team ingest.Known) (bool, error) {
		if team.Parent == otherTeams {
			return c.api.lacks(ctx, team.Key, "teams")
		}
		return c.api.lacks(ctx, team.Key, "enterprise-accounts", team.Parent, "teams")
	}}
}

// relateTeamsToMembers reads the members of every team of an enterprise account.
// One who is no member of the account, such as a collaborator from elsewhere, is
// left to a later step, and one of whom that is not clear to a later run.
func (c *collector) relateTeamsToMembers(ctx context.Context, job *ingest.Job) error {
	return job.Each(ctx, teamType.Type, c.teamList(), func(ctx context.Context, job *ingest.Job, team ingest.Known) error {
		for row, err := range job.Rows(ctx, c.api.list(ctx, "teams", team.Key, "members"), teamHasMember.Type) {
			if err != nil {
				return err
			}
			user := row.Str("user", "id")
			switch placeOf(job, user) {
			case outside:
				c.strangers.add(team.Key, row)
			case inside:
				if err := relate(ctx, job, teamHasMember, team.Key, user, role(row)); err != nil {
					return err
				}
			}
		}
		if job.Whole(teamHasMember.Type) {
			c.strangers.complete(team.Key)
		}
		return nil
	})
}

// role gives a member's role in a team, which may be null.
func role(s ingest.Source) ingest.Props { return ingest.Props{"role": s.Get("role")} }

// fetchOtherTeams reads the teams that the key's owner is in, and keeps those of
// no enterprise account that is collected: the others are read by account.
func (c *collector) fetchOtherTeams(ctx context.Context, job *ingest.Job) error {
	for row, err := range job.Rows(ctx, c.api.list(ctx, "teams"), teamType.Type) {
		if err != nil {
			return err
		}
		account := row.Str("enterprise_account", "id")
		if account != "" && job.HasKey(accountType.Type, account) {
			continue
		}
		in := teamEntity(row, account)
		if account == "" || !job.Missed(accountType.Type) { // its account may be one of those that were missed
			in.Parent = otherTeams
		}
		if _, err := job.Entity(ctx, in); err != nil {
			return err
		}
	}
	job.Complete(teamType.Type, otherTeams)
	return nil
}

// fetchInvitations reads who was asked into a team and has not answered.
func (c *collector) fetchInvitations(ctx context.Context, job *ingest.Job) error {
	return job.Each(ctx, teamType.Type, c.teamList(), func(ctx context.Context, job *ingest.Job, team ingest.Known) error {
		pages := c.api.list(ctx, "teams", team.Key, "invitations")
		for row, err := range job.Rows(ctx, pages, invitationType.Type, teamHasInvitation.Type) {
			if err != nil {
				return err
			}
			if err := supply(ctx, job, invitationEntity(row, team.Key), teamHasInvitation, team.Key); err != nil {
				return err
			}
		}
		return nil
	})
}
