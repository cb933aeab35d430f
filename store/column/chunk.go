package column

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/j1db/j1db/store/graph"
)

// The forms of what this package writes: the first byte of each.
const (
	formColumn byte = 1 + iota
	formPatch
	formAdjacency
	formAdjacencyPatch
	formRows
	formIndex
	formOrder
	formFilter
	formPack
)

// Chunk is the values of one column for up to MaxRows rows. It reads the bytes
// that it was opened on in place: they must not change, and what it returns may
// point into them. It may be used by several goroutines at once.
type Chunk struct {
	stats Stats
	root  node
	// A compressed chunk is unpacked when its values are first asked for.
	packed []byte
	once   sync.Once
	failed error

	dict atomic.Pointer[[]graph.Value] // entries of the root dictionary, once asked for
}

// Open reads the head of a chunk and where its parts lie. The bytes may be any:
// what is wrong with them is an error here or where the wrong part is read.
func Open(data []byte) (*Chunk, error) {
	r := newReader(data)
	if form := r.Byte(); form != formColumn {
		r.Fail(fmt.Errorf("form %d is not a column", form))
	}
	c := &Chunk{}
	var flags byte
	c.stats, flags = r.stats()
	if r.Err == nil && flags&statCompressed != 0 {
		c.packed = r.B
		return c, nil
	}
	c.root = r.node(c.stats.Rows, 0, false)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("open chunk: %w", err)
	}
	return c, nil
}

// Rows is the number of rows.
func (c *Chunk) Rows() int { return c.stats.Rows }

// Stats describes the values.
func (c *Chunk) Stats() *Stats { return &c.stats }

// Alias returns the name of the column whose values these are, and whether there
// is one: such a chunk holds no values.
func (c *Chunk) Alias() (string, bool) {
	if a, ok := c.root.(*alias); ok {
		return a.name, true
	}
	return "", false
}

// node returns the root, unpacking it if need be.
func (c *Chunk) node() (node, error) {
	if c.packed == nil {
		return c.root, nil
	}
	c.once.Do(func() {
		body, err := decompress(c.packed)
		if err == nil {
			r := newReader(body)
			c.root = r.node(c.stats.Rows, 0, false)
			err = r.Done()
		}
		if err != nil {
			c.failed = fmt.Errorf("unpack chunk: %w", err)
		}
	})
	return c.root, c.failed
}

// Value returns the value of a row.
func (c *Chunk) Value(row int) (graph.Value, error) {
	root, err := c.node()
	if err != nil {
		return graph.Value{}, err
	}
	if uint(row) >= uint(c.stats.Rows) {
		return graph.Value{}, errRow
	}
	return root.value(row)
}

// AppendText appends the text of a row to dst, and reports whether the row has
// one. It allocates nothing but what dst needs.
func (c *Chunk) AppendText(dst []byte, row int) ([]byte, bool, error) {
	root, err := c.node()
	if err != nil {
		return dst, false, err
	}
	if uint(row) >= uint(c.stats.Rows) {
		return dst, false, errRow
	}
	if p, ok := root.(*pattern); ok {
		dst, err = p.appendText(dst, row)
		return dst, err == nil, err
	}
	v, err := root.value(row)
	return append(dst, v.Str()...), v.Kind() == graph.String, err
}

// HasText reports whether the value of a row is the text s.
func (c *Chunk) HasText(row int, s string) (bool, error) {
	var room [128]byte
	b, ok, err := c.AppendText(room[:0], row)
	return ok && string(b) == s, err
}

// Select takes out of rows, a set of rows of the chunk, those for which the test
// does not hold.
func (c *Chunk) Select(q *Test, rows Bitmap) error {
	if a, ok := c.root.(*alias); ok {
		return a.err()
	}
	if !q.possible(&c.stats) && (!q.missing || c.stats.Undefined+c.stats.Nulls == 0) {
		if !q.negated {
			clear(rows)
		}
		return nil
	}
	root, err := c.node()
	if err != nil {
		return err
	}
	if few := rows.Count(); few*32 < c.stats.Rows {
		return c.selectEach(root, rows, q.Holds)
	}
	hits := NewBitmap(c.stats.Rows)
	if err := root.match(q, hits); err != nil {
		return err
	}
	if q.negated {
		rows.AndNot(hits)
	} else {
		rows.And(hits)
	}
	return nil
}

// selectEach asks for the value of every row in rows.
func (c *Chunk) selectEach(root node, rows Bitmap, holds func(graph.Value) bool) error {
	for row := range rows.All() {
		if row >= c.stats.Rows {
			return errRow
		}
		v, err := root.value(row)
		if err != nil {
			return err
		}
		if !holds(v) {
			rows.Remove(row)
		}
	}
	return nil
}

// AddTerm adds to rows those in whose values the term occurs.
func (c *Chunk) AddTerm(q *Term, rows Bitmap) error {
	root, err := c.node()
	if err != nil {
		return err
	}
	return root.term(q, rows)
}
