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
	at    []int
}

// partition divides handles by row group, in the order in which groups first occur.
// The zero handle is in none.
func partition(refs []graph.Ref) []portion {
	var out []portion
	var known map[uint64]int // once there are many
	last, lastKey := -1, uint64(0)
	for i, ref := range refs {
		if ref == 0 {
			continue
		}
		key := uint64(ref) / table.GroupRows
		if last < 0 || key != lastKey {
			last = lookUp(out, known, ref, key)
			if last < 0 {
				last = len(out)
				out = append(out, portion{table: ref.Table(), group: int(ref.Row() / table.GroupRows)})
				if known == nil && len(out) > fewPortions {
					known = map[uint64]int{}
					for k := range out {
						known[out[k].key()] = k
					}
				} else if known != nil {
					known[key] = last
				}
			}
			lastKey = key
		}
		p := &out[last]
		p.rows = append(p.rows, ref.Row()%table.GroupRows)
		p.at = append(p.at, i)
	}
	return out
}

// fewPortions are found without a map.
const fewPortions = 8

func (p *portion) key() uint64 {
	return uint64(graph.NewRef(p.table, uint32(p.group)*table.GroupRows)) / table.GroupRows
}

// lookUp returns the place of a row group in list, -1 when it is not there.
func lookUp(list []portion, known map[uint64]int, ref graph.Ref, key uint64) int {
	if known != nil {
		if i, ok := known[key]; ok {
			return i
		}
		return -1
	}
	for i := range list {
		if list[i].key() == key {
			return i
		}
	}
	return -1
}

// whole reports whether p is all of n handles.
func (p *portion) whole(n int) bool { return len(p.rows) == n }
