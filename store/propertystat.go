package store

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
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

// Property describes one property of a type, false when nothing of the type has it.
func (s *Snapshot) Property(ctx context.Context, kind graph.Kind, typ, name string) (graph.PropertyStat, bool, error) {
	e, byName := s.edition, map[string]*propertyCount{}
	list := e.ofType(kind, typ)
	for _, t := range list {
		if err := ctx.Err(); err != nil {
			return graph.PropertyStat{}, false, err
		}
		if err := t.countProperties(byName, name); err != nil {
			return graph.PropertyStat{}, false, err
		}
	}
	count := byName[name]
	if count == nil {
		return graph.PropertyStat{}, false, nil
	}
	return count.stat(name, len(list)), true, nil
}

func (e *edition) propertyStats(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	byName := map[string]*propertyCount{}
	list := e.ofType(kind, typ)
	for _, t := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := t.countProperties(byName, ""); err != nil {
			return nil, err
		}
	}
	var out []graph.PropertyStat
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if p := byName[name]; p.any() {
			out = append(out, p.stat(name, len(list)))
		}
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

// countProperties adds the values of all living rows: of one property, or, for "", of
// all.
func (s *sheet) countProperties(byName map[string]*propertyCount, only string) error {
	count := func(name string) *propertyCount {
		p := byName[name]
		if p == nil {
			p = &propertyCount{values: map[string]*graph.ValueCount{}, whole: true}
			byName[name] = p
		}
		return p
	}
	if s.virtual {
		runs, err := s.runImages()
		for _, im := range runs {
			for name, v := range im.Props.All() {
				if only == "" || name == only {
					count(name).add(v, 1)
				}
			}
		}
		return err
	}
	list, err := s.properties()
	if err != nil {
		return err
	}
	known, err := s.statistics()
	if err != nil {
		return err
	}
	differs, stale, err := s.isStale()
	if err != nil {
		return err
	}
	if known != nil && !stale {
		return s.recallProperties(known, differs, only, count)
	}
	for _, p := range list {
		if only != "" && p.name != only {
			continue
		}
		few := known == nil
		if !few {
			if few, err = s.hasFew(p.name); err != nil {
				return err
			}
		}
		if few {
			err = s.countProperty(p.name, count)
		} else {
			err = s.estimateProperty(p.name, known, count)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// countedRows is how many rows of a table are always counted.
const countedRows = 1024

// statistics returns what is known of the rows of a large table, as it was when it
// was found out, nil for a small one, which is counted.
func (s *sheet) statistics() (*table.Statistics, error) {
	return s.known.get(func() (*table.Statistics, error) {
		rows, err := s.rows()
		if err != nil || rows <= countedRows {
			return nil, err
		}
		known, err := table.ReadStatistics(s.file, s.stored)
		return known, s.damage(err)
	})
}

// isStale reports how the edition differs from the newest rows, nil if it does not,
// and whether those changed since statistics were made.
func (s *sheet) isStale() (*pastTable, bool, error) {
	if s.virtual {
		return nil, true, nil
	}
	v, err := s.plain.View(s.stored)
	if err != nil {
		return nil, false, s.damage(err)
	}
	p, err := s.thePast()
	if err != nil || p == nil {
		return nil, v.Record().Stale > 0, err
	}
	return p.tables[s.stored], v.Record().Stale > 0, nil
}

// recallProperties adds what statistics of the newest rows say, put right where the
// edition differs.
func (s *sheet) recallProperties(known *table.Statistics, differs *pastTable, only string, count func(string) *propertyCount) error {
	wanted := func(name string) bool { return only == "" || name == only }
	for i := range known.Properties {
		if st := &known.Properties[i]; wanted(st.Name) {
			count(st.Name).merge(st)
		}
	}
	if differs == nil {
		return nil
	}
	plain, err := s.plain.View(s.stored)
	if err != nil {
		return s.damage(err)
	}
	v, err := s.view()
	if err != nil {
		return err
	}
	for g := range plain.Groups() {
		rows, err := differs.changed(plain, g)
		if err != nil {
			return s.damage(err)
		}
		if !rows.Any() {
			continue
		}
		for i, name := range plain.Record().Columns {
			if table.IsEngine(name) || !wanted(name) {
				continue
			}
			c, err := plain.Column(g, table.Column(i))
			if err == nil && !absent(c) {
				err = countColumn(c, rows, func(x graph.Value, n int) { count(name).correct(x, -n) })
			}
			if err != nil {
				return s.damage(err)
			}
		}
	}
	for _, im := range v.Overlay().Images {
		for name, x := range im.Props.All() {
			if wanted(name) {
				count(name).correct(x, 1)
			}
		}
	}
	return nil
}

// hasFew reports whether a property is stored as codes of few values throughout.
func (s *sheet) hasFew(name string) (bool, error) {
	groups, err := s.groups()
	for g := 0; g < groups && err == nil; g++ {
		c, cerr := s.column(g, name)
		if cerr != nil || c == nil {
			return cerr == nil, cerr
		}
		few, ferr := fewValues(c)
		if ferr != nil || !few {
			return false, s.damage(ferr)
		}
	}
	return err == nil, err
}

func (s *sheet) countProperty(name string, count func(string) *propertyCount) error {
	return s.countValues(name, func(v graph.Value, n int) {
		if n > 0 && v.Kind() != graph.Undefined {
			count(name).add(v, n)
		}
	})
}

// estimateProperty counts the rows that have a property of many values; how many
// those are is as it was when statistics were made.
func (s *sheet) estimateProperty(name string, known *table.Statistics, count func(string) *propertyCount) error {
	all, err := s.alive()
	if err != nil {
		return err
	}
	has := column.NewTest(graph.Where{Operator: graph.NotEq, Operands: []graph.Operand{{Absent: true}}})
	st := table.PropertyStatistics{Name: name}
	for g := 0; g*groupWords < len(all); g++ {
		c, err := s.column(g, name)
		if err != nil {
			return err
		}
		rows := groupOf(all, g).Clone()
		if err := c.Select(has, rows); err != nil {
			return s.damage(err)
		}
		st.Filled += uint32(rows.Count())
		if b := c.Base(); b != nil {
			st.Kinds |= b.Stats().Kinds
		}
	}
	was, ok := known.Find(name)
	if ok {
		st.Kinds, st.Distinct = st.Kinds|was.Kinds, was.Distinct
	}
	if st.Filled > 0 {
		st.Distinct = min(max(st.Distinct, 1), st.Filled)
		count(name).merge(&st)
	}
	return nil
}
