package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/cespare/xxhash/v2"

	"github.com/j1db/j1db/store/graph"
)

// A record is a payload of varints and length-prefixed texts, and after it four
// bytes of checksum over the key under which it is stored and the payload: a
// record that strays to another key is as wrong as one that changed.

const checksumLen = 4

var (
	errShort    = errors.New("the record ends too early")
	errTrailing = errors.New("the record has trailing bytes")
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

// writer builds one record.
type writer struct{ b []byte }

// seal returns the record for storage under key.
func (w *writer) seal(key []byte) []byte {
	return binary.LittleEndian.AppendUint32(w.b, checksum(key, w.b))
}

func (w *writer) uint(n uint64) { w.b = binary.AppendUvarint(w.b, n) }
func (w *writer) int(n int64)   { w.b = binary.AppendVarint(w.b, n) }
func (w *writer) byte(n byte)   { w.b = append(w.b, n) }

func (w *writer) bool(v bool) {
	if v {
		w.byte(1)
	} else {
		w.byte(0)
	}
}

func (w *writer) text(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) texts(ss []string) {
	w.uint(uint64(len(ss)))
	for _, s := range ss {
		w.text(s)
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

func (w *writer) value(v graph.Value) {
	switch v.Kind() {
	case graph.Null:
		w.byte(tagNull)
	case graph.Bool:
		if v.Bool() {
			w.byte(tagTrue)
		} else {
			w.byte(tagFalse)
		}
	case graph.Int:
		i, _ := v.Int()
		w.byte(tagInt)
		w.int(i)
	case graph.Float:
		w.byte(tagFloat)
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v.Float()))
	case graph.String:
		w.byte(tagString)
		w.text(v.Str())
	case graph.List:
		w.byte(tagList)
		w.uint(uint64(len(v.List())))
		for _, e := range v.List() {
			w.value(e)
		}
	}
}

func (w *writer) props(ps graph.Properties) {
	w.uint(uint64(len(ps)))
	for _, p := range ps {
		w.text(p.Name)
		w.value(p.Value)
	}
}

// parser reads one record. The first error stays; after it every read gives a
// zero value, so that callers check once, with done.
type parser struct {
	b   []byte
	err error
	// names shares the texts that recur in every record, nil to share none.
	names interner
}

// interner holds one copy of each recurring text.
type interner map[string]string

func (in interner) of(b []byte) string {
	if s, ok := in[string(b)]; ok {
		return s
	}
	s := string(b)
	if in != nil {
		in[s] = s
	}
	return s
}

// open checks the checksum of a record and returns a parser of its payload.
func open(key, record []byte, names interner) *parser {
	if len(record) < checksumLen {
		return &parser{err: errShort}
	}
	payload, sum := record[:len(record)-checksumLen], record[len(record)-checksumLen:]
	if binary.LittleEndian.Uint32(sum) != checksum(key, payload) {
		return &parser{err: errChecksum}
	}
	return &parser{b: payload, names: names}
}

// done returns the first error; a payload that was not read to its end is one.
func (p *parser) done() error {
	if p.err == nil && len(p.b) != 0 {
		return errTrailing
	}
	return p.err
}

func (p *parser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
	p.b = nil
}

func (p *parser) uint() uint64 {
	n, size := binary.Uvarint(p.b)
	if size <= 0 {
		p.fail(errShort)
		return 0
	}
	p.b = p.b[size:]
	return n
}

func (p *parser) int() int64 {
	n, size := binary.Varint(p.b)
	if size <= 0 {
		p.fail(errShort)
		return 0
	}
	p.b = p.b[size:]
	return n
}

func (p *parser) byte() byte {
	if len(p.b) == 0 {
		p.fail(errShort)
		return 0
	}
	c := p.b[0]
	p.b = p.b[1:]
	return c
}

func (p *parser) bool() bool {
	c := p.byte()
	if c > 1 {
		p.fail(fmt.Errorf("%d is not a boolean", c))
	}
	return c == 1
}

// uint32 reads a number that must fit 32 bits.
func (p *parser) uint32() uint32 {
	n := p.uint()
	if n > math.MaxUint32 {
		p.fail(fmt.Errorf("%d does not fit 32 bits", n))
	}
	return uint32(n)
}

// count reads a number of things that take at least one byte each, so that a
// forged count cannot ask for more memory than the record has bytes.
func (p *parser) count() int {
	n := p.uint()
	if n > uint64(len(p.b)) {
		p.fail(errShort)
		return 0
	}
	return int(n)
}

func (p *parser) bytes() []byte {
	n := p.count()
	s := p.b[:n]
	p.b = p.b[n:]
	return s
}

func (p *parser) text() string { return string(p.bytes()) }

// name reads a text that recurs in many records.
func (p *parser) name() string { return p.names.of(p.bytes()) }

func (p *parser) texts() []string {
	n := p.count()
	if n == 0 {
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i] = p.name()
	}
	return out
}

func (p *parser) value(inList bool) graph.Value {
	switch tag := p.byte(); tag {
	case tagNull:
		return graph.NullValue()
	case tagFalse, tagTrue:
		return graph.BoolValue(tag == tagTrue)
	case tagInt:
		return graph.IntValue(p.int())
	case tagFloat:
		return p.float()
	case tagString:
		return graph.StringValue(p.text())
	case tagList:
		if inList {
			p.fail(errors.New("a list in a list"))
			return graph.Value{}
		}
		vs := make([]graph.Value, p.count())
		for i := range vs {
			vs[i] = p.value(true)
		}
		return graph.ListValue(vs...)
	default:
		p.fail(fmt.Errorf("value tag %d is unknown", tag))
		return graph.Value{}
	}
}

func (p *parser) float() graph.Value {
	if len(p.b) < 8 {
		p.fail(errShort)
		return graph.Value{}
	}
	f := math.Float64frombits(binary.LittleEndian.Uint64(p.b))
	p.b = p.b[8:]
	v := graph.FloatValue(f)
	if graph.CheckValue(v) != nil || v.Kind() != graph.Float {
		p.fail(fmt.Errorf("%v is not a fraction", f))
	}
	return v
}

func (p *parser) props() graph.Properties {
	n := p.count()
	if n == 0 {
		return nil
	}
	ps := make(graph.Properties, 0, n)
	for range n {
		prop := graph.Property{Name: p.name(), Value: p.value(false)}
		if len(ps) > 0 && ps[len(ps)-1].Name >= prop.Name {
			p.fail(errors.New("the properties are not sorted"))
			return nil
		}
		ps = append(ps, prop)
	}
	return ps
}
