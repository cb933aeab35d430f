package stage

import "github.com/j1db/j1db/store/graph"

// KeepBits makes an empty Stage use the first bits of the hashes of keys only,
// so that keys collide.
func (s *Stage) KeepBits(bits int) { s.hasher.drop = 1<<(64-bits) - 1 }

// Decode reads bytes as a record of each sort. It returns what it got of those
// that it could read, complete.
func Decode(head []byte) (read []*Staged) {
	s := New(Options{Instance: graph.Instance{Name: "in"}})
	x := s.lexicon
	x.originOf("somewhere")
	for _, text := range []string{"a", "b", "c"} {
		if _, err := x.name(text); err != nil {
			panic(err)
		}
	}
	for sh, class := range [][]string{{"User"}, {"HAS"}, {"HAS"}} {
		if _, err := x.group(Shelf(sh), "t", class); err != nil {
			panic(err)
		}
	}
	s.blocks.list = []block{{buf: head, size: len(head)}}
	r := s.Reader()
	for g := range x.groups {
		if st, err := r.Object(newEntry(0, 0, 0, uint32(g), 0)); err == nil {
			read = append(read, st)
		}
	}
	return read
}

// Encode returns the record of an object whose names and origin Decode knows.
func Encode(b *graph.Batch) []byte {
	s := New(Options{Instance: graph.Instance{Name: "in", KeepRaw: true}})
	s.lexicon.originOf("somewhere")
	for _, text := range []string{"a", "b", "c"} {
		_, _ = s.lexicon.name(text)
	}
	e := newEncoder(s)
	if err := e.put(b); err != nil {
		panic(err)
	}
	return e.block
}
