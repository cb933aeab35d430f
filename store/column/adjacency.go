package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// MaxEdges is the number of relationships that one chunk of adjacency can have.
const MaxEdges = 1 << 24

var (
	errOffsets    = errors.New("the offsets do not fit the neighbours")
	errNeighbours = errors.New("a neighbour or an edge does not fit 32 bits")
)

// Lists are the neighbours of consecutive rows, in compressed-sparse-row form:
// those of row r are Neighbours[Offsets[r]:Offsets[r+1]], and beside each in Edges
// stands the row of the relationship. At one row they are in the order of edges.
type Lists struct {
	Offsets    []uint32 // one more than there are rows
	Neighbours []uint32
	Edges      []uint32
}

// Rows is the number of rows.
func (l *Lists) Rows() int { return max(len(l.Offsets)-1, 0) }

// check says why l cannot be encoded.
func (l *Lists) check() error {
	n := len(l.Neighbours)
	switch {
	case len(l.Offsets) == 0 || l.Offsets[0] != 0 || int(l.Offsets[len(l.Offsets)-1]) != n || !slices.IsSorted(l.Offsets):
		return errOffsets
	case len(l.Edges) != n:
		return fmt.Errorf("%d edges for %d neighbours", len(l.Edges), n)
	case n > MaxEdges:
		return fmt.Errorf("%d relationships, the limit is %d", n, MaxEdges)
	case l.Rows() > MaxRows:
		return fmt.Errorf("%d rows, the limit is %d", l.Rows(), MaxRows)
	}
	return nil
}

// Adjacency is a chunk of the Lists of up to MaxRows rows, read in place like a
// Chunk.
type Adjacency struct {
	rows, edges       int
	simple            bool
	maxDegree, filled int
	ends              series
	neighbours        series
	rowsOfEdges       series
}

const adjacencySimple = 1

// EncodeAdjacency appends a chunk of l to dst. Edges that count up from row to
// row, as those of a table that was sorted when it was loaded do in one direction,
// take no room.
func EncodeAdjacency(dst []byte, l Lists) ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("encode adjacency: %w", err)
	}
	flags, most, filled := byte(0), 0, 0
	if l.simple() {
		flags = adjacencySimple
	}
	for r := range l.Rows() {
		degree := int(l.Offsets[r+1] - l.Offsets[r])
		most = max(most, degree)
		if degree > 0 {
			filled++
		}
	}
	dst = binary.AppendUvarint(append(dst, formAdjacency), uint64(l.Rows()))
	dst = binary.AppendUvarint(dst, uint64(len(l.Neighbours)))
	dst = append(dst, flags)
	dst = binary.AppendUvarint(dst, uint64(most))
	dst = binary.AppendUvarint(dst, uint64(filled))
	dst, wide := appendSeries32(dst, l.Offsets[1:], nil)
	dst, wide = appendSeries32(dst, l.Neighbours, wide)
	dst, _ = appendSeries32(dst, l.Edges, wide)
	return dst, nil
}

// appendSeries32 is appendSeries; wide is memory to use and to use again.
func appendSeries32(dst []byte, v []uint32, wide []uint64) (out []byte, again []uint64) {
	wide = wide[:0]
	for _, x := range v {
		wide = append(wide, uint64(x))
	}
	return appendSeries(dst, wide), wide
}

// simple reports whether no neighbour occurs twice at a row.
func (l *Lists) simple() bool {
	var sorted []uint32
	for r := range l.Rows() {
		row := l.Neighbours[l.Offsets[r]:l.Offsets[r+1]]
		if ascending(row) {
			continue
		}
		sorted = append(sorted[:0], row...)
		slices.Sort(sorted)
		if !ascending(sorted) {
			return false
		}
	}
	return true
}

func ascending(s []uint32) bool {
	for i := 1; i < len(s); i++ {
		if s[i-1] >= s[i] {
			return false
		}
	}
	return true
}

