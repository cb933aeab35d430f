package emulator

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
)

// digest hashes what an invented value derives from. The parts are separated,
// so that ("ab", "c") and ("a", "bc") differ.
func digest(seed uint64, parts ...any) []byte {
	text := fmt.Appendf(nil, "%d", seed)
	for _, p := range parts {
		text = fmt.Appendf(append(text, 0), "%v", p)
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

// uuid invents an id of Heroku's form.
func uuid(seed uint64, parts ...any) string { return formatUUID(digest(seed, parts...)[:16]) }

// formatUUID writes sixteen bytes as a random UUID would be written.
func formatUUID(b []byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// objectID invents an id of JumpCloud's form.
func objectID(seed uint64, parts ...any) string {
	return hex.EncodeToString(digest(seed, parts...)[:12])
}

// chooser makes random choices that follow from a seed and what they are for.
func chooser(seed uint64, parts ...any) *rand.Rand {
	d := digest(seed, parts...)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(d), binary.LittleEndian.Uint64(d[8:])))
}

// pick chooses one of the values.
func pick[T any](r *rand.Rand, values []T) T { return values[r.IntN(len(values))] }

// chance is true in percent of a hundred cases.
func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }
