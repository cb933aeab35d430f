package jupiterone

import (
	"context"
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// Bounds on the objects that wait for their raw data.
const (
	draftObjects = 256
	draftBytes   = 1 << 20
)

// writer encodes the objects of a job. Raw data are read for many objects at once,
// so encoded ones wait until there are enough of them.
type writer struct {
	job    *job
	enc    *encoder
	limit  int
	raw    bool // raw data go along
	noRaw  int  // objects that went without their raw data
	larges []TooLarge

	text   []byte // of the waiting objects, one after the other
	drafts []draft
	ids    []graph.Identity // of the drafts
	buf    []byte
}

// draft is an encoded object that waits for its raw data.
type draft struct {
	name       objectName
	start, end int // in the writer's text
}

func (j *job) writer() *writer {
	return &writer{job: j, enc: j.lane.encoder(), limit: j.lane.e.client.o.BatchBytes, raw: j.lane.e.raw}
}

// objects writes everything that the job sends of one kind to put. What put gets
// is valid until it returns.
func (w *writer) objects(ctx context.Context, kind graph.Kind, put func(objectName, []byte) error) error {
	for it, err := range w.job.feed(ctx, kind) {
		if err != nil {
			return err
		}
		if !w.draft(it) {
			continue
		}
		if !w.raw || len(w.drafts) == draftObjects || len(w.text) >= draftBytes {
			if err := w.flush(ctx, put); err != nil {
				return err
			}
		}
	}
	return w.flush(ctx, put)
}

// draft encodes an object. It reports false for one that is too large even without
// its raw data.
func (w *writer) draft(it item) bool {
	start := len(w.text)
	if w.job.Mode == Patch {
		w.text = w.enc.patch(w.text, it.im, it.gone)
	} else {
		w.text = w.enc.object(w.text, it.im)
	}
	if size := len(w.text) - start; size >= w.limit {
		w.larges = append(w.larges, TooLarge{it.im.Kind, it.im.Type, it.im.Key, size})
		w.text = w.text[:start]
		return false
	}
	w.drafts = append(w.drafts, draft{objectName{it.im.Type, it.im.Key}, start, len(w.text)})
	w.ids = append(w.ids, it.im.Identity())
	return true
}

// flush puts the objects that wait, with their raw data.
func (w *writer) flush(ctx context.Context, put func(objectName, []byte) error) error {
	drafts, ids := w.drafts, w.ids
	for len(drafts) > 0 {
		raws := make([][]byte, len(drafts))
		if w.raw {
			var err error
			if raws, err = w.job.lane.e.graph.Raws(ctx, ids); err == nil && (len(raws) == 0 || len(raws) > len(ids)) {
				err = errors.New("the graph gave none")
			}
			if err != nil {
				return fmt.Errorf("read raw data: %w", err)
			}
		}
		for i, raw := range raws {
			d := drafts[i]
			if err := put(d.name, w.complete(w.text[d.start:d.end], raw)); err != nil {
				return err
			}
		}
		drafts, ids = drafts[len(raws):], ids[len(raws):]
	}
	w.text, w.drafts, w.ids = w.text[:0], w.drafts[:0], w.ids[:0]
	return nil
}

// complete adds raw data to an encoded object, unless it is too large with them.
func (w *writer) complete(object, raw []byte) []byte {
	if len(raw) == 0 {
		return object
	}
	w.buf = withRaw(append(w.buf[:0], object...), raw)
	if len(w.buf) >= w.limit {
		w.noRaw++
		return object
	}
	return w.buf
}
