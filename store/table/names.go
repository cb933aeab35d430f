package table

import (
	"errors"
	"strings"
	"sync"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

var errNoEnd = errors.New("its row is empty")

// nameLimit is how many rows have their names in memory at most: about 60 bytes
// each.
const nameLimit = 4 << 20

// nameCache keeps the names of the entity tables that were asked for last.
type nameCache struct {
	ts *Tables

	mu    sync.Mutex // guards what follows
	rows  int
	names map[uint32]*names
}

func newNameCache(ts *Tables) *nameCache { return &nameCache{ts: ts, names: map[uint32]*names{}} }

// of returns the names of a table.
func (c *nameCache) of(number uint32) (*names, error) {
	v, err := c.ts.View(number)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.names[number]; n != nil {
		return n, nil
	}
	n := &names{view: v}
	if v.rec.Rows > nameLimit {
		return n, nil // they are read one by one
	}
	n.groups = make([]nameGroup, v.Groups())
	if c.rows += int(v.rec.Rows); c.rows > nameLimit {
		c.rows = int(v.rec.Rows)
		clear(c.names)
	}
	c.names[number] = n
	return n, nil
}

// names are the names of the entities of a table, decoded group by group: edge
// tables ask for them in no order.
type names struct {
	view   *View
	groups []nameGroup
}

// nameGroup are the names of a row group.
type nameGroup struct {
	once  sync.Once
	err   error
	alive column.Bitmap
	keys  []byte
	ends  []uint32 // of each row's key in keys
	from  []string // instances
	of    []uint16 // of each row, by its place in from; nil where all are the first
}

// group returns the names of a group.
func (n *names) group(g int) (*nameGroup, error) {
	at := &n.groups[g]
	at.once.Do(func() { at.err = at.read(n.view.fresh(), g) })
	return at, at.err
}

// end names the entity of a row, which must be alive.
func (n *names) end(row uint32) (graph.End, error) {
	if row >= n.view.rec.Rows {
		return graph.End{}, errEnd
	}
	if n.groups == nil {
		alive, err := n.view.IsAlive(row)
		if err == nil && !alive {
			err = errNoEnd
		}
		if err != nil {
			return graph.End{}, err
		}
		return n.view.End(row)
	}
	g, i := n.view.split(row)
	at, err := n.group(g)
	if err != nil {
		return graph.End{}, err
	}
	return at.end(i)
}

func (at *nameGroup) end(i int) (graph.End, error) {
	if !at.alive.Has(i) {
		return graph.End{}, errNoEnd
	}
	lo := uint32(0)
	if i > 0 {
		lo = at.ends[i-1]
	}
	e := graph.End{Key: string(at.keys[lo:at.ends[i]])}
	switch {
	case at.of != nil:
		e.Instance = at.from[at.of[i]]
	case len(at.from) > 0:
		e.Instance = at.from[0]
	}
	return e, nil
}

func (at *nameGroup) read(v *View, g int) error {
	var err error
	if at.alive, err = v.Alive(g); err != nil {
		return err
	}
	columns, err := v.columns(g, ColumnKey, ColumnInstance)
	if err != nil {
		return err
	}
	n := v.GroupLen(g)
	at.ends = make([]uint32, n)
	places := map[string]uint16{}
	for i := range n {
		if !at.alive.Has(i) {
			at.ends[i] = uint32(len(at.keys))
			continue
		}
		if at.keys, _, err = columns[0].AppendText(at.keys, i); err != nil {
			return err
		}
		at.ends[i] = uint32(len(at.keys))
		instance, err := columns[1].Value(i)
		if err != nil {
			return err
		}
		if err := at.supply(places, i, instance.Str()); err != nil {
			return err
		}
	}
	return nil
}

// supply notes the instance of a row.
func (at *nameGroup) supply(places map[string]uint16, i int, instance string) error {
	place, ok := places[instance]
	if !ok {
		if len(at.from) == 1<<16 {
			return errors.New("it has too many instances")
		}
		place = uint16(len(at.from))
		at.from = append(at.from, strings.Clone(instance))
		places[at.from[place]] = place
	}
	if place > 0 && at.of == nil {
		at.of = make([]uint16, len(at.ends))
	}
	if at.of != nil {
		at.of[i] = place
	}
	return nil
}

// columns returns columns of a group by name; one that the table does not have is
// undefined throughout.
func (v *View) columns(g int, names ...string) ([]*column.Column, error) {
	out := make([]*column.Column, len(names))
	for i, name := range names {
		var err error
		if p, ok := v.rec.Find(name); ok {
			out[i], err = v.Column(g, p)
		} else {
			out[i], err = column.Layer(nil, v.GroupLen(g))
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
