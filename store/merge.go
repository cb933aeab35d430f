package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// merge brings what an intake holds into the working graph. Its steps are called
// in the order in which they stand here.
type merge struct {
	w    *working
	in   *intake
	read *stage.Reader
	res  *Result
	// lost are entities that went, whose relationships must go too.
	lost []graph.End
	// pending are relationships whose ends were not there yet; the mapper may
	// still make them.
	pending []ref
	// cascaded are relationships that went with their ends.
	cascaded map[graph.Identity]bool
	// orphans are the parents that were asked for, and whether they are gone.
	orphans map[string]bool
}

func (w *working) merge(st *stage.Stage, res *Result) (*merge, error) {
	in, err := newIntake(w.newest, st)
	if err != nil {
		return nil, err
	}
	w.intakes[st.Instance().Name] = in
	return &merge{
		w: w, in: in, read: st.Reader(), res: res,
		cascaded: map[graph.Identity]bool{}, orphans: map[string]bool{},
	}, nil
}

func (m *merge) instance() string { return m.in.st.Instance().Name }

// entities brings in the staged entities and deletes those that are gone.
func (m *merge) entities(ctx context.Context) error {
	if err := m.in.classify(ctx, m.w.newest, stage.Entities); err != nil {
		return err
	}
	for _, r := range m.in.changed[stage.Entities] {
		st, err := m.read.Object(m.in.entry(stage.Entities, r))
		if err != nil {
			return err
		}
		if err := m.w.set(st.Image, st.Parent); err != nil {
			return err
		}
	}
	if err := m.w.admitEntities(m.in); err != nil {
		return err
	}
	absent, err := m.absent(ctx, graph.EntityKind)
	if err != nil {
		return err
	}
	for _, id := range absent {
		if err := m.w.remove(id); err != nil {
			return err
		}
		m.lost = append(m.lost, graph.End{Instance: id.Instance, Key: id.Key})
	}
	return m.w.placeEntities(m)
}

// relationships brings in the staged relationships whose ends are there and
// deletes those that are gone; the others stay pending.
func (m *merge) relationships(ctx context.Context) error {
	if err := m.in.classify(ctx, m.w.newest, stage.Relationships); err != nil {
		return err
	}
	absent, err := m.absent(ctx, graph.RelationshipKind)
	if err != nil {
		return err
	}
	for _, id := range absent {
		if err := m.w.remove(id); err != nil {
			return err
		}
	}
	torn, err := m.torn()
	if err != nil {
		return err
	}
	missing, err := m.w.admitEdges(ctx, m.in)
	if err != nil {
		return err
	}
	if err := m.join(ctx, append(torn, m.in.changed[stage.Relationships]...)); err != nil {
		return err
	}
	m.pending = append(m.pending, missing...)
	m.in.sortByRank(stage.Relationships, m.pending)
	return nil
}

