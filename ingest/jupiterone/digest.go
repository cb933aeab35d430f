package jupiterone

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/j1db/j1db/store/graph"
)

// digest names a set of objects by the sum of their hashes, so that it can follow
// changes without looking at the rest.
type digest struct{ hi, lo uint64 }

// digestOf is the digest of one encoded object.
func digestOf(kind graph.Kind, object []byte) digest {
	h := sha256.New()
	h.Write([]byte{byte(kind)})
	h.Write(object)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return digest{binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])}
}

func (d *digest) add(e digest) {
	var carry uint64
	d.lo, carry = bits.Add64(d.lo, e.lo, 0)
	d.hi, _ = bits.Add64(d.hi, e.hi, carry)
}

func (d *digest) subtract(e digest) {
	var borrow uint64
	d.lo, borrow = bits.Sub64(d.lo, e.lo, 0)
	d.hi, _ = bits.Sub64(d.hi, e.hi, borrow)
}

func (d digest) String() string { return fmt.Sprintf("%016x%016x", d.hi, d.lo) }
