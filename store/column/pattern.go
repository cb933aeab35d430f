package column

import (
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
	p := &pattern{n: n, ascii: r.Byte()&patternASCII != 0}
	count := r.count(MaxElements)
	if tag := r.Byte(); tag != tagTexts {
		r.Fail(fmt.Errorf("skeletons in encoding %d", tag))
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

// appendText appends the i-th text to dst.
func (p *pattern) appendText(dst []byte, i int) ([]byte, error) {
	skeleton, err := p.skeleton(i)
	if err != nil {
		return dst, err
	}
	var slots [maxSlots]uint64
	for k := range p.streams {
		slots[k] = p.streams[k].at(i)
	}
	return fill(dst, skeleton, slots[:len(p.streams)])
}

// patternBatch is how many texts are put together at a time.
const patternBatch = 128

// each calls do for each of rows: with its place there, the code of its skeleton,
// and its slots, which are do's until it returns. The slots of a batch of rows are
// read stream by stream.
func (p *pattern) each(rows []uint32, do func(i, code int, slots []uint64) error) error {
	var streams [maxSlots][patternBatch]uint64
	var slots [maxSlots]uint64
	for at := 0; at < len(rows); at += patternBatch {
		part := rows[at:min(at+patternBatch, len(rows))]
		for k := range p.streams {
			p.streams[k].gather(part, streams[k][:len(part)])
		}
		for i, row := range part {
			code := p.codes.at(int(row))
			if code >= p.skeletons.n {
				return errCode
			}
			for k := range p.streams {
				slots[k] = streams[k][i]
			}
			if err := do(at+i, code, slots[:len(p.streams)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// writer puts texts together. Where many are to be, it cuts all skeletons first.
type writer struct {
	skeletons *texts
	cuts      [][]segment // by code, nil for none
}

// writer returns a writer of so many texts.
func (p *pattern) writer(texts int) (*writer, error) {
	w := &writer{skeletons: p.skeletons}
	if texts < 2*p.skeletons.n {
		return w, nil
	}
	var err error
	w.cuts, err = p.cutAll()
	return w, err
}

// cutAll cuts every skeleton.
func (p *pattern) cutAll() ([][]segment, error) {
	cuts := make([][]segment, p.skeletons.n)
	all := make([]segment, 0, 2*len(cuts))
	for code := range cuts {
		b, err := p.skeletons.bytes(code)
		if err != nil {
			return nil, err
		}
		start := len(all)
		if all, err = cut(all, b); err != nil {
			return nil, err
		}
		cuts[code] = all[start:len(all):len(all)]
	}
	return cuts, nil
}

// append appends to dst the text of a skeleton with the given slots.
func (w *writer) append(dst []byte, code int, slots []uint64) ([]byte, error) {
	if w.cuts == nil {
		b, err := w.skeletons.bytes(code)
		if err != nil {
			return dst, err
		}
		return fill(dst, b, slots)
	}
	segs := w.cuts[code]
	for k := range segs {
		s := &segs[k]
		dst = append(dst, s.literal...)
		if s.mark.kind == 0 {
			break
		}
		if s.mark.slots > len(slots) {
			return dst, errSkeleton
		}
		dst = s.mark.append(dst, slots)
		slots = slots[s.mark.slots:]
	}
	return dst, nil
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
