package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/j1db/j1db/store/graph"
)

var errPatchRows = errors.New("the rows of a patch are not in order")

// Patch is new values, perhaps undefined, for some of the rows of a chunk, or for
// rows after its last.
type Patch struct {
	n      int
	rows   series
	values *Chunk
}

// EncodePatch appends a patch to dst: the values of b, one for each of rows, which
// are ascending.
func EncodePatch(dst []byte, rows []uint32, b *Builder) ([]byte, error) {
	if len(rows) != b.Len() {
		return nil, fmt.Errorf("encode patch: %d values for %d rows", b.Len(), len(rows))
	}
	if !ascending(rows) || len(rows) > 0 && rows[len(rows)-1] >= MaxRows {
		return nil, fmt.Errorf("encode patch: %w", errPatchRows)
	}
	dst = binary.AppendUvarint(append(dst, formPatch), uint64(len(rows)))
	dst, _ = appendSeries32(dst, rows, nil)
	return b.Encode(dst, Options{})
}

// OpenPatch reads the head of a patch and where its parts lie.
func OpenPatch(data []byte) (*Patch, error) {
	r := newReader(data)
	if form := r.Byte(); form != formPatch {
		r.Fail(fmt.Errorf("form %d is not a patch", form))
	}
	p := &Patch{n: r.count(MaxRows)}
	p.rows = r.series(p.n)
	if r.Err != nil {
		return nil, fmt.Errorf("open patch: %w", r.Err)
	}
	var err error
	if p.values, err = Open(r.B); err != nil {
		return nil, fmt.Errorf("open patch: %w", err)
	}
	if p.values.Rows() != p.n {
		return nil, fmt.Errorf("open patch: %w", errShape)
	}
	if name, ok := p.values.Alias(); ok {
		return nil, fmt.Errorf("open patch: it is an alias of %q, which a patch cannot be", name)
	}
	return p, nil
}

// Len is the number of rows that the patch changes.
func (p *Patch) Len() int { return p.n }

// Row returns the i-th of the rows.
func (p *Patch) Row(i int) int { return int(p.rows.at(i)) }

// Value returns the value of the i-th of the rows.
func (p *Patch) Value(i int) (graph.Value, error) { return p.values.Value(i) }

// Values returns the values of the rows as a chunk with one row for each.
func (p *Patch) Values() *Chunk { return p.values }

// Find returns the place of a row in the patch.
func (p *Patch) Find(row int) (i int, ok bool) {
	i = sort.Search(p.n, func(i int) bool { return p.rows.at(i) >= uint64(row) })
	return i, i < p.n && p.rows.at(i) == uint64(row)
}

// Verify reads everything.
func (p *Patch) Verify() error {
	rows, ok := p.rows.append32(nil, 0, p.n)
	if !ok || !ascending(rows) || p.n > 0 && rows[p.n-1] >= MaxRows {
		return errPatchRows
	}
	return p.values.Verify()
}

// Merge returns the rows and, in b, the values of a patch that does what all of
// patches do, the oldest first.
func Merge(b *Builder, patches ...*Patch) ([]uint32, error) {
	newest := make(map[uint32][2]int)
	for k, p := range patches {
		for i := range p.n {
			newest[uint32(p.rows.at(i))] = [2]int{k, i}
		}
	}
	rows := make([]uint32, 0, len(newest))
	for row := range newest {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	for _, row := range rows {
		v, err := patches[newest[row][0]].values.Value(newest[row][1])
		if err != nil {
			return nil, err
		}
		b.Append(v)
	}
	return rows, nil
}
