package ingest

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// memory is what a run remembers of the entities of one type of one step, for
// the steps that come later.
type memory struct {
	items []remembered
	byKey map[string]int
}

type remembered struct {
	Known
	rank uint64
}

// keepEntity remembers e if a later step uses its type.
func (s *stepRun) keepEntity(e *graph.Entity, rank uint64) {
	props, ok := s.keep[e.Type]
	if !ok {
		return
	}
	k := Known{Type: e.Type, Key: e.Key, Parent: e.Parent}
	for _, name := range props {
		if v := e.Props.Get(name); v.Kind() != graph.Undefined {
			k.Props.Set(name, v)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.known[e.Type]
	if m == nil {
		m = &memory{}
		if s.known == nil {
			s.known = map[string]*memory{}
		}
		s.known[e.Type] = m
	}
	m.items = append(m.items, remembered{k, rank})
}

// freeze puts what was remembered in order, each key once, when the step ends.
func (m *memory) freeze() {
	slices.SortFunc(m.items, func(a, b remembered) int { return cmp.Compare(a.rank, b.rank) })
	m.byKey = make(map[string]int, len(m.items))
	kept := m.items[:0]
	for _, it := range m.items {
		if _, ok := m.byKey[it.Key]; !ok {
			m.byKey[it.Key] = len(kept)
			kept = append(kept, it)
		}
	}
	clear(m.items[len(kept):])
	m.items = kept
}

// uses reports whether the step may look up typ. A step that looks up what it
// does not declare would find nothing, and take that for the truth: it fails.
func (j *Job) uses(typ string) bool {
	for _, u := range j.step.Uses {
		if u.Type == typ {
			return true
		}
	}
	_ = j.step.fail(fmt.Errorf("look up %s: step %s does not declare that it uses that type", typ, j.step.ID))
	return false
}

// suppliers yields what the steps before s remember of typ.
func (s *stepRun) suppliers(typ string) iter.Seq[*memory] {
	return func(yield func(*memory) bool) {
		for _, b := range s.before {
			if m := b.known[typ]; m != nil && !yield(m) {
				return
			}
		}
	}
}

func (s *stepRun) findEntity(typ, key string) (Known, bool) {
	for m := range s.suppliers(typ) {
		if i, ok := m.byKey[key]; ok {
			return m.items[i].Known, true
		}
	}
	return Known{}, false
}

// knownEntities yields the entities of typ, in order of rank, each key once.
func (s *stepRun) knownEntities(typ string) iter.Seq[Known] {
	return func(yield func(Known) bool) {
		var earlier []*memory
		for m := range s.suppliers(typ) {
			for _, it := range m.items {
				again := slices.ContainsFunc(earlier, func(e *memory) bool { _, ok := e.byKey[it.Key]; return ok })
				if !again && !yield(it.Known) {
					return
				}
			}
			earlier = append(earlier, m)
		}
	}
}

// missed reports whether some step before s that supplies typ did not read it
// whole, although it should have been able to.
func (s *stepRun) missed(typ string) bool {
	for _, b := range s.before {
		if b.entities[typ] && !b.whole(typ) && !b.excused {
			return true
		}
	}
	return false
}

// sawWhole reports whether every step before s that supplies typ read it whole.
func (s *stepRun) sawWhole(typ string) bool {
	for _, b := range s.before {
		if b.entities[typ] && !b.whole(typ) {
			return false
		}
	}
	return true
}
