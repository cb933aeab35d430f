package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// merge brings what a stage holds into the working graph. Its steps are called
// in the order in which they stand here.
type merge struct {
	w   *working
	st  *stage
	res *Result
	// lost are entities that went, whose relationships must go too.
	lost []graph.End
	// pending are relationships whose ends were not there yet; the mapper may
	// still make them.
	pending []*staged
	// cascaded are relationships that went with their ends.
	cascaded map[graph.Identity]bool
	// orphans are the parents that were asked for, and whether they are gone.
	orphans map[string]bool
}

func newMerge(w *working, st *stage, res *Result) *merge {
	return &merge{w: w, st: st, res: res, cascaded: map[graph.Identity]bool{}, orphans: map[string]bool{}}
}

// entities brings in the staged entities and deletes those that are gone.
func (m *merge) entities(ctx context.Context) error {
	for _, st := range m.st.ordered(shelfEntity) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.take(st); err != nil {
			return err
		}
	}
	absent, err := m.absent(graph.EntityKind)
	if err != nil {
		return err
	}
	for _, id := range absent {
		if err := m.w.remove(id); err != nil {
			return err
		}
		m.lost = append(m.lost, graph.End{Instance: id.Instance, Key: id.Key})
	}
	return nil
}

// take gives an object its staged state and raw data.
func (m *merge) take(st *staged) error {
	if err := m.w.set(st.image, st.parent); err != nil {
		return err
	}
	if st.raw != nil {
		m.w.raw[st.image.Identity()] = st.raw
	}
	return nil
}

// relationships brings in the staged relationships whose ends are there and
// deletes those that are gone; the others stay pending.
func (m *merge) relationships(ctx context.Context) error {
	absent, err := m.absent(graph.RelationshipKind)
	if err != nil {
		return err
	}
	for _, id := range absent {
		if err := m.w.remove(id); err != nil {
			return err
		}
	}
	return m.join(ctx, m.st.ordered(shelfRelationship))
}

