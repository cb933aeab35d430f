package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// freshRows are the rows that fresh objects take.
type freshRows struct {
	entities []freshEntities
	edges    map[edgeName]*freshEdges
}

// freshEntities are the fresh entities of one table, in the order of their rows.
type freshEntities struct {
	in    *intake
	typ   string
	table uint32
	first uint32
	refs  []ref
}

// edgeName is what fresh relationships of one table have in common.
type edgeName struct {
	in *intake
	table.Name
}

// freshEdges are fresh relationships whose ends are there.
type freshEdges struct {
	list []freshEdge
}

type freshEdge struct {
	from, to uint32 // rows
	ref      ref
}

func newFreshRows() *freshRows { return &freshRows{edges: map[edgeName]*freshEdges{}} }

// admitEntities gives the fresh entities of a run their rows: of one table by the
// supplier's order.
func (w *working) admitEntities(in *intake) error {
	byType := map[string][]ref{}
	groups := in.st.Groups()
	for p := range stage.Partitions {
		for i, f := range in.fates[stage.Entities][p] {
			if f == fateFresh {
				typ := groups[in.st.At(stage.Entities, p, i).Group()].Type
				byType[typ] = append(byType[typ], newRef(p, i))
			}
		}
	}
	for _, typ := range slices.Sorted(maps.Keys(byType)) {
		refs := byType[typ]
		in.sortByRank(stage.Entities, refs)
		n, err := w.edit.Table(table.Name{Kind: graph.EntityKind, Type: typ})
		if err != nil {
			return err
		}
		first, err := w.edit.Reserve(n, uint32(len(refs)))
		if err != nil {
			return err
		}
		for i, r := range refs {
			in.places[r.partition()][r.index()] = table.Place{Table: n, Row: first + uint32(i)}
		}
		w.fresh.entities = append(w.fresh.entities, freshEntities{in, typ, n, first, refs})
	}
	return nil
}

// admitEdges finds the ends of the fresh relationships of a run. Those that lack
// one are returned, by the supplier's order.
func (w *working) admitEdges(ctx context.Context, in *intake) ([]ref, error) {
	var mu sync.Mutex
	var missing []ref
	found := make([]map[edgeName]*freshEdges, stage.Partitions)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers())
	for p := range stage.Partitions {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			a := &admission{w: w, in: in, read: in.st.Reader(), out: map[edgeName]*freshEdges{}}
			if err := a.partition(p); err != nil {
				return err
			}
			found[p] = a.out
			mu.Lock()
			defer mu.Unlock()
			missing = append(missing, a.missing...)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, part := range found {
		for name, e := range part {
			all := w.fresh.edges[name]
			if all == nil {
				all = &freshEdges{}
				w.fresh.edges[name] = all
			}
			all.list = append(all.list, e.list...)
		}
	}
	in.sortByRank(stage.Relationships, missing)
	return missing, nil
}

// admission finds the ends of one partition.
type admission struct {
	w       *working
	in      *intake
	read    *stage.Reader
	out     map[edgeName]*freshEdges
	missing []ref
	last    edgeName // relationships of one sort often come together
	into    *freshEdges
}

func (a *admission) partition(p int) error {
	groups := a.in.st.Groups()
	for i, f := range a.in.fates[stage.Relationships][p] {
		if f != fateFresh {
			continue
		}
		e := a.in.st.At(stage.Relationships, p, i)
		rec, err := a.read.Record(e)
		if err != nil {
			return err
		}
		from, ok, err := a.w.place(rec.From)
		if err != nil {
			return err
		}
		var to table.Place
		if ok {
			if to, ok, err = a.w.place(rec.To); err != nil {
				return err
			}
		}
		if !ok {
			a.in.fates[stage.Relationships][p][i] = fateChanged
			a.missing = append(a.missing, newRef(p, i))
			continue
		}
		g := &groups[e.Group()]
		a.add(edgeName{a.in, table.Name{
			Kind: graph.RelationshipKind, Type: g.Type, Class: g.Class[0], From: from.Table, To: to.Table,
		}}, freshEdge{from.Row, to.Row, newRef(p, i)})
	}
	return nil
}

func (a *admission) add(name edgeName, e freshEdge) {
	if a.into == nil || a.last != name {
		a.last, a.into = name, a.out[name]
		if a.into == nil {
			a.into = &freshEdges{}
			a.out[name] = a.into
		}
	}
	a.into.list = append(a.into.list, e)
}

// names returns the fresh edges' names in order.
func (f *freshRows) names() []edgeName {
	return slices.SortedFunc(maps.Keys(f.edges), func(a, b edgeName) int {
		return cmp.Or(
			cmp.Compare(a.in.st.Instance().Name, b.in.st.Instance().Name), cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.Class, b.Class), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To),
		)
	})
}

// demote takes the fresh relationships out that have an end at one of places, and
// returns them: they are to be merged one by one.
func (f *freshRows) demote(places map[table.Place]bool) map[*intake][]ref {
	out := map[*intake][]ref{}
	tables := map[uint32]bool{}
	for at := range places {
		tables[at.Table] = true
	}
	for name, edges := range f.edges {
		if !tables[name.From] && !tables[name.To] {
			continue
		}
		edges.list = slices.DeleteFunc(edges.list, func(e freshEdge) bool {
			hit := places[table.Place{Table: name.From, Row: e.from}] || places[table.Place{Table: name.To, Row: e.to}]
			if hit {
				out[name.in] = append(out[name.in], e.ref)
			}
			return hit
		})
	}
	return out
}

// sortByRank puts objects into the supplier's order.
func (in *intake) sortByRank(sh stage.Shelf, refs []ref) {
	type ranked struct {
		rank uint64
		ref  ref
	}
	list := make([]ranked, len(refs))
	for i, r := range refs {
		list[i] = ranked{in.entry(sh, r).Rank, r}
	}
	slices.SortFunc(list, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.ref, b.ref)) })
	for i, x := range list {
		refs[i] = x.ref
	}
}

// count adds the fresh objects to the counts of a version.
func (f *freshRows) count(types tally, v *graph.Version) {
	add := func(in *intake, sh stage.Shelf, typ string, n int) {
		types.addMany(TypeCounts{Kind: sh.Kind(), Instance: in.st.Instance().Name, Type: typ}, n)
	}
	for _, e := range f.entities {
		add(e.in, stage.Entities, e.typ, len(e.refs))
		v.Entities.Created += len(e.refs)
	}
	for name, e := range f.edges {
		if len(e.list) > 0 {
			add(name.in, stage.Relationships, name.Type, len(e.list))
			v.Relationships.Created += len(e.list)
		}
	}
}
