package column

import (
	"encoding/binary"
	"errors"

	"github.com/cespare/xxhash/v2"
)

// sumLen is the length of the checksum at the end of a sealed value.
const sumLen = 8

var (
	errUnsealed = errors.New("the value is too short to be sealed")
	errSum      = errors.New("the checksum does not match")
)

// Seal appends to chunk the checksum under which it is stored at place: a chunk
// that strays to another place is as wrong as one that changed.
func Seal(chunk, place []byte) []byte {
	return binary.LittleEndian.AppendUint64(chunk, sum(chunk, place))
}

// Unseal checks the checksum of a sealed value and returns the chunk in it.
func Unseal(value, place []byte) ([]byte, error) {
	chunk, err := Peel(value)
	if err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint64(value[len(chunk):]) != sum(chunk, place) {
		return nil, errSum
	}
	return chunk, nil
}

// Peel returns the chunk in a sealed value without checking it.
func Peel(value []byte) ([]byte, error) {
	n := len(value) - sumLen
	if n < 0 {
		return nil, errUnsealed
	}
	return value[:n:n], nil
}

func sum(chunk, place []byte) uint64 {
	var seed xxhash.Digest
	seed.ResetWithSeed(xxhash.Sum64(place))
	seed.Write(chunk)
	return seed.Sum64()
}
