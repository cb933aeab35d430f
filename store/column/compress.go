package column

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// maxUnpacked bounds what a compressed chunk may unpack to; larger ones are not
// compressed.
const maxUnpacked = 64 << 20

var errUnpacked = errors.New("a compressed chunk is larger than the limit")

// compressor packs the bodies of chunks that queries seldom read.
type compressor struct{ enc *zstd.Encoder }

// compress returns b packed, nil where that would not save a fifth.
func (c *compressor) compress(b []byte) ([]byte, error) {
	if len(b) > maxUnpacked || len(b) < 128 {
		return nil, nil
	}
	if c.enc == nil {
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
		if err != nil {
			return nil, fmt.Errorf("make compressor: %w", err)
		}
		c.enc = enc
	}
	out := c.enc.EncodeAll(b, nil)
	if len(out) > len(b)*4/5 {
		return nil, nil
	}
	return out, nil
}

func decompress(b []byte) ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked))
	if err != nil {
		return nil, fmt.Errorf("make decompressor: %w", err)
	}
	defer dec.Close()
	out, err := dec.DecodeAll(b, nil)
	if err != nil {
		return nil, err
	}
	if len(out) > maxUnpacked {
		return nil, errUnpacked
	}
	return out, nil
}
