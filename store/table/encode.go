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
	var filter column.FilterBuilder
	names := b.sorted()
	for _, name := range names {
		if !b.names[name].finish(b.n) {
			continue
		}
		chunk, err := b.encodeColumn(name)
		if err != nil {
			return s, fmt.Errorf("encode column %q: %w", name, err)
		}
		s.setColumn(name, chunk)
		if err := b.describe(&s, &filter, name, chunk); err != nil {
			return s, fmt.Errorf("encode column %q: %w", name, err)
		}
	}
	if b.n > 0 {
		s.set(PartFilter, filter.Encode(nil))
		s.set(PartWeight, binary.AppendUvarint(nil, uint64(s.size())))
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
		if shown.finish(b.n); shown.same == 0 && l.b.Same(&shown.b) {
			return column.EncodeAlias(nil, b.n, graph.PropDisplayName), nil
		}
	}
	return l.b.Encode(nil, column.Options{Cold: name == ColumnParent})
}

// describe adds to the filter what occurs in a chunk, and makes the order of the
// one by which rows are looked up. Columns that only writers read are in neither.
func (b *build) describe(s *shelf, filter *column.FilterBuilder, name string, chunk []byte) error {
	if IsEngine(name) && name != ColumnKey && name != ColumnClass {
		return nil
	}
	c, err := column.Open(chunk)
	if err != nil {
		return err
	}
	if err := filter.Add(c); err != nil {
		return err
	}
	if name != graph.PropDisplayName || !ordered(c) {
		return nil
	}
	keys, err := orderOf(c)
	if err == nil && len(keys) > 0 {
		s.set(PartOrder, column.EncodeOrder(nil, keys))
	}
	return err
}

// ordered reports whether a column is worth an order: one with a dictionary is
// searched fast without it, and one that has other values than texts cannot be
// answered from it.
func ordered(c *column.Chunk) bool {
	const texts = 1<<graph.String | 1<<graph.Undefined | 1<<graph.Null
	return c.Stats().Kinds&^texts == 0 && c.Stats().Has(graph.String) && c.Stats().Distinct > c.Rows()/4
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