// join stores the relationships of list that have both ends.
func (m *merge) join(ctx context.Context, list []*staged) error {
	m.pending = nil
	for _, st := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		missing, err := m.missing(st)
		if err != nil {
			return err
		}
		if missing == (graph.End{}) {
			err = m.take(st)
		} else {
			m.pending = append(m.pending, st)
			err = m.w.remove(st.image.Identity())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// missing returns the first end of a relationship that is not alive.
func (m *merge) missing(st *staged) (graph.End, error) {
	for _, e := range [...]graph.End{st.image.From, st.image.To} {
		if ok, err := m.w.alive(e); err != nil || !ok {
			return e, err
		}
	}
	return graph.End{}, nil
}

// retry looks once more for the ends of what is pending and reports what has
// none: the last word on it.
func (m *merge) retry(ctx context.Context) error {
	if err := m.join(ctx, m.pending); err != nil {
		return err
	}
	for _, st := range m.pending {
		end, err := m.missing(st)
		if err != nil {
			return err
		}
		m.res.Dangling.add(Dangling{
			Instance: st.image.Instance, Key: st.image.Key, Type: st.image.Type, Origin: st.origin, Missing: end,
		})
	}
	return nil
}

// cascade deletes the relationships of the entities that went, whoever supplies
// them.
func (m *merge) cascade() error {
	for _, e := range m.lost {
		if ok, err := m.w.alive(e); err != nil {
			return err
		} else if ok {
			continue
		}
		ids, err := m.w.incident(e)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := m.w.remove(id); err != nil {
				return err
			}
			m.cascaded[id] = true
		}
	}
	m.lost = nil
	return nil
}

// absent lists the objects of the instance that the run says are gone: named as
// deleted, or missing from a list that was read whole.
func (m *merge) absent(kind graph.Kind) ([]graph.Identity, error) {
	sh := shelfEntity
	if kind == graph.RelationshipKind {
		sh = shelfRelationship
	}
	if len(m.st.scope.complete) == 0 {
		return m.named(kind, sh)
	}
	var out []graph.Identity
	for t, err := range m.w.stored(kind, m.st.instance.Name) {
		if err != nil {
			return nil, err
		}
		if m.st.brought(sh, t.key) {
			continue
		}
		id := graph.Identity{Kind: kind, Instance: m.st.instance.Name, Key: t.key}
		is, err := m.isGone(id, t.typ)
		if err != nil {
			return nil, err
		}
		if is {
			out = append(out, id)
		}
	}
	return out, nil
}

// named lists the objects that the run names as deleted and that are there. A
// patch says nothing else of what is gone, and need not look at what is not.
func (m *merge) named(kind graph.Kind, sh shelf) ([]graph.Identity, error) {
	var out []graph.Identity
	for d := range m.st.deletes {
		if d.Kind != kind || m.st.brought(sh, d.Key) {
			continue
		}
		id := graph.Identity{Kind: kind, Instance: m.st.instance.Name, Key: d.Key}
		o, err := m.w.object(id)
		if err != nil {
			return nil, err
		}
		if o != nil {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, compareIdentity)
	return out, nil
}

// isGone decides for one object that the run did not bring. The parent is read
// only where it matters.
func (m *merge) isGone(id graph.Identity, typ string) (bool, error) {
	sc := m.st.scope
	if m.st.deletes[graph.Deletion{Kind: id.Kind, Key: id.Key}] || sc.whole(typ) {
		return true, nil
	}
	o, err := m.w.object(id)
	if err != nil {
		return false, err
	}
	if o == nil {
		return false, m.w.damaged(errKey, "%s %s of %s, which the index of types names", id.Kind, id.Key, id.Instance)
	}
	return m.isUnlisted(typ, o.parent)
}

// isUnlisted decides for the list under a parent in which an object of a type
// would have stood: it was read whole, or the parent is gone, and its list with it.
func (m *merge) isUnlisted(typ, parent string) (bool, error) {
	if m.st.scope.covers(typ, parent) {
		return true, nil
	}
	if parent == "" || len(m.st.scope.complete) == 0 || m.st.brought(shelfEntity, parent) {
		return false, nil
	}
	gone, known := m.orphans[parent]
	if known {
		return gone, nil
	}
	m.orphans[parent] = false // a circle of parents is not gone
	id := graph.Identity{Kind: graph.EntityKind, Instance: m.st.instance.Name, Key: parent}
	o, err := m.w.object(id)
	if err == nil && o != nil {
		gone, err = m.isGone(id, o.image.Type)
	}
	m.orphans[parent] = gone
	return gone, err
}

// mappedRelationships brings in the mapped relationships, which are stored apart
// and make no version of their own.
func (m *merge) mappedRelationships() error {
	name := m.st.instance.Name
	if !m.st.scope.declares() && len(m.st.deletes) == 0 {
		return m.putMapped()
	}
	for old, err := range m.w.mappedOf(name) {
		if err != nil {
			return err
		}
		r := &old.rel
		gone, err := m.isUnlisted(r.Type, r.Parent)
		if err != nil {
			return err
		}
		gone = gone || m.st.deletes[graph.Deletion{Kind: graph.RelationshipKind, Key: r.Key}]
		if gone && !m.st.brought(shelfMapped, r.Key) {
			m.w.mapped[stageMapped{name, r.Key}] = nil
		}
	}
	return m.putMapped()
}

func (m *merge) putMapped() error {
	for _, st := range m.st.ordered(shelfMapped) {
		m.w.mapped[stageMapped{m.st.instance.Name, st.image.Key}] = st.mapped
	}
	return nil
}

// checkProvider refuses an instance that another provider filled: the scope of
// identities must not change hands.
func checkProvider(r *reader, in graph.Instance) error {
	old, err := r.instance(in.Name)
	if err != nil || old == nil || old.removed || old.Provider == in.Provider {
		return err
	}
	return fmt.Errorf("begin: %w", &InstanceError{Name: in.Name, Has: old.Provider, Wants: in.Provider})
}
