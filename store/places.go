package store

import (
	"bytes"
	"hash/maphash"

	"github.com/j1db/j1db/store/table"
)

// places are the places of the states of a past, by objectKey.
type places struct {
	seed  maphash.Seed
	found map[uint64]placed
	// others are those whose hash is that of another.
	others []placed
}

type placed struct {
	name []byte
	at   table.Place
}

// place makes the places of all states.
func (p *past) place() *places {
	n := 0
	for _, t := range p.tables {
		n += len(t.states)
	}
	out := &places{seed: maphash.MakeSeed(), found: make(map[uint64]placed, n)}
	for number, t := range p.tables {
		for i := range t.states {
			st := &t.states[i]
			x := placed{st.name(), table.Place{Table: number, Row: st.row}}
			hash := maphash.Bytes(out.seed, x.name)
			if _, ok := out.found[hash]; ok {
				out.others = append(out.others, x)
			} else {
				out.found[hash] = x
			}
		}
	}
	return out
}

// find returns the place of an object, false when no state is its.
func (p *places) find(name []byte) (table.Place, bool) {
	if x, ok := p.found[maphash.Bytes(p.seed, name)]; ok && bytes.Equal(x.name, name) {
		return x.at, true
	}
	for _, x := range p.others {
		if bytes.Equal(x.name, name) {
			return x.at, true
		}
	}
	return table.Place{}, false
}
