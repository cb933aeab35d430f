package column

import (
	"encoding/binary"
	"errors"
	"sort"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

var (
	errEnds = errors.New("the ends of texts are not in order")
	errSort = errors.New("the entries are not what they are said to be")
)

// texts are plain texts, one after the other.
type texts struct {
	n      int
	sorted bool // strictly ascending
	ascii  bool
	ends   series
	blob   []byte
}

const (
	textsSorted = 1 << iota
	textsASCII
)

func (r *reader) texts(n int) *texts {
	flags := r.Byte()
	t := &texts{n: n, sorted: flags&textsSorted != 0, ascii: flags&textsASCII != 0}
	t.ends = r.series(n)
	t.blob = r.take(r.count(len(r.B)))
	if last := uint64(len(t.blob)); r.Err == nil && (n > 0 && t.ends.at(n-1) != last || n == 0 && last > 0) {
		r.Fail(errEnds)
	}
	return t
}

// encodeTexts appends the texts of c, all of whose rows are texts.
func encodeTexts(dst []byte, c *cells) []byte {
	n := c.len()
	ends := make([]uint64, n)
	end, sorted, ascii := 0, true, true
	for i := range n {
		s := c.textAt(i)
		end += len(s)
		ends[i] = uint64(end)
		sorted = sorted && (i == 0 || string(c.textAt(i-1)) < string(s))
		ascii = ascii && isASCII(s)
	}
	flags := byte(0)
	if sorted {
		flags |= textsSorted
	}
	if ascii {
		flags |= textsASCII
	}
	dst = appendSeries(append(dst, tagTexts, flags), ends)
	dst = binary.AppendUvarint(dst, uint64(end))
	for i := range n {
		dst = append(dst, c.textAt(i)...)
	}
	return dst
}

func isASCII(s []byte) bool {
	for len(s) >= 8 {
		if binary.LittleEndian.Uint64(s)&0x8080808080808080 != 0 {
			return false
		}
		s = s[8:]
	}
	for _, c := range s {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// bytes returns the i-th text.
func (t *texts) bytes(i int) ([]byte, error) {
	lo, hi := t.ends.span(i)
	if lo > hi || hi > uint64(len(t.blob)) {
		return nil, errEnds
	}
	return t.blob[lo:hi:hi], nil
}

func (t *texts) value(i int) (graph.Value, error) {
	b, err := t.bytes(i)
	return graph.StringValue(view(b)), err
}

func (t *texts) match(q *Test, out Bitmap) error {
	switch {
	case !q.literal:
		return eachText(t, out, func(s string) bool { return q.positive(graph.StringValue(s)) })
	case len(q.texts) == 0:
		return nil
	case q.where.Operator == graph.Contains:
		return t.search(q.texts, false, out)
	case t.sorted && (q.where.Operator == graph.Eq || q.where.Operator == graph.StartsWith):
		return t.lookUp(q, out)
	}
	return eachText(t, out, q.holdsText)
}

// eachText puts into out the texts for which holds is true.
func eachText(t *texts, out Bitmap, holds func(s string) bool) error {
	start := uint64(0)
	for i := range t.n {
		end := t.ends.at(i)
		if start > end || end > uint64(len(t.blob)) {
			return errEnds
		}
		if holds(view(t.blob[start:end])) {
			out.Add(i)
		}
		start = end
	}
	return nil
}

// lookUp finds equal texts and prefixes by binary search.
func (t *texts) lookUp(q *Test, out Bitmap) error {
	for _, s := range q.texts {
		lo, err := t.lowerBound(s)
		if err != nil {
			return err
		}
		for i := lo; i < t.n; i++ {
			b, err := t.bytes(i)
			if err != nil {
				return err
			}
			if q.where.Operator == graph.Eq && string(b) != s || !strings.HasPrefix(view(b), s) {
				break
			}
			out.Add(i)
		}
	}
	return nil
}

// lowerBound returns the first of the sorted texts that is not below s.
func (t *texts) lowerBound(s string) (int, error) {
	var bad error
	lo := sort.Search(t.n, func(i int) bool {
		b, err := t.bytes(i)
		if err != nil {
			bad = err
		}
		return string(b) >= s
	})
	return lo, bad
}

// search puts into out the texts that contain one of needles, searching all of
// them as one.
func (t *texts) search(needles []string, fold bool, out Bitmap) error {
	for _, needle := range needles {
		if needle == "" {
			out.AddRange(0, t.n)
			continue
		}
		if err := t.searchOne(needle, fold, out); err != nil {
			return err
		}
	}
	return nil
}

func (t *texts) searchOne(needle string, fold bool, out Bitmap) error {
	f := newFinder(needle, fold)
	row, start, end := -1, uint64(0), uint64(0)
	for at := f.next(t.blob, 0); at >= 0; at = f.next(t.blob, at) {
		for uint64(at) >= end {
			if row++; row >= t.n {
				return errEnds
			}
			start, end = end, t.ends.at(row)
			if start > end || end > uint64(len(t.blob)) {
				return errEnds
			}
		}
		if uint64(at+len(needle)) > end {
			at++ // reaches into the next text
			continue
		}
		out.Add(row)
		at = int(end)
	}
	return nil
}

func (t *texts) term(q *Term, out Bitmap) error {
	if t.ascii {
		return t.search([]string{q.text}, true, out)
	}
	return eachText(t, out, func(s string) bool { return q.inText(s) })
}
