package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store/graph"
)

// Format is the number of the file format that this package writes. Files of
// format 0 are for the time before the first release.
const Format = 0

// The buckets of format 0. Keys join texts, none of which can contain NUL, with
// NUL; numbers are big-endian, so that keys sort as numbers do.
var (
	bucketStore    = []byte("j1db")     // name -> number: format, base
	bucketObject   = []byte("object")   // kind instance key -> the newest state
	bucketGone     = []byte("gone")     // kind instance key -> what is kept of a deleted key
	bucketType     = []byte("type")     // kind instance type key -> nothing
	bucketEnd      = []byte("end")      // instance key of an entity, instance key of a relationship -> nothing
	bucketTable    = []byte("table")    // number -> table
	bucketUndo     = []byte("undo")     // version kind instance key -> before-image
	bucketVersion  = []byte("version")  // number -> version record
	bucketRun      = []byte("run")      // number -> run record
	bucketInstance = []byte("instance") // name -> instance record
	bucketMark     = []byte("mark")     // instance type -> freshness
	bucketMapped   = []byte("mapped")   // instance key -> mapped relationship
	bucketRaw      = []byte("raw")      // kind instance key -> raw data
	bucketCursor   = []byte("cursor")   // destination instance -> export cursor
	bucketPin      = []byte("pin")      // name -> pin
)

var (
	keyFormat = []byte("format")
	keyBase   = []byte("base")
)

func buckets() [][]byte {
	return [][]byte{
		bucketStore, bucketObject, bucketGone, bucketType, bucketEnd, bucketTable, bucketUndo, bucketVersion,
		bucketRun, bucketInstance, bucketMark, bucketMapped, bucketRaw, bucketCursor, bucketPin,
	}
}

// writeFormat makes the buckets of an empty store.
func writeFormat(tx *bolt.Tx) error {
	for _, name := range buckets() {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketStore).Put(keyFormat, sealNumber(keyFormat, Format))
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

func typeKey(kind graph.Kind, instance, typ, key string) []byte {
	return joinKey([]byte{byte(kind)}, instance, typ, key)
}

// endKey is the entry of an entity for a relationship at it.
func endKey(end graph.End, rel graph.Identity) []byte {
	return joinKey(nil, end.Instance, end.Key, rel.Instance, rel.Key)
}

func undoKey(version uint64, id graph.Identity) []byte {
	return append(numberKey(version), objectKey(id)...)
}
