package storetest

import (
	"bytes"
	"math/rand/v2"
	"os"
)

// metaPages is how many pages at the start of a bbolt file say, in turns, which
// transaction is the newest.
const metaPages = 2

// Tear returns what a power failure in the middle of a commit may leave: the file
// before it, over which a random part of what the commit writes lies, and of the
// page that publishes it at most a part. The disk may write whole pages or 512
// bytes at a time, in any order, and the file may have any length in between.
func Tear(rnd *rand.Rand, before, after []byte) []byte {
	page := os.Getpagesize()
	unit := page
	if rnd.IntN(2) == 0 {
		unit = 512
	}
	torn := make([]byte, max(len(before), len(after)))
	copy(torn, before)
	share := rnd.Float64() // of the commit that reached the disk
	for at := metaPages * page; at < len(after); at += unit {
		if rnd.Float64() < share {
			copy(torn[at:min(at+unit, len(after))], after[at:])
		}
	}
	tearMeta(rnd, torn, before, after, page)
	if grown := len(torn) - len(before); grown > 0 && rnd.IntN(4) == 0 {
		torn = torn[:len(before)+rnd.IntN(grown)]
	}
	return torn
}

// tearMeta writes a part of the page that publishes the commit: at most all that
// its checksum covers and half of that, so that it cannot be valid.
func tearMeta(rnd *rand.Rand, torn, before, after []byte, page int) {
	const header, covered, checksum = 16, 56, 8
	for at := 0; at < metaPages*page; at += page {
		if !bytes.Equal(before[at:at+page], after[at:at+page]) && rnd.IntN(2) == 0 {
			copy(torn[at:at+rnd.IntN(header+covered+checksum/2)], after[at:])
		}
	}
}
