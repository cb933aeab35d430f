package heroku

import (
	"context"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
)

// accountEntity converts an enterprise account.
func accountEntity(s ingest.Source) ingest.EntityInput {
	return entity(accountType, s, stamped(s, ingest.Props{}))
}

// memberEntity converts a member of an enterprise account. Its key is the user's:
// the membership has an id of its own, which nothing else refers to.
//
// JupiterOne's integration sets neither email nor mfaEnabled. The first lets the
// e-mail rule that joins users to people fire, the second is what people ask for.
func memberEntity(s ingest.Source, account string) ingest.EntityInput {
	in := entity(memberType, s, person(s.Object("user")))
	in.Key = s.Str("user", "id")
	in.Assign["mfaEnabled"] = boolean(s.Get("two_factor_authentication"))
	in.Assign["enterpriseAccountId"] = account
	return in
}

// membership is one row of an account's list of members.
type membership struct {
	account, user string
	permissions   string
}

// fetchAccounts reads the enterprise accounts that the key sees. A user without any
// gets an empty list, and what the optional steps find.
func (c *collector) fetchAccounts(ctx context.Context, job *ingest.Job) error {
	for row, err := range job.Rows(ctx, c.api.list(ctx, "enterprise-accounts"), accountType.Type) {
		if err != nil {
			return err
		}
		if _, err := job.Entity(ctx, accountEntity(row)); err != nil {
			return err
		}
	}
	return nil
}

// fetchAccountMembers reads account after account, because a user may be in
// several and is supplied once, for the first of them. An account that cannot be
// read leaves the others alone.
func (c *collector) fetchAccountMembers(ctx context.Context, job *ingest.Job) error {
	seen := map[string]bool{}
	read, failed := 0, error(nil)
	for account := range job.Entities(accountType.Type) {
		err := c.readMembers(ctx, job, account.Key, seen)
		switch {
		case err == nil:
			read++
		case ctx.Err() != nil, httpx.IsUnauthorized(err):
			return err
		case failed == nil:
			failed = err
		}
	}
	if read == 0 {
		return failed
	}
	if failed != nil {
		job.Partial(memberType.Type, failed.Error())
	}
	return nil
}

// readMembers reads one account. A row without a user is supplied without a key,
// and so reported.
func (c *collector) readMembers(ctx context.Context, job *ingest.Job, account string, seen map[string]bool) error {
	pages := c.api.list(ctx, "enterprise-accounts", account, "members")
	for row, err := range job.Rows(ctx, pages, memberType.Type) {
		if err != nil {
			return err
		}
		user := row.Str("user", "id")
		if user != "" {
			c.memberships = append(c.memberships, membership{account, user, permissionNames(row)})
		}
		if seen[user] && user != "" {
			continue
		}
		seen[user] = true
		if _, err := job.Entity(ctx, memberEntity(row, account)); err != nil {
			return err
		}
	}
	return nil
}

// relateAccountsToMembers relates a user of several accounts to each of them, which
// JupiterOne's integration cannot. What a member may do is the relationship's.
func (c *collector) relateAccountsToMembers(ctx context.Context, job *ingest.Job) error {
	for _, m := range c.memberships {
		if err := relate(ctx, job, accountHasMember, m.account, m.user, ingest.Props{"permissions": text(m.permissions)}); err != nil {
			return err
		}
	}
	return nil
}
