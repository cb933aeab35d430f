package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/j1db/j1db/store/graph"
)

var (
	errShort    = errors.New("the encoding ends too early")
	errTrailing = errors.New("the encoding has trailing bytes")
	errRow      = errors.New("there is no such row")
)

// reader reads an encoding from its start. The first error stays; after it every
// read gives a zero value, so that callers check once.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.b = nil
}

// done returns the first error; what was not read to its end is one.
func (r *reader) done() error {
	if r.err == nil && len(r.b) != 0 {
		return errTrailing
	}
	return r.err
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail(errShort)
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) uint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.fail(errShort)
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) int() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.fail(errShort)
		return 0
	}
	r.b = r.b[size:]
	return n
}

// count reads a number that may be at most limit.
func (r *reader) count(limit int) int {
	n := r.uint()
	if n > uint64(limit) {
		r.fail(fmt.Errorf("a count of %d is above the limit of %d", n, limit))
		return 0
	}
	return int(n)
}

func (r *reader) uint32() uint32 { return uint32(r.count(math.MaxUint32)) }

// take returns the next n bytes.
func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail(errShort)
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

// packed reads n numbers of a width. What it returns keeps a few bytes of what
// follows, so that the last numbers are read like the others.
func (r *reader) packed(n int, width uint) packed {
	size := packedSize(n, width)
	if width > 64 || width > 57 && width != 64 {
		r.fail(fmt.Errorf("numbers of %d bits", width))
	}
	if r.err != nil || size > len(r.b) {
		r.fail(errShort)
		return packed{}
	}
	if width == 0 {
		return packed{}
	}
	p := newPacked(r.b[:min(size+8, len(r.b))], width)
	r.b = r.b[size:]
	return p
}

// text reads a text with its length in front.
func (r *reader) text() []byte { return r.take(r.count(math.MaxInt32)) }

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// The tags of values that stand alone. They are part of the format.
const (
	tagUndefined byte = iota
	tagNull
	tagFalse
	tagTrue
	tagInt
	tagFloat
	tagString
	tagList
)

// appendValue appends a tagged value.
func appendValue(dst []byte, v graph.Value) []byte {
	switch v.Kind() {
	case graph.Null:
		return append(dst, tagNull)
	case graph.Bool:
		if v.Bool() {
			return append(dst, tagTrue)
		}
		return append(dst, tagFalse)
	case graph.Int:
		i, _ := v.Int()
		return binary.AppendVarint(append(dst, tagInt), i)
	case graph.Float:
		return binary.LittleEndian.AppendUint64(append(dst, tagFloat), math.Float64bits(v.Float()))
	case graph.String:
		return appendText(append(dst, tagString), v.Str())
	case graph.List:
		dst = binary.AppendUvarint(append(dst, tagList), uint64(len(v.List())))
		for _, e := range v.List() {
			dst = appendValue(dst, e)
		}
		return dst
	}
	return append(dst, tagUndefined)
}

// value reads a tagged value. Its text stays where it is.
func (r *reader) value(inList bool) graph.Value {
	switch tag := r.byte(); tag {
	case tagUndefined:
		return graph.Value{}
	case tagNull:
		return graph.NullValue()
	case tagFalse, tagTrue:
		return graph.BoolValue(tag == tagTrue)
	case tagInt:
		return graph.IntValue(r.int())
	case tagFloat:
		return r.float()
	case tagString:
		return graph.StringValue(view(r.text()))
	case tagList:
		if inList {
			r.fail(errNested)
			return graph.Value{}
		}
		vs := make([]graph.Value, r.count(len(r.b)))
		for i := range vs {
			vs[i] = r.value(true)
		}
		return graph.ListValue(vs...)
	default:
		r.fail(fmt.Errorf("value tag %d is unknown", tag))
		return graph.Value{}
	}
}

func (r *reader) float() graph.Value {
	b := r.take(8)
	if b == nil {
		return graph.Value{}
	}
	v, err := floatValue(binary.LittleEndian.Uint64(b))
	if err != nil {
		r.fail(err)
	}
	return v
}

// floatValue returns the number with the given bits.
func floatValue(bits uint64) (graph.Value, error) {
	f := math.Float64frombits(bits)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return graph.Value{}, fmt.Errorf("%v is not a number that can be stored", f)
	}
	return graph.FloatValue(f), nil
}
