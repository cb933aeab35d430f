package table

import (
	"encoding/binary"
	"fmt"

	"github.com/j1db/j1db/store/column"
)

// GroupRows is the number of rows of a row group; the last one may have fewer.
const GroupRows = column.MaxRows

// The buckets that this package writes.
const (
	BucketTable = "table" // number -> Record
	BucketStat  = "stat"  // number -> Statistics
	BucketBase  = "base"  // table, group, part -> chunk
	BucketPatch = "patch" // table, group, part -> patch over the chunk
	BucketIndex = "index" // name, shard -> part of an index
)

// Buckets lists the buckets of this package.
func Buckets() []string {
	return []string{BucketTable, BucketStat, BucketBase, BucketPatch, BucketIndex}
}

// Part numbers a part of a row group: a column, or one of those below.
type Part uint32

// The parts that are no columns. The rows of Out and In are those of the entity
// tables at the ends of an edge table; all others are rows of the table itself.
const (
	PartPack    Part = iota // all parts that are too small to stand alone
	PartDead                // rows that are empty
	PartOut                 // adjacency from the rows of From
	PartIn                  // adjacency from the rows of To
	PartOrder               // rows by displayName; of the base alone
	PartFilter              // what occurs in texts; of the base alone
	PartWeight              // how many bytes the columns of the base take
	firstColumn Part = 16
)

// The engine's columns stand beside the supplier's properties, whose names have
// no NUL. Key is undefined where it follows from the ends; Touched is the version
// that last wrote the row, Hash a keyed hash of all that the supplier said.
const (
	ColumnKey       = "\x00key"
	ColumnClass     = "\x00class" // of entities: a list
	ColumnInstance  = "\x00instance"
	ColumnVersion   = "\x00version"
	ColumnCreatedOn = "\x00createdOn"
	ColumnBeginOn   = "\x00beginOn"
	ColumnTouched   = "\x00touched"
	ColumnParent    = "\x00parent"
	ColumnHash      = "\x00hash"
)

// IsEngine reports whether a column is one of the engine's.
func IsEngine(name string) bool { return name != "" && name[0] == 0 }

// File is the part of a transaction that this package reads.
type File interface {
	// Get returns a copy of a value, nil if there is none.
	Get(bucket string, key []byte) ([]byte, error)
}

// Write is one record to put, or, with a nil Value, to delete.
type Write struct {
	Bucket     string
	Key, Value []byte
}

func numberKey(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// PartKey is the key of a part of a row group.
func PartKey(table, group uint32, p Part) []byte {
	k := make([]byte, 0, 12)
	k = binary.BigEndian.AppendUint32(k, table)
	k = binary.BigEndian.AppendUint32(k, group)
	return binary.BigEndian.AppendUint32(k, uint32(p))
}

// SplitPartKey takes the key of a part apart.
func SplitPartKey(key []byte) (table, group uint32, p Part, ok bool) {
	if len(key) != 12 {
		return 0, 0, 0, false
	}
	return binary.BigEndian.Uint32(key), binary.BigEndian.Uint32(key[4:]), Part(binary.BigEndian.Uint32(key[8:])), true
}

// place is what a value is sealed with, so that it is wrong anywhere else.
func place(bucket string, key []byte) []byte {
	return append(append(make([]byte, 0, len(bucket)+1+len(key)), bucket...), key...)
}

// get reads and checks a sealed value, nil if there is none.
func get(f File, bucket string, key []byte) ([]byte, error) {
	v, err := f.Get(bucket, key)
	if v == nil || err != nil {
		return nil, err
	}
	chunk, err := column.Unseal(v, place(bucket, key))
	if err != nil {
		return nil, fmt.Errorf("%s %x: %w", bucket, key, err)
	}
	return chunk, nil
}

// put seals a chunk, to which it appends.
func put(bucket string, key, chunk []byte) Write {
	return Write{bucket, key, column.Seal(chunk, place(bucket, key))}
}
