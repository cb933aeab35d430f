package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

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
	blocks := in.byBlock(stage.Relationships, fateFresh)
	if countRefs(blocks) > manySeats {
		in.seats = newSeats(in)
		defer func() { in.seats = nil }()
	}
	var mu sync.Mutex // guards all and missing
	var missing []ref
	all := w.fresh.edges
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range workers() {
		g.Go(func() error {
			a := &admission{w: w, in: in, read: in.st.Reader(), out: map[edgeName]*freshEdges{}}
			for i := int(next.Add(1)) - 1; i < len(blocks); i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := a.block(blocks[i]); err != nil {
					return err
				}
			}
			mu.Lock()
			defer mu.Unlock()
			missing = append(missing, a.missing...)
			for name, e := range a.out {
				if into := all[name]; into != nil {
					into.list = append(into.list, e.list...)
				} else {
					all[name] = e
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	in.sortByRank(stage.Relationships, missing)
	return missing, nil
}

// byBlock lists the objects of a fate by the blocks that hold their records, so
// that each block is read once.
func (in *intake) byBlock(sh stage.Shelf, f fate) [][]ref {
	n := in.st.Blocks()
	ends := make([]int, n+1)
	in.each(sh, f, func(_ ref, e stage.Entry) { ends[e.Block()+1]++ })
	for i := range n {
		ends[i+1] += ends[i]
	}
	all, at := make([]ref, ends[n]), slices.Clone(ends)
	in.each(sh, f, func(r ref, e stage.Entry) {
		all[at[e.Block()]] = r
		at[e.Block()]++
	})
	out := make([][]ref, n)
	for i := range n {
		out[i] = all[ends[i]:ends[i+1]]
	}
	return out
}

func countRefs(blocks [][]ref) (n int) {
	for _, b := range blocks {
		n += len(b)
	}
	return n
}

// window is how many entries are fetched at once. They stand in the order of
// hashes, each in another place of memory: one after the other, every single one
// would be waited for.
const window = 256

// entries appends staged objects to buf.
func (in *intake) entries(buf []stage.Entry, sh stage.Shelf, refs []ref) []stage.Entry {
	for _, r := range refs {
		buf = append(buf, in.entry(sh, r))
	}
	return buf
}

// each calls do for every object of a fate, by hash.
func (in *intake) each(sh stage.Shelf, f fate, do func(ref, stage.Entry)) {
	for p := range stage.Partitions {
		entries := in.st.Partition(sh, p)
		for i, is := range in.fates[sh][p] {
			if is == f {
				do(newRef(p, i), entries[i])
			}
		}
	}
}

// admission finds the ends of the relationships of blocks.
type admission struct {
	w       *working
	in      *intake
	read    *stage.Reader
	out     map[edgeName]*freshEdges
	missing []ref
	last    edgeName // relationships of one sort often come together
	into    *freshEdges
	near    []stage.Entry
}

func (a *admission) block(refs []ref) error {
	groups := a.in.st.Groups()
	for i, r := range refs {
		if i%window == 0 {
			a.near = a.in.entries(a.near[:0], stage.Relationships, refs[i:min(i+window, len(refs))])
		}
		e := a.near[i%window]
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
			*a.in.fate(stage.Relationships, r) = fateChanged
			a.missing = append(a.missing, r)
			continue
		}
		g := &groups[e.Group()]
		a.add(edgeName{a.in, table.Name{
			Kind: graph.RelationshipKind, Type: g.Type, Class: g.Class[0], From: from.Table, To: to.Table,
		}}, freshEdge{from.Row, to.Row, r})
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
