package table

import (
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// worker encodes one row group after another, with memory that it uses again.
type worker struct {
	free map[string]*lane // by the name of the column that had it last
	// encoder lends its memory to the lane that is being encoded.
	encoder column.Builder
	// constants are the chunks of columns of one value: most groups have the same.
	constants map[constant][]byte
}

// constant is a column of one value.
type constant struct {
	rows int
	kind graph.ValueKind
	num  int64
	text string
}

// lane returns an empty lane: the one that the column had in the group before,
// which has room enough, or any other.
func (w *worker) lane(name string, patch bool) *lane {
	l := w.free[name]
	if l == nil {
		for other := range w.free {
			name, l = other, w.free[other]
			break
		}
	}
	if l == nil {
		l = &lane{}
	}
	delete(w.free, name)
	l.reset(patch)
	return l
}

// keep takes a lane back, to be used again.
func (w *worker) keep(name string, l *lane) {
	if w.free == nil {
		w.free = map[string]*lane{}
	}
	if len(w.free) < mostFree {
		w.free[name] = l
	}
}

// mostFree is how many lanes a worker keeps for later.
const mostFree = 64

// constant encodes a lane of which all rows were only counted.
func (w *worker) constant(l *lane) ([]byte, error) {
	key := constant{l.n, l.first.kind, l.first.num, l.first.text}
	if key.kind != graph.List {
		if chunk := w.constants[key]; chunk != nil {
			return chunk, nil
		}
	}
	l.spill()
	chunk, err := l.b.Encode(nil, column.Options{})
	if err != nil || key.kind == graph.List {
		return chunk, err
	}
	if w.constants == nil {
		w.constants = map[constant][]byte{}
	}
	chunk = slices.Clip(chunk) // it is sealed at several places: none may grow into it
	w.constants[key] = chunk
	return chunk, nil
}

// outcome is what becomes of a row group.
type outcome struct {
	d           *draft
	group       int
	base, patch shelf
	rows        uint32 // that change
	tally       tally
	entries     entries
}

// run makes the outcome of a row group: of its own rows and of the adjacency of
// the rows of the ends that have its number.
func (w *worker) run(t task) (*outcome, error) {
	o := &outcome{d: t.d, group: t.group}
	var v *View
	if t.d.view != nil {
		v = t.d.view.fresh() // lets go of what was read when the group is done
	}
	if err := w.rows(o, v); err != nil {
		return nil, err
	}
	return o, w.near(o, v)
}

// rows makes the columns of a group.
func (w *worker) rows(o *outcome, v *View) error {
	lo, hi := o.d.span(o.group)
	if int(hi-lo) == o.d.oldLen(o.group) && len(o.d.changed(lo, hi)) == 0 {
		return nil
	}
	o.count(lo, hi)
	b := newBuild(w, o.d, o.group, true)
	if err := b.findDead(v); err != nil {
		return err
	}
	edits := b.editsOf()
	whole, err := b.weigh(v, edits)
	if err != nil {
		return err
	}
	if !whole {
		s, size, err := b.encodePatch(v, edits)
		if err != nil {
			return err
		}
		weight, err := v.weight(o.group)
		if err != nil {
			return err
		}
		if size <= max(smallPatch, weight/byteShare) {
			o.patch = s
			b.into(o)
			return nil
		}
	}
	b.restart()
	if err := b.fold(v, edits); err != nil {
		return err
	}
	if o.base, err = b.encodeBase(); err != nil {
		return err
	}
	b.into(o)
	return o.replace(v)
}

// count counts the rows from lo up to, not including, hi that change.
func (o *outcome) count(lo, hi uint32) {
	o.rows = uint32(len(o.d.changed(lo, hi)))
	for _, f := range o.d.fills {
		if from, to := max(f.first, lo), min(f.end(), hi); from < to {
			o.rows += to - from
		}
	}
}

// restart begins again, as a base.
func (b *build) restart() {
	b.release()
	b.patch, b.names, b.engines = false, map[string]*lane{}, [len(engineColumns)]*lane{}
	b.tally, b.entries = tally{}, entries{}
}

// into ends b: what it counted belongs to o.
func (b *build) into(o *outcome) {
	o.entries = b.entries
	for _, c := range b.d.changed(b.lo, b.lo+uint32(b.n)) {
		b.tally.addRow(c.before, -1)
		b.tally.addRow(c.after, 1)
	}
	o.tally = b.tally
	b.release()
}

// replace takes away what the group had and does not have any more now that it
// was written whole: the patches, and the columns without values.
func (o *outcome) replace(v *View) error {
	if v == nil || o.d.oldLen(o.group) == 0 {
		return nil
	}
	for i, name := range v.rec.Columns {
		o.patch.setColumn(name, nil)
		if o.base.named[name] != nil {
			continue
		}
		if b, err := v.Base(o.group, Column(i)); err != nil {
			return err
		} else if b != nil {
			o.base.setColumn(name, nil)
		}
	}
	o.patch.set(PartDead, nil)
	for _, p := range [...]Part{PartDead, PartOrder, PartFilter, PartWeight} {
		if o.base.fixed[p] == nil {
			o.base.set(p, nil)
		}
	}
	return nil
}
