package store

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// Types lists the types of entities, then those of relationships, each by name.
// Run records are not among them.
func (s *Snapshot) Types(ctx context.Context) ([]graph.TypeStat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	types, err := s.edition.types.get(func() ([]graph.TypeStat, error) { return s.edition.countTypes(ctx) })
	return slices.Clone(types), err
}

// Type describes one type that the snapshot has objects of, false otherwise. It reads
// nothing of other types.
func (s *Snapshot) Type(ctx context.Context, kind graph.Kind, name string) (graph.TypeStat, bool, error) {
	if err := ctx.Err(); err != nil {
		return graph.TypeStat{}, false, err
	}
	var count *typeCount
	for _, t := range s.edition.ofType(kind, name) {
		if t.virtual {
			continue
		}
		n, err := t.live()
		if err != nil {
			return graph.TypeStat{}, false, err
		}
		if n == 0 {
			continue
		}
		if count == nil {
			count = newTypeCount(t)
		}
		if err := count.add(t, n); err != nil {
			return graph.TypeStat{}, false, err
		}
	}
	if count == nil {
		return graph.TypeStat{}, false, nil
	}
	return count.appendTo(nil)[0], true, nil
}

// HasVerb reports whether some relationship has a verb.
func (s *Snapshot) HasVerb(ctx context.Context, verb string) (bool, error) {
	e := s.edition
	for i, t := range e.dir.Edges {
		if t.Class != verb {
			continue
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if has, err := e.sheet(uint32(e.entitySheets() + i + 1)).any(); has || err != nil {
			return has, err
		}
	}
	return false, nil
}

// any reports whether some row of a stored table is not empty. Most tables of an older
// version have more rows now than changed since: then what changed is not looked at.
func (s *sheet) any() (bool, error) {
	newest, err := s.plain.View(s.stored)
	if err != nil {
		return false, s.damage(err)
	}
	past, err := s.thePast()
	if err != nil {
		return false, err
	}
	live := int64(newest.Record().Live)
	if past != nil && past.tables[s.stored] != nil {
		for _, r := range past.tables[s.stored].hidden {
			live -= int64(r.Hi - r.Lo)
		}
		if live <= 0 {
			n, err := s.live()
			return n > 0, err
		}
	}
	return live > 0, nil
}

// RelationshipsAmong lists what joins what with one of some verbs, where none stand for
// all, and with an entity of one of some types at an end, likewise. It reads nothing of
// the rest.
func (s *Snapshot) RelationshipsAmong(ctx context.Context, verbs, types []string) ([]graph.RelationshipStat, error) {
	e := s.edition
	return e.countJoins(ctx, func(d *strand) bool {
		return (len(verbs) == 0 || slices.Contains(verbs, d.edges.class)) && (len(types) == 0 ||
			slices.Contains(types, e.sheet(d.from).typ) || slices.Contains(types, e.sheet(d.to).typ))
	})
}

func newTypeCount(t *sheet) *typeCount {
	return &typeCount{kind: t.kind, typ: t.typ, classes: map[string]bool{}, instances: map[string]bool{}}
}

func (e *edition) countTypes(ctx context.Context) ([]graph.TypeStat, error) {
	var out []graph.TypeStat
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		if err := e.prepareTallies(ctx, e.sheetsOf(kind)); err != nil {
			return nil, err
		}
		// Tables are in the order of types: those of one type stand together.
		var now *typeCount
		for _, t := range e.sheetsOf(kind) {
			n, err := t.live()
			if err != nil {
				return nil, err
			}
			if n == 0 {
				continue
			}
			if now == nil || now.typ != t.typ {
				out = now.appendTo(out)
				now = newTypeCount(t)
			}
			if err := now.add(t, n); err != nil {
				return nil, err
			}
		}
		out = now.appendTo(out)
	}
	return out, nil
}

