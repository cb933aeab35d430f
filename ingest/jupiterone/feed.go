package jupiterone

import (
	"context"
	"fmt"
	"iter"

	"github.com/j1db/j1db/store/graph"
)

// item is an object to send.
type item struct {
	im   *graph.Image
	gone []string // properties that a PATCH has to take away
}

// feed yields what the job sends of one kind, in a fixed order.
func (j *job) feed(ctx context.Context, kind graph.Kind) iter.Seq2[item, error] {
	switch {
	case j.lane.target.Removed:
		return func(func(item, error) bool) {}
	case j.Mode == Diff:
		return j.held(ctx, kind, func(*graph.Image) bool { return true })
	case j.Mode == Patch:
		return j.changed(ctx, kind, (*change).patchable)
	}
	return func(yield func(item, error) bool) {
		partly := func(c *change) bool { return c.after != nil && !j.whole[c.after.Type] }
		for it, err := range j.changed(ctx, kind, partly) {
			if !yield(it, err) || err != nil {
				return
			}
		}
		if len(j.whole) == 0 {
			return
		}
		for it, err := range j.held(ctx, kind, func(im *graph.Image) bool { return j.whole[im.Type] }) {
			if !yield(it, err) {
				return
			}
		}
	}
}

// held yields objects of the version.
func (j *job) held(ctx context.Context, kind graph.Kind, take func(*graph.Image) bool) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for im, err := range j.lane.e.graph.Objects(ctx, j.to, kind, j.lane.instance) {
			if err != nil {
				yield(item{}, fmt.Errorf("read objects: %w", err))
				return
			}
			if j.lane.has(im) && take(im) && !yield(item{im: im}, nil) {
				return
			}
		}
	}
}

// changed yields what changed and no PATCH has brought.
func (j *job) changed(ctx context.Context, kind graph.Kind, take func(*change) bool) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for c, err := range j.history.each(ctx, kind) {
			if err != nil {
				yield(item{}, err)
				return
			}
			if j.history.there(&c) || !take(&c) {
				continue
			}
			it := item{im: c.after}
			if j.Mode == Patch {
				it.gone = c.gone()
			}
			if !yield(it, nil) {
				return
			}
		}
	}
}

// measure fills in what the job will send. Raw data are large and slow to read:
// roughly, batches and bytes are without them, until the upload counts.
func (j *job) measure(ctx context.Context, roughly bool) error {
	w, sends := j.writer(), map[kindType]int{}
	w.raw = w.raw && !roughly
	for _, kind := range j.lane.kinds() {
		size, n := 0, 0 // of the batch that is being filled
		err := w.objects(ctx, kind, func(name objectName, object []byte) error {
			if n == 0 || size+len(object) >= w.limit {
				j.Batches++
				size, n = 0, 0
			}
			size, n = size+len(object), n+1
			j.Bytes += int64(len(object))
			sends[kindType{kind, name.typ}]++
			return nil
		})
		if err != nil {
			return err
		}
	}
	for k, n := range sends {
		if k.kind == graph.EntityKind {
			j.Entities += n
		} else {
			j.Relationships += n
		}
	}
	j.TooLarge, j.RawDropped, j.Dropped = w.larges, w.noRaw, w.enc.dropped
	j.spare(w.larges)
	j.Types = j.typePlans(sends)
	return nil
}

// spare declares the types of objects that cannot be sent partial, or the account
// would delete them.
func (j *job) spare(larges []TooLarge) {
	if j.Mode == Patch {
		return
	}
	for _, l := range larges {
		j.partial[l.Type] = true
	}
	j.Partial = j.partial.sorted()
}
