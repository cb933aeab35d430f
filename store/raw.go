package store

import (
	"context"
	"fmt"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"

	"github.com/j1db/j1db/store/graph"
)

// packer makes raw records: a hash of the data, which says whether they
// changed, and the data in zstd.
type packer struct{ enc *zstd.Encoder }

func (p *packer) pack(key, raw []byte) []byte {
	if p.enc == nil {
		// Without a writer and with valid options this cannot fail.
		p.enc, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true))
	}
	var w writer
	w.Uint(xxhash.Sum64(raw))
	w.B = p.enc.EncodeAll(raw, w.B)
	return w.Seal(key)
}

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