// torn lists the relationships that the run brought unchanged, but of which an end
// went.
func (m *merge) torn() ([]ref, error) {
	var out []ref
	for _, e := range m.lost {
		at, ok, err := m.w.find(graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key})
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		err = m.w.edgesAt(at, func(edge table.Place) error {
			if !m.in.brought(edge) {
				return nil
			}
			v, err := m.w.view(edge.Table)
			if err != nil {
				return err
			}
			id, err := v.Identity(edge.Row)
			if err != nil {
				return m.w.wrong(err, edge)
			}
			r, ok, err := m.in.find(stage.Relationships, id.Key)
			if ok && *m.in.fate(stage.Relationships, r) == fateUnchanged {
				*m.in.fate(stage.Relationships, r) = fateChanged
				out = append(out, r)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// join merges the relationships of list that have both ends, one by one; the
// others become pending.
func (m *merge) join(ctx context.Context, list []ref) error {
	for _, r := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		st, err := m.read.Object(m.in.entry(stage.Relationships, r))
		if err != nil {
			return err
		}
		missing, err := m.missing(&st.Image)
		if err != nil {
			return err
		}
		if missing == (graph.End{}) {
			err = m.w.set(st.Image, st.Parent)
		} else {
			m.pending = append(m.pending, r)
			err = m.w.remove(st.Image.Identity())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// missing returns the first end of a relationship that is not alive.
func (m *merge) missing(im *graph.Image) (graph.End, error) {
	for _, e := range [...]graph.End{im.From, im.To} {
		if ok, err := m.w.alive(e); err != nil || !ok {
			return e, err
		}
	}
	return graph.End{}, nil
}

// retry looks once more for the ends of what is pending and reports what has
// none: the last word on it.
func (m *merge) retry(ctx context.Context) error {
	list := m.pending
	m.pending = nil
	if err := m.join(ctx, list); err != nil {
		return err
	}
	m.in.sortByRank(stage.Relationships, m.pending)
	for _, r := range m.pending {
		st, err := m.read.Object(m.in.entry(stage.Relationships, r))
		if err != nil {
			return err
		}
		end, err := m.missing(&st.Image)
		if err != nil {
			return err
		}
		m.res.Dangling.Add(Dangling{
			Instance: st.Image.Instance, Key: st.Image.Key, Type: st.Image.Type, Origin: st.Origin, Missing: end,
		})
	}
	return nil
}

// cascade deletes the relationships of the entities that went, whoever supplies
// them. Fresh ones at them become pending with whoever brought them.
func (m *merge) cascade(merges ...*merge) error {
	places := map[table.Place]bool{}
	for _, e := range m.lost {
		if ok, err := m.w.alive(e); err != nil {
			return err
		} else if ok {
			continue
		}
		if at, ok, err := m.w.find(graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key}); err != nil {
			return err
		} else if ok {
			places[at] = true
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
			if err := m.w.postpone(id, merges); err != nil {
				return err
			}
		}
	}
	m.lost = nil
	if len(places) == 0 {
		return nil
	}
	demoted := m.w.fresh.demote(places)
	for _, other := range merges {
		for _, r := range demoted[other.in] {
			*other.in.fate(stage.Relationships, r) = fateChanged
			other.pending = append(other.pending, r)
		}
	}
	return nil
}

// postpone makes a relationship that lost an end pending with whoever brought it,
// when nothing of it is stored: it does not go, it never came.
func (w *working) postpone(id graph.Identity, merges []*merge) error {
	if w.changes[id].before != nil {
		return nil
	}
	for _, m := range merges {
		if m.instance() != id.Instance {
			continue
		}
		r, ok, err := m.in.find(stage.Relationships, id.Key)
		if err != nil {
			return err
		}
		if ok {
			m.pending = append(m.pending, r)
		}
	}
	return nil
}

// absent lists the objects of the instance that the run says are gone: named as
// deleted, or missing from a list that was read whole.
func (m *merge) absent(ctx context.Context, kind graph.Kind) ([]graph.Identity, error) {
	if !m.in.st.Scope().DeclaresComplete() {
		return m.named(kind)
	}
	var out []graph.Identity
	for _, number := range slices.Sorted(maps.Keys(m.in.seen)) {
		v, err := m.w.view(number)
		if err != nil {
			return nil, err
		}
		if v.Record().Kind != kind {
			continue
		}
		for group := range v.Groups() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if out, err = m.absentIn(v, group, out); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(out, compareIdentity)
	return out, nil
}

// absentIn adds what is gone of a row group.
func (m *merge) absentIn(v *table.View, group int, out []graph.Identity) ([]graph.Identity, error) {
	number, lo := v.Record().Number, uint32(group)*table.GroupRows
	alive, err := v.Alive(group)
	if err != nil {
		return nil, m.w.damaged(err, "table %d", number)
	}
	left := alive.Clone()
	left.AndNot(m.in.seen[number][lo/64:])
	for i := range left.All() {
		at := table.Place{Table: number, Row: lo + uint32(i)}
		id, err := v.Identity(at.Row)
		if err != nil {
			return nil, m.w.wrong(err, at)
		}
		if id.Instance != m.instance() {
			continue
		}
		gone, err := m.isGone(id, at)
		if err != nil {
			return nil, err
		}
		if gone {
			out = append(out, id)
		}
	}
	return out, nil
}

// named lists the objects that the run names as deleted and that are there. A
// patch says nothing else of what is gone, and need not look at what is not.
func (m *merge) named(kind graph.Kind) ([]graph.Identity, error) {
	var out []graph.Identity
	for _, d := range m.in.st.Deletes() {
		if d.Kind != kind {
			continue
		}
		id := graph.Identity{Kind: kind, Instance: m.instance(), Key: d.Key}
		at, ok, err := m.w.find(id)
		if err != nil {
			return nil, err
		}
		if ok && !m.in.brought(at) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, compareIdentity)
	return out, nil
}

// isGone decides for one object that the run did not bring. The parent is read
// only where it matters.
func (m *merge) isGone(id graph.Identity, at table.Place) (bool, error) {
	v, err := m.w.view(at.Table)
	if err != nil {
		return false, err
	}
	typ := v.Record().Type
	if m.in.st.Deleted(graph.Deletion{Kind: id.Kind, Key: id.Key}) || m.in.st.Scope().Whole(typ) {
		return true, nil
	}
	parent, err := v.Value(at.Row, table.ColumnParent)
	if err != nil {
		return false, m.w.wrong(err, at)
	}
	return m.isUnlisted(typ, parent.Str())
}

// isUnlisted decides for the list under a parent in which an object of a type
// would have stood: it was read whole, or the parent is gone, and its list with it.
func (m *merge) isUnlisted(typ, parent string) (bool, error) {
	sc := m.in.st.Scope()
	if sc.Covers(typ, parent) {
		return true, nil
	}
	if parent == "" || !sc.DeclaresComplete() {
		return false, nil
	}
	gone, known := m.orphans[parent]
	if known {
		return gone, nil
	}
	m.orphans[parent] = false // a circle of parents is not gone
	id := graph.Identity{Kind: graph.EntityKind, Instance: m.instance(), Key: parent}
	at, ok, err := m.w.find(id)
	if err == nil && ok && !m.in.brought(at) {
		gone, err = m.isGone(id, at)
	}
	m.orphans[parent] = gone
	return gone, err
}

// mappedRelationships brings in the mapped relationships, which are stored apart
// and make no version of their own.
func (m *merge) mappedRelationships() error {
	st := m.in.st
	if !st.Scope().Declares() && len(st.Deletes()) == 0 {
		return m.putMapped()
	}
	for old, err := range m.w.mappedOf(m.instance()) {
		if err != nil {
			return err
		}
		r := &old.rel
		gone, err := m.isUnlisted(r.Type, r.Parent)
		if err != nil {
			return err
		}
		gone = gone || st.Deleted(graph.Deletion{Kind: graph.RelationshipKind, Key: r.Key})
		if !gone {
			continue
		}
		brought, err := m.read.Brought(stage.Mapped, r.Key)
		if err != nil {
			return err
		}
		if !brought {
			m.w.mapped[stageMapped{m.instance(), r.Key}] = nil
		}
	}
	return m.putMapped()
}

func (m *merge) putMapped() error {
	for p := range stage.Partitions {
		for i := range m.in.st.Size(stage.Mapped, p) {
			e := m.in.st.At(stage.Mapped, p, i)
			if e.Spared() {
				continue
			}
			st, err := m.read.Object(e)
			if err != nil {
				return err
			}
			m.w.mapped[stageMapped{m.instance(), st.Image.Key}] = &mapped{rel: graph.Relationship{
				Object: graph.Object{Key: st.Image.Key, Type: st.Image.Type, Props: st.Image.Props, Parent: st.Parent},
				Class:  st.Image.Class[0], Mapping: st.Mapping,
			}}
		}
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
