package table

import (
	"fmt"
	"sync"
)

// Tables are the tables of one version. They may be used by several goroutines
// at once, as long as the File may.
type Tables struct {
	file     File
	dir      *Directory
	overlays map[uint32]*Overlay
	group    uint32 // rows of a row group, 0 for GroupRows

	mu    sync.Mutex // guards views
	views map[uint32]*View
}

// NewTables returns the tables of a directory: of the newest version, or, with
// overlays by table number, of an older one.
func NewTables(f File, d *Directory, overlays map[uint32]*Overlay) *Tables {
	return &Tables{file: f, dir: d, overlays: overlays, views: map[uint32]*View{}}
}

// Directory returns the list of the tables.
func (ts *Tables) Directory() *Directory { return ts.dir }

// View returns the view of a table, which must be in the directory.
func (ts *Tables) View(number uint32) (*View, error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if v := ts.views[number]; v != nil {
		return v, nil
	}
	r, err := ReadRecord(ts.file, number)
	if err != nil {
		return nil, err
	}
	r.group = ts.group
	r.number() // before several goroutines ask
	v := &View{ts: ts, rec: r, over: ts.overlays[number], parts: map[partID]any{}}
	ts.views[number] = v
	return v, nil
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
