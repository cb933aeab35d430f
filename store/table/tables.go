package table

import (
	"fmt"
	"sync"
)

// Tables are the tables of one version. They may be used by several goroutines
// at once, as long as the File may.
type Tables struct {
	file    File
	dir     *Directory
	overlay func(number uint32) (*Overlay, error) // nil for the newest version
	group   uint32                                // rows of a row group, 0 for GroupRows

	mu    sync.RWMutex // guards views
	views map[uint32]*View
}

// NewTables returns the tables of a directory: of the newest version, or, with
// overlays by table number, of an older one.
func NewTables(f File, d *Directory, overlays map[uint32]*Overlay) *Tables {
	if len(overlays) == 0 {
		return NewOverlaid(f, d, nil)
	}
	return NewOverlaid(f, d, func(number uint32) (*Overlay, error) { return overlays[number], nil })
}

// NewOverlaid returns the tables of a directory whose overlays are made by
// overlay, which gives nil for a table that is as in the newest version. It is
// asked when a table is first read, perhaps by several goroutines at once, and may
// read other tables.
func NewOverlaid(f File, d *Directory, overlay func(number uint32) (*Overlay, error)) *Tables {
	return &Tables{file: f, dir: d, overlay: overlay, views: map[uint32]*View{}}
}

// Directory returns the list of the tables.
func (ts *Tables) Directory() *Directory { return ts.dir }

// View returns the view of a table, which must be in the directory.
func (ts *Tables) View(number uint32) (*View, error) {
	ts.mu.RLock()
	v := ts.views[number]
	ts.mu.RUnlock()
	if v != nil {
		return v, nil
	}
	v, err := ts.read(number)
	if err != nil {
		return nil, err
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if known := ts.views[number]; known != nil {
		return known, nil
	}
	ts.views[number] = v
	return v, nil
}

func (ts *Tables) read(number uint32) (*View, error) {
	r, err := ReadRecord(ts.file, number)
	if err != nil {
		return nil, err
	}
	r.group = ts.group
	r.number() // before several goroutines ask
	v := &View{ts: ts, rec: r, parts: map[partID]any{}}
	if ts.overlay != nil {
		v.over, err = ts.overlay(number)
	}
	return v, err
}

// ends returns the views of the tables at the ends of an edge table.
func (v *View) ends() (from, to *View, err error) {
	if from, err = v.ts.View(v.rec.From); err != nil {
		return nil, nil, fmt.Errorf("ends of table %d: %w", v.rec.Number, err)
	}
	if to, err = v.ts.View(v.rec.To); err != nil {
		return nil, nil, fmt.Errorf("ends of table %d: %w", v.rec.Number, err)
	}
	return from, to, nil
}
