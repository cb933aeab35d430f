package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// pageCheck accounts for all pages: each belongs to one tree, or to the list of
// free ones, or is free. bbolt's own check would do, but it trusts the lengths of
// pages: a damaged one keeps it busy for hours.
type pageCheck struct {
	*sift
	used []bool
	step func() error
	say  func(err error) error
}

// pages checks the pages of bbolt.
func (c *checker) pages() error {
	size := c.r.tx.DB().Info().PageSize
	p := &pageCheck{
		sift: &sift{file: c.r.raw, pageSize: int64(size), seen: map[uint64]bool{}, free: map[uint64]bool{}},
		step: c.step,
		say: func(err error) error {
			return c.broken(&CorruptError{Path: c.db.path, Where: "pages", Err: err})
		},
	}
	return p.all()
}

func (p *pageCheck) all() error {
	if err := p.meta(); err != nil {
		return p.say(err)
	}
	p.used = make([]bool, p.end)
	if err := p.freed(); err != nil {
		return err
	}
	// The buckets stand in the root, and have no buckets in them.
	err := p.walk(p.root, nil, nil, 0, func(key, value []byte, flags uint32) error {
		switch {
		case flags != 1 || len(value) < bucketHeaderLen:
			return p.say(fmt.Errorf("%q is no bucket", key))
		case binary.NativeEndian.Uint64(value) != 0:
			return p.walk(binary.NativeEndian.Uint64(value), nil, nil, 0, p.entry)
		}
		return p.elements(value[bucketHeaderLen:], nil, nil, p.entry)
	})
	if err != nil {
		return err
	}
	for id := uint64(2); id < p.end; id++ {
		if !p.used[id] && !p.free[id] {
			if err := p.say(fmt.Errorf("page %d is neither used nor free", id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// entry checks an entry of a bucket, of which the record is checked elsewhere.
func (p *pageCheck) entry(key, _ []byte, flags uint32) error {
	if flags != 0 {
		return p.say(fmt.Errorf("%.40q is a bucket in a bucket", key))
	}
	return p.step()
}

// freed reads the list of free pages.
func (p *pageCheck) freed() error {
	if p.freelist == noFreelist {
		return nil
	}
	page, err := p.take(p.freelist, flagFreelist)
	if err != nil {
		return p.say(fmt.Errorf("list of free pages: %w", err))
	}
	ids, n := page[pageHeaderLen:], uint64(binary.NativeEndian.Uint16(page[10:]))
	if n == manyFree && len(ids) >= 8 {
		n, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) {
		return p.say(errors.New("list of free pages: it is longer than its pages"))
	}
	last := uint64(1)
	for i := range n {
		id := binary.NativeEndian.Uint64(ids[8*i:])
		if id <= last || id >= p.end {
			return p.say(fmt.Errorf("list of free pages: page %d after page %d", id, last))
		}
		last = id
	}
	return nil
}

// take returns a page that nothing else uses.
func (p *pageCheck) take(id uint64, flags uint16) ([]byte, error) {
	page, h, err := p.page(id)
	switch {
	case err != nil:
		return nil, err
	case flags != 0 && h.flags != flags || h.flags != flagLeaf && h.flags != flagBranch && h.flags != flagFreelist:
		return nil, fmt.Errorf("page %d is of another sort: %x", id, h.flags)
	case int64(len(page)) != p.pageSize*(int64(h.overflow)+1):
		return nil, fmt.Errorf("page %d is cut off", id)
	}
	for i := id; i <= id+uint64(h.overflow); i++ {
		if p.used[i] || p.free[i] {
			return nil, fmt.Errorf("page %d is used twice or free", i)
		}
		p.used[i] = true
	}
	return page, nil
}

// walk checks a tree, whose keys are from lo on and before hi; nil is no limit.
func (p *pageCheck) walk(id uint64, lo, hi []byte, depth int, entry func(key, value []byte, flags uint32) error) error {
	page, err := p.take(id, 0)
	if err == nil && depth == maxDepth {
		err = errors.New("the tree is too deep")
	}
	if err != nil {
		return p.say(err)
	}
	switch binary.NativeEndian.Uint16(page[8:]) {
	case flagLeaf:
		return p.elements(page, lo, hi, entry)
	case flagBranch:
		return p.branch(id, page, lo, hi, depth, entry)
	}
	return p.say(fmt.Errorf("page %d is in no tree", id))
}

func (p *pageCheck) branch(id uint64, page, lo, hi []byte, depth int, entry func(key, value []byte, flags uint32) error) error {
	type child struct {
		key []byte
		id  uint64
	}
	var all []child
	n := int(binary.NativeEndian.Uint16(page[10:]))
	next := pageHeaderLen + n*elementLen
	for i := range n {
		at := pageHeaderLen + i*elementLen
		if at+elementLen > len(page) {
			return p.say(fmt.Errorf("page %d: %w", id, errLayout))
		}
		begin := uint64(at) + uint64(binary.NativeEndian.Uint32(page[at:]))
		end := begin + uint64(binary.NativeEndian.Uint32(page[at+4:]))
		if begin != uint64(next) || end > uint64(len(page)) {
			return p.say(fmt.Errorf("page %d: %w", id, errLayout))
		}
		next = int(end)
		all = append(all, child{page[begin:end], binary.NativeEndian.Uint64(page[at+8:])})
	}
	if n == 0 || !slices.IsSortedFunc(all, func(a, b child) int { return bytes.Compare(a.key, b.key) }) || lo != nil && bytes.Compare(all[0].key, lo) < 0 {
		return p.say(fmt.Errorf("page %d: its keys are not in order", id))
	}
	for i, c := range all {
		end := hi
		if i+1 < n {
			end = all[i+1].key
		}
		if err := p.step(); err != nil {
			return err
		}
		if err := p.walk(c.id, c.key, end, depth+1, entry); err != nil {
			return err
		}
	}
	return nil
}

// elements checks the entries of a leaf page.
func (p *pageCheck) elements(page, lo, hi []byte, entry func(key, value []byte, flags uint32) error) error {
	if len(page) < pageHeaderLen || binary.NativeEndian.Uint16(page[8:]) != flagLeaf {
		return p.say(errors.New("a small bucket is no leaf page"))
	}
	n := int(binary.NativeEndian.Uint16(page[10:]))
	next := pageHeaderLen + n*elementLen
	var last []byte
	for i := range n {
		key, value, err := leafElement(page, i)
		at := pageHeaderLen + i*elementLen
		if err == nil && at+int(binary.NativeEndian.Uint32(page[at+4:])) != next {
			err = errLayout
		}
		if err == nil && (i > 0 && bytes.Compare(key, last) <= 0 || lo != nil && bytes.Compare(key, lo) < 0 || hi != nil && bytes.Compare(key, hi) >= 0) {
			err = errors.New("its keys are not in order")
		}
		if err != nil {
			return p.say(fmt.Errorf("leaf page %d: %w", binary.NativeEndian.Uint64(page), err))
		}
		last, next = key, next+len(key)+len(value)
		if err := entry(key, value, binary.NativeEndian.Uint32(page[at:])); err != nil {
			return err
		}
	}
	// Where there are pages, there are no more than it takes.
	if over := int64(binary.NativeEndian.Uint32(page[12:])); over > 0 && int64(next) <= over*p.pageSize {
		return p.say(fmt.Errorf("leaf page %d is longer than its entries", binary.NativeEndian.Uint64(page)))
	}
	return nil
}
