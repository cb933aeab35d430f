package column

import "github.com/j1db/j1db/store/graph"

// mergedDict is the dictionary of a base with the values of patches after its
// own. No value stands in it twice, so that codes compare like values.
type mergedDict struct {
	entries   []graph.Value
	patched   []uint32 // the code of each changed row, in order
	undefined uint32   // the code of rows after the base
}

// mergeDict makes the dictionary, nil where the base has none or a large one: a
// few patches must not make a column of few values one of many.
func (c *Column) mergeDict() (*mergedDict, error) {
	if c.base == nil {
		return nil, nil
	}
	size, err := c.base.dictSize()
	if err != nil || size == 0 || size > smallDict {
		return nil, err
	}
	entries, err := c.base.Dict()
	if err != nil {
		return nil, err
	}
	m := &mergedDict{entries: entries[:len(entries):len(entries)]}
	known := make(map[string]uint32, len(entries))
	for code, v := range entries {
		known[string(appendValue(nil, v))] = uint32(code)
	}
	if c.rows > c.base.Rows() {
		m.undefined = m.code(known, graph.Value{})
	}
	for row := range c.changed.All() {
		p, i, _ := c.patched(row)
		v, err := p.values.Value(i)
		if err != nil {
			return nil, err
		}
		m.patched = append(m.patched, m.code(known, v))
	}
	return m, nil
}

// code returns the code of a value, a new one if need be.
func (m *mergedDict) code(known map[string]uint32, v graph.Value) uint32 {
	key := string(appendValue(nil, v))
	code, ok := known[key]
	if !ok {
		code = uint32(len(m.entries))
		m.entries = append(m.entries, v)
		known[key] = code
	}
	return code
}

// Dict returns the distinct values of a column whose base is stored as codes of
// few of them, or is constant; nil for any other. The caller must not write to it.
func (c *Column) Dict() ([]graph.Value, error) {
	if b := c.whole(); b != nil {
		return b.Dict()
	}
	m, err := c.merged()
	if m == nil || err != nil {
		return nil, err
	}
	return m.entries, nil
}

// Codes fills out, which is as long as rows, with the places of their values in
// Dict, which must not be nil.
func (c *Column) Codes(rows []uint32, out []uint32) error {
	if b := c.whole(); b != nil {
		return b.Codes(rows, out)
	}
	m, err := c.merged()
	if err != nil {
		return err
	}
	if m == nil {
		return errCode
	}
	if err := within(rows, c.rows); err != nil {
		return err
	}
	have := uint32(c.base.Rows())
	if c.covers(rows) {
		if err := c.base.Codes(rows, out); err != nil {
			return err
		}
		have = 0 // nothing is left to be asked of the base
	}
	for i, row := range rows {
		switch {
		case c.changed.Has(int(row)):
			out[i] = m.patched[c.place(int(row))]
		case have == 0:
		case row >= have:
			out[i] = m.undefined
		default:
			if err := c.base.Codes(rows[i:i+1], out[i:i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Gather fills into with the values of rows: see Chunk.Gather.
func (c *Column) Gather(rows []uint32, into *graph.Vector) error {
	if b := c.whole(); b != nil {
		return b.Gather(rows, into)
	}
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
