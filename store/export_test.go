package store

import (
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

// SealedNumber is the record of a number as the file holds it.
func SealedNumber(key string, n uint64) []byte { return sealNumber([]byte(key), n) }

// Records decodes bytes as every sort of record and encodes what it got again,
// for the fuzz target: the second decoding must give the same bytes.
func Records(payload []byte) (first, second [][]byte) {
	key := []byte("key")
	w := writer{Writer: wire.Writer{B: append([]byte{}, payload...)}}
	rec := w.Seal(key)
	for _, again := range recoders(key) {
		once := again(rec)
		if once == nil {
			continue
		}
		first, second = append(first, once), append(second, again(once))
	}
	return first, second
}

// recoders decode a record and encode it again; nil where it does not decode.
func recoders(key []byte) []func([]byte) []byte {
	entity := graph.Identity{Instance: "i", Key: "k"}
	relationship := graph.Identity{Kind: graph.RelationshipKind, Instance: "i", Key: "k"}
	return []func([]byte) []byte{
		func(b []byte) []byte {
			return recode(decodeObject(key, b, entity, nil))(func(o *object) []byte { return encodeObject(key, o) })
		},
		func(b []byte) []byte {
			return recode(decodeObject(key, b, relationship, interner{}))(func(o *object) []byte { return encodeObject(key, o) })
		},
		func(b []byte) []byte {
			return recode(decodeUndo(key, b, relationship, nil))(func(u undo) []byte { return encodeUndo(key, u) })
		},
		func(b []byte) []byte {
			return recode(decodeGone(key, b))(func(g gone) []byte { return encodeGone(key, g) })
		},
		func(b []byte) []byte {
			return recode(decodeMapped(key, b, "k"))(func(m *mapped) []byte { return encodeMapped(key, m) })
		},
		func(b []byte) []byte {
			return recode(decodeVersion(key, b, 1))(func(v graph.Version) []byte { return encodeVersion(key, &v) })
		},
		func(b []byte) []byte {
			return recode(decodeRun(key, b, 1))(func(r graph.Run) []byte { return encodeRun(key, &r) })
		},
		func(b []byte) []byte {
			return recode(decodeInstance(key, b, "i"))(func(in *instance) []byte { return encodeInstance(key, in) })
		},
		func(b []byte) []byte {
			return recode(decodeMark(key, b))(func(m mark) []byte { return encodeMark(key, m) })
		},
		func(b []byte) []byte {
			_, _ = unpack(key, b)
			_, _ = decodePin(key, b)
			_, _ = decodeCursor(key, b)
			return nil
		},
	}
}

func recode[T any](x T, err error) func(func(T) []byte) []byte {
	return func(encode func(T) []byte) []byte {
		if err != nil {
			return nil
		}
		return encode(x)
	}
}

// Create makes the file of db, its hashes keyed with secret, so that equal runs
// make equal files.
func Create(db *DB, secret [secretLen]byte) error { return db.create(&secret) }

// Buckets lists the buckets of a file.
func Buckets() [][]byte { return buckets() }

// StoreKeys lists the keys of the first bucket.
func StoreKeys() [][]byte { return [][]byte{keyFormat, keyBase, keySecret, keyDirectory} }
