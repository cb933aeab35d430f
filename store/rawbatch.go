package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"

	"github.com/j1db/j1db/store/graph"
)

// Raws returns the newest raw data of objects as JSON, in the order of ids, nil
// where none are kept. It opens the file once, and stops early when the data
// exceed budget bytes: the result then holds the first ids only, and at least one.
func (db *DB) Raws(ctx context.Context, ids []graph.Identity, budget int) ([][]byte, error) {
	var out [][]byte
	err := db.view(ctx, func(r *reader) error {
		out = make([][]byte, 0, len(ids))
		var u unpacker
		defer u.close()
		size := 0
		for _, id := range ids {
			if size > budget {
				return nil
			}
			key := objectKey(id)
			rec := r.get(bucketRaw, key)
			if rec == nil {
				out = append(out, nil)
				continue
			}
			raw, err := u.unpack(key, rec)
			if err != nil {
				return r.damaged(err, "raw data of %s of %s", id.Key, id.Instance)
			}
			out = append(out, raw)
			size += len(raw)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read raw data: %w", err)
	}
	return out, nil
}

// unpacker reads raw records. A decoder costs more to make than most records cost
// to decode, so it is made once. Close it in the end.
type unpacker struct{ dec *zstd.Decoder }

func (u *unpacker) unpack(key, record []byte) ([]byte, error) {
	p := open(key, record, nil)
	hash := p.Uint()
	if p.Err != nil {
		return nil, p.Err
	}
	if u.dec == nil {
		dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*maxRaw))
		if err != nil {
			return nil, err
		}
		u.dec = dec
	}
	raw, err := u.dec.DecodeAll(p.B, nil)
	if err != nil {
		return nil, err
	}
	if xxhash.Sum64(raw) != hash {
		return nil, errors.New("the raw data do not match their hash")
	}
	return raw, nil
}

func (u *unpacker) close() {
	if u.dec != nil {
		u.dec.Close()
	}
}
