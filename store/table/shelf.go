package table

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/column"
)

// packed is the number of bytes from which on a part stands alone.
const packed = 4 << 10

// shelf is what changes in one bucket at one row group. What is nil goes away.
type shelf struct {
	named map[string][]byte // columns by name: a new one has no number yet
	fixed map[Part][]byte
}

func (s *shelf) set(p Part, chunk []byte) {
	if s.fixed == nil {
		s.fixed = map[Part][]byte{}
	}
	s.fixed[p] = chunk
}

func (s *shelf) setColumn(name string, chunk []byte) {
	if s.named == nil {
		s.named = map[string][]byte{}
	}
	s.named[name] = chunk
}

func (s *shelf) empty() bool { return len(s.named)+len(s.fixed) == 0 }

// size is the number of bytes of the columns.
func (s *shelf) size() int {
	n := 0
	for _, chunk := range s.named {
		n += len(chunk)
	}
	return n
}

// writes returns the writes that bring the changes to a bucket, of which v shows
// what it has at the group; v is nil for a new table.
func (s *shelf) writes(r *Record, v *View, bucket string, group int) ([]Write, error) {
	if s.empty() {
		return nil, nil
	}
	changed := maps.Clone(s.fixed)
	if changed == nil {
		changed = map[Part][]byte{}
	}
	for name, chunk := range s.named {
		p, ok := r.Find(name)
		if !ok {
			return nil, fmt.Errorf("store column %q: the table has none of that name", name)
		}
		changed[p] = chunk
	}
	var pack *column.Pack
	var err error
	if v != nil {
		if pack, err = v.pack(bucket, uint32(group)); err != nil {
			return nil, err
		}
	}
	out, err := alone(r, v, bucket, group, changed)
	if err != nil {
		return nil, err
	}
	w, n, err := repack(pack, changed)
	if err != nil {
		return nil, err
	}
	key := PartKey(r.Number, uint32(group), PartPack)
	switch {
	case n > 0:
		if pack == nil || !samePack(pack, changed) {
			out = append(out, put(bucket, key, w.Encode(nil)))
		}
	case pack != nil:
		out = append(out, Write{Bucket: bucket, Key: key})
	}
	return out, nil
}

// samePack reports whether a pack stays what it is.
func samePack(pack *column.Pack, changed map[Part][]byte) bool {
	for p, chunk := range changed {
		if len(chunk) >= packed {
			chunk = nil
		}
		if b, err := pack.Get(uint64(p)); err != nil || !bytes.Equal(b, chunk) {
			return false
		}
	}
	return true
}

// alone returns the writes of the parts that stand or stood alone.
func alone(r *Record, v *View, bucket string, group int, changed map[Part][]byte) ([]Write, error) {
	var out []Write
	for _, p := range slices.Sorted(maps.Keys(changed)) {
		key := PartKey(r.Number, uint32(group), p)
		if chunk := changed[p]; len(chunk) >= packed {
			out = append(out, put(bucket, key, chunk))
			continue
		}
		if v == nil {
			continue
		}
		stood, err := v.standsAlone(bucket, uint32(group), p)
		if err != nil {
			return nil, err
		}
		if stood {
			out = append(out, Write{Bucket: bucket, Key: key})
		}
	}
	return out, nil
}

// repack returns what a pack, nil for none, has after the changes, and how many
// parts that is.
func repack(pack *column.Pack, changed map[Part][]byte) (*column.PackBuilder, int, error) {
	parts := map[uint64][]byte{}
	if pack != nil {
		for id, chunk := range pack.All() {
			parts[id] = chunk
		}
	}
	for p, chunk := range changed {
		delete(parts, uint64(p))
		if chunk != nil && len(chunk) < packed {
			parts[uint64(p)] = chunk
		}
	}
	w := &column.PackBuilder{}
	for _, id := range slices.Sorted(maps.Keys(parts)) {
		if err := w.Add(id, parts[id]); err != nil {
			return nil, 0, err
		}
	}
	return w, len(parts), nil
}
