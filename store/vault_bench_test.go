package store_test

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store/column"
)

// BenchmarkCopyOut says what it costs to copy chunks out of the memory map and to
// verify them there, beside only reading or verifying them in place: 256 KiB each, of
// 64 MiB in all.
func BenchmarkCopyOut(b *testing.B) {
	const size, count = 1 << 18, 256
	db, err := bolt.Open(filepath.Join(b.TempDir(), "chunks.db"), 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	name, key := []byte("base"), func(i int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(i%count)) }
	for i := range count {
		chunk := make([]byte, 0, size+8)
		for k := range size / 8 {
			chunk = binary.LittleEndian.AppendUint64(chunk, noise(i*size/8+k))
		}
		err := db.Update(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists(name)
			if err != nil {
				return err
			}
			return bucket.Put(key(i), column.Seal(chunk, key(i)))
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	sum := byte(0)
	for _, way := range []struct {
		name string
		do   func(i int, value []byte) error
	}{
		{"InPlace", func(_ int, value []byte) error {
			for k := 0; k < len(value); k += 64 {
				sum += value[k] // one byte of each line of the cache
			}
			return nil
		}},
		{"Verified", func(i int, value []byte) error {
			_, err := column.Unseal(value, key(i))
			return err
		}},
		{"Copied", func(_ int, value []byte) error {
			bytes.Clone(value)
			return nil
		}},
		{"CopiedAndVerified", func(i int, value []byte) error {
			_, err := column.Unseal(bytes.Clone(value), key(i))
			return err
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			tx, err := db.Begin(false)
			if err != nil {
				b.Fatal(err)
			}
			defer tx.Rollback()
			bucket := tx.Bucket(name)
			b.SetBytes(size)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := way.do(i, bucket.Get(key(i))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	_ = sum
}
