package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"

	"github.com/j1db/j1db/store/table"
)

// What bbolt writes into the pages that are no part of a tree.
const (
	flagFreelist = 0x10
	metaMagic    = 0xED0CDAED
	metaLen      = 56 // before its checksum
	noFreelist   = 1<<64 - 1
	manyFree     = 0xffff // the first number of the list is then its length
)

var (
	errLost   = errors.New("the value is damaged, or the page that it stood on")
	errLayout = errors.New("its entries do not lie one after the other")
)

// sift finds what is intact in the pages of a damaged file, without bbolt, which
// trusts them. It is a table.File: a key that it did not find, but that may have
// stood in what is damaged, is an error.
type sift struct {
	file     io.ReaderAt
	pageSize int64
	end      uint64 // the first page that is not there
	root     uint64
	freelist uint64 // its page
	free     map[uint64]bool
	seen     map[uint64]bool
	buckets  map[string]*sifted
	// behind says that a head page is damaged: the last commit may be missing.
	behind bool
}

// sifted are the entries of a bucket that are what was stored.
type sifted struct {
	values map[string]span
	lost   map[string]bool // keys of values that are damaged
	gaps   []gap
	last   string   // key
	any    bool     // there is one
	torn   bool     // something was lost after it, nobody knows what
	broken []string // keys after it whose values are damaged
}

// span is where in the file a value lies.
type span struct {
	at     int64
	len    int
	inline []byte // the value, where it has no page of its own
}

// gap is a range of keys in which something was lost.
type gap struct {
	after, before string
	open          bool // there is no before
	first         bool // there is no after
}

// newSift reads the trees of a file.
func newSift(file io.ReaderAt, pageSize int) (*sift, error) {
	s := &sift{file: file, pageSize: int64(pageSize), seen: map[uint64]bool{}, free: map[uint64]bool{}, buckets: map[string]*sifted{}}
	if err := s.meta(); err != nil {
		return nil, err
	}
	s.tree(s.root, 0, func(page []byte, _ int64) { s.list(page) }, func() {})
	for _, name := range buckets() {
		if s.buckets[string(name)] == nil {
			s.bucketOf(string(name)).tear()
		}
	}
	for _, b := range s.buckets {
		b.close()
	}
	return s, nil
}

func (s *sift) bucketOf(name string) *sifted {
	b := s.buckets[name]
	if b == nil {
		b = &sifted{values: map[string]span{}, lost: map[string]bool{}}
		s.buckets[name] = b
	}
	return b
}

// meta reads the newer of the two head pages that is whole.
func (s *sift) meta() error {
	newest, found := uint64(0), false
	for i := range int64(2) {
		var b [metaLen + 8]byte
		if _, err := s.file.ReadAt(b[:], i*s.pageSize+pageHeaderLen); err != nil {
			s.behind = true
			continue
		}
		h := fnv.New64a()
		_, _ = h.Write(b[:metaLen])
		if binary.NativeEndian.Uint32(b[:]) != metaMagic || binary.NativeEndian.Uint64(b[metaLen:]) != h.Sum64() {
			s.behind = true
			continue
		}
		if tx := binary.NativeEndian.Uint64(b[48:]); !found || tx > newest {
			newest, found = tx, true
			s.root = binary.NativeEndian.Uint64(b[16:])
			s.freelist = binary.NativeEndian.Uint64(b[32:])
			s.end = binary.NativeEndian.Uint64(b[40:])
		}
	}
	if !found {
		return errors.New("both of its head pages are damaged")
	}
	s.readFree(s.freelist)
	return nil
}

