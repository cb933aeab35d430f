package ingesttest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Graph keeps one instance from run to run, in the plainest way: it is what a
// store must agree with. It has no mapper and no guard. Relationships without an
// end are kept, so that a test sees them.
type Graph struct {
	Entities      map[string]graph.Entity
	Relationships map[string]graph.Relationship
}

// NewGraph returns an empty Graph.
func NewGraph() *Graph {
	return &Graph{Entities: map[string]graph.Entity{}, Relationships: map[string]graph.Relationship{}}
}

// Delta says what a run changed: keys, sorted.
type Delta struct {
	Created, Updated, Deleted []string
}

// Empty reports that nothing changed.
func (d Delta) Empty() bool { return len(d.Created)+len(d.Updated)+len(d.Deleted) == 0 }

// String prints the numbers.
func (d Delta) String() string {
	return fmt.Sprintf("%d created, %d updated, %d deleted", len(d.Created), len(d.Updated), len(d.Deleted))
}

// Commit merges a run: what it supplied is there from now on, and what it did not
// supply although it read it whole is gone.
func (g *Graph) Commit(s *Stage) Delta {
	s.mu.Lock()
	defer s.mu.Unlock()
	var d Delta
	before := maps.Clone(g.Entities)
	gone := func(o *graph.Object) bool { return s.gone(o) || s.orphan(before, o.Parent) }
	merge(&d, g.Entities, s.entities, gone, func(e *graph.Entity) *graph.Object { return &e.Object }, sameEntity)
	merge(&d, g.Relationships, s.links, gone, func(r *graph.Relationship) *graph.Object { return &r.Object }, sameLink)
	for _, list := range []*[]string{&d.Created, &d.Updated, &d.Deleted} {
		slices.Sort(*list)
	}
	return d
}

// gone decides whether an object that did not come is gone.
func (s *Stage) gone(o *graph.Object) bool {
	if o.Parent != "" && s.complete[graph.Complete{Type: o.Type, Parent: o.Parent}] {
		return true
	}
	if _, ok := s.partial[o.Type]; ok {
		return false
	}
	return s.complete[graph.Complete{Type: o.Type}] || s.complete[graph.Complete{Type: graph.AllTypes}]
}

// orphan reports whether what has parent for a parent goes with it: that is an
// entity which did not come and is gone, or an orphan itself. Of a run that found
// nothing whole there are none.
func (s *Stage) orphan(entities map[string]graph.Entity, parent string) bool {
	for seen := map[string]bool{}; parent != "" && len(s.complete) > 0 && !seen[parent]; {
		seen[parent] = true
		e, alive := entities[parent]
		if _, came := s.entities[parent]; !alive || came {
			return false
		}
		if s.gone(&e.Object) {
			return true
		}
		parent = e.Parent
	}
	return false
}

func merge[T any](d *Delta, have map[string]T, came map[string]held[T], gone func(*graph.Object) bool, object func(*T) *graph.Object, same func(a, b *T) bool) {
	for key, h := range came {
		old, ok := have[key]
		switch {
		case !ok:
			d.Created = append(d.Created, key)
		case !same(&old, &h.object):
			d.Updated = append(d.Updated, key)
		}
		have[key] = h.object
	}
	for key, old := range maps.Clone(have) {
		if _, ok := came[key]; !ok && gone(object(&old)) {
			d.Deleted = append(d.Deleted, key)
			delete(have, key)
		}
	}
}

func sameObject(a, b *graph.Object) bool { return a.Type == b.Type && a.Props.Equal(b.Props) }

func sameEntity(a, b *graph.Entity) bool {
	return sameObject(&a.Object, &b.Object) && graph.SameClass(a.Class, b.Class)
}

func sameLink(a, b *graph.Relationship) bool {
	return sameObject(&a.Object, &b.Object) && a.Class == b.Class && a.From == b.From && a.To == b.To
}
