package exec

import (
	"cmp"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// collector makes a frontier of single entities.
type collector struct {
	// counted says that the number of paths to an entity counts.
	counted bool
	tables  map[uint32]*tableRows
	// size is how many rows a table has, where that is known; nil where it is not.
	size  func(number uint32) int
	last  *tableRows // the table that was asked for last
	bytes int64
	kept  int64 // of bytes, what was accounted for
}

// table is the collected rows of a table.
func (c *collector) table(number uint32) *tableRows {
	if c.last != nil && c.last.number == number {
		return c.last
	}
	t := c.tables[number]
	if t == nil {
		if c.tables == nil {
			c.tables = map[uint32]*tableRows{}
		}
		t = &tableRows{number: number}
		c.tables[number] = t
	}
	c.last = t
	return t
}

// room makes place for so many rows of a table.
func (c *collector) room(t *tableRows, rows int) {
	if words := (rows + 63) / 64; words > len(t.bits) {
		// By half at least, so that a table that comes row by row is copied seldom.
		more := max(words-len(t.bits), len(t.bits)/2)
		c.bytes += int64(more) * 8
		t.bits = append(t.bits, make([]uint64, more)...)
	}
	if c.counted {
		more := len(t.bits)*64 - len(t.ways)
		c.bytes += int64(more) * 8
		t.ways = append(t.ways, make([]int64, more)...)
	}
}

// add notes that so many paths more lead to an entity.
func (c *collector) add(ref graph.Ref, paths int64) {
	t, row := c.table(ref.Table()), ref.Row()
	if int(row>>6) >= len(t.bits) {
		rows := int(row) + 1
		if c.size != nil {
			rows = max(rows, c.size(ref.Table()))
		}
		c.room(t, rows)
	}
	t.bits[row>>6] |= 1 << (row & 63)
	if c.counted {
		t.ways[row] = plus(t.ways[row], paths)
	}
}

// addAll adds entities to which one path leads.
func (c *collector) addAll(refs []graph.Ref) {
	for _, ref := range refs {
		c.add(ref, 1)
	}
}

// join adds the rows of another table, both counted or both not.
func (c *collector) join(more *tableRows) {
	t := c.table(more.number)
	c.room(t, len(more.bits)*64)
	for i, w := range more.bits {
		t.bits[i] |= w
	}
	if c.counted {
		more.each(func(row uint32) { t.ways[row] = plus(t.ways[row], more.ways[row]) })
	}
}

// grown is how many bytes c grew by since it was asked last.
func (c *collector) grown() int64 {
	n := c.bytes - c.kept
	c.kept = c.bytes
	return n
}

// frontier is what was collected.
func (c *collector) frontier() *frontier {
	f := &frontier{}
	for _, t := range c.tables {
		if len(t.bits) > 0 {
			f.tables = append(f.tables, *t)
		}
	}
	slices.SortFunc(f.tables, func(a, b tableRows) int { return cmp.Compare(a.number, b.number) })
	return f
}
