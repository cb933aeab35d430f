package table

import (
	"encoding/binary"
	"fmt"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// encodeBase returns the chunks of a group that was gathered whole, and what goes
// with them: which rows are empty, the order, the filter and the weight.
func (b *build) encodeBase() (shelf, error) {
	var s shelf
	var side beside
	for _, name := range b.sorted() {
		if !b.names[name].finish(b.n) {
			continue
		}
		chunk, err := b.encodeColumn(name)
		if err != nil {
			return s, fmt.Errorf("encode column %q: %w", name, err)
		}
		s.setColumn(name, chunk)
		for _, p := range [...]Part{PartOrder, PartFilter, PartWeight} {
			if err := side.add(name, chunk, p); err != nil {
				return s, fmt.Errorf("encode column %q: %w", name, err)
			}
		}
	}
	for _, p := range [...]Part{PartOrder, PartFilter, PartWeight} {
		if chunk := side.encode(p); chunk != nil {
			s.set(p, chunk)
		}
	}
	if b.dead.Any() {
		s.set(PartDead, column.EncodeRows(nil, b.dead, b.n))
	}
	return s, nil
}

// encodeColumn encodes a lane: as another name for displayName where that has the
// same values.
func (b *build) encodeColumn(name string) ([]byte, error) {
	l := b.names[name]
	if l.same > 0 {
		return b.w.constant(l)
	}
	if shown := b.names[graph.PropDisplayName]; shown != nil && name != graph.PropDisplayName {
		if shown.pad(b.n); shown.same == 0 && l.b.Same(&shown.b) {
			return column.EncodeAlias(nil, b.n, graph.PropDisplayName), nil
		}
	}
	l.b.Trade(&b.w.encoder)
	defer l.b.Trade(&b.w.encoder)
	return l.b.Encode(nil, column.Options{Cold: name == ColumnParent})
}

// beside is what is kept beside the columns of a base.
type beside struct {
	filter column.FilterBuilder
	keys   []column.OrderKey
	weight int
	any    bool
}

// add notes a column for one of the parts. Columns that only writers read are in
// neither order nor filter.
func (s *beside) add(name string, chunk []byte, p Part) error {
	s.any = true
	switch {
	case p == PartWeight:
		s.weight += len(chunk)
		return nil
	case p == PartOrder && name != graph.PropDisplayName,
		p == PartFilter && IsEngine(name) && name != ColumnKey && name != ColumnClass:
		return nil
	}
	c, err := column.Open(chunk)
	if err != nil {
		return err
	}
	if p == PartFilter {
		return s.filter.Add(c)
	}
	if ordered(c) {
		s.keys, err = orderOf(c)
	}
	return err
}

// encode returns the chunk of one of the parts, nil for none.
func (s *beside) encode(p Part) []byte {
	switch {
	case p == PartOrder && len(s.keys) > 0:
		return column.EncodeOrder(nil, s.keys)
	case p == PartFilter && s.any:
		return s.filter.Encode(nil)
	case p == PartWeight && s.any:
		return binary.AppendUvarint(nil, uint64(s.weight))
	}
	return nil
}

// ordered reports whether a column is worth an order: one of few values is
// searched fast without it, and one that has other values than texts cannot be
// answered from it.
func ordered(c *column.Chunk) bool {
	const texts = 1<<graph.String | 1<<graph.Undefined | 1<<graph.Null
	s := c.Stats()
	return s.Kinds&^texts == 0 && s.Has(graph.String) && s.Distinct > s.Rows/4
}

// orderOf returns the keys of the order of a column's texts.
func orderOf(c *column.Chunk) ([]column.OrderKey, error) {
	keys := make([]column.OrderKey, 0, c.Rows())
	var text []byte
	for row := range c.Rows() {
		var ok bool
		var err error
		if text, ok, err = c.AppendText(text[:0], row); err != nil {
			return nil, err
		}
		if ok {
			keys = append(keys, column.NewOrderKey(uint32(row), text))
		}
	}
	return keys, nil
}
