package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Loaded is an object and what its row holds beside it.
type Loaded struct {
	Image   *graph.Image
	Touched uint64 // the version that wrote the row; 0 in an older version
}

// Load returns the objects of rows of one group, which count from its first and
// must be alive: column by column, which is faster than Image for many.
func (v *View) Load(group int, rows []uint32) ([]Loaded, error) {
	out := make([]Loaded, len(rows))
	for i := range out {
		out[i].Image = &graph.Image{Kind: v.rec.Kind, Type: v.rec.Type}
	}
	values := make([]graph.Value, len(rows))
	for _, n := range v.byName() {
		if err := v.loadColumn(group, n, rows, values, out); err != nil {
			return nil, err
		}
	}
	first := uint32(group) * v.rec.groupRows()
	for i, row := range rows {
		im := out[i].Image
		if v.rec.Kind == graph.RelationshipKind {
			if err := v.joinImage(im, first+row); err != nil {
				return nil, err
			}
		}
		if im.Key == "" || im.Instance == "" {
			return nil, fmt.Errorf("table %d, row %d: %w", v.rec.Number, first+row, errUnnamed)
		}
	}
	return out, nil
}

// byName lists the columns by name: properties come in their order then.
func (v *View) byName() []int {
	out := make([]int, len(v.rec.Columns))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(a, b int) int { return strings.Compare(v.rec.Columns[a], v.rec.Columns[b]) })
	return out
}

// loadColumn fills in what one column holds.
func (v *View) loadColumn(group, n int, rows []uint32, values []graph.Value, out []Loaded) error {
	c, err := v.Column(group, Column(n))
	if err != nil {
		return err
	}
	if c.Base() == nil && c.Changed() == 0 {
		return nil
	}
	if err := c.Values(rows, values); err != nil {
		return fmt.Errorf("table %d, group %d, column %q: %w", v.rec.Number, group, v.rec.Columns[n], err)
	}
	name := v.rec.Columns[n]
	for i, x := range values {
		switch {
		case x.Kind() == graph.Undefined:
		case name == ColumnTouched:
			t, _ := x.Int()
			out[i].Touched = uint64(t)
		case IsEngine(name):
			setColumn(out[i].Image, name, x)
		default:
			out[i].Image.Props = append(out[i].Image.Props, graph.Property{Name: name, Value: x})
		}
	}
	return nil
}
