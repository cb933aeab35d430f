package store

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// overlay returns what the edition shows of a table instead of what the newest
// version has, nil where they are the same.
func (e *edition) overlay(number uint32) (*table.Overlay, error) {
	p, err := e.thePast()
	if err != nil {
		return nil, err
	}
	t := p.tables[number]
	if t == nil {
		return nil, nil
	}
	return t.over.get(func() (*table.Overlay, error) { return e.makeOverlay(number, t) })
}

func (e *edition) makeOverlay(number uint32, t *pastTable) (*table.Overlay, error) {
	rec, err := table.ReadRecord(e.file, number)
	if err != nil {
		return nil, e.wrong(err, fmt.Sprintf("table %d", number))
	}
	known, err := e.suppliers()
	if err != nil {
		return nil, err
	}
	o := &table.Overlay{Hidden: t.hidden, Images: make(map[uint32]*graph.Image, len(t.states))}
	names := interner{}
	for i := range t.states {
		st := &t.states[i]
		im, err := e.decodeState(st, names)
		if err != nil {
			return nil, err
		}
		if im.Type != rec.Type || st.row >= rec.Rows {
			return nil, e.wrong(errRecord, "before-image of "+im.Key)
		}
		im.Supplier = known.byName[im.Instance]
		o.Images[st.row] = im
	}
	if rec.Kind == graph.RelationshipKind {
		if err := e.joinOverlay(rec, t, o); err != nil {
			return nil, err
		}
	}
	o.Prepare()
	return o, nil
}

func (e *edition) decodeState(st *pastState, names interner) (*graph.Image, error) {
	id, ok := identityOf(names, st.name())
	if !ok {
		return nil, e.wrong(errKey, fmt.Sprintf("before-image %.80q", st.key))
	}
	u, err := decodeUndo(st.key, st.value, id, names)
	if err != nil || u.before == nil {
		return nil, e.wrong(cmp.Or(err, errKey), fmt.Sprintf("before-image of %s %s of %s", id.Kind, id.Key, id.Instance))
	}
	im := &u.before.image
	if st.endOn != 0 {
		im.Meta.Deleted, im.Meta.EndOn = true, st.endOn
	}
	return im, nil
}

// joinOverlay finds the ends of the relationships of an overlay, several at once.
func (e *edition) joinOverlay(rec *table.Record, t *pastTable, o *table.Overlay) error {
	ends := make([][2]graph.Ref, len(t.states))
	var g errgroup.Group
	size := len(t.states)/(2*runtime.GOMAXPROCS(0)) + 1
	for lo := 0; lo < len(t.states); lo += max(size, 256) {
		g.Go(func() error {
			for i := lo; i < min(lo+max(size, 256), len(t.states)); i++ {
				var err error
				if ends[i], err = e.findEnds(o.Images[t.states[i].row]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	o.Ends = make(map[uint32][2]uint32, len(ends))
	from, to := e.handle(rec.From), e.handle(rec.To)
	t.strays = nil
	for i, x := range ends {
		if row := t.states[i].row; x[0].Table() == from && x[1].Table() == to {
			o.Ends[row] = [2]uint32{x[0].Row(), x[1].Row()}
		} else {
			t.strays = append(t.strays, stray{row, x[0], x[1]})
		}
	}
	return nil
}

var errLacksEnd = errors.New("it lacks an end")

// findEnds returns the handles of both ends of a relationship.
func (e *edition) findEnds(im *graph.Image) (out [2]graph.Ref, err error) {
	for i, end := range [2]graph.End{im.From, im.To} {
		out[i], err = e.find(graph.Identity{Kind: graph.EntityKind, Instance: end.Instance, Key: end.Key})
		if err == nil && out[i] == 0 {
			err = e.wrong(errLacksEnd, fmt.Sprintf("relationship %s of %s", im.Key, im.Instance))
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}
