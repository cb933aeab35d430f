package stage

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/dchest/siphash"

	"github.com/j1db/j1db/store/graph"
)

// Hasher computes the keyed hashes of objects: SipHash-2-4 under the secret of
// the store, so that nobody who names objects can make two of them collide. It
// may be copied and used by several goroutines.
type Hasher struct {
	k0, k1 uint64
	drop   uint64 // bits of Key that are not used, for tests of collisions
}

// NewHasher returns the Hasher of a secret.
func NewHasher(secret [16]byte) Hasher {
	return Hasher{k0: binary.LittleEndian.Uint64(secret[:8]), k1: binary.LittleEndian.Uint64(secret[8:])}
}

// Key returns the hash of an object's identity.
func (h Hasher) Key(kind graph.Kind, instance, key string) uint64 {
	var buf [256]byte
	return h.key(append(append(buf[:0], keyPrefix(Shelf(kind), instance)...), key...))
}

// keyPrefix begins what is hashed of a key.
func keyPrefix(sh Shelf, instance string) string {
	return string([]byte{byte(sh)}) + instance + "\x00"
}

func (h Hasher) key(b []byte) uint64 { return siphash.Hash(h.k0, h.k1, b) &^ h.drop }

// Content returns the hash of an object's state: type, class as a set, key, ends,
// properties and parent. States that graph.SameState calls the same, under one
// parent, have one hash; Meta and Supplier are no part of it.
func (h Hasher) Content(im *graph.Image, parent string) uint64 {
	o := subject{
		shelf: Shelf(im.Kind), instance: im.Instance, key: im.Key, parent: parent, from: im.From, to: im.To,
	}
	if o.shelf == Relationships && len(im.Class) == 1 {
		o.derived = o.isDerived(strings.ToLower(im.Class[0]))
	}
	var buf [512]byte
	b := o.append(buf[:0])
	for i := range im.Props {
		b = appendValue(b, &im.Props[i].Value)
	}
	for i := range im.Props {
		b = appendName(b, im.Props[i].Name)
	}
	return h.content(b, len(im.Props), h.group(o.shelf, im.Type, im.Class))
}

// content hashes a body and the names of its properties, to which it appends
// what else belongs to the state.
func (h Hasher) content(b []byte, props int, group uint64) uint64 {
	b = binary.LittleEndian.AppendUint32(b, uint32(props))
	b = binary.LittleEndian.AppendUint64(b, group)
	return siphash.Hash(h.k0, h.k1, b)
}

// group hashes what the objects of a Group have in common.
func (h Hasher) group(sh Shelf, typ string, class []string) uint64 {
	set := slices.Clone(class)
	slices.Sort(set)
	b := appendName([]byte{byte(sh)}, typ)
	for _, c := range slices.Compact(set) {
		b = appendName(b, c)
	}
	return siphash.Hash(h.k0, h.k1, b)
}

// appendName appends a text with its length, so that no two lists of texts give
// the same bytes.
func appendName(b []byte, name string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(name))), name...)
}
