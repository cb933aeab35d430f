package j1files

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// document cuts JSON documents into their objects: lists of objects, objects with
// the lists `entities` and `relationships`, and objects one after the other. It
// looks only at structure; what is in an object is for the decoders to judge.
type document struct {
	r      io.Reader
	win    []byte // what was read, from the value that is being looked at
	pos    int    // of the next byte to look at
	offset int64  // of win in the file
	eof    bool
	max    int

	line   int // of win[mark], from 1
	column int
	mark   int

	inside []level
	empty  bool // nothing came yet, and something has to
	broken bool // the rest of the file makes no sense
}

// level is a list or an object that encloses the position.
type level struct {
	holder bool // an object with lists of objects, else a list of objects
	after  after
}

// after says what came last in a level.
type after uint8

const (
	afterOpening after = iota
	afterValue
	afterComma
)

// next fills c with objects.
func (d *document) next(c *chunk) (bool, error) {
	c.offset = d.offset + int64(d.pos)
	for len(c.buf) < chunkSize && !d.broken {
		more, err := d.step(c)
		if err != nil {
			return false, err
		}
		if !more {
			break
		}
	}
	return len(c.spans)+len(c.faults) > 0, nil
}

func (d *document) release() []byte { return d.win }

// step goes over one token of structure, or one object.
func (d *document) step(c *chunk) (bool, error) {
	b, ok, err := d.peek()
	if err != nil {
		return false, err
	}
	if !ok {
		if d.empty {
			d.fault(c, "the file is empty")
		} else if len(d.inside) > 0 {
			d.fault(c, "the file ends in the middle")
		}
		return false, nil
	}
	d.empty = false
	if len(d.inside) == 0 {
		return true, d.top(c, b)
	}
	in := &d.inside[len(d.inside)-1]
	switch {
	case (b == '}' && in.holder || b == ']' && !in.holder) && in.after != afterComma:
		d.pos++
		d.inside = d.inside[:len(d.inside)-1]
		return true, nil
	case b == ',' && in.after == afterValue:
		d.pos++
		in.after = afterComma
		return true, nil
	case in.after == afterValue:
		d.fault(c, "expected a comma or the end")
		return true, nil
	}
	in.after = afterValue // whatever comes now is one
	if in.holder {
		return true, d.holderMember(c, b)
	}
	return true, d.object(c)
}

// top takes a value that nothing encloses.
func (d *document) top(c *chunk, b byte) error {
	switch b {
	case '[':
		d.pos++
		d.inside = append(d.inside, level{})
		return nil
	case '{':
		list, err := d.opensHolder()
		if err != nil || list {
			return err
		}
		return d.object(c)
	}
	d.fault(c, "expected an object or a list of objects")
	return nil
}

// holderMember takes a member of an object with lists: one of the two lists is
// gone into, anything else passed over.
func (d *document) holderMember(c *chunk, b byte) error {
	at := d.place()
	if b != '"' {
		d.fault(c, "expected the name of a list")
		return nil
	}
	name, ended, err := d.value()
	if err != nil {
		return err
	}
	text := string(name)
	b, ok, err := d.peek()
	if err != nil {
		return err
	}
	if !ended || !ok || b != ':' {
		d.fault(c, "expected a colon")
		return nil
	}
	d.pos++
	if b, ok, err = d.peek(); err != nil {
		return err
	}
	if ok && b == '[' && holds(text) {
		d.pos++
		d.inside = append(d.inside, level{})
		return nil
	}
	if holds(text) || text == `"deleteEntities"` || text == `"deleteRelationships"` {
		c.faults = append(c.faults, misplaced{at, fmt.Sprintf("%s here is not a list of objects to import", text)})
	}
	value, ended, err := d.value()
	if err == nil && (!ended || len(value) == 0) {
		d.fault(c, "expected a value that ends")
	}
	return err
}

// holds reports whether a name, in quotes, is that of a list of objects.
func holds(quoted string) bool { return quoted == `"entities"` || quoted == `"relationships"` }

