package ingesttest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// Stage is an ingest.Sink that keeps one run in memory. Of equal keys it keeps
// the object of the lowest rank. It is safe for concurrent use.
type Stage struct {
	mu         sync.Mutex // guards what follows
	entities   map[string]held[graph.Entity]
	links      map[string]held[graph.Relationship]
	complete   map[graph.Complete]bool
	partial    map[string]string
	duplicates []string
	batches    int
}

type held[T any] struct {
	object T
	rank   uint64
	origin string
}

// NewStage returns an empty Stage.
func NewStage() *Stage {
	return &Stage{
		entities: map[string]held[graph.Entity]{}, links: map[string]held[graph.Relationship]{},
		complete: map[graph.Complete]bool{}, partial: map[string]string{},
	}
}

// Put implements ingest.Sink.
func (s *Stage) Put(ctx context.Context, b graph.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches++
	rank := b.Rank
	for _, e := range b.Entities {
		e.Props, e.Class, e.Raw = e.Props.Clone(), slices.Clone(e.Class), slices.Clone(e.Raw)
		keep(s, s.entities, e.Key, held[graph.Entity]{e, rank, b.Origin})
		rank++
	}
	for _, r := range b.Relationships {
		r.Props = r.Props.Clone()
		keep(s, s.links, r.Key, held[graph.Relationship]{r, rank, b.Origin})
		rank++
	}
	for _, c := range b.Complete {
		s.complete[c] = true
	}
	for _, p := range b.Partial {
		if _, ok := s.partial[p.Type]; !ok {
			s.partial[p.Type] = p.Reason
		}
	}
	return nil
}

func keep[T any](s *Stage, all map[string]held[T], key string, h held[T]) {
	old, again := all[key]
	if !again {
		all[key] = h
		return
	}
	first, second := old, h
	if h.rank < old.rank {
		first, second = h, old
		all[key] = h
	}
	s.duplicates = append(s.duplicates, fmt.Sprintf("%s: %s, kept %s", key, second.origin, first.origin))
}

// Entity returns an entity that was supplied.
func (s *Stage) Entity(key string) (graph.Entity, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.entities[key]
	return h.object, ok
}

// Relationship returns a relationship that was supplied.
func (s *Stage) Relationship(key string) (graph.Relationship, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.links[key]
	return h.object, ok
}

// Count returns how many different entities and relationships were supplied.
func (s *Stage) Count() (entities, relationships int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entities), len(s.links)
}

// Duplicates lists, sorted, the objects whose key came before: the key, where it
// was read, and where the one that was kept.
func (s *Stage) Duplicates() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(slices.Values(s.duplicates))
}

// Batches is how many batches were put.
func (s *Stage) Batches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.batches
}
