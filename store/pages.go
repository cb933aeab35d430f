package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	bolt "go.etcd.io/bbolt"
)

// The layout of bbolt's pages, as in its internal/common: a header of id, flags,
// count and overflow; in a branch page elements of position, key size and page,
// in a leaf page of flags, position, key size and value size. The value of a
// bucket begins with its root page and a sequence. Integers are in the order of
// the machine.
const (
	pageHeaderLen   = 16
	elementLen      = 16
	bucketHeaderLen = 16
	flagBranch      = 0x01
	flagLeaf        = 0x02
	maxDepth        = 32 // of a tree; a billion pages make one of 6
)

// trees looks at the branch pages of all buckets before bbolt trusts them. A
// pointer to the wrong page may close a circle, in which bbolt would run for
// ever. Leaf pages are not read: all that matters is that none of them is a
// branch.
type trees struct {
	file     io.ReaderAt
	pageSize int64
	end      uint64 // the first page that is not there
	seen     map[uint64]bool
}

func checkTrees(file io.ReaderAt, tx *bolt.Tx) error {
	size := int64(tx.DB().Info().PageSize)
	t := &trees{file: file, pageSize: size, end: uint64(tx.Size() / size), seen: map[uint64]bool{}}
	leaves, err := t.tree(uint64(tx.Cursor().Bucket().Root()))
	if err != nil {
		return fmt.Errorf("list of buckets: %w", err)
	}
	for _, id := range leaves {
		if err := t.buckets(id); err != nil {
			return fmt.Errorf("list of buckets: page %d: %w", id, err)
		}
	}
	return nil
}

// tree walks one tree level by level and returns its leaves, which are all at
// one level.
func (t *trees) tree(root uint64) ([]uint64, error) {
	level := []uint64{root}
	if err := t.see(root); err != nil {
		return nil, err
	}
	for range maxDepth {
		h, err := t.header(level[0])
		if err != nil {
			return nil, err
		}
		if h.flags == flagLeaf {
			return level, nil
		}
		if level, err = t.below(level); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the tree is too deep")
}

// buckets walks the trees of the buckets that a leaf page of the root lists. A
// small bucket stands there itself, as one leaf page within the page.
func (t *trees) buckets(id uint64) error {
	h, err := t.header(id)
	if err != nil {
		return err
	}
	if h.flags != flagLeaf || id+uint64(h.overflow) >= t.end {
		return errors.New("it is no leaf page")
	}
	page := make([]byte, t.pageSize*(int64(h.overflow)+1))
	if _, err := t.file.ReadAt(page, int64(id)*t.pageSize); err != nil {
		return err
	}
	for i := range h.count {
		_, value, err := leafElement(page, i)
		if err == nil {
			err = t.bucket(value)
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}

// leafElement returns the key and value of an element of a leaf page.
func leafElement(page []byte, i int) (key, value []byte, err error) {
	at := pageHeaderLen + i*elementLen
	if at+elementLen > len(page) {
		return nil, nil, errors.New("the page lists more than it holds")
	}
	e := page[at:]
	begin := uint64(at) + uint64(binary.NativeEndian.Uint32(e[4:]))
	mid := begin + uint64(binary.NativeEndian.Uint32(e[8:]))
	end := mid + uint64(binary.NativeEndian.Uint32(e[12:]))
	if end > uint64(len(page)) {
		return nil, nil, errors.New("it lies outside the page")
	}
	return page[begin:mid], page[mid:end], nil
}

// bucket walks the tree of one bucket, or looks at the page that stands in its
// stead. That page bbolt may copy into memory of Go's, where a key that lies
// outside would not only be wrong but break the collector.
func (t *trees) bucket(value []byte) error {
	if len(value) < bucketHeaderLen {
		return errors.New("it is no bucket")
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		_, err := t.tree(root)
		return err
	}
	inline := value[bucketHeaderLen:]
	if len(inline) < pageHeaderLen || binary.NativeEndian.Uint16(inline[8:]) != flagLeaf {
		return errors.New("a small bucket that is no leaf page")
	}
	for i := range int(binary.NativeEndian.Uint16(inline[10:])) {
		if _, _, err := leafElement(inline, i); err != nil {
			return fmt.Errorf("small bucket: entry %d: %w", i, err)
		}
	}
	return nil
}

// below returns the pages that a level of branch pages points to.
func (t *trees) below(level []uint64) ([]uint64, error) {
	var next []uint64
	for _, id := range level {
		h, err := t.header(id)
		if err != nil {
			return nil, err
		}
		if h.flags != flagBranch || h.count == 0 {
			return nil, fmt.Errorf("page %d is no branch page", id)
		}
		elements := make([]byte, h.count*elementLen)
		if _, err := t.file.ReadAt(elements, int64(id)*t.pageSize+pageHeaderLen); err != nil {
			return nil, fmt.Errorf("read page %d: %w", id, err)
		}
		for i := range h.count {
			child := binary.NativeEndian.Uint64(elements[i*elementLen+8:])
			if err := t.see(child); err != nil {
				return nil, err
			}
			next = append(next, child)
		}
	}
	return next, nil
}

// see refuses pages that do not exist, and those that were seen before.
func (t *trees) see(id uint64) error {
	if id < 2 || id >= t.end {
		return fmt.Errorf("page %d does not exist", id)
	}
	if t.seen[id] {
		return fmt.Errorf("page %d is pointed to twice", id)
	}
	t.seen[id] = true
	return nil
}

type pageHeader struct {
	flags    uint16
	count    int
	overflow uint32 // further pages that belong to this one
}

func (t *trees) header(id uint64) (pageHeader, error) {
	var b [pageHeaderLen]byte
	if _, err := t.file.ReadAt(b[:], int64(id)*t.pageSize); err != nil {
		return pageHeader{}, fmt.Errorf("read page %d: %w", id, err)
	}
	if got := binary.NativeEndian.Uint64(b[:]); got != id {
		return pageHeader{}, fmt.Errorf("page %d says that it is page %d", id, got)
	}
	return pageHeader{
		binary.NativeEndian.Uint16(b[8:]), int(binary.NativeEndian.Uint16(b[10:])), binary.NativeEndian.Uint32(b[12:]),
	}, nil
}
