package table

import (
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// Overlay is what an older version shows of a table instead of what the newest
// has. It never changes once a View has it.
type Overlay struct {
	// Hidden are rows that the version does not show: appended since, or whose
	// object it does not have. Sorted ranges that do not touch.
	Hidden []Range
	// Images are the states of the rows that have another one in the version,
	// or are empty in the newest. A row among them is not Hidden.
	Images map[uint32]*graph.Image
	// Ends are, of an edge table, the rows of the ends of each of Images.
	Ends map[uint32][2]uint32

	rows []uint32 // of Images, ascending
}

// Range is the rows from Lo up to, not including, Hi.
type Range struct{ Lo, Hi uint32 }

// sorted returns the rows of the images between lo and hi in order.
func (o *Overlay) sorted(lo, hi uint32) []uint32 {
	if o.rows == nil {
		o.rows = make([]uint32, 0, len(o.Images))
		for row := range o.Images {
			o.rows = append(o.rows, row)
		}
		slices.Sort(o.rows)
	}
	i, _ := slices.BinarySearch(o.rows, lo)
	j, _ := slices.BinarySearch(o.rows, hi)
	return o.rows[i:j]
}

// Prepare makes what a View would make at first use, so that several can use o.
func (o *Overlay) Prepare() { o.sorted(0, 0) }

// mask turns the living rows of a group of the newest version into those of the
// overlay's.
func (o *Overlay) mask(alive column.Bitmap, lo, hi uint32) {
	o.hide(alive, lo, hi)
	for _, row := range o.sorted(lo, hi) {
		alive.Add(int(row - lo))
	}
}

// hide takes out of the rows of a group those that are hidden.
func (o *Overlay) hide(rows column.Bitmap, lo, hi uint32) {
	for _, r := range o.Hidden {
		if a, b := max(r.Lo, lo), min(r.Hi, hi); a < b {
			rows.RemoveRange(int(a-lo), int(b-lo))
		}
	}
}

// patch returns the values of the images of a group in one column, nil when
// there are none.
func (o *Overlay) patch(name string, lo, hi uint32) (*column.Patch, error) {
	rows := o.sorted(lo, hi)
	if len(rows) == 0 {
		return nil, nil
	}
	var b column.Builder
	at := make([]uint32, len(rows))
	for i, row := range rows {
		at[i] = row - lo
		b.Append(columnOf(o.Images[row], name))
	}
	data, err := column.EncodePatch(nil, at, &b)
	if err != nil {
		return nil, err
	}
	return column.OpenPatch(data)
}

// columnOf returns what an image has in a column. Of the engine's columns those
// that only writers read are left out.
func columnOf(im *graph.Image, name string) graph.Value {
	switch name {
	case ColumnKey:
		return graph.StringValue(im.Key)
	case ColumnClass:
		return graph.StringsValue(im.Class)
	case ColumnInstance:
		return graph.StringValue(im.Instance)
	case ColumnVersion:
		return graph.IntValue(int64(im.Meta.Version))
	case ColumnCreatedOn:
		return graph.IntValue(im.Meta.CreatedOn)
	case ColumnBeginOn:
		return graph.IntValue(im.Meta.BeginOn)
	}
	if IsEngine(name) {
		return graph.Value{}
	}
	return im.Props.Get(name)
}
