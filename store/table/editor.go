package table

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// EditorOptions are what an Editor needs to know.
type EditorOptions struct {
	// KeyHash returns the keyed hash of a name, under which indexes find it.
	KeyHash func(graph.Identity) uint64
	// Workers is how many goroutines encode; 0 means as many as there are
	// processors.
	Workers int
}

// Editor turns changes of rows into writes. It changes nothing itself: neither
// the file nor the Tables that it was made of. What it is given it keeps until
// Writes, so that must not change. It is for one goroutine.
type Editor struct {
	ts     *Tables
	o      EditorOptions
	dir    *Directory
	drafts map[uint32]*draft
}

var errOld = errors.New("only the newest version can be edited")

// NewEditor returns an editor of the tables of the newest version.
func NewEditor(ts *Tables, o EditorOptions) (*Editor, error) {
	if ts.overlay != nil {
		return nil, fmt.Errorf("edit tables: %w", errOld)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return &Editor{ts: ts, o: o, dir: ts.dir.Clone(), drafts: map[uint32]*draft{}}, nil
}

// Directory returns the list of the tables with those that were added: it is the
// caller's to store.
func (e *Editor) Directory() *Directory { return e.dir }

// Table returns the number of a table, which it makes if need be.
func (e *Editor) Table(n Name) (uint32, error) {
	if number := e.dir.Find(n); number != 0 {
		return number, nil
	}
	if n.Kind == graph.RelationshipKind && (e.dir.Type(n.From) == "" || e.dir.Type(n.To) == "") {
		return 0, fmt.Errorf("make table of %s: there are no tables %d and %d", n.Type, n.From, n.To)
	}
	number, err := e.dir.Add(n)
	if err != nil {
		return 0, err
	}
	e.drafts[number] = newDraft(&Record{
		Number: number, Kind: n.Kind, Type: n.Type, Class: n.Class, From: n.From, To: n.To,
		Instances: map[string]uint32{}, Classes: map[string]uint32{}, group: e.ts.group,
	}, nil)
	return number, nil
}

// draft returns the draft of a table, beginning one if need be.
func (e *Editor) draft(table uint32) (*draft, error) {
	if d := e.drafts[table]; d != nil {
		return d, nil
	}
	v, err := e.ts.View(table)
	if err != nil {
		return nil, err
	}
	d := newDraft(v.rec.Clone(), v)
	e.drafts[table] = d
	return d, nil
}

// record returns the record of a table as it will be.
func (e *Editor) record(table uint32) (*Record, error) {
	if d := e.drafts[table]; d != nil {
		return d.rec, nil
	}
	v, err := e.ts.View(table)
	if err != nil {
		return nil, err
	}
	return v.rec, nil
}

// Rows is the number of rows that a table has by now, empty ones too.
func (e *Editor) Rows(table uint32) (uint32, error) {
	r, err := e.record(table)
	if err != nil {
		return 0, err
	}
	return r.Rows, nil
}

// Reserve appends n rows to a table and returns the first. Those that are neither
// Set nor filled stay empty for ever.
func (e *Editor) Reserve(table, n uint32) (first uint32, err error) {
	d, err := e.draft(table)
	if err != nil {
		return 0, err
	}
	first = d.rec.Rows
	if n > math.MaxUint32-first {
		return 0, fmt.Errorf("add %d rows to the table of %s: it has %d, which is too many", n, d.rec.Type, first)
	}
	d.rec.Rows += n
	return first, nil
}

// Set gives a row another state. Before is the one that it has, nil for a row
// that was reserved by this editor and not yet set.
func (e *Editor) Set(at Place, before, after *Row) error {
	if after == nil || after.Image == nil {
		return fmt.Errorf("set row %d of table %d: there is no state", at.Row, at.Table)
	}
	return e.change(at, before, after)
}

// Remove empties a row, whose state is before.
func (e *Editor) Remove(at Place, before *Row) error { return e.change(at, before, nil) }

func (e *Editor) change(at Place, before, after *Row) error {
	d, err := e.draft(at.Table)
	if err == nil {
		err = d.change(at.Row, before, after)
	}
	if err != nil {
		return fmt.Errorf("change row %d of table %d: %w", at.Row, at.Table, err)
	}
	return nil
}

// Fill gives the rows from first on, which this editor reserved, their first
// state. It asks f for them in Writes.
func (e *Editor) Fill(table, first uint32, f Filling) error {
	d, err := e.draft(table)
	if err == nil {
		err = d.fill(&fill{Filling: f, first: first})
	}
	if err != nil {
		return fmt.Errorf("fill rows of table %d from %d: %w", table, first, err)
	}
	return nil
}

// touched returns the drafts in the order of their numbers.
func (e *Editor) touched() []*draft {
	out := make([]*draft, 0, len(e.drafts))
	for _, d := range e.drafts {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *draft) int { return int(a.rec.Number) - int(b.rec.Number) })
	return out
}
