package column

import (
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Values fills out, which is as long as rows, with the values of rows.
func (c *Chunk) Values(rows []uint32, out []graph.Value) error {
	root, err := c.node()
	if err != nil {
		return err
	}
	if err := within(rows, c.stats.Rows); err != nil {
		return err
	}
	if d, ok := root.(*dict); ok && d.all() <= max(smallDict, len(rows)) {
		return c.dictValues(d, rows, out)
	}
	return fetch(root, rows, out)
}

// within reports an error unless all rows are below n.
func within(rows []uint32, n int) error {
	for _, row := range rows {
		if int(row) >= n {
			return errRow
		}
	}
	return nil
}

// fetch fills out with the values of rows, which x has.
func fetch(x node, rows []uint32, out []graph.Value) error {
	switch x := x.(type) {
	case *ints:
		for i, row := range rows {
			out[i] = graph.IntValue(int64(x.at(int(row))))
		}
		return nil
	case *pattern:
		return x.values(rows, out)
	case *dict:
		return x.values(rows, out)
	case *lists:
		return x.values(rows, out)
	}
	for i, row := range rows {
		var err error
		if out[i], err = x.value(int(row)); err != nil {
			return err
		}
	}
	return nil
}

// dictValues looks codes up among entries that were read once.
func (c *Chunk) dictValues(d *dict, rows []uint32, out []graph.Value) error {
	entries, err := c.entries(d)
	if err != nil {
		return err
	}
	for i, row := range rows {
		code := d.codes.at(int(row))
		if code >= len(entries) {
			return errCode
		}
		out[i] = entries[code]
	}
	return nil
}

// values fetches the entries of those rows that have one.
func (d *dict) values(rows []uint32, out []graph.Value) error {
	codes := make([]uint32, 0, len(rows))
	for i, row := range rows {
		code := d.codes.at(int(row))
		if code < d.size {
			codes = append(codes, uint32(code))
			continue
		}
		var err error
		if out[i], err = d.entry(code); err != nil {
			return err
		}
	}
	entries := make([]graph.Value, len(codes))
	if err := fetch(d.entries, codes, entries); err != nil {
		return err
	}
	for i, row := range rows {
		if d.codes.at(int(row)) < d.size {
			out[i], entries = entries[0], entries[1:]
		}
	}
	return nil
}

// values fetches the elements of all lists at once.
func (l *lists) values(rows []uint32, out []graph.Value) error {
	var places []uint32
	ends := make([]int, len(rows))
	for i, row := range rows {
		lo, hi, err := l.span(int(row))
		if err != nil {
			return err
		}
		if len(places)+hi-lo > MaxElements {
			return l.valuesOnce(rows, out)
		}
		for ; lo < hi; lo++ {
			places = append(places, uint32(lo))
		}
		ends[i] = len(places)
	}
	elements := make([]graph.Value, len(places))
	if err := fetch(l.elements, places, elements); err != nil {
		return err
	}
	start := 0
	for i, end := range ends {
		out[i] = graph.ListValue(elements[start:end:end]...)
		start = end
	}
	return nil
}

// valuesOnce is values for so many rows that some must be asked for repeatedly:
// distinct lists have no more elements than fit, unless they wrongly share some.
func (l *lists) valuesOnce(rows []uint32, out []graph.Value) error {
	once := slices.Compact(slices.Sorted(slices.Values(rows)))
	if len(once) == len(rows) {
		return errEnds
	}
	lists := make([]graph.Value, len(once))
	if err := l.values(once, lists); err != nil {
		return err
	}
	for i, row := range rows {
		at, _ := slices.BinarySearch(once, row)
		out[i] = lists[at]
	}
	return nil
}

// slabSize is how much memory texts that were put together share.
const slabSize = 1 << 14

// values puts texts together. Many share one allocation.
func (p *pattern) values(rows []uint32, out []graph.Value) error {
	w, err := p.writer(len(rows))
	if err != nil {
		return err
	}
	var slab []byte
	return p.each(rows, func(i, code int, slots []uint64) (err error) {
		if i > 0 && rows[i] == rows[i-1] {
			out[i] = out[i-1]
			return nil
		}
		if cap(slab)-len(slab) < 64 {
			slab = make([]byte, 0, min(slabSize, 64*(len(rows)-i)))
		}
		start := len(slab)
		slab, err = w.append(slab, code, slots)
		out[i] = graph.StringValue(view(slab[start:len(slab):len(slab)]))
		return err
	})
}
