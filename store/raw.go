package store

import (
	"context"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// maxRaw bounds the raw data of one object, in bytes.
const maxRaw = 16 << 20

// rawHash returns the hash in a raw record.
func rawHash(key, record []byte) (uint64, error) {
	p := open(key, record, nil)
	return p.Uint(), p.Err
}

func unpack(key, record []byte) ([]byte, error) {
	var u unpacker
	defer u.close()
	return u.unpack(key, record)
}

// Raw returns the newest raw data of an object as JSON, nil when none are kept.
func (db *DB) Raw(ctx context.Context, id graph.Identity) ([]byte, error) {
	var raw []byte
	err := db.view(ctx, func(r *reader) error {
		key := objectKey(id)
		rec := r.get(bucketRaw, key)
		if rec == nil {
			return nil
		}
		b, err := unpack(key, rec)
		if err != nil {
			return r.damaged(err, "raw data of %s of %s", id.Key, id.Instance)
		}
		raw = b
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read raw data: %w", err)
	}
	return raw, nil
}