// prepareTallies makes the tallies of tables, several at once.
func (e *edition) prepareTallies(ctx context.Context, list []*sheet) error {
	g, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	for part := range slices.Chunk(list, len(list)/(4*workers)+1) {
		g.Go(func() error {
			for _, t := range part {
				if err := ctx.Err(); err != nil {
					return err
				}
				if _, err := t.tallies(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// typeCount counts the objects of one type.
type typeCount struct {
	kind               graph.Kind
	typ                string
	n                  int
	classes, instances map[string]bool
}

func (c *typeCount) add(t *sheet, live uint32) error {
	counts, err := t.tallies()
	if err != nil {
		return err
	}
	c.n += int(live)
	for name, n := range counts.instances {
		c.instances[name] = c.instances[name] || n > 0
	}
	if t.kind == graph.RelationshipKind {
		c.classes[t.class] = true
		return nil
	}
	for name, n := range counts.classes {
		c.classes[name] = c.classes[name] || n > 0
	}
	return nil
}

func (c *typeCount) appendTo(out []graph.TypeStat) []graph.TypeStat {
	if c == nil {
		return out
	}
	there := func(m map[string]bool) []string {
		maps.DeleteFunc(m, func(_ string, is bool) bool { return !is })
		return slices.Sorted(maps.Keys(m))
	}
	return append(out, graph.TypeStat{
		Kind: c.kind, Type: c.typ, Classes: there(c.classes), Count: c.n, Instances: there(c.instances),
	})
}

// Relationships lists what joins what, by type, verb and the types of the ends.
func (s *Snapshot) Relationships(ctx context.Context) ([]graph.RelationshipStat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	joins, err := s.edition.joins.get(func() ([]graph.RelationshipStat, error) { return s.edition.countJoins(ctx, nil) })
	return slices.Clone(joins), err
}

// countJoins counts the strands that are wanted, or all of them.
func (e *edition) countJoins(ctx context.Context, wanted func(*strand) bool) ([]graph.RelationshipStat, error) {
	all, err := e.strands()
	if err != nil {
		return nil, err
	}
	byName := map[[4]string]*graph.RelationshipStat{}
	for _, from := range slices.Sorted(maps.Keys(all.out)) {
		for _, d := range all.out[from] {
			if wanted != nil && !wanted(d) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			one, err := d.stat()
			if err != nil {
				return nil, err
			}
			if one.Count == 0 {
				continue
			}
			name := [4]string{one.Type, one.Verb, one.FromType, one.ToType}
			if st := byName[name]; st != nil {
				st.Count += one.Count
				st.FromDistinct, st.MaxOut = st.FromDistinct+one.FromDistinct, max(st.MaxOut, one.MaxOut)
				st.ToDistinct, st.MaxIn = st.ToDistinct+one.ToDistinct, max(st.MaxIn, one.MaxIn)
			} else {
				byName[name] = one
			}
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

// stat counts the relationships of a strand. How many each entity has is told as
// it was when the statistics of a large table were made, unless none were.
func (d *strand) stat() (*graph.RelationshipStat, error) {
	e := d.edges.edition
	st := &graph.RelationshipStat{Type: d.edges.typ, Verb: d.edges.class, FromType: e.sheet(d.from).typ, ToType: e.sheet(d.to).typ}
	live, err := d.edges.live()
	if err != nil || live == 0 {
		return st, err
	}
	known, err := d.edges.statistics()
	if err != nil {
		return nil, err
	}
	if known == nil || d.strays != nil || e.key.opt.IncludeDeleted {
		return st, d.countDegrees(st)
	}
	st.Count = int(live)
	st.FromDistinct, st.MaxOut = int(known.Out.Rows), int(known.Out.Most)
	st.ToDistinct, st.MaxIn = int(known.In.Rows), int(known.In.Most)
	return st, nil
}

func (d *strand) countDegrees(st *graph.RelationshipStat) error {
	out, err := d.neighbours(false)
	if err != nil {
		return err
	}
	in, err := d.neighbours(true)
	if err != nil {
		return err
	}
	st.Count = len(out.Neighbours)
	st.FromDistinct, st.MaxOut = degrees(&out.Lists)
	st.ToDistinct, st.MaxIn = degrees(&in.Lists)
	return nil
}

// degrees counts the entities that have neighbours, and the most that one has.
func degrees(l *column.Lists) (distinct, most int) {
	for i := range l.Rows() {
		if d := int(l.Offsets[i+1] - l.Offsets[i]); d > 0 {
			distinct++
			most = max(most, d)
		}
	}
	return distinct, most
}
