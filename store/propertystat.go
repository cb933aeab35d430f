package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// commonest is how many values a PropertyStat lists.
const commonest = 10

// propertyCache keeps what was found out about the properties of types.
type propertyCache struct {
	mu    sync.Mutex // guards known
	known map[kindType][]graph.PropertyStat
}

// Properties describes the properties of a type of entities or relationships,
// by name; of run records too.
func (s *Snapshot) Properties(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, key := &s.edition.props, kindType{kind, typ}
	c.mu.Lock()
	defer c.mu.Unlock()
	stats, ok := c.known[key]
	if !ok {
		var err error
		if stats, err = s.edition.propertyStats(ctx, kind, typ); err != nil {
			return nil, err
		}
		if c.known == nil {
			c.known = map[kindType][]graph.PropertyStat{}
		}
		c.known[key] = stats
	}
	return slices.Clone(stats), nil
}

func (e *edition) propertyStats(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	byName := map[string]*propertyCount{}
	for _, t := range e.ofType(kind, typ) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := t.countProperties(byName); err != nil {
			return nil, err
		}
	}
	var out []graph.PropertyStat
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name].stat(name))
	}
	return out, nil
}

// ofType lists the tables of a type.
func (e *edition) ofType(kind graph.Kind, typ string) []*sheet {
	if kind == graph.EntityKind {
		return e.candidates(&graph.Selection{Types: []string{typ}})
	}
	lo, _ := slices.BinarySearchFunc(e.dir.Edges, typ, compareType)
	var out []*sheet
	for i := lo; i < len(e.dir.Edges) && e.dir.Edges[i].Type == typ; i++ {
		out = append(out, e.sheet(uint32(e.entitySheets()+i+1)))
	}
	return out
}

// countProperties adds the values of all living rows.
func (s *sheet) countProperties(byName map[string]*propertyCount) error {
	count := func(name string) *propertyCount {
		p := byName[name]
		if p == nil {
			p = &propertyCount{values: map[string]*graph.ValueCount{}}
			byName[name] = p
		}
		return p
	}
	if s.virtual {
		runs, err := s.runImages()
		for _, im := range runs {
			for name, v := range im.Props.All() {
				count(name).add(v, 1)
			}
		}
		return err
	}
	list, err := s.properties()
	if err != nil {
		return err
	}
	for _, p := range list {
		err := s.countValues(p.name, func(v graph.Value, n int) {
			if n > 0 && v.Kind() != graph.Undefined {
				count(p.name).add(v, n)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type propertyCount struct {
	kinds  [graph.List + 1]bool
	filled int
	values map[string]*graph.ValueCount // by appendValueKey
	key    []byte
}

// add counts a value that n objects have.
func (p *propertyCount) add(v graph.Value, n int) {
	kind := v.Kind()
	if kind == graph.Int {
		kind = graph.Float
	}
	p.kinds[kind] = true
	if v.Missing() {
		return
	}
	p.filled += n
	p.key = appendValueKey(p.key[:0], v)
	if c := p.values[string(p.key)]; c != nil {
		c.Count += n
	} else {
		p.values[string(p.key)] = &graph.ValueCount{Value: v, Count: n}
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
