package table

import (
	"encoding/binary"
	"fmt"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// A group is written whole, and its patches are folded in, when it is small or
// when they have become large: more than an eighth of its rows, or a quarter of
// its bytes.
const (
	smallShare = 128     // of a full group: what is small
	rowShare   = 8       // of the rows
	byteShare  = 4       // of the bytes
	smallPatch = 4 << 10 // bytes that are never too many
)

// edit is what changes in a column of the rows that were there.
type edit struct {
	rows   []uint32 // of the group
	values []graph.Value
}

// editsOf returns what changes in the rows of a group that were there.
func (b *build) editsOf() map[string]*edit {
	edits := map[string]*edit{}
	for _, c := range b.d.changed(b.lo, b.lo+uint32(b.old)) {
		if c.after == nil {
			continue
		}
		c.after.differences(c.before, func(name string, v graph.Value) {
			e := edits[name]
			if e == nil {
				e = &edit{}
				edits[name] = e
			}
			e.rows, e.values = append(e.rows, c.row-b.lo), append(e.values, v)
		})
	}
	return edits
}

// weigh reports whether so many rows are changed that the group is to be folded.
func (b *build) weigh(v *View, edits map[string]*edit) (bool, error) {
	if b.old == 0 || b.n <= int(b.d.rec.groupRows()/smallShare) {
		return true, nil
	}
	changed := b.dead.Clone()
	if base, err := v.Base(b.group, PartDead); err != nil {
		return false, err
	} else if base != nil {
		dead, _, err := column.DecodeRows(base)
		if err != nil {
			return false, err
		}
		changed.AndNot(dead)
	}
	changed.AddRange(b.old, b.n)
	for _, e := range edits {
		for _, row := range e.rows {
			changed.Add(int(row))
		}
	}
	for i := range v.rec.Columns {
		p, err := v.openPatch(b.group, Column(i))
		if err != nil {
			return false, err
		}
		for k := range p.Len() {
			if row := p.Row(k); row < b.n {
				changed.Add(row)
			}
		}
	}
	return changed.Count() > b.n/rowShare, nil
}

// openPatch returns the patch of a column, an empty one if there is none.
func (v *View) openPatch(group int, p Part) (*column.Patch, error) {
	b, err := v.Patch(group, p)
	if err != nil || b == nil {
		return &column.Patch{}, err
	}
	patch, err := column.OpenPatch(b)
	if err != nil {
		return nil, fmt.Errorf("table %d, group %d, patch of part %d: %w", v.rec.Number, group, p, err)
	}
	return patch, nil
}

// weight is how many bytes the columns of a group's base take.
func (v *View) weight(group int) (int, error) {
	b, err := v.Base(group, PartWeight)
	if err != nil || b == nil {
		return 0, err
	}
	n, size := binary.Uvarint(b)
	if size != len(b) || n > 1<<40 {
		return 0, fmt.Errorf("table %d, group %d: the weight is unreadable", v.rec.Number, group)
	}
	return int(n), nil
}

// patchColumn adds to a lane what a patch of a column becomes: what it says of
// rows that are still there, and the edit, which may be nil.
func (b *build) patchColumn(name string, old *column.Patch, e *edit) error {
	l := b.lane(name)
	i, k := 0, 0
	for e != nil && k < len(e.rows) || i < old.Len() {
		switch {
		case e == nil || k == len(e.rows) || i < old.Len() && uint32(old.Row(i)) < e.rows[k]:
			if row := old.Row(i); row < b.old && !b.dead.Has(row) {
				v, err := old.Value(i)
				if err != nil {
					return err
				}
				l.begin(row)
				l.append(v)
			}
			i++
		default:
			if i < old.Len() && uint32(old.Row(i)) == e.rows[k] {
				i++
			}
			l.begin(int(e.rows[k]))
			l.append(e.values[k])
			k++
		}
	}
	return nil
}

// encodePatch returns the patches of the columns that change. The size counts
// those too that stay.
func (b *build) encodePatch(v *View, edits map[string]*edit) (s shelf, size int, err error) {
	for i, name := range v.rec.Columns {
		p, err := v.openPatch(b.group, Column(i))
		if err != nil {
			return s, 0, err
		}
		if edits[name] == nil && (b.old == b.n || p.Len() == 0) {
			chunk, err := v.Patch(b.group, Column(i))
			if err != nil {
				return s, 0, err
			}
			size += len(chunk)
			continue
		}
		if err := b.patchColumn(name, p, edits[name]); err != nil {
			return s, 0, fmt.Errorf("patch column %q: %w", name, err)
		}
	}
	for name, e := range edits {
		if _, ok := v.rec.Find(name); !ok {
			if err := b.patchColumn(name, &column.Patch{}, e); err != nil {
				return s, 0, err
			}
		}
	}
	if err := b.newRows(); err != nil {
		return s, 0, err
	}
	for name, l := range b.names {
		if l.n == 0 {
			s.setColumn(name, nil)
			continue
		}
		l.spill()
		chunk, err := column.EncodePatch(nil, l.rows, &l.b)
		if err != nil {
			return s, 0, fmt.Errorf("patch column %q: %w", name, err)
		}
		s.setColumn(name, chunk)
	}
	return s, size + s.size(), b.setDead(v, &s)
}

// setDead stores which rows are empty, in a patch: unless it says that already.
func (b *build) setDead(v *View, s *shelf) error {
	old, err := v.dead(b.group)
	if err != nil {
		return err
	}
	if b.dead.Count() > old.Count() {
		s.set(PartDead, column.EncodeRows(nil, b.dead, b.n))
	}
	return nil
}

// copyColumn adds to a lane what a column had, with the edit, which may be nil.
// Empty rows lose their values.
func (b *build) copyColumn(c *column.Column, name string, e *edit) error {
	const batch = 1024
	if c == nil && e == nil {
		return nil
	}
	var rows [batch]uint32
	var values [batch]graph.Value
	l, k := b.lane(name), 0
	for lo := 0; lo < b.old; lo += batch {
		n := min(batch, b.old-lo)
		for i := range n {
			rows[i] = uint32(lo + i)
		}
		clear(values[:])
		if c != nil {
			if err := c.Values(rows[:n], values[:n]); err != nil {
				return fmt.Errorf("fold column %q: %w", name, err)
			}
		}
		for i, v := range values[:n] {
			if e != nil && k < len(e.rows) && e.rows[k] == rows[i] {
				v = e.values[k]
				k++
			}
			if row := lo + i; v.Kind() != graph.Undefined && !b.dead.Has(row) {
				l.begin(row)
				l.append(v)
			}
		}
	}
	return nil
}

// fold gathers the whole group, of which v shows what there was.
func (b *build) fold(v *View, edits map[string]*edit) error {
	if b.old > 0 {
		for i, name := range v.rec.Columns {
			c, err := v.Column(b.group, Column(i))
			if err != nil {
				return err
			}
			if c.Base() == nil && c.Changed() == 0 {
				c = nil
			}
			if err := b.copyColumn(c, name, edits[name]); err != nil {
				return err
			}
		}
		for name, e := range edits {
			if _, ok := v.rec.Find(name); ok {
				continue
			}
			if err := b.copyColumn(nil, name, e); err != nil {
				return err
			}
		}
	}
	return b.newRows()
}
