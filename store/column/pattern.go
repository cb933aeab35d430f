package column

import (
	"encoding/binary"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// pattern is texts that were taken apart: a skeleton by its code, and for each
// place of a slot a series with a number per row.
type pattern struct {
	n         int
	ascii     bool // outside the slots
	skeletons *texts
	codes     codes
	streams   []series
}

const patternASCII = 1

func (r *reader) pattern(n int) *pattern {
	p := &pattern{n: n, ascii: r.byte()&patternASCII != 0}
	count := r.count(MaxElements)
	if tag := r.byte(); tag != tagTexts {
		r.fail(fmt.Errorf("skeletons in encoding %d", tag))
		return p
	}
	p.skeletons = r.texts(count)
	p.codes = r.codes(n, count)
	p.streams = make([]series, r.count(maxSlots))
	for i := range p.streams {
		p.streams[i] = r.series(n)
	}
	return p
}

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
	p.found.reset(c.len())
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

// appendText appends the i-th text to dst.
func (p *pattern) appendText(dst []byte, i int) ([]byte, error) {
	skeleton, err := p.skeleton(i)
	if err != nil {
		return dst, err
	}
	return fill(dst, skeleton, p.streams, i)
}

func (p *pattern) skeleton(i int) ([]byte, error) {
	code := p.codes.at(i)
	if code >= p.skeletons.n {
		return nil, errCode
	}
	return p.skeletons.bytes(code)
}

func (p *pattern) value(i int) (graph.Value, error) {
	b, err := p.appendText(nil, i)
	return graph.StringValue(view(b)), err
}

func (p *pattern) match(q *Test, out Bitmap) error {
	switch {
	case !q.literal:
		return p.decide(nil, FullBitmap(p.skeletons.n), q.holdsString, out)
	case q.where.Operator == graph.Eq:
		return p.matchEqual(q, out)
	case q.where.Operator == graph.Contains:
		return p.matchContains(q, out)
	}
	sure, unsure, err := p.judgeAll(q.where.Operator, q.texts, false)
	if err != nil {
		return err
	}
	return p.decide(sure, unsure, q.holdsText, out)
}

// matchContains looks only at the skeletons where the slots cannot matter.
func (p *pattern) matchContains(q *Test, out Bitmap) error {
	for _, s := range q.texts {
		if !literalOnly(s, p.skeletons.blob) {
			sure, unsure, err := p.judgeAll(graph.Contains, q.texts, false)
			if err != nil {
				return err
			}
			return p.decide(sure, unsure, q.holdsText, out)
		}
	}
	sure := NewBitmap(p.skeletons.n)
	if err := p.skeletons.search(q.texts, false, sure); err != nil {
		return err
	}
	return p.codes.match(sure, p.skeletons.n, out)
}

// judgeAll sorts the skeletons into those all of whose texts compare with one of
// texts, and those whose slots decide. With fold the texts are folded.
func (p *pattern) judgeAll(op graph.Operator, texts []string, fold bool) (sure, unsure Bitmap, err error) {
	sure, unsure = NewBitmap(p.skeletons.n), NewBitmap(p.skeletons.n)
	var segs []segment
	for i := range p.skeletons.n {
		b, err := p.skeletons.bytes(i)
		if err != nil {
			return nil, nil, err
		}
		if segs, err = cut(segs[:0], b); err != nil {
			return nil, nil, err
		}
		best := none
		for _, s := range texts {
			if fold {
				foldSegments(segs)
			}
			best = max(best, judge(op, segs, s))
		}
		switch best {
		case every:
			sure.Add(i)
		case some:
			unsure.Add(i)
		}
	}
	return sure, unsure, nil
}

func foldSegments(segs []segment) {
	for i := range segs {
		segs[i].literal = graph.Fold(segs[i].literal)
	}
}

// decide puts into out the texts of the sure skeletons, and those of the unsure
// ones for which holds is true.
func (p *pattern) decide(sure, unsure Bitmap, holds func(s string) bool, out Bitmap) error {
	if sure.Any() {
		if err := p.codes.match(sure, p.skeletons.n, out); err != nil {
			return err
		}
	}
	if !unsure.Any() {
		return nil
	}
	rows := NewBitmap(p.n)
	if err := p.codes.match(unsure, p.skeletons.n, rows); err != nil {
		return err
	}
	var buf []byte
	for i := range rows.All() {
		var err error
		if buf, err = p.appendText(buf[:0], i); err != nil {
			return err
		}
		if holds(view(buf)) {
			out.Add(i)
		}
	}
	return nil
}

// matchEqual takes each text apart and compares skeletons and slots.
func (p *pattern) matchEqual(q *Test, out Bitmap) error {
	split := newSkeletonizer()
	for _, s := range q.texts {
		if !split.split([]byte(s)) {
			continue
		}
		skeletons := NewBitmap(p.skeletons.n)
		if err := eachText(p.skeletons, skeletons, func(t string) bool { return t == string(split.text) }); err != nil {
			return err
		}
		if !skeletons.Any() || split.n > len(p.streams) {
			continue
		}
		rows := NewBitmap(p.n)
		if err := p.codes.match(skeletons, p.skeletons.n, rows); err != nil {
			return err
		}
		p.keepSlots(rows, split.slots[:split.n])
		out.Or(rows)
	}
	return nil
}

// keepSlots keeps in rows those with the given slots.
func (p *pattern) keepSlots(rows Bitmap, slots []uint64) {
	for k, v := range slots {
		if k == 0 && rows.Count() > p.n/64 {
			hits := NewBitmap(p.n)
			p.streams[k].matchRange(int64(v), int64(v), hits)
			rows.And(hits)
			continue
		}
		for i := range rows.All() {
			if p.streams[k].at(i) != v {
				rows.Remove(i)
			}
		}
	}
}

func (p *pattern) term(q *Term, out Bitmap) error {
	if p.ascii && literalOnly(q.text, p.skeletons.blob) {
		sure := NewBitmap(p.skeletons.n)
		if err := p.skeletons.search([]string{q.text}, true, sure); err != nil {
			return err
		}
		return p.codes.match(sure, p.skeletons.n, out)
	}
	sure, unsure, err := p.judgeAll(graph.Contains, []string{q.text}, true)
	if err != nil {
		return err
	}
	return p.decide(sure, unsure, q.inText, out)
}
