package column

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
)

var errPatchOrder = errors.New("the changes of a patch are not in order")

// EdgeChange is one relationship that came to a row's list or left it.
type EdgeChange struct{ Row, Neighbour, Edge uint32 }

func (c EdgeChange) compare(o EdgeChange) int {
	return cmp.Compare(uint64(c.Row)<<32|uint64(c.Edge), uint64(o.Row)<<32|uint64(o.Edge))
}

// AdjacencyPatch is what changed in Lists: relationships that left, then ones
// that came. One that moved does both.
type AdjacencyPatch struct {
	simple         bool
	removed, added edgeChanges
}

// edgeChanges are changes by row and edge.
type edgeChanges struct {
	n                       int
	rows, neighbours, edges series
}

// EncodeAdjacencyPatch appends a patch to dst. It sorts both slices. Simple says
// that no neighbour is twice at a row once the patch is applied. With removed and
// added exchanged a patch undoes itself.
func EncodeAdjacencyPatch(dst []byte, removed, added []EdgeChange, simple bool) []byte {
	flags := byte(0)
	if simple {
		flags = adjacencySimple
	}
	dst = append(dst, formAdjacencyPatch, flags)
	return appendChanges(appendChanges(dst, removed), added)
}

func appendChanges(dst []byte, changes []EdgeChange) []byte {
	slices.SortFunc(changes, EdgeChange.compare)
	dst = binary.AppendUvarint(dst, uint64(len(changes)))
	nums := make([]uint64, len(changes))
	for _, of := range []func(c EdgeChange) uint32{
		func(c EdgeChange) uint32 { return c.Row },
		func(c EdgeChange) uint32 { return c.Neighbour },
		func(c EdgeChange) uint32 { return c.Edge },
	} {
		for i, c := range changes {
			nums[i] = uint64(of(c))
		}
		dst = appendSeries(dst, nums)
	}
	return dst
}

// OpenAdjacencyPatch reads a patch.
func OpenAdjacencyPatch(data []byte) (*AdjacencyPatch, error) {
	r := newReader(data)
	if form := r.Byte(); form != formAdjacencyPatch {
		r.Fail(fmt.Errorf("form %d is not a patch of adjacency", form))
	}
	p := &AdjacencyPatch{simple: r.Byte()&adjacencySimple != 0}
	p.removed, p.added = r.edgeChanges(), r.edgeChanges()
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("open patch of adjacency: %w", err)
	}
	return p, nil
}

func (r *reader) edgeChanges() edgeChanges {
	c := edgeChanges{n: r.count(MaxEdges)}
	c.rows, c.neighbours, c.edges = r.series(c.n), r.series(c.n), r.series(c.n)
	return c
}

func (c *edgeChanges) at(i int) EdgeChange {
	return EdgeChange{uint32(c.rows.at(i)), uint32(c.neighbours.at(i)), uint32(c.edges.at(i))}
}

// of returns which of the changes concern a row.
func (c *edgeChanges) of(row int) (lo, hi int) {
	lo = sort.Search(c.n, func(i int) bool { return c.rows.at(i) >= uint64(row) })
	for hi = lo; hi < c.n && c.rows.at(hi) == uint64(row); hi++ {
	}
	return lo, hi
}

// Removed returns the relationships that left, by row and edge.
func (p *AdjacencyPatch) Removed() []EdgeChange { return p.removed.all() }

// Added returns the relationships that came, by row and edge.
func (p *AdjacencyPatch) Added() []EdgeChange { return p.added.all() }

func (c *edgeChanges) all() []EdgeChange {
	out := make([]EdgeChange, c.n)
	for i := range out {
		out[i] = c.at(i)
	}
	return out
}

// Verify checks that the changes are in order.
func (p *AdjacencyPatch) Verify() error {
	for _, c := range []*edgeChanges{&p.removed, &p.added} {
		for i := range c.n {
			if c.rows.at(i)>>32|c.neighbours.at(i)>>32|c.edges.at(i)>>32 != 0 {
				return errNeighbours
			}
			if i > 0 && c.at(i-1).compare(c.at(i)) >= 0 {
				return errPatchOrder
			}
		}
	}
	return nil
}
