package column

import (
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// Options say how a chunk is to be written.
type Options struct {
	// Cold compresses the chunk where that pays: for columns that queries rarely
	// read. It is unpacked whole when a value is asked for.
	Cold bool
}

// Builder collects the values of one chunk, row by row. The zero Builder is
// empty and ready; Reset makes it so again and keeps its memory.
type Builder struct {
	c    cells
	list int // 1 + where the list that is open begins
	work scratch
	pack compressor
}

// Reset forgets all values.
func (b *Builder) Reset() {
	b.c.reset()
	b.list = 0
}

// Len is the number of rows.
func (b *Builder) Len() int { return b.c.len() }

// Size is about the number of bytes that the values take in memory: a caller may
// end a chunk by it.
func (b *Builder) Size() int {
	n := len(b.c.text) + 9*b.c.len()
	if b.c.elems != nil {
		n += len(b.c.elems.text) + 9*b.c.elems.len()
	}
	return n
}

// into is where the next value goes: the rows, or the list that is open.
func (b *Builder) into() *cells {
	if b.list > 0 {
		return b.c.elems
	}
	return &b.c
}

// Append adds a value, which it copies.
func (b *Builder) Append(v graph.Value) { b.into().addValue(v) }

// AppendUndefined adds n rows without a value.
func (b *Builder) AppendUndefined(n int) {
	for range n {
		b.into().add(graph.Undefined, 0)
	}
}

// AppendNull adds a null.
func (b *Builder) AppendNull() { b.into().add(graph.Null, 0) }

// AppendBool adds a boolean.
func (b *Builder) AppendBool(v bool) { b.Append(graph.BoolValue(v)) }

// AppendInt adds an integer.
func (b *Builder) AppendInt(v int64) { b.into().add(graph.Int, uint64(v)) }

// AppendFloat adds a number, as an integer where it is one within int64.
func (b *Builder) AppendFloat(v float64) { b.Append(graph.FloatValue(v)) }

// AppendText adds a text, which it copies.
func (b *Builder) AppendText(s []byte) { b.into().addText(s) }

// OpenList begins a list: until CloseList, what is appended are its elements.
func (b *Builder) OpenList() { b.list = 1 + b.c.openList() }

// CloseList ends the list and adds it as one value.
func (b *Builder) CloseList() {
	b.c.closeList(b.list - 1)
	b.list = 0
}

// Value returns the value of a row, valid until the Builder changes.
func (b *Builder) Value(row int) graph.Value { return b.c.value(row) }

// Same reports whether both hold equal values row by row: one of the columns can
// then be an alias of the other.
func (b *Builder) Same(o *Builder) bool { return b.c.same(&o.c) }

// Encode appends the chunk of the values to dst. Equal values give equal bytes.
func (b *Builder) Encode(dst []byte, o Options) ([]byte, error) {
	if err := b.c.check(); err != nil {
		return nil, fmt.Errorf("encode chunk: %w", err)
	}
	body, distinct := b.work.encodeNode(nil, &b.c)
	stats := statsOf(&b.c, distinct)
	if o.Cold {
		packed, err := b.pack.compress(body)
		if err != nil {
			return nil, fmt.Errorf("encode chunk: %w", err)
		}
		if packed != nil {
			return append(stats.append(append(dst, formColumn), statCompressed), packed...), nil
		}
	}
	return append(stats.append(append(dst, formColumn), 0), body...), nil
}

// Trade gives b the memory that o needs to encode, and o that of b: who encodes
// many columns, one after another, needs it once.
func (b *Builder) Trade(o *Builder) {
	b.work, o.work = o.work, b.work
	b.pack, o.pack = o.pack, b.pack
}

// EncodeAlias appends a chunk that says that the column has, for these rows, the
// values of the column of that name.
func EncodeAlias(dst []byte, rows int, name string) []byte {
	s := Stats{Rows: rows}
	dst = s.append(append(dst, formColumn), 0)
	return appendText(append(dst, tagAlias), name)
}
