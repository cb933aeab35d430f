package column

import "github.com/j1db/j1db/store/graph"

// Values fills out, which is as long as rows, with the values of rows.
func (c *Chunk) Values(rows []uint32, out []graph.Value) error {
	root, err := c.node()
	if err != nil {
		return err
	}
	switch x := root.(type) {
	case *dict:
		if x.all() <= max(smallDict, len(rows)) {
			return c.dictValues(x, rows, out)
		}
	case *pattern:
		return x.values(rows, c.stats.Rows, out)
	}
	for i, row := range rows {
		if int(row) >= c.stats.Rows {
			return errRow
		}
		if out[i], err = root.value(int(row)); err != nil {
			return err
		}
	}
	return nil
}

func (c *Chunk) dictValues(d *dict, rows []uint32, out []graph.Value) error {
	entries, err := c.entries(d)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if int(row) >= d.n {
			return errRow
		}
		code := d.codes.at(int(row))
		if code >= len(entries) {
			return errCode
		}
		out[i] = entries[code]
	}
	return nil
}

// Gather fills into with the values of rows, as codes where the column is a
// dictionary not much larger than what is asked for.
func (c *Chunk) Gather(rows []uint32, into *graph.Vector) error {
	entries, err := c.Dict()
	if err != nil {
		return err
	}
	if entries == nil || len(entries) > max(smallDict, len(rows)) {
		into.Codes, into.Dict = nil, nil
		into.Values = resize(into.Values, len(rows))
		return c.Values(rows, into.Values)
	}
	into.Values, into.Dict = nil, entries
	into.Codes = resize(into.Codes, len(rows))
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
	for i, row := range rows {
		if int(row) >= d.n {
			return errRow
		}
		code := d.codes.at(int(row))
		if code >= d.all() {
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

// slabSize is how much memory texts that were put together share.
const slabSize = 1 << 14

// values puts texts together. Many share one allocation.
func (p *pattern) values(rows []uint32, n int, out []graph.Value) error {
	var slab []byte
	for i, row := range rows {
		if int(row) >= n {
			return errRow
		}
		if cap(slab)-len(slab) < 64 {
			slab = make([]byte, 0, min(slabSize, 64*(len(rows)-i)))
		}
		start := len(slab)
		grown, err := p.appendText(slab, int(row))
		if err != nil {
			return err
		}
		slab = grown
		out[i] = graph.StringValue(view(slab[start:len(slab):len(slab)]))
	}
	return nil
}
