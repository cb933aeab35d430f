package column

import (
	"fmt"
	"math/bits"

	"github.com/j1db/j1db/store/graph"
)

// FilterBuilder notes what occurs in the texts of chunks, for a Filter. The zero
// FilterBuilder has seen nothing.
type FilterBuilder struct{ grams *grams }

// Add notes the values of a chunk. Of an alias it notes nothing: the other column
// does.
func (b *FilterBuilder) Add(c *Chunk) error {
	root, err := c.node()
	if err != nil {
		return err
	}
	if _, ok := root.(*alias); ok {
		return nil
	}
	b.ready()
	return b.grams.addNode(root, c.stats.Rows)
}

// AddValue notes one value.
func (b *FilterBuilder) AddValue(v graph.Value) {
	b.ready()
	b.grams.addValue(v)
}

// AddFilter notes all that a filter may have.
func (b *FilterBuilder) AddFilter(f *Filter) {
	b.ready()
	n := 1 << f.bits / 64
	for word := range b.grams.bits {
		b.grams.bits[word] |= f.words.at(word % n) // one of fewer bits repeats itself
	}
}

func (b *FilterBuilder) ready() {
	if b.grams == nil {
		b.grams = newGrams()
	}
}

const (
	minFilterBits = 6 // 2^6 bits are a word
	fullFilter    = 5 // at most every fifth bit is set, unless it cannot be helped
)

// Encode appends the filter to dst: folded to the smallest size at which it still
// tells texts apart.
func (b *FilterBuilder) Encode(dst []byte) []byte {
	b.ready()
	m := b.grams.bits.Clone()
	size := gramBits
	for size > minFilterBits {
		half := m[:len(m)/2].Clone()
		half.Or(m[len(m)/2:])
		if half.Count()*fullFilter > len(half)*64 {
			break
		}
		m = half
		size--
	}
	return appendBitmap(append(dst, formFilter, byte(size)), m)
}

// Filter tells of terms that they cannot occur in the texts that it was built
// from: a Bloom filter of the sequences of three bytes in them.
type Filter struct {
	bits  int
	words packed
}

// OpenFilter reads a filter.
func OpenFilter(data []byte) (*Filter, error) {
	r := newReader(data)
	if form := r.Byte(); form != formFilter {
		r.Fail(fmt.Errorf("form %d is not a filter", form))
	}
	f := &Filter{bits: int(r.Byte())}
	if f.bits < minFilterBits || f.bits > gramBits {
		r.Fail(errShape)
	}
	if r.Err == nil {
		f.words = newPacked(r.take(1<<f.bits/8), 64)
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("open filter: %w", err)
	}
	return f, nil
}

// MayHave reports whether a text may contain the folded term. Terms of fewer than
// three bytes always may.
func (f *Filter) MayHave(folded string) bool {
	for i := 2; i < len(folded); i++ {
		if at := gram(folded[i-2], folded[i-1], folded[i]) & (1<<f.bits - 1); f.words.at(at/64)>>(at%64)&1 == 0 {
			return false
		}
	}
	return true
}

// Share is the part of the filter that is set, of 100: one that is nearly full
// excludes little.
func (f *Filter) Share() int {
	n := 0
	for i := range 1 << f.bits / 64 {
		n += bits.OnesCount64(f.words.at(i))
	}
	return n * 100 >> f.bits
}
