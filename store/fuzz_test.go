package store_test

import (
	"bytes"
	"os"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store"
)

// FuzzRecord decodes any bytes as every sort of record: a value or an error. A
// value, once written, is read and written again unchanged.
func FuzzRecord(f *testing.F) {
	path := filled(f)
	b, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		f.Fatal(err)
	}
	defer b.Close()
	err = b.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
			n := 0
			return b.ForEach(func(_, v []byte) error {
				if n++; len(v) > 4 && n%5 == 1 {
					f.Add(bytes.Clone(v[:len(v)-4])) // without the checksum
				}
				return nil
			})
		})
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, data []byte) {
		first, second := store.Records(data)
		for i := range first {
			if !bytes.Equal(first[i], second[i]) {
				t.Errorf("decoder %d: %x became %x", i, first[i], second[i])
			}
		}
	})
}

// FuzzFile damages a store file and reads all of it: errors, never a crash.
func FuzzFile(f *testing.F) {
	good, err := os.ReadFile(filled(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(16), byte(0xff), uint32(len(good)))
	f.Add(uint32(4096*4+40), byte(1), uint32(len(good)))
	f.Add(uint32(0), byte(0), uint32(5000))
	f.Fuzz(func(t *testing.T, at uint32, mask byte, length uint32) {
		bad := bytes.Clone(good[:min(int(length), len(good))])
		if int(at) < len(bad) {
			bad[at] ^= mask
		}
		path := t.TempDir() + "/graph.db"
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := store.Open(path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		calls(t.Context(), db)
	})
}
