package stage

import (
	"encoding/binary"
	"math"

	"github.com/j1db/j1db/store/graph"
)

// The body of a record says all of an object's state but its group and the names
// of its properties. It is the same for the same state, whatever else is staged,
// and is what Hasher.Content hashes: key, parent and ends, then the values in the
// order of their names, then the mapping.

// subject is what an object is besides its properties.
type subject struct {
	shelf    Shelf
	instance string // the supplier's
	key      string
	parent   string
	from, to graph.End // of a plain relationship
	derived  bool      // the key is made of the ends and the verb
	spared   bool      // nothing but the key is kept
}

// The flags of a body.
const (
	flagDerived byte = 1 << iota // the key is not there
	flagParent
	flagEnds
	flagFromElsewhere // the end names its instance
	flagToElsewhere
	flagMapping
	flagAll = 1<<iota - 1
)

// isDerived reports whether the key is from|verb|to of ends in the supplier's
// own instance; verb is in lower case.
func (o *subject) isDerived(verb string) bool {
	from, to := len(o.from.Key), len(o.to.Key)
	return len(o.key) == from+len(verb)+to+2 &&
		o.key[from] == '|' && o.key[from+1+len(verb)] == '|' &&
		o.key[:from] == o.from.Key && o.key[from+2+len(verb):] == o.to.Key && o.key[from+1:from+1+len(verb)] == verb &&
		o.from.Instance == o.instance && o.to.Instance == o.instance
}

func (o *subject) flags() byte {
	var f byte
	if o.derived {
		f |= flagDerived
	}
	if o.parent != "" {
		f |= flagParent
	}
	switch {
	case o.spared:
	case o.shelf == Mapped:
		f |= flagMapping
	case o.shelf == Relationships:
		f |= flagEnds
		if o.from.Instance != o.instance {
			f |= flagFromElsewhere
		}
		if o.to.Instance != o.instance {
			f |= flagToElsewhere
		}
	}
	return f
}

// append appends the body up to the values.
func (o *subject) append(b []byte) []byte {
	f := o.flags()
	b = append(b, f)
	if f&flagDerived == 0 {
		b = appendText(b, o.key)
	}
	if f&flagParent != 0 {
		b = appendText(b, o.parent)
	}
	if f&flagEnds == 0 {
		return b
	}
	if f&flagFromElsewhere != 0 {
		b = appendText(b, o.from.Instance)
	}
	b = appendText(b, o.from.Key)
	if f&flagToElsewhere != 0 {
		b = appendText(b, o.to.Instance)
	}
	return appendText(b, o.to.Key)
}

// uuidHead begins a text that is a packed UUID; any other begins with twice its
// length.
const uuidHead = 1

func appendText(b []byte, s string) []byte {
	if id, ok := packUUID(s); ok {
		return append(append(b, uuidHead), id[:]...)
	}
	if n := len(s); n < 64 {
		b = append(b, byte(n)<<1)
	} else {
		b = binary.AppendUvarint(b, uint64(n)<<1)
	}
	return append(b, s...)
}

// The tags of values.
const (
	tagNull byte = iota
	tagFalse
	tagTrue
	tagInt
	tagFloat
	tagString
	tagList
)

// appendValue appends a value that is not undefined. Values that are equal have
// the same bytes: graph.Value holds equal numbers in one form.
func appendValue(b []byte, v *graph.Value) []byte {
	switch v.Kind() {
	case graph.String:
		return appendText(append(b, tagString), v.Str())
	case graph.Int:
		i, _ := v.Int()
		return binary.AppendVarint(append(b, tagInt), i)
	case graph.Bool:
		if v.Bool() {
			return append(b, tagTrue)
		}
		return append(b, tagFalse)
	case graph.Float:
		return binary.LittleEndian.AppendUint64(append(b, tagFloat), math.Float64bits(v.Float()))
	case graph.List:
		b = binary.AppendUvarint(append(b, tagList), uint64(len(v.List())))
		list := v.List()
		for i := range list {
			b = appendValue(b, &list[i])
		}
		return b
	}
	return append(b, tagNull)
}
