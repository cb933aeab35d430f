package heroku

import (
	"context"

	"github.com/j1db/j1db/ingest"
)

// spaceEntity converts a private space: a network of its own, which the internet
// does not reach but through the applications in it.
func spaceEntity(s ingest.Source) ingest.EntityInput {
	return entity(spaceType, s, stamped(s, ingest.Props{
		"CIDR":     orNull(s.Text("cidr")),
		"dataCIDR": s.Text("data_cidr"),
		"public":   false,
		"internal": true,
		"shield":   boolean(s.Get("shield")),
		"state":    s.Text("state"),
		"region":   s.Text("region", "name"),
		"teamId":   s.Text("team", "id"),
	}))
}

// fetchSpaces reads the private spaces that the key sees.
func (c *collector) fetchSpaces(ctx context.Context, job *ingest.Job) error {
	for row, err := range job.Rows(ctx, c.api.list(ctx, "spaces"), spaceType.Type, teamHasSpace.Type) {
		if err != nil {
			return err
		}
		in := spaceEntity(row)
		in.Parent = allSpaces
		if err := supplyOwned(ctx, job, in, teamHasSpace, row.Str("team", "id")); err != nil {
			return err
		}
	}
	completeAll(job, allSpaces)
	return nil
}

// relateSpacesToApplications needs no request: an application names its space.
func (c *collector) relateSpacesToApplications(ctx context.Context, job *ingest.Job) error {
	for app := range job.Entities(applicationType.Type) {
		space := app.Props.Get("spaceId").Str()
		if space == "" || !job.MayHave(spaceType.Type, space) {
			continue
		}
		if err := relate(ctx, job, spaceHasApplication, space, app.Key, nil); err != nil {
			return err
		}
	}
	return nil
}
