package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/j1db/j1db/store/graph"
)

// objectsAtOnce is how many objects Objects decodes while it holds the file; a
// table without any counts as one.
const objectsAtOnce = 4096

// Objects yields the objects of a kind of a version by table and row, as
// Snapshot.All does, but lets the file go whenever a part was decoded: whoever takes
// them may be slow. What is committed in between does not change the version. A
// name of an instance, unless it is empty, narrows them to what that supplies.
// Version 0 is the empty graph. Images may be kept.
//
// A version that does not exist, or is pruned in between, is a *VersionError: SetPin
// keeps one.
func (db *DB) Objects(ctx context.Context, version uint64, kind graph.Kind, instance string) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		w := walker{db: db, version: version, kind: kind, instance: instance, ended: version == 0}
		for !w.ended {
			part, err := w.part(ctx)
			if err != nil {
				yield(nil, fmt.Errorf("read objects: %w", err))
				return
			}
			for _, im := range part {
				if !yield(im, nil) {
					return
				}
			}
		}
	}
}

// walker goes over the objects of a version and lets the file go at times.
type walker struct {
	db       *DB
	version  uint64
	kind     graph.Kind
	instance string
	// table, by its number in the file, and row are where it goes on; 0 is the first
	// table. Neither the number of a table nor the row of an object ever changes.
	table, row uint32
	ended      bool
	seen       *graph.Version // what the version was at first
}

var errReplaced = errors.New("the database was replaced while it was read")

// part reads on for a while.
func (w *walker) part(ctx context.Context) ([]*graph.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, err := w.db.Snapshot(ctx, AtVersion(w.version), SnapshotOptions{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	v := s.Version()
	if w.seen == nil {
		w.seen = &v
	}
	if w.seen.Time != v.Time {
		return nil, errReplaced
	}
	return w.read(s.edition.sheetsOf(w.kind))
}

// read goes on in the tables of the kind, which are in order.
func (w *walker) read(sheets []*sheet) (out []*graph.Image, err error) {
	for left := objectsAtOnce; len(sheets) > 0; sheets = sheets[1:] {
		t := sheets[0]
		if w.table != 0 && w.table != t.stored {
			continue
		}
		w.table = t.stored
		for p, err := range t.from(w.row) {
			if err != nil {
				return nil, err
			}
			w.row = p.next
			out = w.take(out, p.images)
			if left -= len(p.images); left <= 0 {
				return out, nil
			}
		}
		w.table, w.row = 0, 0
		if left--; left <= 0 && len(sheets) > 1 {
			w.table = sheets[1].stored
			return out, nil
		}
	}
	if w.table != 0 {
		return nil, errReplaced
	}
	w.ended = true
	return out, nil
}

// take appends what the instance supplies.
func (w *walker) take(out, images []*graph.Image) []*graph.Image {
	for _, im := range images {
		if w.instance == "" || im.Instance == w.instance {
			out = append(out, im)
		}
	}
	return out
}
