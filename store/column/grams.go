package column

import (
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// grams are the sequences of three bytes that occur in folded texts, hashed. A
// digit counts as any digit, so that numbers bring few of them.
type grams struct {
	bits Bitmap
	sets [][]byte // what can stand at each place of the text at hand
	segs []segment
}

const gramBits = 16

func newGrams() *grams { return &grams{bits: NewBitmap(1 << gramBits)} }

// gram returns where three bytes are noted.
func gram(a, b, c byte) int {
	return int(mix(uint64(anyDigit(a))<<16|uint64(anyDigit(b))<<8|uint64(anyDigit(c))) & (1<<gramBits - 1))
}

func anyDigit(c byte) byte {
	if c >= '0' && c <= '9' {
		return '0'
	}
	return c
}

func (g *grams) addText(s string) {
	s = graph.Fold(s)
	for i := 2; i < len(s); i++ {
		g.bits.Add(gram(s[i-2], s[i-1], s[i]))
	}
}

func (g *grams) addValue(v graph.Value) {
	for _, e := range scalars(&v) {
		if !e.Missing() {
			g.addText(e.Text())
		}
	}
}

// addNode adds what occurs in the values of x, which are n.
func (g *grams) addNode(x node, n int) error {
	switch x := x.(type) {
	case *ints:
		g.addInts()
		return nil
	case *texts:
		return eachText(x, nil, func(s string) bool { g.addText(s); return false })
	case *pattern:
		return g.addPattern(x)
	case *dict:
		return g.addNode(x.entries, x.size)
	case *lists:
		return g.addNode(x.elements, x.size)
	case *sparse:
		return g.addNode(x.values, x.size)
	}
	for i := range n {
		v, err := x.value(i)
		if err != nil {
			return err
		}
		g.addValue(v)
	}
	return nil
}

func (g *grams) addInts() {
	g.bits.Add(gram('0', '0', '0'))
	g.bits.Add(gram('-', '0', '0'))
}

func (g *grams) addPattern(p *pattern) error {
	for i := range p.skeletons.n {
		b, err := p.skeletons.bytes(i)
		if err != nil {
			return err
		}
		if g.segs, err = cut(g.segs[:0], b); err != nil {
			return err
		}
		// Three places see at most one whole run of digits, and then a short one.
		g.addSegments("0")
		if len(g.segs) > 1 {
			g.addSegments("000")
		}
	}
	return nil
}

var (
	hexSet  = []byte("0abcdef")
	uuidSet = []byte("0abcdef-")
)

// addSegments adds what can occur in the texts of a skeleton whose runs of digits
// are as given.
func (g *grams) addSegments(digits string) {
	g.sets = g.sets[:0]
	for _, s := range g.segs {
		g.addBytes(graph.Fold(s.literal))
		switch s.mark.kind {
		case markDecimal:
			g.addBytes(digits)
		case markPadded:
			g.addBytes(strings.Repeat("0", min(s.mark.digits, 4)))
		case markHex, markUpper:
			g.sets = append(g.sets, hexSet, hexSet, hexSet, hexSet)
		case markUUID:
			g.sets = append(g.sets, uuidSet, uuidSet, uuidSet, uuidSet)
		}
	}
	for i := 2; i < len(g.sets); i++ {
		for _, a := range g.sets[i-2] {
			for _, b := range g.sets[i-1] {
				for _, c := range g.sets[i] {
					g.bits.Add(gram(a, b, c))
				}
			}
		}
	}
}

func (g *grams) addBytes(s string) {
	for i := range len(s) {
		g.sets = append(g.sets, bytesOf(s[i:i+1]))
	}
}
