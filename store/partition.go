package store

import (
	"errors"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

var errNoHandle = errors.New("a handle is of no object of this snapshot")

// portion is those of some handles that are of one row group: the rows of the group,
// and where each of them stands among the handles.
type portion struct {
	table uint32
	group int
	rows  []uint32
	at    []uint32
}

// whole reports whether p is all of n handles.
func (p *portion) whole(n int) bool { return len(p.rows) == n }

// partition divides handles by row group, in the order in which groups first occur.
// The zero handle is in none.
func partition(refs []graph.Ref) []portion {
	d := divider{}
	of := make([]int32, len(refs)) // the portion of each
	var counts []int
	last, lastKey := int32(-1), uint64(0)
	for i, ref := range refs {
		if ref == 0 {
			of[i] = -1
			continue
		}
		if key := uint64(ref) / table.GroupRows; last < 0 || key != lastKey {
			last, lastKey = d.place(key), key
			if int(last) == len(counts) {
				counts = append(counts, 0)
			}
		}
		of[i] = last
		counts[last]++
	}
	out := make([]portion, len(d.keys))
	rows, at := make([]uint32, len(refs)), make([]uint32, len(refs))
	for k, key := range d.keys {
		ref := graph.Ref(key * table.GroupRows)
		out[k] = portion{ref.Table(), int(ref.Row() / table.GroupRows), rows[:0:counts[k]], at[:0:counts[k]]}
		rows, at = rows[counts[k]:], at[counts[k]:]
	}
	for i, k := range of {
		if k >= 0 {
			p := &out[k]
			p.rows = append(p.rows, refs[i].Row()%table.GroupRows)
			p.at = append(p.at, uint32(i))
		}
	}
	return out
}

// divider numbers row groups as they come.
type divider struct {
	keys  []uint64
	known map[uint64]int32 // once there are many
}

// fewGroups are found without a map.
const fewGroups = 8

// place returns the number of a row group.
func (d *divider) place(key uint64) int32 {
	if d.known == nil {
		for i, k := range d.keys {
			if k == key {
				return int32(i)
			}
		}
	} else if i, ok := d.known[key]; ok {
		return i
	}
	n := int32(len(d.keys))
	d.keys = append(d.keys, key)
	if d.known == nil && len(d.keys) > fewGroups {
		d.known = map[uint64]int32{}
		for i, k := range d.keys {
			d.known[k] = int32(i)
		}
	} else if d.known != nil {
		d.known[key] = n
	}
	return n
}
