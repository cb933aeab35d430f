package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// commit is one write: what it merges, and what it records of itself.
type commit struct {
	db       *DB
	instance graph.Instance
	stage    *stage
	opt      SyncOptions
	outcome  Outcome
	// removed says that the instance goes, forget that one of its types does. In
	// neither case did anything run.
	removed bool
	forget  string
	res     Result
}

func (c *commit) ran() bool { return !c.removed && c.forget == "" }

// execute merges and publishes in one transaction, or only looks on in a dry run.
func (c *commit) execute(ctx context.Context) error {
	if !c.opt.DryRun {
		return c.db.update(ctx, func(r *reader) error {
			w, placed, err := c.merge(ctx, r)
			if err != nil {
				return err
			}
			return c.publish(w, placed)
		})
	}
	look := func(r *reader) error {
		w, _, err := c.merge(ctx, r)
		if err != nil {
			return err
		}
		return c.summarise(w)
	}
	err := c.db.view(ctx, look)
	if notFound := (*NotFoundError)(nil); errors.As(err, &notFound) {
		return look(&reader{path: c.db.path, names: interner{}})
	}
	return err
}

// merge brings everything together in memory, without writing.
func (c *commit) merge(ctx context.Context, r *reader) (*working, *placement, error) {
	c.res = Result{}
	if err := checkProvider(r, c.instance); err != nil {
		return nil, nil, err
	}
	w, err := newWorking(r, c.db.now())
	if err != nil {
		return nil, nil, err
	}
	m := newMerge(w, c.stage, &c.res)
	derived, err := c.steps(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	if !c.opt.AllowDeletes {
		if err := m.guardDeletions(c.opt.GuardShare, c.opt.GuardMin); err != nil {
			return nil, nil, err
		}
	}
	c.stage.report(&c.res)
	c.reportCascades(w, m, derived)
	placed, err := newPlacement(w)
	if err != nil {
		return nil, nil, err
	}
	return w, placed, placed.place()
}

// steps merges the stage and lets the mapper follow. derived is nil without one.
func (c *commit) steps(ctx context.Context, m *merge) (derived *merge, err error) {
	if err := m.entities(ctx); err != nil {
		return nil, err
	}
	if err := m.relationships(ctx); err != nil {
		return nil, err
	}
	if err := m.mappedRelationships(); err != nil {
		return nil, err
	}
	if err := m.cascade(); err != nil {
		return nil, err
	}
	if c.opt.Derive != nil {
		syncing := &c.instance
		if c.removed {
			syncing = nil
		}
		if derived, err = m.w.derive(ctx, c.opt.Derive, syncing, &c.res); err != nil {
			return nil, err
		}
	}
	return derived, m.retry(ctx)
}

// reportCascades lists the relationships that went with their ends and did not
// come back.
func (c *commit) reportCascades(w *working, merges ...*merge) {
	var ids []graph.Identity
	for _, m := range merges {
		if m == nil {
			continue
		}
		for id := range m.cascaded {
			if ch := w.changes[id]; ch.before != nil && ch.after == nil {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, compareIdentity)
	for _, id := range slices.Compact(ids) {
		c.res.Cascaded.add(id)
	}
}

// count fills in what changed, by type and in total.
func (c *commit) count(w *working) (v graph.Version) {
	v = graph.Version{
		Number: w.version, Time: w.time, Instance: c.instance.Name, Provider: c.instance.Provider,
		Steps: c.outcome.Steps, Note: c.opt.Note,
	}
	types := tally{}
	for _, id := range w.changed() {
		ch := w.changes[id]
		diff := graph.Change{Before: image(ch.before), After: image(ch.after)}
		if graph.SameState(diff.Before, diff.After) {
			continue // a relationship that moved with its end
		}
		types.add(diff.Image(), diff.Op())
		if id.Kind == graph.EntityKind {
			v.Entities.Add(diff.Op())
		} else {
			v.Relationships.Add(diff.Op())
		}
	}
	c.res.Changes = types.sorted()
	return v
}

func image(o *object) *graph.Image {
	if o == nil {
		return nil
	}
	return &o.image
}

// summarise fills in the result and returns the version, zero when there is
// none to make.
func (c *commit) summarise(w *working) error {
	_, err := c.records(w)
	return err
}

func (c *commit) records(w *working) (graph.Version, error) {
	v := c.count(w)
	if len(c.res.Changes) == 0 {
		v = graph.Version{}
	}
	c.res.Version, c.res.Time = v.Number, v.Time
	last, err := w.last(bucketRun)
	if err != nil {
		return v, err
	}
	now := c.db.now()
	c.res.Run = graph.Run{
		ID: last + 1, Instance: c.instance.Name, Provider: c.instance.Provider,
		Started: cmp.Or(c.opt.startedMillis(), now), Finished: now, Version: v.Number,
		Outcome: c.outcome.Outcome, Counts: v.Entities.Plus(v.Relationships), Steps: c.outcome.Steps,
		Duplicates: c.res.Duplicates.Count, Dangling: c.res.Dangling.Count,
		Rejected: c.outcome.Rejected + c.res.Rejected.Count, Invalid: c.outcome.Invalid,
	}
	marks, err := c.marks(w)
	c.res.Stale = staleOf(c.instance.Name, marks)
	return v, err
}

// publish writes everything.
func (c *commit) publish(w *working, placed *placement) error {
	v, err := c.records(w)
	if err != nil {
		return err
	}
	p := newPublisher(w)
	p.objects(placed)
	if v.Number != 0 {
		p.version(&v)
	}
	p.mapped()
	if err := p.rawData(); err != nil {
		return err
	}
	if !c.instance.KeepRaw || c.removed {
		p.dropRaw(c.instance.Name)
	}
	if err := c.publishMarks(w, p); err != nil {
		return err
	}
	if err := c.publishInstances(w, p); err != nil {
		return err
	}
	if c.ran() {
		p.run(&c.res.Run)
	}
	return p.flush()
}

// publishInstances records who supplied the graph last.
func (c *commit) publishInstances(w *working, p *publisher) error {
	old, err := w.reader.instance(c.instance.Name)
	if err != nil {
		return err
	}
	in := &instance{Instance: c.instance, removed: c.removed}
	switch {
	case c.ran():
		in.lastRun = c.res.Run.ID
	case old != nil:
		in.lastRun = old.lastRun
	}
	p.instance(in)
	if c.opt.Derive != nil {
		p.instance(&instance{Instance: mapperInstance(), lastRun: in.lastRun})
	}
	return nil
}
