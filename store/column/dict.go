package column

import (
	"encoding/binary"
	"math/bits"

	"github.com/j1db/j1db/store/graph"
)

// dict is codes of distinct values. The codes after those of the entries stand
// for null and then for undefined, where the column has them.
type dict struct {
	n         int
	size      int // entries
	null      int // code, -1 for none
	undefined int
	entries   node
	codes     codes
}

const (
	dictNull = 1 << iota
	dictUndefined
)

func (r *reader) dict(n, depth int, elements bool) *dict {
	d := &dict{n: n, null: -1, undefined: -1, size: r.count(MaxElements)}
	flags, all := r.Byte(), d.size
	if flags&dictNull != 0 {
		d.null = all
		all++
	}
	if flags&dictUndefined != 0 {
		d.undefined = all
		all++
	}
	d.entries = r.node(d.size, depth+1, elements)
	d.codes = r.codes(n, all)
	return d
}

// all is the number of codes.
func (d *dict) all() int { return max(d.size, d.null+1, d.undefined+1) }

func (d *dict) value(i int) (graph.Value, error) { return d.entry(d.codes.at(i)) }

// entry returns what a code stands for.
func (d *dict) entry(code int) (graph.Value, error) {
	switch {
	case code < d.size:
		return d.entries.value(code)
	case code == d.null:
		return graph.NullValue(), nil
	case code == d.undefined:
		return graph.Value{}, nil
	}
	return graph.Value{}, errCode
}

func (d *dict) match(q *Test, out Bitmap) error {
	hits := NewBitmap(d.all())
	if err := d.entries.match(q, hits); err != nil {
		return err
	}
	if q.missing {
		hits.AddRange(d.size, d.all())
	}
	return d.codes.match(hits, d.all(), out)
}

func (d *dict) term(q *Term, out Bitmap) error {
	hits := NewBitmap(d.all())
	if err := d.entries.term(q, hits); err != nil {
		return err
	}
	return d.codes.match(hits, d.all(), out)
}

// lists are lists by the ends of their elements, which are values of their own.
type lists struct {
	n        int
	size     int // elements
	ends     series
	elements node
}

func (r *reader) lists(n, depth int) *lists {
	l := &lists{n: n, size: r.count(MaxElements)}
	l.ends = r.series(n)
	l.elements = r.node(l.size, depth+1, true)
	return l
}

func (l *lists) span(i int) (lo, hi int, err error) {
	from, to := l.ends.span(i)
	if from > to || to > uint64(l.size) {
		return 0, 0, errEnds
	}
	return int(from), int(to), nil
}

func (l *lists) value(i int) (graph.Value, error) {
	lo, hi, err := l.span(i)
	if err != nil {
		return graph.Value{}, err
	}
	vs := make([]graph.Value, hi-lo)
	for k := range vs {
		if vs[k], err = l.elements.value(lo + k); err != nil {
			return graph.Value{}, err
		}
	}
	return graph.ListValue(vs...), nil
}

// match asks which elements pass, then which lists have one that does.
func (l *lists) match(q *Test, out Bitmap) error {
	if q.fixed {
		if q.always {
			out.AddRange(0, l.n)
		}
		return nil
	}
	if q.elements == nil {
		return nil
	}
	var rows Bitmap
	for _, part := range q.elements {
		hits := NewBitmap(l.size)
		if err := l.elements.match(part, hits); err != nil {
			return err
		}
		with := NewBitmap(l.n)
		if err := l.having(hits, with); err != nil {
			return err
		}
		if rows == nil {
			rows = with
		}
		rows.And(with)
	}
	out.Or(rows)
	return nil
}

// having adds to out the lists that have one of the elements.
func (l *lists) having(elements, out Bitmap) error {
	start := 0
	for i := range l.n {
		end := l.ends.at(i)
		if end > uint64(l.size) || int(end) < start {
			return errEnds
		}
		if elements.anyIn(start, int(end)) {
			out.Add(i)
		}
		start = int(end)
	}
	return nil
}

func (l *lists) term(q *Term, out Bitmap) error {
	hits := NewBitmap(l.size)
	if err := l.elements.term(q, hits); err != nil {
		return err
	}
	return l.having(hits, out)
}

// sparse is values of which some are missing. Those that are there are stored
// without gaps; before counts them up to each word of the bitmap.
type sparse struct {
	n       int
	size    int // values that are there
	null    Bitmap
	present Bitmap
	before  []uint32
	values  node
}

const (
	sparseNull = 1 << iota
	sparseUndefined
)

func (r *reader) sparse(n, depth int, elements bool) *sparse {
	s := &sparse{n: n, null: NewBitmap(n), present: FullBitmap(n)}
	flags := r.Byte()
	if flags&sparseNull != 0 {
		r.bitmap(s.null)
		s.present.AndNot(s.null)
	}
	if flags&sparseUndefined != 0 {
		undefined := NewBitmap(n)
		r.bitmap(undefined)
		s.present.AndNot(undefined)
	}
	s.before = make([]uint32, len(s.present)+1)
	for i := range s.present {
		s.before[i+1] = s.before[i] + uint32(s.present[i:i+1].Count())
	}
	s.size = int(s.before[len(s.present)])
	s.values = r.node(s.size, depth+1, elements)
	return s
}

func (r *reader) bitmap(m Bitmap) {
	b := r.take(len(m) * 8)
	for i := range m {
		if b == nil {
			return
		}
		m[i] = binary.LittleEndian.Uint64(b[i*8:])
	}
}

func appendBitmap(dst []byte, m Bitmap) []byte {
	for _, w := range m {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return dst
}

func (s *sparse) value(i int) (graph.Value, error) {
	switch {
	case s.present.Has(i):
		at := int(s.before[i/64]) + bits.OnesCount64(s.present[i/64]&ones(i%64))
		return s.values.value(at)
	case s.null.Has(i):
		return graph.NullValue(), nil
	}
	return graph.Value{}, nil
}

func (s *sparse) match(q *Test, out Bitmap) error {
	hits := NewBitmap(s.size)
	if err := s.values.match(q, hits); err != nil {
		return err
	}
	out.deposit(hits, s.present)
	if q.missing {
		missing := FullBitmap(s.n)
		missing.AndNot(s.present)
		out.Or(missing)
	}
	return nil
}

func (s *sparse) term(q *Term, out Bitmap) error {
	hits := NewBitmap(s.size)
	if err := s.values.term(q, hits); err != nil {
		return err
	}
	out.deposit(hits, s.present)
	return nil
}
