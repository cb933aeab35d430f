package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
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
	e := &GuardError{Instance: m.instance(), Share: share}
	held, err := m.held()
	if err != nil {
		return err
	}
	for t, n := range deleted {
		if of := held[t]; n > least && n*100 > of*share {
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
	name := m.instance()
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

// held counts what the instance held of each type before the run, mapped
// relationships among it.
func (m *merge) held() (map[kindType]int, error) {
	out, err := m.w.held(m.instance())
	if err != nil {
		return nil, err
	}
	for old, err := range m.w.mappedOf(m.instance()) {
		if err != nil {
			return nil, err
		}
		out[kindType{graph.RelationshipKind, old.rel.Type}]++
	}
	return out, nil
}

// held counts what the tables hold of an instance, by type.
func (n *newest) held(instance string) (map[kindType]int, error) {
	out := map[kindType]int{}
	for _, list := range [...][]table.Entry{n.dir.Entities, n.dir.Edges} {
		for _, e := range list {
			v, err := n.view(e.Number)
			if err != nil {
				return nil, err
			}
			if rows := v.Record().Instances[instance]; rows > 0 {
				out[kindType{e.Kind, e.Type}] += int(rows)
			}
		}
	}
	return out, nil
}
