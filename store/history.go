package store

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// State is one state of an object in its history.
type State struct {
	Version uint64 // that brought it; of a Pruned one the oldest that is kept
	Time    int64  // of that version, epoch milliseconds
	Image   *graph.Image
	// Pruned says that the state is older than the oldest version that is kept.
	Pruned bool
}

// History returns the states of an object through the versions that are kept,
// oldest first; Image is nil where a version deleted it. An object that no
// version knows has none.
func (db *DB) History(ctx context.Context, id graph.Identity) ([]State, error) {
	var out []State
	err := db.view(ctx, func(r *reader) error {
		n, err := db.newest(r)
		if err != nil {
			return err
		}
		out, err = n.history(id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read history of %s: %w", id.Key, err)
	}
	return out, nil
}

func (r *newest) history(id graph.Identity) ([]State, error) {
	base, err := r.base()
	if err != nil {
		return nil, err
	}
	var out []State
	for link, err := range r.chain(id, base) {
		if err != nil {
			return nil, err
		}
		st := State{Version: max(link.version, base), Image: image(link.state), Pruned: link.version < base}
		if link.version <= base && st.Image == nil {
			continue
		}
		v, err := r.version(st.Version)
		if err != nil {
			return nil, err
		}
		st.Time = v.Time
		out = append(out, st)
	}
	slices.Reverse(out)
	// A relationship that moved with its end is in the chain without a change.
	out = slices.CompactFunc(out, func(a, b State) bool { return graph.SameState(a.Image, b.Image) })
	return out, r.supply(out)
}

// supply fills in the suppliers of the images of states.
func (r *reader) supply(states []State) error {
	for _, st := range states {
		if st.Image == nil {
			continue
		}
		in, err := r.instance(st.Image.Instance)
		if err != nil {
			return err
		}
		if in != nil {
			st.Image.Supplier = &in.Instance
		}
	}
	return nil
}

// link is one state of an object and the version that brought it: 0, or one that
// is no longer kept, for the oldest.
type link struct {
	version uint64
	state   *object // nil: not alive
}

// chain yields the states of an object, newest first, down to the one that
// version base had, by its before-images: nothing else is read.
func (r *newest) chain(id graph.Identity, base uint64) iter.Seq2[link, error] {
	return func(yield func(link, error) bool) {
		state, touched, err := r.head(id)
		for {
			if err != nil {
				yield(link{}, err)
				return
			}
			if !yield(link{touched, state}, nil) || touched <= base {
				return
			}
			state, touched, err = r.before(id, state, touched)
		}
	}
}

// before returns the state that the one that version touched brought replaced,
// and the version that brought it. Of an object that the version appended and
// that no before-image speaks of, there was none.
func (r *newest) before(id graph.Identity, state *object, touched uint64) (*object, uint64, error) {
	u, ok, err := r.undo(touched, id)
	if ok || err != nil {
		return u.before, u.previous, err
	}
	isNew := false
	if state != nil {
		isNew, err = r.appended(touched, table.Place{Table: state.place.table, Row: state.place.row})
	}
	if err == nil && !isNew {
		err = r.damaged(errKey, "missing before-image of %s %s of %s in version %d", id.Kind, id.Key, id.Instance, touched)
	}
	return nil, 0, err
}

// head returns the newest state of an object and the version that brought it, 0
// when the object is not known.
func (r *newest) head(id graph.Identity) (*object, uint64, error) {
	o, err := r.object(id)
	if err != nil {
		return nil, 0, err
	}
	if o != nil {
		return o, o.touched, nil
	}
	g, _, err := r.gone(id)
	return nil, g.touched, err
}
