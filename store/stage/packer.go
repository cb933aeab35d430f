package stage

import (
	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

// packer makes raw records as the store keeps them: a hash of the data, which
// says whether they changed, and the data in zstd, sealed with the identity.
type packer struct {
	enc *zstd.Encoder
	key []byte
}

// pack returns the record of raw data. The key is what the store keeps it under:
// kind, instance and key, joined as store does.
func (p *packer) pack(id graph.Identity, raw []byte) []byte {
	if p.enc == nil {
		// Without a writer and with valid options this cannot fail.
		p.enc, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true))
	}
	p.key = append(p.key[:0], byte(id.Kind))
	p.key = append(p.key, id.Instance...)
	p.key = append(p.key, 0)
	p.key = append(p.key, id.Key...)
	var w wire.Writer
	w.Uint(xxhash.Sum64(raw))
	w.B = p.enc.EncodeAll(raw, w.B)
	return w.Seal(p.key)
}
