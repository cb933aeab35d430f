package exec

import (
	"encoding/binary"
	"math"

	"github.com/j1db/j1db/store/graph"
)

// appendKey appends a text that two values share exactly when they are one value to
// a group: when they are equal, or both missing.
func appendKey(b []byte, v graph.Value) []byte {
	if v.Missing() {
		return append(b, byte(graph.Undefined))
	}
	b = append(b, byte(v.Kind()))
	switch v.Kind() {
	case graph.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case graph.Int:
		i, _ := v.Int()
		return binary.LittleEndian.AppendUint64(b, uint64(i))
	case graph.Float:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Float()))
	case graph.String:
		b = binary.AppendUvarint(b, uint64(len(v.Str())))
		return append(b, v.Str()...)
	}
	b = binary.AppendUvarint(b, uint64(len(v.List())))
	for _, e := range v.List() {
		b = appendKey(b, e)
	}
	return b
}

// appendRefKey appends a text that only one object has.
func appendRefKey(b []byte, ref graph.Ref) []byte {
	if ref == 0 {
		return append(b, byte(graph.Undefined))
	}
	return binary.LittleEndian.AppendUint64(append(b, 255), uint64(ref))
}
