package column

import "encoding/binary"

// patternPatience is how many rows are taken apart before a column of which
// nearly every row brings a new skeleton is given up.
const patternPatience = 4096

// patterns collects what encodePattern needs.
type patterns struct {
	split   *skeletonizer
	found   distinct
	texts   cells
	codes   []uint64
	streams [maxSlots][]uint64
	slots   int // streams in use
	ascii   bool
}

// encodePattern appends the texts of c taken apart; false when they have too many
// skeletons for that to pay, or a text cannot be taken apart.
func (s *scratch) encodePattern(dst []byte, c *cells) ([]byte, bool) {
	p := &s.patterns
	if p.split == nil {
		p.split = newSkeletonizer()
	}
	if !p.collect(c) {
		return dst, false
	}
	dst = append(dst, tagPattern, 0)
	if p.ascii {
		dst[len(dst)-1] = patternASCII
	}
	dst = binary.AppendUvarint(dst, uint64(p.texts.len()))
	dst = encodeTexts(dst, &p.texts)
	dst = appendCodes(dst, p.codes, p.texts.len())
	dst = append(dst, byte(p.slots))
	for _, v := range p.streams[:p.slots] {
		dst = appendSeries(dst, v)
	}
	return dst, true
}

// collect takes all texts apart. A stream repeats its last number where a text
// has no such slot: that costs least.
func (p *patterns) collect(c *cells) bool {
	p.texts.reset()
	p.found.reset()
	p.codes, p.slots, p.ascii = p.codes[:0], 0, true
	before := 0
	for i := range c.len() {
		if !p.split.split(c.textAt(i)) {
			return false
		}
		p.texts.addText(p.split.text)
		id, ok := p.found.find(&p.texts, p.texts.len()-1)
		if !ok {
			return false
		}
		if int(id) < p.texts.len()-1 {
			p.texts.drop()
		} else if p.ascii {
			p.ascii = plainASCII(p.split.text)
		}
		p.codes = append(p.codes, uint64(id))
		p.push(i)
		if (i+1)%patternPatience == 0 {
			if p.texts.len()-before > patternPatience*7/8 {
				return false
			}
			before = p.texts.len()
		}
	}
	return true
}

// push adds the slots of row i to the streams.
func (p *patterns) push(i int) {
	for ; p.slots < p.split.n; p.slots++ {
		v := p.streams[p.slots][:0]
		for range i {
			v = append(v, p.split.slots[p.slots])
		}
		p.streams[p.slots] = v
	}
	for k := range p.slots {
		v := p.streams[k]
		switch {
		case k < p.split.n:
			v = append(v, p.split.slots[k])
		default:
			v = append(v, v[i-1])
		}
		p.streams[k] = v
	}
}

// plainASCII reports whether a skeleton is ASCII but for its marks.
func plainASCII(skeleton []byte) bool {
	for {
		i := nextMark(skeleton)
		if i < 0 {
			return isASCII(skeleton)
		}
		m, err := readMark(skeleton[i:])
		if err != nil || !isASCII(skeleton[:i]) {
			return false
		}
		skeleton = skeleton[i+m.size:]
	}
}