// OpenAdjacency reads the head of a chunk of adjacency and where its parts lie.
func OpenAdjacency(data []byte) (*Adjacency, error) {
	r := newReader(data)
	if form := r.Byte(); form != formAdjacency {
		r.Fail(fmt.Errorf("form %d is not adjacency", form))
	}
	a := &Adjacency{rows: r.count(MaxRows), edges: r.count(MaxEdges)}
	a.simple = r.Byte()&adjacencySimple != 0
	a.maxDegree, a.filled = r.count(MaxEdges), r.count(MaxRows)
	a.ends = r.series(a.rows)
	a.neighbours = r.series(a.edges)
	a.rowsOfEdges = r.series(a.edges)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("open adjacency: %w", err)
	}
	return a, nil
}

// Rows is the number of rows that have lists.
func (a *Adjacency) Rows() int { return a.rows }

// Edges is the number of relationships.
func (a *Adjacency) Edges() int { return a.edges }

// Simple reports whether no neighbour occurs twice at a row.
func (a *Adjacency) Simple() bool { return a.simple }

// MaxDegree is the length of the longest list.
func (a *Adjacency) MaxDegree() int { return a.maxDegree }

// Filled is the number of rows that have a neighbour.
func (a *Adjacency) Filled() int { return a.filled }

// span returns where the list of a row lies; rows beyond the chunk have none.
func (a *Adjacency) span(row int) (lo, hi int, err error) {
	if row >= a.rows {
		return 0, 0, nil
	}
	from, to := a.ends.span(row)
	if from > to || to > uint64(a.edges) {
		return 0, 0, errOffsets
	}
	return int(from), int(to), nil
}

// Degree is the length of the list of a row.
func (a *Adjacency) Degree(row int) (int, error) {
	lo, hi, err := a.span(row)
	return hi - lo, err
}

// AppendRow appends the neighbours and the edges of a row to those of l, whose
// Offsets it leaves alone.
func (a *Adjacency) AppendRow(l *Lists, row int) error {
	lo, hi, err := a.span(row)
	if err != nil {
		return err
	}
	return a.appendSpan(l, lo, hi)
}

func (a *Adjacency) appendSpan(l *Lists, lo, hi int) error {
	var ok, also bool
	l.Neighbours, ok = a.neighbours.append32(l.Neighbours, lo, hi)
	l.Edges, also = a.rowsOfEdges.append32(l.Edges, lo, hi)
	if !ok || !also {
		return errNeighbours
	}
	return nil
}

// AppendTo appends all lists to l. Without edges it leaves l.Edges alone, which
// takes half the time.
func (a *Adjacency) AppendTo(l *Lists, edges bool) error {
	start := uint32(len(l.Neighbours))
	if len(l.Offsets) == 0 {
		l.Offsets = append(l.Offsets, start)
	}
	at := len(l.Offsets)
	var ok bool
	if l.Offsets, ok = a.ends.append32(slices.Grow(l.Offsets, a.rows), 0, a.rows); !ok {
		return errOffsets
	}
	last := uint32(0)
	for i, end := range l.Offsets[at:] {
		if end < last || int(end) > a.edges {
			return errOffsets
		}
		last = end
		l.Offsets[at+i] = end + start
	}
	if int(last) != a.edges {
		return errOffsets
	}
	if l.Neighbours, ok = a.neighbours.append32(slices.Grow(l.Neighbours, a.edges), 0, a.edges); !ok {
		return errNeighbours
	}
	if !edges {
		return nil
	}
	if l.Edges, ok = a.rowsOfEdges.append32(slices.Grow(l.Edges, a.edges), 0, a.edges); !ok {
		return errNeighbours
	}
	return nil
}

// Verify reads everything and compares it with the head.
func (a *Adjacency) Verify() error {
	var l Lists
	if err := a.AppendTo(&l, true); err != nil {
		return err
	}
	most, filled := 0, 0
	for r := range l.Rows() {
		degree := int(l.Offsets[r+1] - l.Offsets[r])
		most = max(most, degree)
		if degree > 0 {
			filled++
		}
		if !ascending(l.Edges[l.Offsets[r]:l.Offsets[r+1]]) {
			return fmt.Errorf("read row %d: the edges are not in order", r)
		}
	}
	if most != a.maxDegree || filled != a.filled || l.simple() != a.simple {
		return errShape
	}
	return nil
}
