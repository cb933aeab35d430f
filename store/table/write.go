package table

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// task is a row group to be made.
type task struct {
	d     *draft
	group int
}

// Writes returns what is to be written, by bucket and key: equal edits of equal
// tables give equal writes. The Editor must not be used any more, but for its
// Directory.
func (e *Editor) Writes(ctx context.Context) ([]Write, error) {
	outcomes, err := e.outcomes(ctx)
	if err != nil {
		return nil, fmt.Errorf("edit tables: %w", err)
	}
	if err := e.settle(outcomes); err != nil {
		return nil, fmt.Errorf("edit tables: %w", err)
	}
	out, err := e.collect(ctx, outcomes)
	if err != nil {
		return nil, fmt.Errorf("edit tables: %w", err)
	}
	slices.SortFunc(out, func(a, b Write) int {
		return cmp.Or(strings.Compare(a.Bucket, b.Bucket), bytes.Compare(a.Key, b.Key))
	})
	return out, nil
}

// each calls do for the numbers below n from as many goroutines as there are
// workers.
func (e *Editor) each(ctx context.Context, n int, do func(w *worker, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(e.o.Workers, n) {
		g.Go(func() error {
			w := &worker{}
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := do(w, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// outcomes makes the row groups that change, in order.
func (e *Editor) outcomes(ctx context.Context) ([]*outcome, error) {
	tasks, err := e.tasks()
	if err != nil {
		return nil, err
	}
	out := make([]*outcome, len(tasks))
	err = e.each(ctx, len(tasks), func(w *worker, i int) error {
		var err error
		if out[i], err = w.run(tasks[i]); err != nil {
			return fmt.Errorf("%v, group %d: %w", tasks[i].d, tasks[i].group, err)
		}
		return nil
	})
	return out, err
}

// tasks lists the row groups that change.
func (e *Editor) tasks() ([]task, error) {
	var out []task
	for _, d := range e.touched() {
		if err := e.findEnds(d); err != nil {
			return nil, fmt.Errorf("%v: %w", d, err)
		}
		groups := d.nearGroups()
		size := d.rec.groupRows()
		for _, c := range d.changed(0, d.rec.Rows) {
			groups[int(c.row/size)] = true
		}
		for row := uint64(d.old); row < uint64(d.rec.Rows); row = (row/uint64(size) + 1) * uint64(size) {
			groups[int(row/uint64(size))] = true
		}
		for _, g := range slices.Sorted(maps.Keys(groups)) {
			out = append(out, task{d, g})
		}
	}
	return out, nil
}

// findEnds finds out what changes in the adjacency of a draft.
func (e *Editor) findEnds(d *draft) error {
	if d.rec.From == 0 {
		return nil
	}
	from, err := e.record(d.rec.From)
	if err != nil {
		return err
	}
	to, err := e.record(d.rec.To)
	if err != nil {
		return err
	}
	return d.findNear(from, to)
}

// settle brings the records up to date.
func (e *Editor) settle(outcomes []*outcome) error {
	names := map[*draft]map[string]bool{}
	for _, o := range outcomes {
		if err := o.tally.apply(o.d.rec); err != nil {
			return err
		}
		o.d.written += o.rows
		for _, s := range [...]*shelf{&o.base, &o.patch} {
			for name, chunk := range s.named {
				if _, ok := o.d.rec.Find(name); ok || chunk == nil {
					continue
				}
				if names[o.d] == nil {
					names[o.d] = map[string]bool{}
				}
				names[o.d][name] = true
			}
		}
	}
	for _, d := range e.touched() {
		d.fills = nil // nobody asks again
		for _, name := range slices.Sorted(maps.Keys(names[d])) {
			if _, err := d.rec.Add(name); err != nil {
				return err
			}
		}
		d.rec.Stale = uint32(min(uint64(d.rec.Stale)+uint64(d.written), uint64(d.rec.Rows)))
	}
	return nil
}

// collect returns the writes: of the groups, the indexes, the statistics and the
// records.
func (e *Editor) collect(ctx context.Context, outcomes []*outcome) ([]Write, error) {
	parts := make([][]Write, len(outcomes))
	err := e.each(ctx, len(outcomes), func(_ *worker, i int) error {
		o, err := outcomes[i], error(nil)
		parts[i], err = o.writes()
		o.base, o.patch = shelf{}, shelf{} // sealed, it is other memory
		return err
	})
	if err != nil {
		return nil, err
	}
	out := slices.Concat(parts...)
	changes, err := e.indexChanges(outcomes)
	if err != nil {
		return nil, err
	}
	indexes, err := e.indexWrites(ctx, changes)
	if err != nil {
		return nil, err
	}
	statistics, err := e.statisticsWrites(ctx, out)
	if err != nil {
		return nil, err
	}
	for _, d := range e.touched() {
		out = append(out, d.rec.Encode())
	}
	return slices.Concat(out, indexes, statistics), nil
}

// writes returns the writes of a group.
func (o *outcome) writes() ([]Write, error) {
	var v *View
	if o.d.view != nil {
		v = o.d.view.fresh()
	}
	base, err := o.base.writes(o.d.rec, v, BucketBase, o.group)
	if err != nil {
		return nil, err
	}
	patch, err := o.patch.writes(o.d.rec, v, BucketPatch, o.group)
	return append(base, patch...), err
}
