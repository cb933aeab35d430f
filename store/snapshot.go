package store

import (
	"cmp"
	"context"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// Snapshot is one version, decoded into memory. It holds no lock and never
// changes; its methods may be called by several goroutines at once, until Close.
// It is what the executor calls a Source and an Adjacent and the planner a
// Catalog. Tables are numbered by the name of their type, entities first, so that
// the order of handles is the order of results. Images are not to be written to.
type Snapshot struct {
	version  graph.Version
	key      cacheKey
	entities []*entityTable // number i+1
	edges    []*edgeTable   // number len(entities)+i+1
	runs     *entityTable   // the virtual table of run records, nil when empty
	out, in  map[uint32][]*edgeGroup
	index    map[graph.Identity]graph.Ref

	ids   func() map[graph.ID]graph.Identity
	stamp string

	mu    sync.Mutex // guards props
	props map[kindType][]graph.PropertyStat
}

// entityTable is the entities of one type by row, nil where none lives.
type entityTable struct {
	number uint32
	typ    string
	rows   []*graph.Image
	live   uint32
	// classes counts the living rows of each class.
	classes map[string]uint32
}

// edgeTable is the relationships of one type and class between two types.
type edgeTable struct {
	number           uint32
	typ, class       string
	fromType, toType string
	rows             []*graph.Image
	from, to         []graph.Ref // by row
}

func newSnapshot(v graph.Version) *Snapshot {
	s := &Snapshot{
		version: v, index: map[graph.Identity]graph.Ref{},
		out: map[uint32][]*edgeGroup{}, in: map[uint32][]*edgeGroup{},
		props: map[kindType][]graph.PropertyStat{},
		stamp: strconv.FormatUint(rand.Uint64(), 36),
	}
	s.ids = sync.OnceValue(func() map[graph.ID]graph.Identity {
		ids := make(map[graph.ID]graph.Identity, len(s.index))
		for id := range s.index {
			ids[id.ID()] = id
		}
		return ids
	})
	return s
}

// Version describes the version; its Number is 0 in a store without any.
func (s *Snapshot) Version() graph.Version { return s.version }

// Stamp tells one decoded version from every other, so that what was worked out for
// it can be used again as long as it is kept. It means nothing to other processes.
func (s *Snapshot) Stamp() string { return s.stamp }

// Close lets go of the snapshot, which must not be used afterwards.
func (s *Snapshot) Close() error { return nil }

func (t *entityTable) countClasses() {
	t.classes = map[string]uint32{}
	for _, im := range t.rows {
		if im == nil {
			continue
		}
		for i, c := range im.Class {
			if !slices.Contains(im.Class[:i], c) {
				t.classes[c]++
			}
		}
	}
}

// image returns the object behind a handle, nil for the zero Ref.
func (s *Snapshot) image(ref graph.Ref) *graph.Image {
	n := int(ref.Table())
	switch {
	case n == 0:
		return nil
	case n <= len(s.entities):
		return s.entities[n-1].rows[ref.Row()]
	}
	return s.edges[n-1-len(s.entities)].rows[ref.Row()]
}

// Get returns an object by its identity, nil when it is not there.
func (s *Snapshot) Get(id graph.Identity) *graph.Image { return s.image(s.index[id]) }

// Ref returns the handle of an object, zero when it is not there.
func (s *Snapshot) Ref(id graph.Identity) graph.Ref { return s.index[id] }

// ByID returns an object by its `_id`, nil when it is not there.
func (s *Snapshot) ByID(id graph.ID) *graph.Image {
	name, ok := s.ids()[id]
	if !ok {
		return nil
	}
	return s.Get(name)
}

// ByKey returns the entities of that key in all instances, then the
// relationships, each by instance.
func (s *Snapshot) ByKey(key string) []*graph.Image {
	var out []*graph.Image
	for id, ref := range s.index {
		if id.Key == key {
			out = append(out, s.image(ref))
		}
	}
	slices.SortFunc(out, func(a, b *graph.Image) int { return compareIdentity(a.Identity(), b.Identity()) })
	return out
}

// Neighbour is one relationship of an entity and the entity at its other end.
type Neighbour struct {
	Relationship *graph.Image
	Entity       *graph.Image
	Outgoing     bool // the relationship goes from the entity that was asked about
}

// Neighbours returns what joins an entity to others: outgoing ones first,
// then by verb, then in the order of their tables and rows. A relationship to
// itself is outgoing.
func (s *Snapshot) Neighbours(id graph.Identity) []Neighbour {
	ref := s.index[id]
	if ref == 0 || id.Kind != graph.EntityKind {
		return nil
	}
	var out []Neighbour
	for _, h := range s.hops(nil, ref, &graph.Hop{}) {
		im := s.image(h.edge)
		out = append(out, Neighbour{im, s.image(h.node), im.From == graph.End{Instance: id.Instance, Key: id.Key}})
	}
	slices.SortStableFunc(out, func(a, b Neighbour) int {
		if a.Outgoing != b.Outgoing {
			if a.Outgoing {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Relationship.Class[0], b.Relationship.Class[0])
	})
	return out
}

// All yields every object of a kind by table and row, without run records.
func (s *Snapshot) All(kind graph.Kind) iter.Seq[*graph.Image] {
	return func(yield func(*graph.Image) bool) {
		for _, rows := range s.tablesOf(kind) {
			for _, im := range rows {
				if im != nil && !yield(im) {
					return
				}
			}
		}
	}
}

func (s *Snapshot) tablesOf(kind graph.Kind) [][]*graph.Image {
	var out [][]*graph.Image
	if kind == graph.RelationshipKind {
		for _, e := range s.edges {
			out = append(out, e.rows)
		}
		return out
	}
	for _, t := range s.entities {
		if t != s.runs {
			out = append(out, t.rows)
		}
	}
	return out
}

// Fetch fills into[p] with property props[p] of each of refs.
func (s *Snapshot) Fetch(ctx context.Context, refs []graph.Ref, props []string, into []graph.Vector) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for p, name := range props {
		v := &into[p]
		v.Codes, v.Dict = nil, nil
		v.Values = slices.Grow(v.Values[:0], len(refs))[:len(refs)]
		for i, ref := range refs {
			if im := s.image(ref); im != nil {
				v.Values[i] = im.Get(name)
			} else {
				v.Values[i] = graph.Value{}
			}
		}
	}
	return nil
}

// Images returns the objects behind refs, nil for the zero Ref.
func (s *Snapshot) Images(ctx context.Context, refs []graph.Ref) ([]*graph.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]*graph.Image, len(refs))
	for i, ref := range refs {
		out[i] = s.image(ref)
	}
	return out, nil
}
