package column

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"math/bits"
	"slices"
)

// Entry says where the object is whose name has a hash.
type Entry struct {
	Hash       uint64
	Table, Row uint32
}

// compare orders entries by hash, then by place.
func (e Entry) compare(o Entry) int {
	if e.Hash != o.Hash {
		return cmp.Compare(e.Hash, o.Hash)
	}
	return cmp.Compare(uint64(e.Table)<<32|uint64(e.Row), uint64(o.Table)<<32|uint64(o.Row))
}

const (
	// IndexBits is how many of the highest bits of a hash an index keeps. Among a
	// million names another one is found wrongly once in a million look-ups; what
	// is found is to be compared with the name in any case.
	IndexBits = 40
	// perBucket is about how many entries a look-up reads.
	perBucket = 4
	// MaxEntries is the number of entries that one index can have.
	MaxEntries = 1 << 24
)

// Index finds objects by the hash of a name. It is read in place like a Chunk: a
// directory by the first bits in which the entries differ, then the bits after
// those and the place of each entry.
type Index struct {
	n, skip  int    // entries; first bits that all have in common
	prefix   uint64 // those bits, in their place
	fan      int    // bits of the directory
	kept     int    // bits of an entry
	ends     packed // of the buckets of the directory
	hashes   packed
	places   packed
	rowWidth uint
	tables   []uint32
}

// EncodeIndex appends an index to dst. It sorts entries, of whose hashes the
// lowest bits are lost.
func EncodeIndex(dst []byte, entries []Entry) ([]byte, error) {
	if len(entries) > MaxEntries {
		return nil, fmt.Errorf("encode index: %d entries, the limit is %d", len(entries), MaxEntries)
	}
	for i := range entries {
		entries[i].Hash &^= 1<<(64-IndexBits) - 1
	}
	sortEntries(entries)
	x := Index{n: len(entries)}
	x.layOut(entries)
	dst = binary.AppendUvarint(append(dst, formIndex), uint64(x.n))
	dst = append(dst, byte(x.skip), byte(x.fan), byte(x.rowWidth))
	dst = binary.LittleEndian.AppendUint64(dst, x.prefix)
	dst = binary.AppendUvarint(dst, uint64(len(x.tables)))
	for _, t := range x.tables {
		dst = binary.AppendUvarint(dst, uint64(t))
	}
	ends, hashes, places := x.split(entries)
	dst = appendPacked(dst, ends, widthFor(uint64(x.n)), 0)
	dst = appendPacked(dst, hashes, uint(x.kept), 0)
	return appendPacked(dst, places, x.placeWidth(), 0), nil
}

// layOut chooses the widths for sorted entries.
func (x *Index) layOut(entries []Entry) {
	rows, last := uint32(0), uint32(0)
	for i, e := range entries {
		rows = max(rows, e.Row)
		if i > 0 && e.Table == last {
			continue
		}
		last = e.Table
		if at, ok := slices.BinarySearch(x.tables, e.Table); !ok {
			x.tables = slices.Insert(x.tables, at, e.Table)
		}
	}
	x.rowWidth = uint(bits.Len32(rows))
	x.skip = IndexBits
	if x.n > 0 {
		x.prefix = entries[0].Hash
		x.skip = min(bits.LeadingZeros64(x.prefix^entries[x.n-1].Hash), IndexBits)
		x.prefix &= ^uint64(0) << (64 - x.skip)
	}
	x.fan = min(max(bits.Len(uint(x.n/perBucket))-1, 0), IndexBits-x.skip)
	x.kept = IndexBits - x.skip - x.fan
}

// placeWidth is the number of bits of a place: a table by its number in tables,
// and a row.
func (x *Index) placeWidth() uint {
	return x.rowWidth + uint(bits.Len(uint(max(len(x.tables), 1)-1)))
}

