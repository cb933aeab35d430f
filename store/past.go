package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// past is how an edition differs from the newest tables: what is to be hidden and
// what stood in its place, by table of the file.
type past struct {
	tables map[uint32]*pastTable
	// places find objects of the edition that the indexes do not find.
	places lazy[*places]
	ids    lazy[map[graph.ID]table.Place] // of the entities among them
}

// pastTable is the part of a past that is about one table.
type pastTable struct {
	hidden []table.Range
	states []pastState // by row
	over   lazy[*table.Overlay]
	// strays are the rows of states whose ends are in other tables than the table
	// says, once over is made.
	strays []stray
}

// pastState is a before-image, not decoded yet.
type pastState struct {
	row        uint32
	key, value []byte // of the undo record
	endOn      int64  // when the object was deleted, 0 if it lives
}

// name is the objectKey of the object.
func (st *pastState) name() []byte { return st.key[8:] }

// stray is a relationship that was deleted before an end of it moved.
type stray struct {
	row      uint32
	from, to graph.Ref
}

var errRecord = errors.New("it stands at a place that does not exist")

// thePast returns how the edition differs from the newest tables, nil if it does
// not.
func (e *edition) thePast() (*past, error) {
	if !e.rewound() {
		return nil, nil
	}
	return e.past.get(func() (*past, error) {
		w := &walk{edition: e, made: &past{tables: map[uint32]*pastTable{}}}
		err := e.file.read(w.rewind)
		if err == nil && e.key.opt.IncludeDeleted {
			err = w.exhume()
		}
		return w.made, err
	})
}

// walk reads the undo log into a past.
type walk struct {
	*edition
	made *past
	slab []byte
}

func (w *walk) table(number uint32) *pastTable {
	t := w.made.tables[number]
	if t == nil {
		t = &pastTable{}
		w.made.tables[number] = t
	}
	return t
}

// keep copies b out of the file.
func (w *walk) keep(b []byte) []byte {
	const slabSize = 1 << 18
	if cap(w.slab)-len(w.slab) < len(b) {
		w.slab = make([]byte, 0, max(slabSize, len(b)))
	}
	n := len(w.slab)
	w.slab = append(w.slab, b...)
	return w.slab[n:len(w.slab):len(w.slab)]
}

// rewind collects what later versions replaced and appended. Older states overrule
// newer ones; what stands at a row that came later was never in the version.
func (w *walk) rewind(r *reader) error {
	for n := w.newest; n > w.version.Number; n-- {
		for c, err := range r.createdIn(n) {
			if err != nil {
				return err
			}
			t := w.table(c.table)
			t.hidden = append(t.hidden, table.Range{Lo: c.first, Hi: c.first + c.count})
		}
		for k, v := range r.each(bucketUndo, numberKey(n)) {
			at, ok, err := r.undonePlace(k, v)
			if err != nil {
				return err
			}
			if ok {
				w.add(at, pastState{key: w.keep(k), value: w.keep(v)})
			}
		}
	}
	for _, t := range w.made.tables {
		t.hidden = joinRanges(t.hidden)
		t.settle()
	}
	return nil
}

func (w *walk) add(at table.Place, st pastState) {
	t := w.table(at.Table)
	st.row = at.Row
	t.states = append(t.states, st)
}

// settle sorts states by row. Of those of one row the last counts; those of hidden
// rows do not.
func (t *pastTable) settle() {
	order := make([]uint64, len(t.states)) // row and place, which sort faster than states
	for i := range t.states {
		order[i] = uint64(t.states[i].row)<<32 | uint64(i)
	}
	slices.Sort(order)
	out := make([]pastState, 0, len(order))
	for i, k := range order {
		row := uint32(k >> 32)
		if i+1 < len(order) && uint32(order[i+1]>>32) == row || t.hides(row) {
			continue
		}
		out = append(out, t.states[uint32(k)])
	}
	t.states = out
}

func (t *pastTable) hides(row uint32) bool {
	i, _ := slices.BinarySearchFunc(t.hidden, row, func(r table.Range, row uint32) int { return cmp.Compare(r.Hi, row+1) })
	return i < len(t.hidden) && t.hidden[i].Lo <= row
}

