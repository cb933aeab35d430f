package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

var errRow = errors.New("there is no such row")

// reader reads an encoding from its start. Texts stay where they are.
type reader struct{ wire.Parser }

func newReader(data []byte) *reader { return &reader{wire.Parser{B: data, View: true}} }

// count reads a number that may be at most limit.
func (r *reader) count(limit int) int {
	n := r.Uint()
	if n > uint64(limit) {
		r.Fail(fmt.Errorf("a count of %d is above the limit of %d", n, limit))
		return 0
	}
	return int(n)
}

func (r *reader) uint32() uint32 { return uint32(r.count(math.MaxUint32)) }

// take returns the next n bytes.
func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.B) {
		r.Fail(wire.ErrShort)
		return nil
	}
	out := r.B[:n:n]
	r.B = r.B[n:]
	return out
}

// packed reads n numbers of a width. What it returns keeps a few bytes of what
// follows, so that the last numbers are read like the others.
func (r *reader) packed(n int, width uint) packed {
	size := packedSize(n, width)
	if width > 64 || width > 57 && width != 64 {
		r.Fail(fmt.Errorf("numbers of %d bits", width))
	}
	if r.Err != nil || size > len(r.B) {
		r.Fail(wire.ErrShort)
		return packed{}
	}
	if width == 0 {
		return packed{}
	}
	p := newPacked(r.B[:min(size+8, len(r.B))], width)
	r.B = r.B[size:]
	return p
}

// text reads a text with its length in front.
func (r *reader) text() []byte { return r.take(r.count(math.MaxInt32)) }

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// tagUndefined stands for no value; the other tags are those of records.
const tagUndefined byte = 0

// appendValue appends a tagged value.
func appendValue(dst []byte, v graph.Value) []byte {
	if v.Kind() == graph.Undefined {
		return append(dst, tagUndefined)
	}
	w := wire.Writer{B: dst}
	w.Value(v)
	return w.B
}

// value reads a tagged value.
func (r *reader) value(inList bool) graph.Value {
	if len(r.B) > 0 && r.B[0] == tagUndefined {
		r.B = r.B[1:]
		return graph.Value{}
	}
	return r.Value(inList)
}

// floatValue returns the number with the given bits.
func floatValue(bits uint64) (graph.Value, error) {
	f := math.Float64frombits(bits)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return graph.Value{}, fmt.Errorf("%v is not a number that can be stored", f)
	}
	return graph.FloatValue(f), nil
}
