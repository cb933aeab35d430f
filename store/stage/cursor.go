package stage

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/j1db/j1db/store/graph"
)

// cursor reads the bytes of a record. After the first damage it stays damaged
// and reads zeros.
type cursor struct {
	b       []byte
	damaged bool
}

// damage makes every further read give zero; who reads asks once, at the end.
func (c *cursor) damage() {
	c.b, c.damaged = nil, true
}

// uint reads a varint; nearly all of them are one byte.
func (c *cursor) uint() uint64 {
	if len(c.b) > 0 && c.b[0] < 0x80 {
		n := c.b[0]
		c.b = c.b[1:]
		return uint64(n)
	}
	n, size := binary.Uvarint(c.b)
	if size <= 0 {
		c.damage()
		return 0
	}
	c.b = c.b[size:]
	return n
}

func (c *cursor) take(n uint64) []byte {
	if n > uint64(len(c.b)) {
		c.damage()
		return nil
	}
	t := c.b[:n]
	c.b = c.b[n:]
	return t
}

func (c *cursor) byte() byte {
	t := c.take(1)
	if t == nil {
		return 0
	}
	return t[0]
}

// text reads a text as it stands: packed, when it is a UUID.
func (c *cursor) text() (t []byte, uuid bool) {
	switch head := c.uint(); {
	case head == uuidHead:
		return c.take(16), true
	case head%2 == 1:
		c.damage()
		return nil, false
	default:
		return c.take(head / 2), false
	}
}

// skipValue passes a value and damages the cursor where there is none.
func (c *cursor) skipValue(inList bool) {
	switch tag := c.byte(); tag {
	case tagNull, tagFalse, tagTrue:
	case tagInt:
		c.uint()
	case tagFloat:
		c.skipFloat()
	case tagString:
		c.text()
	case tagList:
		n := c.uint()
		if inList || n > uint64(len(c.b)) {
			c.damage()
			return
		}
		for range n {
			c.skipValue(true)
		}
	default:
		c.damage()
	}
}

// skipFloat holds what it passes to be a fraction, which is all that is written.
func (c *cursor) skipFloat() {
	t := c.take(8)
	if t == nil {
		return
	}
	v := graph.FloatValue(math.Float64frombits(binary.LittleEndian.Uint64(t)))
	if v.Kind() != graph.Float || graph.CheckValue(v) != nil {
		c.damage()
	}
}

// texts makes strings and lists of what a cursor reads: views of its bytes, and
// of memory of its own where those are packed.
type texts struct {
	unpacked []byte
	elements []graph.Value
}

func (x *texts) reset() { x.unpacked, x.elements = x.unpacked[:0], x.elements[:0] }

// text reads a text. Where the memory moves, what was made before stays valid.
func (x *texts) text(c *cursor) string {
	t, uuid := c.text()
	if !uuid || t == nil {
		return view(t)
	}
	from := len(x.unpacked)
	x.unpacked = appendUUID(x.unpacked, t)
	return view(x.unpacked[from:])
}

// value reads a value that skipValue passed.
func (x *texts) value(c *cursor) graph.Value {
	switch tag := c.byte(); tag {
	case tagFalse, tagTrue:
		return graph.BoolValue(tag == tagTrue)
	case tagInt:
		n := c.uint()
		return graph.IntValue(int64(n>>1) ^ -int64(n&1))
	case tagFloat:
		return graph.FloatValue(math.Float64frombits(binary.LittleEndian.Uint64(c.take(8))))
	case tagString:
		return graph.StringValue(x.text(c))
	case tagList:
		n, from := c.uint(), len(x.elements)
		for range n {
			x.elements = append(x.elements, x.value(c))
		}
		return graph.ListValue(x.elements[from:len(x.elements):len(x.elements)]...)
	}
	return graph.NullValue()
}

// view is b as a string that shares its memory.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
