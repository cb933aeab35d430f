package stage

import "fmt"

// Entry is one staged object: what a merge needs to know of it without reading
// its record. An object whose Key and Content equal those of a stored one is the
// stored one, unchanged: together they are 128 bits of keyed hash over all of it.
type Entry struct {
	Key     uint64 // Hasher.Key of its identity
	Content uint64 // Hasher.Content of its state
	Rank    uint64 // its place in the supplier's order
	at      uint64 // place<<groupBits | group
}

const (
	entrySize = 32
	groupBits = 24
	placeBits = 40

	maxGroups = 1 << groupBits
)

// Group returns the number of the entry's Group: see Stage.Groups.
func (e Entry) Group() int { return int(e.at & (maxGroups - 1)) }

// Block returns the number of the block that holds the record: records of one block
// are best read together. Blocks of one Stage count up from 0.
func (e Entry) Block() int { return int(e.place().block()) }

// Spared reports whether the entry stands for an object that came but cannot be
// stored: what is stored under its key stays.
func (e Entry) Spared() bool { return e.Group() < shelves }

func (e Entry) place() place { return place(e.at >> groupBits) }

func newEntry(key, content, rank uint64, group uint32, at place) Entry {
	return Entry{Key: key, Content: content, Rank: rank, at: uint64(at)<<groupBits | uint64(group)}
}

// Partitions is into how many parts a shelf is cut, by the first bits of the hash
// of the key.
const Partitions = 256

// Partition returns the partition in which keys with that hash stand.
func Partition(hash uint64) int { return int(hash >> 56) }

// place is where a record begins: the number of a block and an offset in it.
type place uint64

const (
	offsetBits = 18 // blockSize is 1<<offsetBits
	maxBlocks  = 1 << (placeBits - offsetBits)
)

func newPlace(block uint32, offset int) place { return place(block)<<offsetBits | place(offset) }

func (p place) block() uint32 { return uint32(p >> offsetBits) }
func (p place) offset() int   { return int(p & (1<<offsetBits - 1)) }

func (p place) String() string { return fmt.Sprintf("%d:%d", p.block(), p.offset()) }
