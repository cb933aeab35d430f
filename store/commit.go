package store

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

// commit is one write: what it merges, and what it records of itself.
type commit struct {
	db       *DB
	instance graph.Instance
	stage    *stage.Stage
	secret   [secretLen]byte // that the stage hashes with
	opt      SyncOptions
	outcome  Outcome
	// removed says that the instance goes, forget that one of its types does. In
	// neither case did anything run.
	removed bool
	forget  string
	res     Result
}

func (c *commit) ran() bool { return !c.removed && c.forget == "" }

// patience is how often a merge is done again because another process committed
// in between, before it is done while everybody else waits.
const patience = 2

// execute merges and publishes, or only looks on in a dry run. The merge reads, so
// that others can go on reading; only what it found is written under the lock.
func (c *commit) execute(ctx context.Context) error {
	if c.opt.DryRun {
		_, err := c.prepare(ctx)
		return err
	}
	if c.db.opt.ReadOnly {
		return ErrReadOnly
	}
	if err := ctx.Err(); err != nil {
		return err // before there is a file
	}
	if err := c.db.create(&c.secret); err != nil {
		return err
	}
	for range patience {
		plan, err := c.prepare(ctx)
		if err != nil {
			return err
		}
		c.db.at(PointMerged)
		done := false
		err = c.db.update(ctx, func(r *reader) error {
			if !plan.fits(r) {
				return errOvertaken
			}
			done = true
			return plan.writes.flush(r.tx)
		})
		if done || !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return c.db.update(ctx, func(r *reader) error {
		plan, err := c.plan(ctx, r)
		if err != nil {
			return err
		}
		return plan.writes.flush(r.tx)
	})
}

// errOvertaken says that another process committed since a merge began.
var errOvertaken = errors.New("another process committed in between")

// plan is what a commit will write, if nobody writes before.
type plan struct {
	file   os.FileInfo // that was read, nil when there was none
	base   int         // number of the transaction that was read
	writes writes
}

// fits reports whether r, which writes, begins where the plan does. The number of
// the transaction is not enough: a compacted file begins to count anew.
func (p *plan) fits(r *reader) bool {
	return p.file != nil && os.SameFile(p.file, r.file) && r.tx.ID() == p.base+1
}

// prepare merges on a transaction that reads.
func (c *commit) prepare(ctx context.Context) (p plan, err error) {
	look := func(r *reader) error {
		p, err = c.plan(ctx, r)
		return err
	}
	err = c.db.view(ctx, look)
	if notFound := (*NotFoundError)(nil); errors.As(err, &notFound) {
		err = look(&reader{path: c.db.path, names: interner{}})
	}
	return p, err
}

// plan merges everything and lists what is to be written.
func (c *commit) plan(ctx context.Context, r *reader) (plan, error) {
	c.res = Result{}
	if err := checkProvider(r, c.instance); err != nil {
		return plan{}, err
	}
	n, err := c.db.newest(r)
	if err != nil {
		return plan{}, err
	}
	if err := c.seal(ctx, r); err != nil {
		return plan{}, err
	}
	w, err := newWorking(n, c.db.now())
	if err != nil {
		return plan{}, err
	}
	defer w.close()
	if err := c.merge(ctx, w); err != nil {
		return plan{}, err
	}
	p := plan{}
	if r.tx != nil {
		p.file, p.base = r.file, r.tx.ID()
	}
	if c.opt.DryRun {
		return p, c.summarise(w)
	}
	p.writes, err = c.publish(ctx, w)
	return p, err
}

// seal ends the stage and hashes it with the secret of the file.
func (c *commit) seal(ctx context.Context, r *reader) error {
	if err := c.stage.Seal(ctx); err != nil {
		return err
	}
	if err := c.stage.Unload(); err != nil {
		return err
	}
	secret, err := r.secret()
	if err != nil || r.tx == nil || secret == c.secret {
		return err
	}
	if err := c.stage.Rekey(ctx, secret); err != nil {
		return err // and what is hashed with which secret stays as it is known
	}
	c.secret = secret
	return nil
}

// merge brings everything together in memory.
func (c *commit) merge(ctx context.Context, w *working) error {
	m, err := w.merge(c.stage, &c.res)
	if err != nil {
		return err
	}
	derived, err := c.steps(ctx, m)
	if err != nil {
		return err
	}
	if !c.opt.AllowDeletes {
		if err := m.guardDeletions(c.opt.GuardShare, c.opt.GuardMin); err != nil {
			return err
		}
	}
	c.res.report(c.stage)
	c.reportCascades(w, m, derived)
	return w.placeEdges()
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
	if err := m.cascade(m); err != nil {
		return nil, err
	}
	if c.opt.Derive != nil {
		syncing := &c.instance
		if c.removed {
			syncing = nil
		}
		if derived, err = m.derive(ctx, c.opt.Derive, syncing); err != nil {
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
		c.res.Cascaded.Add(id)
	}
}

// count fills in what changed, by type and in total.
func (c *commit) count(w *working) (v graph.Version) {
	v = graph.Version{
		Number: w.version, Time: w.time, Instance: c.instance.Name, Provider: c.instance.Provider,
		Steps: c.outcome.Steps, Note: c.opt.Note,
	}
	types := tally{}
	w.fresh.count(types, &v)
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

// publish lists everything that is to be written.
func (c *commit) publish(ctx context.Context, w *working) (writes, error) {
	v, err := c.records(w)
	if err != nil {
		return nil, err
	}
	p := newPublisher(w)
	if err := p.objects(ctx); err != nil {
		return nil, err
	}
	if v.Number != 0 {
		p.version(&v)
	}
	p.mapped()
	for _, in := range w.intakes {
		if in.st.Instance().KeepRaw {
			if err := p.rawData(in); err != nil {
				return nil, err
			}
		}
	}
	if !c.instance.KeepRaw || c.removed {
		p.dropRaw(c.instance.Name)
	}
	if err := c.publishMarks(w, p); err != nil {
		return nil, err
	}
	if err := c.publishInstances(w, p); err != nil {
		return nil, err
	}
	if c.ran() {
		p.run(&c.res.Run)
	}
	return p.ops, nil
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
