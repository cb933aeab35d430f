package column

import "github.com/j1db/j1db/store/graph"

// smallDict is how many entries are read at once whatever is asked for.
const smallDict = 1024

// Gather fills into with the values of rows, as codes where the column is a
// dictionary not much larger than what is asked for.
func (c *Chunk) Gather(rows []uint32, into *graph.Vector) error {
	size, err := c.dictSize()
	if err != nil {
		return err
	}
	if size == 0 || size > max(smallDict, len(rows)) {
		into.Codes, into.Dict = nil, nil
		into.Values = resize(into.Values, len(rows))
		return c.Values(rows, into.Values)
	}
	into.Values, into.Codes = nil, resize(into.Codes, len(rows))
	if into.Dict, err = c.Dict(); err != nil {
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

// dictSize is the number of codes, 0 for a column that has none.
func (c *Chunk) dictSize() (int, error) {
	root, err := c.node()
	if err != nil {
		return 0, err
	}
	switch x := root.(type) {
	case *dict:
		return x.all(), nil
	case *constant:
		return 1, nil
	}
	return 0, nil
}

// Dict returns the distinct values of a column that is stored as codes of them,
// missing ones included, or is constant; nil for any other. The caller must not
// write to it.
func (c *Chunk) Dict() ([]graph.Value, error) {
	root, err := c.node()
	if err != nil {
		return nil, err
	}
	switch x := root.(type) {
	case *dict:
		return c.entries(x)
	case *constant:
		return []graph.Value{x.v}, nil
	}
	return nil, nil
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

// Codes fills out, which is as long as rows, with the places of their values in
// Dict, which must not be nil.
func (c *Chunk) Codes(rows []uint32, out []uint32) error {
	root, err := c.node()
	if err != nil {
		return err
	}
	if err := within(rows, c.stats.Rows); err != nil {
		return err
	}
	d, ok := root.(*dict)
	if !ok {
		if _, ok := root.(*constant); !ok {
			return errCode
		}
		clear(out)
		return nil
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

// Count adds to counts, which is as long as Dict, how many of rows have each of
// its values.
func (c *Chunk) Count(rows Bitmap, counts []int) error {
	var list [1024]uint32
	var codes [1024]uint32
	n := 0
	flush := func() error {
		err := c.Codes(list[:n], codes[:n])
		for _, code := range codes[:n] {
			if err == nil && int(code) < len(counts) {
				counts[code]++
			}
		}
		n = 0
		return err
	}
	for row := range rows.All() {
		list[n] = uint32(row)
		if n++; n == len(list) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// AppendInts appends the values of all rows to dst, if every one is an integer;
// false tells that they are not.
func (c *Chunk) AppendInts(dst []int64) ([]int64, bool, error) {
	root, err := c.node()
	if err != nil {
		return dst, false, err
	}
	if c.stats.Kinds != 1<<graph.Int {
		return dst, false, nil
	}
	x, ok := root.(*ints)
	for lo := 0; ok && lo < x.n; lo += 64 {
		var part [64]uint64
		n := min(len(part), x.n-lo)
		x.read(part[:n], lo)
		for _, v := range part[:n] {
			dst = append(dst, int64(v))
		}
	}
	for row := 0; !ok && row < c.stats.Rows; row++ {
		v, err := root.value(row)
		if err != nil {
			return dst, false, err
		}
		i, _ := v.Int()
		dst = append(dst, i)
	}
	return dst, true, nil
}
