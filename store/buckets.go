package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// Format is the number of the file format that this package writes. Files of
// format 0 are from before the first release and are refused.
const Format = 1

// The buckets of format 1, beside those of package table. Keys join texts, none of
// which can contain NUL, with NUL; numbers are big-endian, so that keys sort as
// numbers do.
var (
	bucketStore    = []byte("j1db")     // name -> number: format, base; secret; directory
	bucketGone     = []byte("gone")     // kind instance key -> what is kept of a deleted key
	bucketUndo     = []byte("undo")     // version kind instance key -> before-image
	bucketCreated  = []byte("created")  // version table first row -> rows that it appended
	bucketVersion  = []byte("version")  // number -> version record
	bucketRun      = []byte("run")      // number -> run record
	bucketInstance = []byte("instance") // name -> instance record
	bucketMark     = []byte("mark")     // instance type -> freshness
	bucketMapped   = []byte("mapped")   // instance key -> mapped relationship
	bucketRaw      = []byte("raw")      // kind instance key -> raw data
	bucketCursor   = []byte("cursor")   // destination instance -> export cursor
	bucketPin      = []byte("pin")      // name -> pin
)

// The records of bucketStore.
var (
	keyFormat    = []byte("format")
	keyBase      = []byte("base")
	keySecret    = []byte("secret")    // keys the hashes of names and contents
	keyDirectory = []byte("directory") // of tables
)

func buckets() [][]byte {
	out := [][]byte{
		bucketStore, bucketGone, bucketUndo, bucketCreated, bucketVersion, bucketRun, bucketInstance,
		bucketMark, bucketMapped, bucketRaw, bucketCursor, bucketPin,
	}
	for _, name := range table.Buckets() {
		out = append(out, []byte(name))
	}
	return out
}

// writeFormat makes the buckets of an empty store.
func writeFormat(tx *bolt.Tx, secret [secretLen]byte) error {
	for _, name := range buckets() {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	b := tx.Bucket(bucketStore)
	var w writer
	w.Text(string(secret[:]))
	if err := b.Put(keySecret, w.Seal(keySecret)); err != nil {
		return err
	}
	return b.Put(keyFormat, sealNumber(keyFormat, Format))
}

func sealNumber(key []byte, n uint64) []byte {
	var w writer
	w.Uint(n)
	return w.Seal(key)
}

func openNumber(key, record []byte) (uint64, error) {
	p := open(key, record, nil)
	n := p.Uint()
	return n, p.Done()
}

// checkFormat refuses files that are not stores of this format.
func checkFormat(path string, tx *bolt.Tx) error {
	b := tx.Bucket(bucketStore)
	if b == nil {
		return &CorruptError{Path: path, Err: errors.New("it is a bbolt file of another program")}
	}
	n, err := openNumber(keyFormat, b.Get(keyFormat))
	if err != nil {
		return &CorruptError{Path: path, Where: "format number", Err: err}
	}
	if n != Format {
		return &FormatError{Path: path, Has: n, Wants: Format}
	}
	for _, name := range buckets() {
		if tx.Bucket(name) == nil {
			return &CorruptError{Path: path, Err: fmt.Errorf("bucket %s is missing", name)}
		}
	}
	return nil
}

func numberKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func numberOf(key []byte) (uint64, bool) {
	if len(key) != 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(key), true
}

// joinKey joins texts with NUL.
func joinKey(b []byte, texts ...string) []byte {
	for i, s := range texts {
		if i > 0 {
			b = append(b, 0)
		}
		b = append(b, s...)
	}
	return b
}

// splitKey takes a key of n texts apart.
func splitKey(key []byte, n int) ([]string, bool) {
	if bytes.Count(key, []byte{0}) != n-1 {
		return nil, false
	}
	parts := bytes.Split(key, []byte{0})
	out := make([]string, n)
	for i, p := range parts {
		if len(p) == 0 {
			return nil, false
		}
		out[i] = string(p)
	}
	return out, true
}

func objectKey(id graph.Identity) []byte {
	return joinKey([]byte{byte(id.Kind)}, id.Instance, id.Key)
}

func identityOf(in interner, key []byte) (graph.Identity, bool) {
	if len(key) == 0 || key[0] > byte(graph.RelationshipKind) {
		return graph.Identity{}, false
	}
	i := bytes.IndexByte(key[1:], 0)
	if i <= 0 || i+2 == len(key) || bytes.IndexByte(key[i+2:], 0) >= 0 {
		return graph.Identity{}, false
	}
	return graph.Identity{Kind: graph.Kind(key[0]), Instance: in.Of(key[1 : i+1]), Key: string(key[i+2:])}, true
}

func undoKey(version uint64, id graph.Identity) []byte {
	return append(numberKey(version), objectKey(id)...)
}

func workers() int { return runtime.GOMAXPROCS(0) }
