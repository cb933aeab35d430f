package store

import (
	"fmt"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// runImages returns the run records that the version can know of.
func (e *edition) runImages() ([]*graph.Image, error) {
	return e.runs.get(func() (out []*graph.Image, err error) {
		err = e.file.read(func(r *reader) error {
			out, err = r.runImages(e.version)
			return err
		})
		return out, err
	})
}

// runImages returns the run records that a version can know of as entities of
// the virtual type, by ID: all of them for the newest version, and for an older
// one those that ended before the next version.
func (r *reader) runImages(v graph.Version) ([]*graph.Image, error) {
	newest, err := r.last(bucketVersion)
	if err != nil {
		return nil, err
	}
	until := int64(-1)
	if v.Number < newest {
		next, err := r.version(v.Number + 1)
		if err != nil {
			return nil, err
		}
		until = next.Time
	}
	var out []*graph.Image
	for k, rec := range r.each(bucketRun, nil) {
		id, ok := numberOf(k)
		if !ok {
			return nil, r.damaged(errKey, "key %x of run", k)
		}
		run, err := decodeRun(k, rec, id)
		if err != nil {
			return nil, r.damaged(err, "run %d", id)
		}
		if until >= 0 && (run.Version > v.Number || run.Version == 0 && run.Finished >= until) {
			break
		}
		out = append(out, runImage(&run))
	}
	return out, nil
}

// runImage shows a run record as an entity.
func runImage(run *graph.Run) *graph.Image {
	var partial []string
	for i := range run.Steps {
		partial = append(partial, run.Steps[i].Partial...)
	}
	slices.Sort(partial)
	partial = slices.Compact(partial) // several steps may have a type in part
	props := graph.SortProperties([]graph.Property{
		{Name: "created", Value: graph.IntValue(int64(run.Counts.Created))},
		{Name: "dangling", Value: graph.IntValue(int64(run.Dangling))},
		{Name: "deleted", Value: graph.IntValue(int64(run.Counts.Deleted))},
		{Name: graph.PropDisplayName, Value: graph.StringValue(fmt.Sprintf("%s run %d", run.Instance, run.ID))},
		{Name: "duplicates", Value: graph.IntValue(int64(run.Duplicates))},
		{Name: "finishedOn", Value: graph.IntValue(run.Finished)},
		{Name: "instance", Value: graph.StringValue(run.Instance)},
		{Name: "invalid", Value: graph.IntValue(int64(run.Invalid))},
		{Name: "outcome", Value: graph.StringValue(run.Outcome.String())},
		{Name: "partialTypes", Value: graph.StringsValue(partial)},
		{Name: "provider", Value: graph.StringValue(run.Provider)},
		{Name: "rejected", Value: graph.IntValue(int64(run.Rejected))},
		{Name: "runId", Value: graph.IntValue(int64(run.ID))},
		{Name: "startedOn", Value: graph.IntValue(run.Started)},
		{Name: "updated", Value: graph.IntValue(int64(run.Counts.Updated))},
	})
	if run.Version != 0 {
		props.Set("version", graph.IntValue(int64(run.Version)))
	}
	return &graph.Image{
		Kind: graph.EntityKind, Instance: graph.ReservedPrefix, Key: fmt.Sprintf("%s:%d", graph.RunType, run.ID),
		Type: graph.RunType, Props: props,
		Meta: graph.Meta{Version: 1, CreatedOn: run.Finished, BeginOn: run.Finished},
	}
}