// object hands out the value at the position.
func (d *document) object(c *chunk) error {
	at := d.place()
	value, ended, err := d.value()
	switch {
	case err != nil:
		return err
	case !ended && len(value) > d.max:
		d.fault(c, fmt.Sprintf("the object that begins in line %d is longer than %d bytes", at.line, d.max))
		return nil
	case !ended:
		d.fault(c, fmt.Sprintf("the file ends in the object that begins in line %d", at.line))
		return nil
	case len(value) == 0:
		d.fault(c, "expected an object")
		return nil
	}
	c.grow(len(c.buf) + len(value))
	start := len(c.buf)
	c.buf = append(c.buf, value...)
	c.spans = append(c.spans, span{start, len(c.buf), at})
	return nil
}

// opensHolder reports whether the object at the position has one of the two lists
// before a key, and goes into it then. It reads as much of the object as it needs.
func (d *document) opensHolder() (bool, error) {
	for {
		holder, known := opensHolder(d.win[d.pos:])
		if holder {
			d.pos++
			d.inside = append(d.inside, level{holder: true})
		}
		if known || d.eof || len(d.win)-d.pos > d.max {
			return holder, nil
		}
		if err := d.read(); err != nil {
			return false, err
		}
	}
}

// opensHolder decides by the members of the object that b begins with; known is
// false when b ends too early to tell.
func opensHolder(b []byte) (holder, known bool) {
	i := 1
	for {
		i = skipSpace(b, i)
		if i >= len(b) {
			return false, false
		}
		if b[i] == ',' {
			i++
			continue
		}
		if b[i] != '"' {
			return false, true
		}
		end, ok := valueEnd(b, i)
		if !ok {
			return false, false
		}
		name := string(b[i:end])
		if i = skipSpace(b, end); i < len(b) && b[i] != ':' {
			return false, true
		}
		if i = skipSpace(b, i+1); i >= len(b) {
			return false, false
		}
		if holds(name) {
			return b[i] == '[', true
		}
		if name == `"_key"` || name == `"_type"` {
			return false, true
		}
		if i, ok = valueEnd(b, i); !ok {
			return false, false
		}
	}
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// peek passes over white space and returns the byte that follows.
func (d *document) peek() (byte, bool, error) {
	for {
		d.pos = skipSpace(d.win, d.pos)
		if d.pos < len(d.win) {
			return d.win[d.pos], true, nil
		}
		if d.eof {
			return 0, false, nil
		}
		if err := d.read(); err != nil {
			return 0, false, err
		}
	}
}

// value passes over the value at the position and returns its bytes, which are
// valid until the next read: none where no value begins. One that is longer than
// the limit, or is cut off by the end of the file, has not ended.
func (d *document) value() (value []byte, ended bool, err error) {
	var m meter
	for {
		end, ok := m.measure(d.win[d.pos:])
		if ok || d.eof || end > d.max {
			value = d.win[d.pos : d.pos+end]
			d.pos += end
			return value, ok || m.scalar, nil
		}
		if err := d.read(); err != nil {
			return nil, false, err
		}
	}
}

// read reads more, and drops what lies before the position.
func (d *document) read() error {
	d.place()
	rest := d.win[d.pos:]
	d.offset += int64(d.pos)
	d.pos, d.mark = 0, 0
	// An object that does not fit is read again from its beginning by the callers'
	// loops; doubling keeps that linear.
	want := 2*len(rest) + chunkSize
	if cap(d.win) < len(rest)+chunkSize/2 || cap(d.win) > 2*want {
		d.win = append(make([]byte, 0, want), rest...)
	} else {
		d.win = d.win[:copy(d.win, rest)]
	}
	for len(d.win) < cap(d.win) {
		n, err := d.r.Read(d.win[len(d.win):cap(d.win)])
		d.win = d.win[:len(d.win)+n]
		if err == io.EOF {
			d.eof = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// place counts lines up to the position.
func (d *document) place() place {
	passed := d.win[d.mark:d.pos]
	if n := bytes.Count(passed, []byte{'\n'}); n > 0 {
		d.line += n
		d.column = 1
		passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
	}
	d.column += utf8.RuneCount(passed)
	d.mark = d.pos
	return place{d.line, d.column}
}

// fault reports what is wrong at the position and gives the file up.
func (d *document) fault(c *chunk, reason string) {
	c.faults = append(c.faults, misplaced{d.place(), reason + "; the rest of the file is not read"})
	d.broken = true
}
