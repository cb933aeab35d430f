package estate

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// record is what an entity holds, beside key, type and class.
type record struct{ fields []field }

// field is a property of one of four sorts.
type field struct {
	name string
	sort fieldSort
	text string
	num  int64
	list []string
}

type fieldSort uint8

const (
	textField fieldSort = iota
	numberField
	boolField // num is 0 or 1
	listField
)

func (r *record) reset() { r.fields = r.fields[:0] }

func (r *record) text(name, v string) {
	r.fields = append(r.fields, field{name: name, text: v})
}

func (r *record) number(name string, v int64) {
	r.fields = append(r.fields, field{name: name, sort: numberField, num: v})
}

func (r *record) flag(name string, v bool) {
	f := field{name: name, sort: boolField}
	if v {
		f.num = 1
	}
	r.fields = append(r.fields, f)
}

func (r *record) texts(name string, v ...string) {
	r.fields = append(r.fields, field{name: name, sort: listField, list: v})
}

// get returns a text.
func (r *record) get(name string) string {
	for i := range r.fields {
		if r.fields[i].name == name {
			return r.fields[i].text
		}
	}
	return ""
}

func (r *record) isSet(name string) bool {
	for i := range r.fields {
		if r.fields[i].name == name {
			return r.fields[i].num != 0
		}
	}
	return false
}

// appendFields appends the properties as members of a JSON object, each with a
// comma before it. No text of an estate needs an escape.
func (r *record) appendFields(b []byte) []byte {
	for i := range r.fields {
		f := &r.fields[i]
		b = append(append(append(b, ',', '"'), f.name...), '"', ':')
		switch f.sort {
		case textField:
			b = append(append(append(b, '"'), f.text...), '"')
		case numberField:
			b = strconv.AppendInt(b, f.num, 10)
		case boolField:
			b = strconv.AppendBool(b, f.num != 0)
		case listField:
			b = appendList(b, f.list)
		}
	}
	return b
}

func appendList(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), s...), '"')
	}
	return append(b, ']')
}

// uuid is a random UUID (RFC 9562, version 4).
func uuid(a, b uint64) string {
	a, b = a&^0xf000|0x4000, b&^(3<<62)|1<<63
	s := fmt.Sprintf("%016x%016x", a, b)
	return strings.Join([]string{s[:8], s[8:12], s[12:16], s[16:20], s[20:]}, "-")
}

func (d *dice) hex(n int) string {
	b := make([]byte, n/2)
	for i := range b {
		b[i] = byte(d.next())
	}
	return hex.EncodeToString(b)
}

// address is a private IPv4 address (RFC 1918).
func (d *dice) address() string {
	return fmt.Sprintf("10.%d.%d.%d", d.below(256), d.below(256), 1+d.below(254))
}

func (d *dice) labels() []string {
	list := make([]string, d.below(4))
	for i := range list {
		list[i] = d.one(labels)
	}
	return list
}
