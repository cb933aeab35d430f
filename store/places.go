package store

import (
	"bytes"
	"hash/maphash"

	"github.com/j1db/j1db/store/graph"
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

// findRestored looks for an object among those that stand elsewhere in the newest
// version.
func (e *edition) findRestored(id graph.Identity) (graph.Ref, error) {
	p, err := e.thePast()
	if err != nil || p == nil {
		return 0, err
	}
	places, err := p.places.get(func() (*places, error) { return p.place(), nil })
	if err != nil {
		return 0, err
	}
	at, ok := places.find(objectKey(id))
	if !ok {
		return 0, err
	}
	return graph.NewRef(e.handle(at.Table), at.Row), nil
}

// findRestoredID is findRestored for the `_id` of an entity.
func (e *edition) findRestoredID(id graph.ID) (graph.Ref, error) {
	p, err := e.thePast()
	if err != nil || p == nil {
		return 0, err
	}
	ids, err := p.ids.get(func() (map[graph.ID]table.Place, error) {
		ids := map[graph.ID]table.Place{}
		for number, t := range p.tables {
			for i := range t.states {
				st := &t.states[i]
				if name, ok := identityOf(nil, st.name()); ok && name.Kind == graph.EntityKind {
					ids[name.ID()] = table.Place{Table: number, Row: st.row}
				}
			}
		}
		return ids, nil
	})
	at, ok := ids[id]
	if !ok {
		return 0, err
	}
	return graph.NewRef(e.handle(at.Table), at.Row), nil
}
