package store

import (
	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// sieve is a condition on the rows of a table that is asked about again and again.
type sieve struct {
	*sheet
	where *condition
	// decided are the row groups that were asked about so often that the condition
	// was decided for all of their rows; asked counts until then.
	decided map[int]column.Bitmap
	asked   map[int]int
}

// costOfGroup is how many rows can be decided by columns in the time that one takes
// alone.
const costOfGroup = 16

// pass tells for each of some living rows whether the condition holds.
func (v *sieve) pass(rows []uint32) ([]bool, error) {
	out := make([]bool, len(rows))
	refs := make([]graph.Ref, len(rows))
	for i, row := range rows {
		refs[i] = graph.NewRef(v.number, row)
	}
	for _, p := range partition(refs) {
		m, err := v.group(p.group, len(p.rows))
		if err != nil {
			return nil, err
		}
		if m != nil {
			for i, row := range p.rows {
				out[p.at[i]] = m.Has(int(row))
			}
			continue
		}
		keep := make([]bool, len(p.rows))
		if err := v.judge(v.where, p.group, p.rows, keep); err != nil {
			return nil, err
		}
		for i, is := range keep {
			out[p.at[i]] = is
		}
	}
	return out, nil
}

// group returns the rows of a group for which the condition holds, nil while few
// were asked about.
func (v *sieve) group(group, n int) (column.Bitmap, error) {
	if m, ok := v.decided[group]; ok {
		return m, nil
	}
	if v.decided == nil {
		v.decided, v.asked = map[int]column.Bitmap{}, map[int]int{}
	}
	all, err := v.alive()
	if err != nil {
		return nil, err
	}
	if v.asked[group] += n; v.asked[group]*costOfGroup < len(groupOf(all, group))*64 {
		return nil, nil
	}
	m, err := v.chosen(v.where, group)
	if err == nil {
		v.decided[group] = m
	}
	return m, err
}
