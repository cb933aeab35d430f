package store_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/table"
)

// records returns what the file at path holds, by bucket and key.
func records(t *testing.T, path string) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	b, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	err = b.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, bucket *bolt.Bucket) error {
			all := map[string]string{}
			out[string(name)] = all
			return bucket.ForEach(func(k, v []byte) error {
				all[string(k)] = string(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFormatsHoldEverything finds every bucket, part and encoding of this format in
// the kept databases, those that are large, those that are packed, and patches.
func TestFormatsHoldEverything(t *testing.T) {
	missing := map[string]bool{}
	for _, name := range store.Buckets() {
		missing["bucket "+string(name)] = true
	}
	for _, what := range []string{
		"base alone", "base packed", "base columns", "base 1", "base 2", "base 3", "base 4", "base 5", "base 6",
		"patch alone", "patch packed", "patch columns", "patch 1", "patch 2", "patch 3",
		"constant", "line", "frame", "blocks", "floats", "texts", "pattern", "dict", "lists", "mixed", "sparse", "alias", "compressed",
		"index k\x00", "index i\x00", "index r\x01",
	} {
		missing[what] = true
	}
	for name := range kept {
		all := records(t, copied(t, filepath.Join(formats, "1", name+".db")))
		for bucket, entries := range all {
			if len(entries) > 0 {
				delete(missing, "bucket "+bucket)
			}
		}
		for _, bucket := range []string{table.BucketBase, table.BucketPatch} {
			for key, value := range all[bucket] {
				found := &finder{T: t, missing: missing, bucket: bucket}
				found.value([]byte(key), []byte(value))
			}
		}
		for key := range all[table.BucketIndex] {
			if len(key) == 4 {
				delete(missing, "index "+key[:2])
			}
		}
	}
	for what := range maps.Keys(missing) {
		t.Errorf("no kept database has %q", what)
	}
}

// finder takes off a list what it finds.
type finder struct {
	*testing.T
	missing map[string]bool
	bucket  string
}

// value looks at one value of base or patch.
func (f *finder) value(key, value []byte) {
	f.Helper()
	chunk, err := column.Unseal(value, append([]byte(f.bucket), key...))
	if err != nil {
		f.Fatal(err)
	}
	_, _, part, ok := table.SplitPartKey(key)
	if !ok {
		f.Fatalf("%s has key %x", f.bucket, key)
	}
	if part != table.PartPack {
		f.part(part, "alone", chunk)
		return
	}
	pack, err := column.OpenPack(chunk)
	if err != nil {
		f.Fatal(err)
	}
	for id, chunk := range pack.All() {
		f.part(table.Part(id), "packed", chunk)
	}
}

func (f *finder) part(p table.Part, how string, chunk []byte) {
	f.Helper()
	delete(f.missing, f.bucket+" "+how)
	if p < table.Column(0) {
		delete(f.missing, f.bucket+" "+string(rune('0'+p)))
		return
	}
	delete(f.missing, f.bucket+" columns")
	if f.bucket == table.BucketPatch {
		return
	}
	c, err := column.Open(chunk)
	if err != nil {
		f.Fatal(err)
	}
	for _, word := range strings.FieldsFunc(c.Encoding(), func(r rune) bool { return r == ' ' || r == '(' || r == ',' }) {
		delete(f.missing, word)
	}
}
