package store

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// sheet is one table of an edition: stored, or the virtual one of run records.
type sheet struct {
	*edition
	number     uint32 // the upper half of its handles
	kind       graph.Kind
	typ, class string
	stored     uint32 // its number in the file
	virtual    bool   // it holds the run records

	read   atomic.Pointer[table.View]
	living lazy[column.Bitmap]
	none   lazy[column.Bitmap] // for Select of what no row is of
	parts  lazy[[]namedPart]
	counts lazy[*tallies]
	known  lazy[*table.Statistics]
	named  lazy[[]atomic.Pointer[naming]] // by row group

	mu    sync.Mutex // guards coded
	coded map[string]*coded

	wholeMu sync.RWMutex // guards wholes
	wholes  map[string]*wholeColumn
}

const groupWords = table.GroupRows / 64

// view returns the stored table.
func (s *sheet) view() (*table.View, error) {
	if v := s.read.Load(); v != nil {
		return v, nil
	}
	v, err := s.tables.View(s.stored)
	if err != nil {
		return nil, s.damage(err)
	}
	s.read.Store(v)
	return v, nil
}

// damage names the table in an error.
func (s *sheet) damage(err error) error {
	if err == nil {
		return nil
	}
	return s.wrong(err, "table of "+s.typ)
}

// rows is the number of rows, empty ones too.
func (s *sheet) rows() (uint32, error) {
	if s.virtual {
		runs, err := s.runImages()
		return uint32(len(runs)), err
	}
	v, err := s.plain.View(s.stored)
	if err != nil {
		return 0, s.damage(err)
	}
	return v.Record().Rows, nil
}

// groups is the number of row groups.
func (s *sheet) groups() (int, error) {
	rows, err := s.rows()
	return (int(rows) + table.GroupRows - 1) / table.GroupRows, err
}

// alive returns the rows that are not empty.
func (s *sheet) alive() (column.Bitmap, error) {
	return s.living.get(func() (column.Bitmap, error) {
		rows, err := s.rows()
		if err != nil {
			return nil, err
		}
		if s.virtual {
			return column.FullBitmap(int(rows)), nil
		}
		v, err := s.view()
		if err != nil {
			return nil, err
		}
		all := make(column.Bitmap, 0, (rows+63)/64)
		for g := range v.Groups() {
			m, err := v.Alive(g)
			if err != nil {
				return nil, s.damage(err)
			}
			all = append(all, m...)
		}
		return all, nil
	})
}

// groupOf returns the part of a set of rows that is a row group.
func groupOf(all column.Bitmap, group int) column.Bitmap {
	lo := group * groupWords
	return all[lo:min(lo+groupWords, len(all))]
}

// live is the number of rows that are not empty.
func (s *sheet) live() (uint32, error) {
	t, err := s.tallies()
	if err != nil {
		return 0, err
	}
	return t.live, nil
}

// has reports whether a row is there and not empty.
func (s *sheet) has(row uint32) (bool, error) {
	if s.virtual {
		rows, err := s.rows()
		return row < rows, err
	}
	v, err := s.view()
	if err != nil {
		return false, err
	}
	ok, err := v.IsAlive(row)
	return ok, s.damage(err)
}

// namedPart is a column of the supplier's.
type namedPart struct {
	name string
	part table.Part
}

// properties lists the supplier's columns by name.
func (s *sheet) properties() ([]namedPart, error) {
	return s.parts.get(func() ([]namedPart, error) {
		v, err := s.view()
		if err != nil {
			return nil, err
		}
		var out []namedPart
		for i, name := range v.Record().Columns {
			if !table.IsEngine(name) {
				out = append(out, namedPart{name, table.Column(i)})
			}
		}
		slices.SortFunc(out, func(a, b namedPart) int { return strings.Compare(a.name, b.name) })
		return out, nil
	})
}

// column returns a column of a row group, nil when the table has none of that name.
func (s *sheet) column(group int, name string) (*column.Column, error) {
	v, err := s.view()
	if err != nil {
		return nil, err
	}
	p, ok := v.Record().Find(name)
	if !ok {
		return nil, nil
	}
	c, err := v.Column(group, p)
	return c, s.damage(err)
}

// restored returns the image that the version has of a row instead of the newest,
// nil when there is none.
func (s *sheet) restored(row uint32) *graph.Image {
	if v := s.read.Load(); v != nil && v.Overlaid() {
		return v.Overlay().Images[row]
	}
	return nil
}

// batches yields the rows of a set of rows of a group in parts of at most a number.
func batches(rows column.Bitmap, size int) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		part := make([]uint32, 0, size)
		for row := range rows.All() {
			if part = append(part, uint32(row)); len(part) == size {
				if !yield(part) {
					return
				}
				part = part[:0]
			}
		}
		if len(part) > 0 {
			yield(part)
		}
	}
}

// noRow says that a handle is of no object.
func (s *sheet) noRow(row uint32) error {
	return fmt.Errorf("row %d of %s does not exist", row, s.typ)
}
