package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// commonest is how many values a PropertyStat lists.
const commonest = 10

// Types lists the types of entities, then those of relationships, each by name.
// Run records are not among them.
func (s *Snapshot) Types(ctx context.Context) ([]graph.TypeStat, error) {
	var out []graph.TypeStat
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		byType := map[string]*typeCount{}
		for im := range s.All(kind) {
			t := byType[im.Type]
			if t == nil {
				t = &typeCount{classes: map[string]bool{}, instances: map[string]bool{}}
				byType[im.Type] = t
			}
			t.add(im)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, typ := range sortedKeys(byType) {
			t := byType[typ]
			out = append(out, graph.TypeStat{
				Kind: kind, Type: typ, Classes: sortedKeys(t.classes), Count: t.n, Instances: sortedKeys(t.instances),
			})
		}
	}
	return out, nil
}

type typeCount struct {
	n                  int
	classes, instances map[string]bool
}

func (t *typeCount) add(im *graph.Image) {
	t.n++
	t.instances[im.Instance] = true
	for _, c := range im.Class {
		t.classes[c] = true
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Relationships lists what joins what, by type, verb and the types of the ends.
func (s *Snapshot) Relationships(ctx context.Context) ([]graph.RelationshipStat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	byName := map[[4]string]*graph.RelationshipStat{}
	for _, e := range s.edges {
		for _, g := range s.groups(e) {
			s.built(g)
			name := [4]string{e.typ, e.class, s.entities[g.from-1].typ, s.entities[g.to-1].typ}
			st := byName[name]
			if st == nil {
				st = &graph.RelationshipStat{Type: name[0], Verb: name[1], FromType: name[2], ToType: name[3]}
				byName[name] = st
			}
			st.Count += len(g.rows)
			distinct, most := degrees(&g.forward)
			st.FromDistinct, st.MaxOut = st.FromDistinct+distinct, max(st.MaxOut, most)
			distinct, most = degrees(&g.rev)
			st.ToDistinct, st.MaxIn = st.ToDistinct+distinct, max(st.MaxIn, most)
		}
	}
	out := make([]graph.RelationshipStat, 0, len(byName))
	for _, st := range byName {
		out = append(out, *st)
	}
	slices.SortFunc(out, func(a, b graph.RelationshipStat) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Verb, b.Verb), cmp.Compare(a.FromType, b.FromType), cmp.Compare(a.ToType, b.ToType))
	})
	return out, nil
}

func (s *Snapshot) groups(e *edgeTable) []*edgeGroup {
	var out []*edgeGroup
	for _, t := range s.entities {
		for _, g := range s.out[t.number] {
			if g.edges == e {
				out = append(out, g)
			}
		}
	}
	return out
}

// degrees counts the entities that have neighbours, and the most that one has.
func degrees(c *csr) (distinct, most int) {
	for i := range len(c.offsets) - 1 {
		if d := int(c.offsets[i+1] - c.offsets[i]); d > 0 {
			distinct++
			most = max(most, d)
		}
	}
	return distinct, most
}

// Properties describes the properties of a type of entities or relationships,
// by name; of run records too.
func (s *Snapshot) Properties(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := kindType{kind, typ}
	stats, ok := s.props[key]
	if !ok {
		stats = s.propertyStats(kind, typ)
		s.props[key] = stats
	}
	return slices.Clone(stats), nil
}

func (s *Snapshot) propertyStats(kind graph.Kind, typ string) []graph.PropertyStat {
	byName := map[string]*propertyCount{}
	for _, rows := range s.rowsOfType(kind, typ) {
		for _, im := range rows {
			if im == nil {
				continue
			}
			for name, v := range im.Props.All() {
				p := byName[name]
				if p == nil {
					p = &propertyCount{values: map[string]*graph.ValueCount{}}
					byName[name] = p
				}
				p.add(v)
			}
		}
	}
	var out []graph.PropertyStat
	for _, name := range sortedKeys(byName) {
		out = append(out, byName[name].stat(name))
	}
	return out
}

func (s *Snapshot) rowsOfType(kind graph.Kind, typ string) [][]*graph.Image {
	var out [][]*graph.Image
	if kind == graph.EntityKind {
		for _, t := range s.entities {
			if t.typ == typ {
				out = append(out, t.rows)
			}
		}
		return out
	}
	for _, e := range s.edges {
		if e.typ == typ {
			out = append(out, e.rows)
		}
	}
	return out
}

type propertyCount struct {
	kinds  [graph.List + 1]bool
	filled int
	values map[string]*graph.ValueCount // by printed form, kind first
}

func (p *propertyCount) add(v graph.Value) {
	kind := v.Kind()
	if kind == graph.Int {
		kind = graph.Float
	}
	p.kinds[kind] = true
	if v.Missing() {
		return
	}
	p.filled++
	key := string(rune(kind)) + v.String()
	if c := p.values[key]; c != nil {
		c.Count++
	} else {
		p.values[key] = &graph.ValueCount{Value: v, Count: 1}
	}
}

func (p *propertyCount) stat(name string) graph.PropertyStat {
	st := graph.PropertyStat{Name: name, Filled: p.filled, Distinct: len(p.values)}
	for k, has := range p.kinds {
		if has {
			st.Kinds = append(st.Kinds, graph.ValueKind(k))
		}
	}
	for _, c := range p.values {
		st.Top = append(st.Top, *c)
	}
	slices.SortFunc(st.Top, func(a, b graph.ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), graph.Compare(a.Value, b.Value))
	})
	st.Top = st.Top[:min(len(st.Top), commonest)]
	return st
}