// readFree notes the pages that are free: an old state of the file may stand there.
func (s *sift) readFree(id uint64) {
	if id == noFreelist {
		return
	}
	page, h, err := s.page(id)
	if err != nil || h.flags != flagFreelist {
		return
	}
	ids, n := page[pageHeaderLen:], uint64(h.count)
	if n == manyFree && len(ids) >= 8 {
		n, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	for ; n > 0 && len(ids) >= 8; n-- {
		s.free[binary.NativeEndian.Uint64(ids)] = true
		ids = ids[8:]
	}
	s.seen[id] = true
}

// page reads a page and those that belong to it.
func (s *sift) page(id uint64) ([]byte, pageHeader, error) {
	if id < 2 || id >= s.end {
		return nil, pageHeader{}, fmt.Errorf("page %d does not exist", id)
	}
	h, err := (&trees{file: s.file, pageSize: s.pageSize}).header(id)
	if err != nil {
		return nil, h, err
	}
	if uint64(h.overflow) >= s.end-id {
		return nil, h, fmt.Errorf("page %d is too long", id)
	}
	page := make([]byte, s.pageSize*(int64(h.overflow)+1))
	// What is cut off is missing from what is read.
	n, err := s.file.ReadAt(page, int64(id)*s.pageSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, h, err
	}
	return page[:n], h, nil
}

// tree walks a tree in the order of its keys: leaf is called with its leaves, torn
// where something is missing between them.
func (s *sift) tree(id uint64, depth int, leaf func(page []byte, base int64), torn func()) {
	page, h, err := s.page(id)
	switch {
	case err != nil, depth == maxDepth, s.seen[id], s.free[id], len(page) < pageHeaderLen:
		torn()
		return
	}
	s.seen[id] = true
	switch h.flags {
	case flagLeaf:
		leaf(page, int64(id)*s.pageSize)
	case flagBranch:
		next := pageHeaderLen + h.count*elementLen
		if next > len(page) || h.count == 0 {
			torn()
			return
		}
		for i := range h.count {
			at := pageHeaderLen + i*elementLen
			if at+int(binary.NativeEndian.Uint32(page[at:])) != next {
				torn() // perhaps there are fewer or more
			}
			next = at + int(binary.NativeEndian.Uint32(page[at:])) + int(binary.NativeEndian.Uint32(page[at+4:]))
			s.tree(binary.NativeEndian.Uint64(page[at+8:]), depth+1, leaf, torn)
		}
	default:
		torn()
	}
}

// entries calls f with the entries of a leaf page, and torn where one is none.
func entries(page []byte, f func(key, value []byte, at int), torn func()) {
	n := int(binary.NativeEndian.Uint16(page[10:]))
	next := pageHeaderLen + n*elementLen
	for i := range n {
		key, value, err := leafElement(page, i)
		if err != nil {
			torn()
			continue
		}
		at := pageHeaderLen + i*elementLen
		begin := at + int(binary.NativeEndian.Uint32(page[at+4:]))
		if begin != next {
			torn()
		}
		next = begin + len(key) + len(value)
		f(key, value, begin+len(key))
	}
}

// list walks the buckets that a leaf of the root lists.
func (s *sift) list(page []byte) {
	entries(page, func(name, value []byte, _ int) {
		if len(value) < bucketHeaderLen || s.buckets[string(name)] != nil {
			return
		}
		b := s.bucketOf(string(name))
		take := func(page []byte, base int64) {
			entries(page, func(key, value []byte, at int) {
				if k, ok := b.good(string(name), key, value); ok {
					b.values[k] = span{at: base + int64(at), len: len(value)}
				}
			}, b.tear)
		}
		if root := binary.NativeEndian.Uint64(value); root != 0 {
			s.tree(root, 0, take, b.tear)
			return
		}
		inline := value[bucketHeaderLen:]
		if len(inline) < pageHeaderLen {
			b.tear()
			return
		}
		entries(inline, func(key, value []byte, _ int) {
			if k, ok := b.good(string(name), key, value); ok {
				b.values[k] = span{inline: append([]byte{}, value...)}
			}
		}, b.tear)
	}, func() {})
}

// tear notes that something is missing after the last entry.
func (b *sifted) tear() { b.torn = true }

// good returns the key of an entry that is what was stored, and closes the gap
// before it.
func (b *sifted) good(bucket string, key, value []byte) (string, bool) {
	if !intact(bucket, key, value) && !mend(bucket, key, value) {
		b.broken = append(b.broken, string(key))
		b.torn = b.torn || len(key) != 4 && len(key) != 12 // no such key is there
		return "", false
	}
	k := string(key)
	if b.any && k <= b.last {
		b.tear()
		return "", false
	}
	b.settle(gap{after: b.last, before: k, first: !b.any})
	b.last, b.any = k, true
	return k, true
}

// settle notes what is lost in a gap: the keys of damaged values, if that is all.
func (b *sifted) settle(g gap) {
	last, any := g.after, !g.first
	for _, k := range b.broken {
		b.torn = b.torn || any && k <= last || !g.open && k >= g.before
		last, any = k, true
	}
	if b.torn {
		b.gaps = append(b.gaps, g)
	} else {
		for _, k := range b.broken {
			b.lost[k] = true
		}
	}
	b.torn, b.broken = false, nil
}

func (b *sifted) close() { b.settle(gap{after: b.last, first: !b.any, open: true}) }

// mend puts a key right of which one byte changed, if its value says so.
func mend(bucket string, key, value []byte) bool {
	const worthwhile = 64 << 10 // bytes of a value that is looked at so often
	if len(key) > 12 || len(value) > worthwhile {
		return false
	}
	for i, was := range key {
		for x := 1; x < 256; x++ {
			if key[i] = was ^ byte(x); intact(bucket, key, value) {
				return true
			}
		}
		key[i] = was
	}
	return false
}

// intact reports whether the entry of a bucket that is salvaged is what was
// stored; others are not looked at.
func intact(bucket string, key, value []byte) bool {
	switch bucket {
	case table.BucketTable, table.BucketBase, table.BucketPatch:
		return table.Intact(bucket, key, value)
	}
	return true
}

// Get implements table.File.
func (s *sift) Get(bucket string, key []byte) ([]byte, error) {
	b := s.buckets[bucket]
	at, ok := b.values[string(key)]
	if !ok {
		if b.mayHave(string(key)) {
			return nil, fmt.Errorf("%s %x: %w", bucket, key, errLost)
		}
		return nil, nil
	}
	if at.inline != nil {
		return at.inline, nil
	}
	value := make([]byte, at.len)
	if _, err := s.file.ReadAt(value, at.at); err != nil {
		return nil, fmt.Errorf("%s %x: %w", bucket, key, err)
	}
	return value, nil
}

// mayHave reports whether a key that is not there may have been lost.
func (b *sifted) mayHave(key string) bool {
	if b.lost[key] {
		return true
	}
	for _, g := range b.gaps {
		if (g.first || key > g.after) && (g.open || key < g.before) {
			return true
		}
	}
	return false
}
