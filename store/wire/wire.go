package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"github.com/j1db/j1db/store/graph"
)

// A record is a payload of varints and length-prefixed texts, and after it four
// bytes of checksum over the key under which it is stored and the payload: a
// record that strays to another key is as wrong as one that changed.

const checksumLen = 4

var (
	// ErrShort says that a record ends before its last field.
	ErrShort = errors.New("the record ends too early")
	// ErrTrailing says that there is more after it.
	ErrTrailing = errors.New("the record has trailing bytes")
	errChecksum = errors.New("the checksum does not match")
)

func checksum(key, payload []byte) uint32 {
	var h xxhash.Digest
	h.Reset()
	h.Write(key)
	h.Write([]byte{0xff})
	h.Write(payload)
	return uint32(h.Sum64())
}

// Writer builds one record.
type Writer struct{ B []byte }

// Seal returns the record for storage under key.
func (w *Writer) Seal(key []byte) []byte {
	return binary.LittleEndian.AppendUint32(w.B, checksum(key, w.B))
}

// Uint appends an unsigned number.
func (w *Writer) Uint(n uint64) { w.B = binary.AppendUvarint(w.B, n) }

// Int appends a signed number.
func (w *Writer) Int(n int64) { w.B = binary.AppendVarint(w.B, n) }

// Byte appends one byte.
func (w *Writer) Byte(n byte) { w.B = append(w.B, n) }

// Bool appends a boolean as one byte.
func (w *Writer) Bool(v bool) {
	if v {
		w.Byte(1)
	} else {
		w.Byte(0)
	}
}

// Text appends a text and before it its length.
func (w *Writer) Text(s string) {
	w.Uint(uint64(len(s)))
	w.B = append(w.B, s...)
}

// Texts appends texts and before them their number.
func (w *Writer) Texts(ss []string) {
	w.Uint(uint64(len(ss)))
	for _, s := range ss {
		w.Text(s)
	}
}

// The tags of values. They are part of the format.
const (
	tagNull byte = iota + 1
	tagFalse
	tagTrue
	tagInt
	tagFloat
	tagString
	tagList
)

// Value appends a value that is not undefined.
func (w *Writer) Value(v graph.Value) {
	switch v.Kind() {
	case graph.Null:
		w.Byte(tagNull)
	case graph.Bool:
		if v.Bool() {
			w.Byte(tagTrue)
		} else {
			w.Byte(tagFalse)
		}
	case graph.Int:
		i, _ := v.Int()
		w.Byte(tagInt)
		w.Int(i)
	case graph.Float:
		w.Byte(tagFloat)
		w.B = binary.LittleEndian.AppendUint64(w.B, math.Float64bits(v.Float()))
	case graph.String:
		w.Byte(tagString)
		w.Text(v.Str())
	case graph.List:
		w.Byte(tagList)
		w.Uint(uint64(len(v.List())))
		for _, e := range v.List() {
			w.Value(e)
		}
	}
}

// Props appends properties and before them their number.
func (w *Writer) Props(ps graph.Properties) {
	w.Uint(uint64(len(ps)))
	for _, p := range ps {
		w.Text(p.Name)
		w.Value(p.Value)
	}
}

// Parser reads one record. The first error stays; after it every read gives a
// zero value, so that callers check once, with done.
type Parser struct {
	B   []byte
	Err error
	// names shares the texts that recur in every record, nil to share none.
	Names Interner
	// View leaves texts where they are: they must not change then.
	View bool
	// whole is a copy of what was left to be read when Share was called.
	whole string
}

// Share makes the texts that are read from now on parts of one copy of the record:
// for records that are many texts, all of which are kept.
func (p *Parser) Share() { p.whole = string(p.B) }

// Interner holds one copy of each recurring text.
type Interner map[string]string

// Of returns the one copy of a text; a nil Interner keeps none.
func (in Interner) Of(b []byte) string {
	if s, ok := in[string(b)]; ok {
		return s
	}
	s := string(b)
	if in != nil {
		in[s] = s
	}
	return s
}

// Open checks the checksum of a record and returns a parser of its payload.
func Open(key, record []byte, names Interner) *Parser {
	if len(record) < checksumLen {
		return &Parser{Err: ErrShort}
	}
	payload, sum := record[:len(record)-checksumLen], record[len(record)-checksumLen:]
	if binary.LittleEndian.Uint32(sum) != checksum(key, payload) {
		return &Parser{Err: errChecksum}
	}
	return &Parser{B: payload, Names: names}
}

// Done returns the first error; a payload that was not read to its end is one.
func (p *Parser) Done() error {
	if p.Err == nil && len(p.B) != 0 {
		return ErrTrailing
	}
	return p.Err
}