// joinRanges sorts ranges and joins those that touch.
func joinRanges(list []table.Range) []table.Range {
	slices.SortFunc(list, func(a, b table.Range) int { return cmp.Compare(a.Lo, b.Lo) })
	out := list[:0]
	for _, r := range list {
		if n := len(out); n > 0 && out[n-1].Hi >= r.Lo {
			out[n-1].Hi = max(out[n-1].Hi, r.Hi)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// buried is the newest before-image of an object that the version or an earlier one
// replaced.
type buried struct {
	pastState
	table uint32
}

// exhume adds the last states of what was deleted up to the version: of objects
// that it does not have.
func (w *walk) exhume() error {
	var list []buried
	err := w.file.read(func(r *reader) (err error) {
		list, err = w.unearth(r)
		return err
	})
	if err != nil {
		return err
	}
	restored := w.made.place()
	for _, b := range list {
		at := table.Place{Table: b.table, Row: b.row}
		_, lives := restored.find(b.name())
		if !lives {
			if lives, err = w.lives(b.name(), at); err != nil {
				return err
			}
		}
		if !lives {
			w.add(at, b.pastState)
		}
	}
	for _, t := range w.made.tables {
		t.settle()
	}
	return nil
}

// unearth finds the newest before-images of all that was replaced up to the
// version.
func (w *walk) unearth(r *reader) ([]buried, error) {
	base, err := r.base()
	if err != nil {
		return nil, err
	}
	var list []buried
	seen := map[string]bool{}
	for n := w.version.Number; n > base; n-- {
		v, err := r.version(n)
		if err != nil {
			return nil, err
		}
		for k, rec := range r.each(bucketUndo, numberKey(n)) {
			at, ok, err := r.undonePlace(k, rec)
			if err != nil {
				return nil, err
			}
			if ok && !seen[string(k[8:])] {
				seen[string(k[8:])] = true
				list = append(list, buried{pastState{at.Row, w.keep(k), w.keep(rec), v.Time}, at.Table})
			}
		}
	}
	return list, nil
}

// lives reports whether the version has an object, which once stood at a place,
// where the newest has it.
func (w *walk) lives(key []byte, at table.Place) (bool, error) {
	if lives, err := w.livesAt(at); lives || err != nil {
		return lives, err
	}
	id, ok := identityOf(nil, key)
	if !ok {
		return false, w.wrong(errKey, fmt.Sprintf("before-image %.80q", key))
	}
	x, err := w.names(id.Kind)
	if err != nil {
		return false, err
	}
	found, err := x.Look(nil, w.hash.Key(id.Kind, id.Instance, id.Key))
	if err != nil {
		return false, w.wrong(err, "index of names")
	}
	for _, f := range found {
		at := table.Place{Table: f.Table, Row: f.Row}
		lives, err := w.livesAt(at)
		if err != nil {
			return false, err
		}
		if !lives {
			continue
		}
		v, err := w.plain.View(at.Table)
		if err != nil {
			return false, err
		}
		has, err := v.Identity(at.Row)
		if err != nil || has == id {
			return err == nil, err
		}
	}
	return false, nil
}

// livesAt reports whether the version has what the newest has at a place.
func (w *walk) livesAt(at table.Place) (bool, error) {
	if t := w.made.tables[at.Table]; t != nil && t.hides(at.Row) {
		return false, nil
	}
	v, err := w.plain.View(at.Table)
	if err != nil {
		return false, err
	}
	return v.IsAlive(at.Row)
}

// undonePlace returns where the object of a before-image stood; false when it says
// that there was none. Nothing else of it is decoded.
func (r *reader) undonePlace(key, record []byte) (table.Place, bool, error) {
	p := open(key, record, nil)
	p.Uint()
	if !p.Bool() {
		return table.Place{}, false, r.wrongUndo(key, p.Done())
	}
	return table.Place{Table: p.Uint32(), Row: p.Uint32()}, true, r.wrongUndo(key, p.Err)
}

func (r *reader) wrongUndo(key []byte, err error) error {
	if err == nil {
		return nil
	}
	return r.damaged(err, "before-image %.80q", key)
}
