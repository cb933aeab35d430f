package column

import "github.com/j1db/j1db/store/graph"

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
			return errEnds // of lists that share elements
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

// Gather fills into with the values of rows, as codes where the column is a
// dictionary not much larger than what is asked for.
func (c *Chunk) Gather(rows []uint32, into *graph.Vector) error {
	root, err := c.node()
	if err != nil {
		return err
	}
	d, ok := root.(*dict)
	if !ok || d.all() > max(smallDict, len(rows)) {
		into.Codes, into.Dict = nil, nil
		into.Values = resize(into.Values, len(rows))
		return c.Values(rows, into.Values)
	}
	into.Values, into.Codes = nil, resize(into.Codes, len(rows))
	if into.Dict, err = c.entries(d); err != nil {
		return err
	}
	return c.Codes(rows, into.Codes)
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// smallDict is how many entries are read at once whatever is asked for.
const smallDict = 1024

// Dict returns the distinct values of a column that is stored as codes of them,
// missing ones included, and nil for any other. The caller must not write to it.
func (c *Chunk) Dict() ([]graph.Value, error) {
	root, err := c.node()
	if err != nil {
		return nil, err
	}
	if d, ok := root.(*dict); ok {
		return c.entries(d)
	}
	return nil, nil
}

// Codes fills out with the places of rows in Dict, which must not be nil.
func (c *Chunk) Codes(rows []uint32, out []uint32) error {
	root, err := c.node()
	if err != nil {
		return err
	}
	d, ok := root.(*dict)
	if !ok {
		return errCode
	}
	if err := within(rows, d.n); err != nil {
		return err
	}
	most := uint64(d.all())
	for i, row := range rows {
		code := d.codes.p.at(int(row))
		if code >= most {
			return errCode
		}
		out[i] = uint32(code)
	}
	return nil
}

// entries returns the values behind all codes; they are read once.
func (c *Chunk) entries(d *dict) ([]graph.Value, error) {
	if e := c.dict.Load(); e != nil {
		return *e, nil
	}
	out := make([]graph.Value, d.all())
	for code := range out {
		var err error
		if out[code], err = d.entry(code); err != nil {
			return nil, err
		}
	}
	c.dict.Store(&out)
	return out, nil
}
