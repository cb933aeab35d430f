package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Defaults of the deletion guard: a run may delete this many objects of a type,
// or this share of it, whichever is more.
const (
	DefaultGuardShare = 20 // percent
	DefaultGuardMin   = 10 // objects
)

// guardDeletions refuses a run that would empty a type of its instance: a token
// that lost its rights also answers with empty lists.
func (m *merge) guardDeletions(share, least int) error {
	deleted, err := m.deletions()
	if err != nil {
		return err
	}
	e := &GuardError{Instance: m.st.instance.Name, Share: share}
	for t, n := range deleted {
		if n <= least {
			continue
		}
		of, err := m.held(t)
		if err != nil {
			return err
		}
		if n*100 > of*share {
			e.Types = append(e.Types, GuardedType{t.kind, t.typ, n, of})
		}
	}
	if len(e.Types) == 0 {
		return nil
	}
	slices.SortFunc(e.Types, func(a, b GuardedType) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Type, b.Type))
	})
	return e
}

type kindType struct {
	kind graph.Kind
	typ  string
}

// deletions counts what of the instance goes, mapped relationships among it.
func (m *merge) deletions() (map[kindType]int, error) {
	out := map[kindType]int{}
	name := m.st.instance.Name
	for id, c := range m.w.changes {
		if id.Instance == name && c.before != nil && c.after == nil {
			out[kindType{id.Kind, c.before.image.Type}]++
		}
	}
	for id, now := range m.w.mapped {
		if id.instance != name || now != nil {
			continue
		}
		old, err := m.w.reader.mapped(name, id.key)
		if err != nil {
			return nil, err
		}
		if old != nil {
			out[kindType{graph.RelationshipKind, old.rel.Type}]++
		}
	}
	return out, nil
}

// held counts what the instance held of a type before the run.
func (m *merge) held(t kindType) (int, error) {
	n := 0
	for s, err := range m.w.stored(t.kind, m.st.instance.Name) {
		if err != nil {
			return 0, err
		}
		if s.typ == t.typ {
			n++
		}
	}
	if t.kind == graph.EntityKind {
		return n, nil
	}
	for old, err := range m.w.mappedOf(m.st.instance.Name) {
		if err != nil {
			return 0, err
		}
		if old.rel.Type == t.typ {
			n++
		}
	}
	return n, nil
}
