package stage

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Reader reads the records of a sealed Stage. It belongs to one goroutine; a
// Stage may have any number. It is fast for entries in the order of their rank,
// which is about the order of their records on disk.
type Reader struct {
	stage  *Stage
	record Record
	texts  texts
	window []byte // of a block that is not cached
	hashed []byte
	cached [cachedBlocks]cachedBlock
	next   int // the slot that is used again
	recent [cachedBlocks]uint32
	turn   int
}

const (
	cachedBlocks = 8 // a Reader takes up to 2 MiB
	windowSize   = 4096
)

type cachedBlock struct {
	number uint32
	buf    []byte
}

// Reader returns a new Reader.
func (s *Stage) Reader() *Reader {
	r := &Reader{stage: s}
	for i := range r.recent {
		r.recent[i] = ^uint32(0)
	}
	return r
}

// Record reads the record of an entry.
func (r *Reader) Record(e Entry) (*Record, error) {
	rec, err := r.read(e)
	if err != nil {
		return nil, fmt.Errorf("read staged record %s: %w", e.place(), err)
	}
	return rec, nil
}

func (r *Reader) read(e Entry) (*Record, error) {
	groups := r.stage.lexicon.groups
	if e.Group() >= len(groups) {
		return nil, errDamaged
	}
	g := groups[e.Group()]
	head, raw, err := r.locate(e.place())
	if err != nil {
		return nil, err
	}
	r.texts.reset()
	r.record = Record{Group: &g.Group, verb: g.verb, raw: raw, texts: &r.texts, lexicon: r.stage.lexicon}
	return &r.record, r.record.parse(head, r.stage.instance.Name)
}

// locate returns the two parts of a record.
func (r *Reader) locate(at place) (head, raw []byte, err error) {
	list := r.stage.blocks.list
	if int(at.block()) >= len(list) {
		return nil, nil, errDamaged
	}
	b := &list[at.block()]
	data, err := r.data(b, at, 0)
	if err != nil {
		return nil, nil, err
	}
	n, size := binary.Uvarint(data)
	rest := uint64(b.size - at.offset())
	if size <= 0 || n > rest {
		return nil, nil, errDamaged
	}
	end := size + int(n)
	if end > len(data) {
		if data, err = r.data(b, at, end); err != nil {
			return nil, nil, err
		}
	}
	c := cursor{b: data[size:end]}
	if c.uint()&1 == 0 {
		return data[size:end], nil, nil
	}
	length := c.uint()
	if c.damaged || length > rest-uint64(end) {
		return nil, nil, errDamaged
	}
	full := end + int(length)
	if full > len(data) {
		if data, err = r.data(b, at, full); err != nil {
			return nil, nil, err
		}
	}
	return data[size:end], data[end:full:full], nil
}

// data returns at least need bytes of a block from a place on, or what there is.
func (r *Reader) data(b *block, at place, need int) ([]byte, error) {
	offset := at.offset()
	if offset >= b.size || need > b.size-offset {
		return nil, errDamaged
	}
	if b.buf != nil {
		return b.buf[offset:], nil
	}
	for i := range r.cached {
		if c := &r.cached[i]; c.buf != nil && c.number == at.block() {
			return c.buf[offset:], nil
		}
	}
	if need == 0 && b.size <= blockSize && slices.Contains(r.recent[:], at.block()) {
		return r.load(b, at)
	}
	r.recent[r.turn] = at.block()
	r.turn = (r.turn + 1) % cachedBlocks
	return r.fetch(r.window, b, offset, min(max(need, windowSize), b.size-offset), &r.window)
}

// load caches a block of which something was read shortly before.
func (r *Reader) load(b *block, at place) ([]byte, error) {
	c := &r.cached[r.next]
	r.next = (r.next + 1) % cachedBlocks
	buf := c.buf
	c.buf = nil
	buf, err := r.fetch(buf, b, 0, b.size, &buf)
	if err != nil {
		return nil, err
	}
	c.number, c.buf = at.block(), buf
	return buf[at.offset():], nil
}

// fetch reads n bytes of a block from disk into buf, or into new memory that is
// then kept.
func (r *Reader) fetch(buf []byte, b *block, offset, n int, keep *[]byte) ([]byte, error) {
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	*keep = buf
	if _, err := r.stage.blocks.file.ReadAt(buf, b.at+int64(offset)); err != nil {
		return nil, err
	}
	return buf, nil
}

// Find returns the object of a key, unless it is spared or there is none.
func (r *Reader) Find(sh Shelf, key string) (Entry, bool, error) {
	e, ok, err := r.find(sh, key)
	return e, ok && !e.Spared(), err
}

// Brought reports whether the run brought an object, storable or not.
func (r *Reader) Brought(sh Shelf, key string) (bool, error) {
	_, ok, err := r.find(sh, key)
	return ok, err
}

func (r *Reader) find(sh Shelf, key string) (Entry, bool, error) {
	s := r.stage
	var buf [256]byte
	hash := s.hasher.key(append(append(buf[:0], keyPrefix(sh, s.instance.Name)...), key...))
	for e := range s.Lookup(sh, hash) {
		rec, err := r.Record(e)
		if err != nil {
			return Entry{}, false, err
		}
		if rec.Key() == key {
			return e, true, nil
		}
	}
	return Entry{}, false, nil
}
