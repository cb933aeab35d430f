package table_test

import (
	"bytes"
	"hash/fnv"
	"testing"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// memory is a file in memory.
type memory map[string][]byte

func (m memory) Get(bucket string, key []byte) ([]byte, error) {
	return bytes.Clone(m[bucket+"/"+string(key)]), nil
}

func (m memory) apply(t testing.TB, writes []table.Write) {
	t.Helper()
	for i, w := range writes {
		if i > 0 && writes[i-1].Bucket == w.Bucket && bytes.Compare(writes[i-1].Key, w.Key) >= 0 {
			t.Fatalf("writes %d and %d are not in order: %s %x", i-1, i, w.Bucket, w.Key)
		}
		if w.Value == nil {
			delete(m, w.Bucket+"/"+string(w.Key))
		} else {
			m[w.Bucket+"/"+string(w.Key)] = bytes.Clone(w.Value)
		}
	}
}

func keyHash(id graph.Identity) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id.Kind.String() + "\x00" + id.Instance + "\x00" + id.Key))
	x := h.Sum64()
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	return x ^ x>>32
}

// open returns the tables of a file with small row groups.
func open(m memory, d *table.Directory, group uint32) *table.Tables {
	ts := table.NewTables(m, d.Clone(), nil)
	table.SetGroupRows(ts, group)
	return ts
}