// split returns what is stored of sorted entries.
func (x *Index) split(entries []Entry) (ends, hashes, places []uint64) {
	ends, hashes, places = make([]uint64, 1<<x.fan), make([]uint64, x.n), make([]uint64, x.n)
	for i, e := range entries {
		bucket, rest := x.cut(e.Hash)
		ends[bucket]++
		hashes[i] = rest
		table, _ := slices.BinarySearch(x.tables, e.Table)
		places[i] = uint64(table)<<x.rowWidth | uint64(e.Row)
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	return ends, hashes, places
}

// cut divides a hash into its bucket and the bits that its entry keeps.
func (x *Index) cut(hash uint64) (bucket int, rest uint64) {
	hash <<= x.skip
	return int(hash >> (64 - x.fan)), hash << x.fan >> (64 - x.kept)
}

// sortEntries sorts by hash: twice by eleven bits, so that the first 22 are in
// order, then what those leave equal. What a small edit of an index brings is in
// order already.
func sortEntries(entries []Entry) {
	const digit = 11
	if slices.IsSortedFunc(entries, Entry.compare) {
		return
	}
	if len(entries) >= 1<<digit {
		work := make([]Entry, len(entries))
		scatter(work, entries, 64-2*digit, digit)
		scatter(entries, work, 64-digit, digit)
	}
	for lo := 0; lo < len(entries); {
		hi := lo + 1
		for hi < len(entries) && (len(entries) < 1<<digit || entries[hi].Hash>>(64-2*digit) == entries[lo].Hash>>(64-2*digit)) {
			hi++
		}
		if hi-lo > 1 {
			slices.SortFunc(entries[lo:hi], Entry.compare)
		}
		lo = hi
	}
}

// scatter copies entries to dst in the order of a digit of their hashes.
func scatter(dst, entries []Entry, shift, digit int) {
	mask := uint64(1)<<digit - 1
	next := make([]int, mask+2)
	for _, e := range entries {
		next[e.Hash>>shift&mask+1]++
	}
	for i := range mask {
		next[i+1] += next[i]
	}
	for _, e := range entries {
		at := &next[e.Hash>>shift&mask]
		dst[*at] = e
		*at++
	}
}

// OpenIndex reads the head of an index and where its parts lie.
func OpenIndex(data []byte) (*Index, error) {
	r := newReader(data)
	if form := r.Byte(); form != formIndex {
		r.Fail(fmt.Errorf("form %d is not an index", form))
	}
	x := &Index{n: r.count(MaxEntries)}
	x.skip, x.fan, x.rowWidth = int(r.Byte()), int(r.Byte()), uint(r.Byte())
	if b := r.take(8); b != nil {
		x.prefix = binary.LittleEndian.Uint64(b)
	}
	x.kept = IndexBits - x.skip - x.fan
	if x.kept < 0 || x.rowWidth > 32 || x.fan >= bits.Len(uint(max(x.n, 1))) {
		r.Fail(errShape)
	}
	x.tables = make([]uint32, r.count(len(r.B)))
	for i := range x.tables {
		x.tables[i] = r.uint32()
	}
	if r.Err == nil && x.n > 1 && uint(x.kept)+x.placeWidth() == 0 {
		r.Fail(errShape) // entries that do not differ
	}
	if r.Err == nil {
		x.ends = r.packed(1<<x.fan, widthFor(uint64(x.n)))
		x.hashes = r.packed(x.n, uint(x.kept))
		x.places = r.packed(x.n, x.placeWidth())
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	return x, nil
}

// Len is the number of entries.
func (x *Index) Len() int { return x.n }

// Look appends to dst the places of the objects whose hash may be the given one.
func (x *Index) Look(dst []Entry, hash uint64) ([]Entry, error) {
	if (hash^x.prefix)>>(64-x.skip) != 0 {
		return dst, nil
	}
	bucket, rest := x.cut(hash)
	lo, hi := uint64(0), x.ends.at(bucket)
	if bucket > 0 {
		lo = x.ends.at(bucket - 1)
	}
	if lo > hi || hi > uint64(x.n) {
		return dst, errEnds
	}
	for i := int(lo); i < int(hi); i++ {
		if x.hashes.at(i) != rest {
			continue
		}
		e, err := x.entry(i, hash)
		if err != nil {
			return dst, err
		}
		dst = append(dst, e)
	}
	return dst, nil
}

func (x *Index) entry(i int, hash uint64) (Entry, error) {
	place := x.places.at(i)
	table := place >> x.rowWidth
	if table >= uint64(len(x.tables)) {
		return Entry{}, errCode
	}
	return Entry{hash, x.tables[table], uint32(place & ones(int(x.rowWidth)))}, nil
}

// All yields the entries in order, with what the index keeps of their hashes:
// enough to encode them again, with others.
func (x *Index) All() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		lo := uint64(0)
		for bucket := range 1 << x.fan {
			hi := x.ends.at(bucket)
			if lo > hi || hi > uint64(x.n) {
				yield(Entry{}, errEnds)
				return
			}
			for ; lo < hi; lo++ {
				e, err := x.entry(int(lo), x.hashAt(bucket, int(lo)))
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
		if lo != uint64(x.n) {
			yield(Entry{}, errEnds)
		}
	}
}

// hashAt puts the hash of an entry together, in which the lost bits are zero.
func (x *Index) hashAt(bucket, i int) uint64 {
	rest := x.hashes.at(i) << (64 - IndexBits)
	return x.prefix | uint64(bucket)<<(64-x.skip-x.fan) | rest
}

// Verify reads everything and checks that the entries are in order.
func (x *Index) Verify() error {
	var last Entry
	first := true
	for e, err := range x.All() {
		if err != nil {
			return err
		}
		if !first && last.compare(e) >= 0 {
			return errSort
		}
		last, first = e, false
	}
	return nil
}
