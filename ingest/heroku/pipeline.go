package heroku

import (
	"context"

	"github.com/j1db/j1db/ingest"
)

// pipelineEntity converts a pipeline, along which code is promoted from the
// application of one stage to that of the next.
func pipelineEntity(s ingest.Source) ingest.EntityInput {
	return entity(pipelineType, s, stamped(s, ingest.Props{
		"ownerId":   s.Text("owner", "id"),
		"ownerType": s.Text("owner", "type"),
	}))
}

// fetchPipelines reads the pipelines that the key sees. An owner may be a team, a
// user, or nobody any more.
func (c *collector) fetchPipelines(ctx context.Context, job *ingest.Job) error {
	for row, err := range job.Rows(ctx, c.api.list(ctx, "pipelines"), pipelineType.Type, teamOwnsPipeline.Type) {
		if err != nil {
			return err
		}
		in := pipelineEntity(row)
		in.Parent = allPipelines
		if err := supplyOwned(ctx, job, in, teamOwnsPipeline, row.Str("owner", "id")); err != nil {
			return err
		}
	}
	completeAll(job, allPipelines)
	return nil
}

// supplyOwned supplies an entity, and its relationship from the team that owns it
// where that is one that the graph may hold. Both have one parent.
func supplyOwned(ctx context.Context, job *ingest.Job, in ingest.EntityInput, t ingest.RelationshipType, team string) error {
	ok, err := job.Entity(ctx, in)
	if err != nil || !ok || team == "" || !job.MayHave(teamType.Type, team) {
		return err
	}
	return relateUnder(ctx, job, t, team, in.Key, in.Parent, nil)
}

// completeAll says that all types of the step are whole under a scope.
func completeAll(job *ingest.Job, scope string) {
	for _, typ := range typesOf(job.Step()) {
		job.Complete(typ, scope)
	}
}

// fetchCouplings reads which applications are in a pipeline, and at which stage.
func (c *collector) fetchCouplings(ctx context.Context, job *ingest.Job) error {
	list := ingest.List{Gone: func(ctx context.Context, pipeline ingest.Known) (bool, error) {
		return c.api.lacks(ctx, pipeline.Key, "pipelines")
	}}
	return job.Each(ctx, pipelineType.Type, list, func(ctx context.Context, job *ingest.Job, pipeline ingest.Known) error {
		pages := c.api.list(ctx, "pipelines", pipeline.Key, "pipeline-couplings")
		for row, err := range job.Rows(ctx, pages, pipelineHasApplication.Type) {
			if err != nil {
				return err
			}
			app := row.Str("app", "id")
			if app != "" && !job.MayHave(applicationType.Type, app) {
				continue
			}
			if err := relate(ctx, job, pipelineHasApplication, pipeline.Key, app, ingest.Props{"stage": row.Text("stage")}); err != nil {
				return err
			}
		}
		return nil
	})
}
