package jumpcloud

import (
	"context"
	"fmt"

	"github.com/j1db/j1db/ingest"
)

// accountEntity converts an organization.
func accountEntity(s ingest.Source) ingest.EntityInput {
	name := s.Text("displayName")
	if name.Missing() {
		name = text(idOf(s))
	}
	return entity(accountType, s, ingest.Props{
		"name":        name,
		"displayName": name,
		"logoUrl":     s.Text("logoUrl"),
		"createdOn":   s.Time("created"),
		"webLink":     console,
	})
}

// fetchOrganizations reads the organizations that the key sees, in pages: the API
// gives ten at a time unless it is asked for more.
func (c *collector) fetchOrganizations(ctx context.Context, job *ingest.Job) error {
	found := false
	for row, err := range job.Rows(ctx, c.api.organizations(ctx), accountType.Type) {
		if err != nil {
			return err
		}
		if c.orgID != "" && idOf(row) != c.orgID {
			continue
		}
		found = true
		if _, err := job.Entity(ctx, accountEntity(row)); err != nil {
			return err
		}
	}
	if !found && c.orgID != "" {
		return fmt.Errorf("organization %s is none of those that the key sees; check orgId", c.orgID)
	}
	if !found {
		return errNoOrganization
	}
	return nil
}

// eachInOrganizations reads one list of every organization, each with requests
// that name it.
func (c *collector) eachInOrganizations(
	ctx context.Context, job *ingest.Job,
	list func(ctx context.Context, org string) pages,
	use func(ctx context.Context, job *ingest.Job, row ingest.Source, org string) error,
) error {
	types := typesOf(job.Step())
	return job.Each(ctx, accountType.Type, ingest.List{}, func(ctx context.Context, job *ingest.Job, org ingest.Known) error {
		for row, err := range job.Rows(ctx, list(ctx, org.Key), types[0], types[1:]...) {
			if err != nil {
				return err
			}
			if elsewhere(job, row, org.Key) {
				continue
			}
			if err := use(ctx, job, row, org.Key); err != nil {
				return err
			}
		}
		return nil
	})
}

// elsewhere reports whether a row belongs to another organization, in whose own
// list it comes as well: a server that does not tell organizations apart gives all
// of it to each.
func elsewhere(job *ingest.Job, row ingest.Source, org string) bool {
	own := row.Str("organization")
	return own != "" && own != org && job.HasKey(accountType.Type, own)
}

// typesOf lists the types that a step declares, entities first.
func typesOf(s *ingest.Step) []string {
	var types []string
	for _, t := range s.Entities {
		types = append(types, t.Type)
	}
	for _, t := range s.Relationships {
		types = append(types, t.Type)
	}
	return types
}
