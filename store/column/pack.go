package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"sort"
)

var errPackOrder = errors.New("the parts of a pack are not in order")

// PackBuilder puts many small chunks into one value.
type PackBuilder struct {
	ids, ends []uint64
	data      []byte
}

// Add adds a chunk, which it copies, under a number above all before it.
func (b *PackBuilder) Add(id uint64, chunk []byte) error {
	if n := len(b.ids); n > 0 && b.ids[n-1] >= id {
		return fmt.Errorf("add part %d: %w", id, errPackOrder)
	}
	b.data = append(b.data, chunk...)
	b.ids, b.ends = append(b.ids, id), append(b.ends, uint64(len(b.data)))
	return nil
}

// Size is about the number of bytes of the pack so far.
func (b *PackBuilder) Size() int { return len(b.data) + 4*len(b.ids) }

// Encode appends the pack to dst.
func (b *PackBuilder) Encode(dst []byte) []byte {
	dst = binary.AppendUvarint(append(dst, formPack), uint64(len(b.ids)))
	dst = appendSeries(appendSeries(dst, b.ids), b.ends)
	return append(dst, b.data...)
}

// Pack is many small chunks in one value.
type Pack struct {
	n         int
	ids, ends series
	data      []byte
}

// OpenPack reads the head of a pack.
func OpenPack(data []byte) (*Pack, error) {
	r := newReader(data)
	if form := r.Byte(); form != formPack {
		r.Fail(fmt.Errorf("form %d is not a pack", form))
	}
	p := &Pack{n: r.count(MaxEntries)}
	p.ids, p.ends = r.series(p.n), r.series(p.n)
	p.data = r.B
	if r.Err != nil {
		return nil, fmt.Errorf("open pack: %w", r.Err)
	}
	if last := uint64(len(p.data)); p.n > 0 && p.ends.at(p.n-1) != last || p.n == 0 && last > 0 {
		return nil, fmt.Errorf("open pack: %w", errEnds)
	}
	return p, nil
}

// Len is the number of chunks.
func (p *Pack) Len() int { return p.n }

// Get returns the chunk with a number, nil if there is none.
func (p *Pack) Get(id uint64) ([]byte, error) {
	i := sort.Search(p.n, func(i int) bool { return p.ids.at(i) >= id })
	if i == p.n || p.ids.at(i) != id {
		return nil, nil
	}
	return p.part(i)
}

func (p *Pack) part(i int) ([]byte, error) {
	lo, hi := p.ends.span(i)
	if lo > hi || hi > uint64(len(p.data)) {
		return nil, errEnds
	}
	return p.data[lo:hi:hi], nil
}

// All yields the numbers and the chunks in order; a nil chunk for one that cannot
// be told from the others.
func (p *Pack) All() iter.Seq2[uint64, []byte] {
	return func(yield func(uint64, []byte) bool) {
		for i := range p.n {
			b, err := p.part(i)
			if err != nil {
				b = nil
			}
			if !yield(p.ids.at(i), b) {
				return
			}
		}
	}
}

// Verify checks that the parts are in order.
func (p *Pack) Verify() error {
	for i := range p.n {
		if i > 0 && p.ids.at(i-1) >= p.ids.at(i) {
			return errPackOrder
		}
		if _, err := p.part(i); err != nil {
			return err
		}
	}
	return nil
}
