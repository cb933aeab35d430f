package table

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/wire"
)

// IndexName tells the indexes apart.
type IndexName byte

// The indexes: of entities by the hash of instance and key and by the first eight
// bytes of `_id`, of relationships by the hash of instance and key.
const (
	IndexKey          IndexName = 'k'
	IndexID           IndexName = 'i'
	IndexRelationship IndexName = 'r'
)

// Place is where an object is: a table and a row of it.
type Place struct{ Table, Row uint32 }

// Index finds objects by hashes of their names. It is cut into shards by the
// first bits of the hash, so that a look-up reads little and a small change
// writes little. It may be used by several goroutines at once.
type Index struct {
	file   File
	name   IndexName
	bits   uint8 // of a hash that choose its shard
	count  uint64
	mu     sync.RWMutex // guards shards
	shards map[uint16]*column.Index
}

const maxShardBits = 16

// OpenIndex reads the head of an index; one that was never written is empty.
func OpenIndex(f File, name IndexName) (*Index, error) {
	x := &Index{file: f, name: name, shards: map[uint16]*column.Index{}}
	key := []byte{byte(name)}
	v, err := f.Get(BucketIndex, key)
	if err != nil || v == nil {
		return x, err
	}
	p := wire.Open(key, v, nil)
	x.bits, x.count = p.Byte(), p.Uint()
	if x.bits > maxShardBits {
		p.Fail(fmt.Errorf("%d bits choose a shard", x.bits))
	}
	if err := p.Done(); err != nil {
		return nil, fmt.Errorf("index %c: %w", name, err)
	}
	return x, nil
}

// head is the record of an index.
func (x *Index) head(bits uint8, count uint64) Write {
	key := []byte{byte(x.name)}
	var w wire.Writer
	w.Byte(bits)
	w.Uint(count)
	return Write{BucketIndex, key, w.Seal(key)}
}

// Len is the number of entries.
func (x *Index) Len() uint64 { return x.count }

func (x *Index) shardOf(hash uint64) uint16 { return uint16(hash >> 48 >> (16 - x.bits)) }

func shardKey(name IndexName, bits uint8, shard uint16) []byte {
	return binary.BigEndian.AppendUint16([]byte{byte(name), bits}, shard)
}

// shard returns a shard, nil if it has no entries.
func (x *Index) shard(n uint16) (*column.Index, error) {
	x.mu.RLock()
	s, ok := x.shards[n]
	x.mu.RUnlock()
	if ok {
		return s, nil
	}
	b, err := get(x.file, BucketIndex, shardKey(x.name, x.bits, n))
	if err != nil {
		return nil, err
	}
	if b != nil {
		if s, err = column.OpenIndex(b); err != nil {
			return nil, fmt.Errorf("index %c, shard %d: %w", x.name, n, err)
		}
	}
	x.mu.Lock()
	x.shards[n] = s
	x.mu.Unlock()
	return s, nil
}

// Look appends to dst the places of the objects whose name may have the hash:
// each is to be compared with the name.
func (x *Index) Look(dst []column.Entry, hash uint64) ([]column.Entry, error) {
	if x.count == 0 {
		return dst, nil
	}
	s, err := x.shard(x.shardOf(hash))
	if s == nil || err != nil {
		return dst, err
	}
	return s.Look(dst, hash)
}
