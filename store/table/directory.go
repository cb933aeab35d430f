package table

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

// Name is what tells one table from another.
type Name struct {
	Kind     graph.Kind
	Type     string
	Class    string // of relationships
	From, To uint32 // of relationships: the tables of their ends
}

// Entry is one table of a Directory.
type Entry struct {
	Name
	Number uint32
}

// Directory lists all tables, those of entities by type, then those of
// relationships by type, class and the types of their ends: the order of
// results. It is one record, so that opening a file of ten thousand types costs
// little.
type Directory struct {
	Entities, Edges []Entry
	next            uint32
	once            sync.Once
	byName          map[Name]uint32
	types           map[uint32]string // of entity tables, by number
	numbers         map[uint32]bool   // of all tables
}

// NewDirectory returns an empty directory.
func NewDirectory() *Directory { return &Directory{next: 1} }

// Clone returns a copy that shares nothing that can change.
func (d *Directory) Clone() *Directory {
	return &Directory{Entities: slices.Clone(d.Entities), Edges: slices.Clone(d.Edges), next: d.next}
}

// prepare fills the maps, once they are needed: a file of ten thousand types is
// opened faster than they are made.
func (d *Directory) prepare() {
	d.once.Do(func() {
		d.byName = make(map[Name]uint32, len(d.Entities)+len(d.Edges))
		d.types = make(map[uint32]string, len(d.Entities))
		d.numbers = make(map[uint32]bool, len(d.Entities)+len(d.Edges))
		for _, e := range d.Entities {
			d.types[e.Number] = e.Type
		}
		for _, list := range [...][]Entry{d.Entities, d.Edges} {
			for _, e := range list {
				d.byName[e.Name], d.numbers[e.Number] = e.Number, true
			}
		}
	})
}

// Find returns the number of a table, 0 if there is none.
func (d *Directory) Find(n Name) uint32 {
	d.prepare()
	return d.byName[n]
}

// Type returns the type of an entity table, "" if there is none of that number.
func (d *Directory) Type(number uint32) string {
	d.prepare()
	return d.types[number]
}

// has reports whether there is a table of that number.
func (d *Directory) has(number uint32) bool {
	d.prepare()
	return d.numbers[number]
}

// Add makes a table and returns its number.
func (d *Directory) Add(n Name) (uint32, error) {
	if d.next == 1<<31 {
		return 0, errors.New("make table of " + n.Type + ": there are too many tables")
	}
	d.prepare()
	e := Entry{n, d.next}
	d.next++
	d.byName[n], d.numbers[e.Number] = e.Number, true
	if n.Kind == graph.EntityKind {
		d.types[e.Number] = n.Type
		d.Entities = append(d.Entities, e)
	} else {
		d.Edges = append(d.Edges, e)
	}
	return e.Number, nil
}

// sort puts the tables in order.
func (d *Directory) sort() {
	slices.SortFunc(d.Entities, func(a, b Entry) int { return strings.Compare(a.Type, b.Type) })
	slices.SortFunc(d.Edges, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Class, b.Class),
			strings.Compare(d.Type(a.From), d.Type(b.From)), strings.Compare(d.Type(a.To), d.Type(b.To)))
	})
}

// Encode returns the record of d for storage under key.
func (d *Directory) Encode(key []byte) []byte {
	d.sort()
	var w wire.Writer
	w.Uint(uint64(d.next))
	w.Uint(uint64(len(d.Entities)))
	for _, e := range d.Entities {
		w.Uint(uint64(e.Number))
		w.Text(e.Type)
	}
	w.Uint(uint64(len(d.Edges)))
	for _, e := range d.Edges {
		w.Uint(uint64(e.Number))
		w.Text(e.Type)
		w.Text(e.Class)
		w.Uint(uint64(e.From))
		w.Uint(uint64(e.To))
	}
	return w.Seal(key)
}

// DecodeDirectory reads what Encode wrote; of nil it is empty.
func DecodeDirectory(key, value []byte) (*Directory, error) {
	if value == nil {
		return NewDirectory(), nil
	}
	p := wire.Open(key, value, nil)
	p.Share()
	d := &Directory{next: p.Uint32()}
	d.Entities = make([]Entry, p.Count())
	for i := range d.Entities {
		e := &d.Entities[i]
		e.Number, e.Type = p.Uint32(), p.Text()
	}
	d.Edges = make([]Entry, p.Count())
	names := wire.Interner{}
	p.Names = names
	for i := range d.Edges {
		e := &d.Edges[i]
		e.Number, e.Kind = p.Uint32(), graph.RelationshipKind
		e.Type, e.Class, e.From, e.To = p.Name(), p.Name(), p.Uint32(), p.Uint32()
	}
	return d, p.Done()
}
