package store

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/j1db/j1db/store/graph"
)

// Snapshot is one version of the graph. It holds the file with a shared lock and
// reads what it is asked for, until Close; it never changes, and its methods may
// be called by several goroutines at once. It is what the executor calls a Source,
// an Adjacent and a Columnar, and the planner a Catalog. Tables are numbered by the
// name of their type, entities first, so that the order of handles is the order of
// results. Images are not to be written to; they stay valid after Close.
//
// Damage that a method without an error result meets is kept for Err: what it
// returned may then lack something.
type Snapshot struct {
	edition *edition
	once    sync.Once // of Close
	failed  atomic.Pointer[error]
}

// Version describes the version; its Number is 0 in a store without any.
func (s *Snapshot) Version() graph.Version { return s.edition.version }

// Stamp tells one version of one state of the file from every other, so that what
// was worked out for it can be used again as long as it is kept. It means nothing
// to other processes.
func (s *Snapshot) Stamp() string { return s.edition.stamp }

// Close lets the file go, when no other snapshot of the version is open. The
// snapshot must not be used afterwards: what was not read before is an error. Only
// the first call does anything; the error is Err's.
func (s *Snapshot) Close() error {
	s.once.Do(s.edition.leave)
	return s.Err()
}

// Err returns the first error of a method that has no error result.
func (s *Snapshot) Err() error {
	if p := s.failed.Load(); p != nil {
		return *p
	}
	return nil
}

// note keeps the first error.
func (s *Snapshot) note(err error) {
	if err != nil {
		s.failed.CompareAndSwap(nil, &err)
	}
}

// noted returns x, and notes the error.
func noted[T any](s *Snapshot, x T, err error) T {
	s.note(err)
	return x
}

// Get returns an object by its identity, nil when it is not there.
func (s *Snapshot) Get(id graph.Identity) *graph.Image {
	ref, err := s.edition.find(id)
	if err != nil || ref == 0 {
		s.note(err)
		return nil
	}
	im, err := s.edition.image(ref)
	return noted(s, im, err)
}

// Ref returns the handle of an object, zero when it is not there.
func (s *Snapshot) Ref(id graph.Identity) graph.Ref {
	ref, err := s.edition.find(id)
	return noted(s, ref, err)
}

// ByID returns an object by its `_id`, nil when it is not there.
func (s *Snapshot) ByID(id graph.ID) *graph.Image {
	ref, err := s.edition.findID(id)
	if err != nil || ref == 0 {
		s.note(err)
		return nil
	}
	im, err := s.edition.image(ref)
	return noted(s, im, err)
}

// ByKey returns the entities of that key in all instances, then the
// relationships, each by instance.
func (s *Snapshot) ByKey(key string) []*graph.Image {
	var out []*graph.Image
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		refs, err := s.edition.findKey(kind, key)
		s.note(err)
		for _, ref := range refs {
			im, err := s.edition.image(ref)
			if s.note(err); im != nil {
				out = append(out, im)
			}
		}
	}
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
	out, err := s.edition.neighbours(id)
	return noted(s, out, err)
}

func (e *edition) neighbours(id graph.Identity) ([]Neighbour, error) {
	ref, err := e.find(id)
	if err != nil || ref == 0 || id.Kind != graph.EntityKind {
		return nil, err
	}
	x := newExpansion(e, &graph.Hop{})
	hops, err := x.hops(nil, ref)
	if err != nil {
		return nil, err
	}
	var out []Neighbour
	for _, h := range hops {
		images, err := e.imagesOf([]graph.Ref{h.edge, h.node})
		if err != nil {
			return nil, err
		}
		out = append(out, Neighbour{images[0], images[1], images[0].From == graph.End{Instance: id.Instance, Key: id.Key}})
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
	return out, nil
}

// All yields every object of a kind by table and row, without run records.
func (s *Snapshot) All(kind graph.Kind) iter.Seq[*graph.Image] {
	return func(yield func(*graph.Image) bool) {
		for _, t := range s.edition.sheetsOf(kind) {
			for im, err := range t.all() {
				if err != nil {
					s.note(err)
					return
				}
				if !yield(im) {
					return
				}
			}
		}
	}
}

// sheetsOf lists the tables of a kind, without that of run records.
func (e *edition) sheetsOf(kind graph.Kind) []*sheet {
	lo, hi := 1, e.entitySheets()
	if kind == graph.RelationshipKind {
		lo, hi = hi+1, len(e.sheets)
	}
	out := make([]*sheet, 0, hi-lo+1)
	for n := lo; n <= hi; n++ {
		if t := e.sheet(uint32(n)); !t.virtual {
			out = append(out, t)
		}
	}
	return out
}
