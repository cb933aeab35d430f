package store

import (
	"sync"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// hashes reads the content hashes of stored rows: one by one where few are asked
// for, else a row group at a time. It may be used by several goroutines at once.
type hashes struct {
	n     *newest
	asked int // about how many rows will be asked for

	mu     sync.RWMutex // guards groups
	groups map[table.Place][]uint64
}

func newHashes(n *newest, asked int) *hashes {
	return &hashes{n: n, asked: asked, groups: map[table.Place][]uint64{}}
}

// manyHashes is how many look-ups justify decoding whole row groups.
const manyHashes = table.GroupRows / 16

// at returns the content hash of a row.
func (h *hashes) at(p table.Place) (uint64, error) {
	if h.asked < manyHashes {
		v, err := h.n.view(p.Table)
		if err != nil {
			return 0, err
		}
		x, err := v.Value(p.Row, table.ColumnHash)
		i, _ := x.Int()
		return uint64(i), h.n.wrong(err, p)
	}
	key := table.Place{Table: p.Table, Row: p.Row / table.GroupRows}
	h.mu.RLock()
	list, ok := h.groups[key]
	h.mu.RUnlock()
	if !ok {
		var err error
		if list, err = h.group(key); err != nil {
			return 0, h.n.wrong(err, p)
		}
		h.mu.Lock()
		h.groups[key] = list
		h.mu.Unlock()
	}
	return list[p.Row%table.GroupRows], nil
}

// group decodes the hashes of a row group.
func (h *hashes) group(key table.Place) ([]uint64, error) {
	v, err := h.n.view(key.Table)
	if err != nil {
		return nil, err
	}
	out := make([]uint64, table.GroupRows)
	part, ok := v.Record().Find(table.ColumnHash)
	if !ok || int(key.Row) >= v.Groups() {
		return out, nil
	}
	c, err := v.Column(int(key.Row), part)
	if err != nil {
		return nil, err
	}
	rows := make([]uint32, c.Rows())
	for i := range rows {
		rows[i] = uint32(i)
	}
	values := make([]graph.Value, len(rows))
	if err := c.Values(rows, values); err != nil {
		return nil, err
	}
	for i, v := range values {
		n, _ := v.Int()
		out[i] = uint64(n)
	}
	return out, nil
}