// Fail notes an error, unless there is one, and ends the reading.
func (p *Parser) Fail(err error) {
	if p.Err == nil {
		p.Err = err
	}
	p.B = nil
}

// Uint reads an unsigned number.
func (p *Parser) Uint() uint64 {
	if len(p.B) > 0 && p.B[0] < 0x80 { // most numbers are small
		n := p.B[0]
		p.B = p.B[1:]
		return uint64(n)
	}
	n, size := binary.Uvarint(p.B)
	if size <= 0 {
		p.Fail(ErrShort)
		return 0
	}
	p.B = p.B[size:]
	return n
}

// Int reads a signed number.
func (p *Parser) Int() int64 {
	n, size := binary.Varint(p.B)
	if size <= 0 {
		p.Fail(ErrShort)
		return 0
	}
	p.B = p.B[size:]
	return n
}

// Byte reads one byte.
func (p *Parser) Byte() byte {
	if len(p.B) == 0 {
		p.Fail(ErrShort)
		return 0
	}
	c := p.B[0]
	p.B = p.B[1:]
	return c
}

// Bool reads a boolean.
func (p *Parser) Bool() bool {
	c := p.Byte()
	if c > 1 {
		p.Fail(fmt.Errorf("%d is not a boolean", c))
	}
	return c == 1
}

// Uint32 reads a number that must fit 32 bits.
func (p *Parser) Uint32() uint32 {
	n := p.Uint()
	if n > math.MaxUint32 {
		p.Fail(fmt.Errorf("%d does not fit 32 bits", n))
	}
	return uint32(n)
}

// Count reads a number of things that take at least one byte each, so that a
// forged count cannot ask for more memory than the record has bytes.
func (p *Parser) Count() int {
	n := p.Uint()
	if n > uint64(len(p.B)) {
		p.Fail(ErrShort)
		return 0
	}
	return int(n)
}

// Bytes reads a text without copying it.
func (p *Parser) Bytes() []byte {
	n := p.Count()
	s := p.B[:n]
	p.B = p.B[n:]
	return s
}

// Text reads a text.
func (p *Parser) Text() string {
	b := p.Bytes()
	if p.View && len(b) > 0 {
		return unsafe.String(&b[0], len(b))
	}
	if p.whole == "" {
		return string(b)
	}
	end := len(p.whole) - len(p.B)
	return p.whole[end-len(b) : end]
}

// Name reads a text that recurs in many records.
func (p *Parser) Name() string { return p.Names.Of(p.Bytes()) }

// Texts reads texts that recur in many records.
func (p *Parser) Texts() []string {
	n := p.Count()
	if n == 0 {
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i] = p.Name()
	}
	return out
}

// Value reads a value; within a list there is no other.
func (p *Parser) Value(inList bool) graph.Value {
	switch tag := p.Byte(); tag {
	case tagNull:
		return graph.NullValue()
	case tagFalse, tagTrue:
		return graph.BoolValue(tag == tagTrue)
	case tagInt:
		return graph.IntValue(p.Int())
	case tagFloat:
		return p.Float()
	case tagString:
		return graph.StringValue(p.Text())
	case tagList:
		if inList {
			p.Fail(errors.New("a list in a list"))
			return graph.Value{}
		}
		vs := make([]graph.Value, p.Count())
		for i := range vs {
			vs[i] = p.Value(true)
		}
		return graph.ListValue(vs...)
	default:
		p.Fail(fmt.Errorf("value tag %d is unknown", tag))
		return graph.Value{}
	}
}

// Float reads a number that is no integer.
func (p *Parser) Float() graph.Value {
	if len(p.B) < 8 {
		p.Fail(ErrShort)
		return graph.Value{}
	}
	f := math.Float64frombits(binary.LittleEndian.Uint64(p.B))
	p.B = p.B[8:]
	v := graph.FloatValue(f)
	if graph.CheckValue(v) != nil || v.Kind() != graph.Float {
		p.Fail(fmt.Errorf("%v is not a fraction", f))
	}
	return v
}

// Props reads properties, which must be sorted.
func (p *Parser) Props() graph.Properties {
	n := p.Count()
	if n == 0 {
		return nil
	}
	ps := make(graph.Properties, 0, n)
	for range n {
		prop := graph.Property{Name: p.Name(), Value: p.Value(false)}
		if len(ps) > 0 && ps[len(ps)-1].Name >= prop.Name {
			p.Fail(errors.New("the properties are not sorted"))
			return nil
		}
		ps = append(ps, prop)
	}
	return ps
}
