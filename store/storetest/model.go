package storetest

import (
	"cmp"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Object is an object of a Model.
type Object struct {
	Image  graph.Image
	Parent string
}

// Model is a store as maps: one of every version, kept whole.
type Model struct {
	// Versions[n] is version n; 0 is the empty graph. Pruned ones stay.
	Versions []Graph
	Times    []int64 // of Versions
	// Deleted[n] holds the last image of every key that was deleted up to n.
	Deleted []Graph

	now    map[graph.Identity]Object
	mapped map[graph.Identity]graph.Relationship
	// lives remembers the metadata of keys that were deleted.
	lives map[graph.Identity]graph.Meta
	// Derive makes what the mapper would make of a graph, nil for nothing.
	Derive func(Graph, []graph.Relationship) []Object
}

// NewModel returns a model without any version.
func NewModel() *Model {
	return &Model{
		Versions: []Graph{{}}, Times: []int64{0}, Deleted: []Graph{{}},
		now: map[graph.Identity]Object{}, mapped: map[graph.Identity]graph.Relationship{},
		lives: map[graph.Identity]graph.Meta{},
	}
}

// Newest is the number of the newest version.
func (m *Model) Newest() uint64 { return uint64(len(m.Versions) - 1) }

// Run is what one run of an instance brings: the batches, in any order.
type Run struct {
	Instance string
	Batches  []graph.Batch
	// Derive says whether the mapper runs.
	Derive bool
}

// Apply merges a run and returns the number of the version that it makes, 0 if
// none. now is the time that a version would have.
func (m *Model) Apply(r Run, now int64) uint64 {
	in := collect(r)
	next := maps.Clone(m.now)
	for id, o := range m.now {
		if id.Instance == r.Instance && !in.came[sort{id.Kind, false, id.Key}] &&
			(in.gone(id.Kind, id.Key, o.Image.Type, o.Parent) || m.orphan(&in, id.Instance, o.Parent)) {
			delete(next, id)
		}
	}
	for id, rel := range m.mapped {
		if id.Instance == r.Instance && !in.came[sort{id.Kind, true, id.Key}] &&
			(in.gone(id.Kind, id.Key, rel.Type, rel.Parent) || m.orphan(&in, id.Instance, rel.Parent)) {
			delete(m.mapped, id)
		}
	}
	for _, o := range in.objects {
		next[o.Image.Identity()] = o
	}
	for _, rel := range in.mapped {
		m.mapped[graph.Identity{Kind: graph.RelationshipKind, Instance: r.Instance, Key: rel.Key}] = rel
	}
	if r.Derive && m.Derive != nil {
		m.derive(next)
	}
	dropLoose(next)
	return m.publish(next, now)
}

// orphan reports whether what has parent for a parent goes with it: parent is an
// entity that did not come and is gone, or an orphan itself. Of a run that found
// nothing complete there are none.
func (m *Model) orphan(in *brought, instance, parent string) bool {
	for seen := map[string]bool{}; parent != "" && len(in.complete) > 0 && !seen[parent]; {
		seen[parent] = true
		o, alive := m.now[graph.Identity{Kind: graph.EntityKind, Instance: instance, Key: parent}]
		if !alive || in.came[sort{graph.EntityKind, false, parent}] {
			return false
		}
		if in.gone(graph.EntityKind, parent, o.Image.Type, o.Parent) {
			return true
		}
		parent = o.Parent
	}
	return false
}

// Remove deletes what an instance holds, of one type or ("") of all.
func (m *Model) Remove(instance, typ string, now int64, derive bool) uint64 {
	next := maps.Clone(m.now)
	maps.DeleteFunc(next, func(id graph.Identity, o Object) bool {
		return id.Instance == instance && (typ == "" || typ == o.Image.Type)
	})
	maps.DeleteFunc(m.mapped, func(id graph.Identity, r graph.Relationship) bool {
		return id.Instance == instance && (typ == "" || typ == r.Type)
	})
	if derive && m.Derive != nil {
		m.derive(next)
	}
	dropLoose(next)
	return m.publish(next, now)
}

// derive replaces the mapper's objects.
func (m *Model) derive(next map[graph.Identity]Object) {
	maps.DeleteFunc(next, func(id graph.Identity, _ Object) bool { return id.Instance == graph.MapperInstance })
	view := Graph{}
	for id, o := range next {
		view[id] = &o.Image
	}
	dropLooseImages(view)
	rels := slices.SortedFunc(maps.Values(m.mapped), func(a, b graph.Relationship) int { return cmp.Compare(a.Key, b.Key) })
	for _, o := range m.Derive(view, rels) {
		next[o.Image.Identity()] = o
	}
}

// dropLoose deletes the relationships that lack an end.
func dropLoose(g map[graph.Identity]Object) {
	maps.DeleteFunc(g, func(id graph.Identity, o Object) bool {
		if id.Kind == graph.EntityKind {
			return false
		}
		_, from := g[entityOf(o.Image.From)]
		_, to := g[entityOf(o.Image.To)]
		return !from || !to
	})
}

func dropLooseImages(g Graph) {
	maps.DeleteFunc(g, func(id graph.Identity, im *graph.Image) bool {
		return id.Kind == graph.RelationshipKind && (g[entityOf(im.From)] == nil || g[entityOf(im.To)] == nil)
	})
}

func entityOf(e graph.End) graph.Identity {
	return graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key}
}

// publish makes a version of next, unless it is the same graph.
func (m *Model) publish(next map[graph.Identity]Object, now int64) uint64 {
	last := m.Versions[len(m.Versions)-1]
	version, changed := Graph{}, false
	for id, o := range next {
		im := o.Image
		old := last[id]
		switch {
		case old == nil:
			im.Meta = graph.Meta{Version: 1, CreatedOn: now, BeginOn: now}
			if life, ok := m.lives[id]; ok {
				im.Meta.Version, im.Meta.CreatedOn = life.Version+1, life.CreatedOn
			}
			changed = true
		case graph.SameState(old, &im):
			im = *old
		default:
			im.Meta = graph.Meta{Version: old.Meta.Version + 1, CreatedOn: old.Meta.CreatedOn, BeginOn: now}
			changed = true
		}
		version[id] = &im
		next[id] = Object{im, o.Parent}
	}
	m.now = next
	deleted := maps.Clone(m.Deleted[len(m.Deleted)-1])
	for id, im := range last {
		if version[id] == nil {
			changed = true
			m.lives[id] = im.Meta
			dead := *im
			dead.Meta.Deleted, dead.Meta.EndOn = true, now
			deleted[id] = &dead
		}
	}
	if !changed {
		return 0
	}
	m.Versions, m.Times, m.Deleted = append(m.Versions, version), append(m.Times, now), append(m.Deleted, deleted)
	return m.Newest()
}

// Prune makes version to the oldest. What was deleted before and has not returned
// is forgotten: if it comes again, it is new.
func (m *Model) Prune(to uint64) {
	maps.DeleteFunc(m.lives, func(id graph.Identity, _ graph.Meta) bool {
		return !slices.ContainsFunc(m.Versions[to:], func(g Graph) bool { return g[id] != nil })
	})
}

// WithDeleted returns version n with the last images of what was not alive.
func (m *Model) WithDeleted(n uint64) Graph {
	g := maps.Clone(m.Deleted[n])
	maps.Copy(g, m.Versions[n])
	return g
}
