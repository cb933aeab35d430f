package store

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// step is one relationship at an entity and the entity at its other end.
type step struct{ edge, node graph.Ref }

// lane is a way along a hop with what the hop asks of its relationships and of the
// entities at the other end.
type lane struct {
	way
	edge, node *sieve // nil asks nothing
	lists      *column.Lists
}

// fan is the lanes that leave a table of entities.
type fan struct {
	table uint32
	lanes []*lane
	// mixed says that two of them follow one table of relationships: what they give
	// together is not in the order of its rows.
	mixed bool
}

// expansion follows a hop from many entities.
type expansion struct {
	*edition
	hop   *graph.Hop
	where [2]*condition // on relationships and on entities
	fans  []*fan
	last  *fan // of the table leaves
	table uint32
	// sieves of tables, which several lanes may share.
	sieves map[sieveKey]*sieve

	lists column.Lists
	batch graph.Steps
	room  int // of the batch, in steps
}

type sieveKey struct {
	table uint32
	node  bool
}

func newExpansion(e *edition, hop *graph.Hop) *expansion {
	return &expansion{
		edition: e, hop: hop, where: [2]*condition{newCondition(hop.Where), newCondition(hop.Target.Where)},
		sieves: map[sieveKey]*sieve{},
	}
}

// leaving returns the lanes that leave a table of entities.
func (x *expansion) leaving(number uint32) (*fan, error) {
	if x.last != nil && x.table == number {
		return x.last, nil
	}
	f, err := x.fan(number)
	if err == nil {
		x.last, x.table = f, number
	}
	return f, err
}

// fan returns what leaves a table. A batch is of few tables, which often take turns:
// they are looked through.
func (x *expansion) fan(number uint32) (*fan, error) {
	for _, f := range x.fans {
		if f.table == number {
			return f, nil
		}
	}
	f, err := x.newFan(number)
	if err != nil {
		return nil, err
	}
	f.table = number
	x.fans = append(x.fans, f)
	return f, nil
}

func (x *expansion) newFan(number uint32) (*fan, error) {
	f := &fan{}
	if number == 0 || int(number) > x.entitySheets() {
		return f, nil // unbound, or no entity
	}
	ways, err := x.ways(number, x.hop)
	if err != nil {
		return nil, err
	}
	for _, w := range ways {
		far := x.sheet(w.far())
		where, ok, err := far.within(&x.hop.Target, x.where[1])
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if n := len(f.lanes); n > 0 && f.lanes[n-1].edges == w.edges {
			f.mixed = true
		}
		f.lanes = append(f.lanes, &lane{way: w, edge: x.sieve(w.edges, false, x.where[0]), node: x.sieve(far, true, where)})
	}
	return f, nil
}

func (x *expansion) sieve(s *sheet, node bool, where *condition) *sieve {
	if where == nil {
		return nil
	}
	key := sieveKey{s.number, node}
	if x.sieves[key] == nil {
		x.sieves[key] = &sieve{sheet: s, where: where}
	}
	return x.sieves[key]
}

// hops appends to buf the relationships at an entity, by table and row, without
// asking what the hop asks of them.
func (x *expansion) hops(buf []step, ref graph.Ref) ([]step, error) {
	f, err := x.leaving(ref.Table())
	if err != nil {
		return buf, err
	}
	for _, l := range f.lanes {
		err := x.follow(l, ref.Row(), func(edge, node graph.Ref) error {
			buf = append(buf, step{edge, node})
			return nil
		})
		if err != nil {
			return buf, err
		}
	}
	if f.mixed {
		slices.SortFunc(buf, func(a, b step) int { return cmp.Compare(a.edge, b.edge) })
	}
	return buf, nil
}

// follow calls add with the relationships at a row along a lane.
func (x *expansion) follow(l *lane, row uint32, add func(edge, node graph.Ref) error) error {
	near, edges, err := l.at(&x.lists, row)
	if err != nil {
		return err
	}
	edge, node := graph.NewRef(l.edges.number, 0), graph.NewRef(l.far(), 0)
	for i, n := range near {
		if l.once && n == row {
			continue
		}
		if err := add(edge|graph.Ref(edges[i]), node|graph.Ref(n)); err != nil {
			return err
		}
	}
	return nil
}

// costOfRow is how many relationships of a table can be decoded with all others in
// the time that looking up those of one entity takes.
const costOfRow = 32

// at returns the neighbours and edges of a row: from the lists of all rows where
// those are known or many are asked for.
func (l *lane) at(buf *column.Lists, row uint32) (near, edges []uint32, err error) {
	if l.lists == nil {
		if l.lists = l.known(); l.lists == nil && l.strays != nil {
			if l.lists, err = l.whole(l.reverse); err != nil {
				return nil, nil, err
			}
		}
	}
	if all := l.lists; all != nil {
		if int(row) >= all.Rows() {
			return nil, nil, nil
		}
		lo, hi := all.Offsets[row], all.Offsets[row+1]
		return all.Neighbours[lo:hi], all.Edges[lo:hi], nil
	}
	v, err := l.edges.view()
	if err != nil {
		return nil, nil, err
	}
	if asked := l.asked[index(l.reverse)].Add(1); asked*costOfRow > int64(v.Record().Live) {
		if l.lists, err = l.whole(l.reverse); err != nil {
			return nil, nil, err
		}
		return l.at(buf, row)
	}
	part, _, _ := l.side(l.reverse)
	n, err := v.Near(part, int(row/table.GroupRows))
	buf.Neighbours, buf.Edges = buf.Neighbours[:0], buf.Edges[:0]
	if err == nil {
		err = n.AppendRow(buf, int(row%table.GroupRows))
	}
	return buf.Neighbours, buf.Edges, l.edges.damage(err)
}

// known returns the lists of all rows if they were decoded before.
func (l *lane) known() *column.Lists {
	if p := l.strand.lists[index(l.reverse)].made.Load(); p != nil {
		return *p
	}
	return nil
}

// firstBatch is how many steps Expand collects before it yields the first time:
// whoever wants few gets them soon.
const firstBatch = 256

// Expand yields the hops from a batch of entities, by origin, then by
// relationship table and row. A batch is valid until the next one.
func (s *Snapshot) Expand(ctx context.Context, from []graph.Ref, along graph.Hop) iter.Seq2[graph.Steps, error] {
	return func(yield func(graph.Steps, error) bool) {
		x := newExpansion(s.edition, &along)
		if m, ok := s.edition.stepMemory.Get().(*graph.Steps); ok {
			x.batch = graph.Steps{Origin: m.Origin[:0], Edge: m.Edge[:0], Node: m.Node[:0]}
		}
		err := x.run(ctx, from, yield)
		s.edition.stepMemory.Put(&x.batch)
		if err != nil && !errors.Is(err, errStopped) {
			yield(graph.Steps{}, err)
		}
	}
}

func (x *expansion) run(ctx context.Context, from []graph.Ref, yield func(graph.Steps, error) bool) error {
	var buf []step
	x.room = firstBatch
	flush := func() error { return x.flush(ctx, yield) }
	for i, ref := range from {
		if i%batchSize == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		f, err := x.leaving(ref.Table())
		if err != nil {
			return err
		}
		if f.mixed {
			if buf, err = x.hops(buf[:0], ref); err != nil {
				return err
			}
			for _, h := range buf {
				edge, node := [1]uint32{h.edge.Row()}, [1]uint32{h.node.Row()}
				if err := x.add(i, h.edge, h.node, node[:], edge[:], flush); err != nil {
					return err
				}
			}
			continue
		}
		for _, l := range f.lanes {
			near, edges, err := l.at(&x.lists, ref.Row())
			if err != nil {
				return err
			}
			if l.once {
				near, edges = x.others(ref.Row(), near, edges)
			}
			if err := x.add(i, graph.NewRef(l.edges.number, 0), graph.NewRef(l.far(), 0), near, edges, flush); err != nil {
				return err
			}
		}
	}
	return flush()
}

// add adds steps from an origin to the batch: rows of the tables of two handles.
func (x *expansion) add(origin int, edge, node graph.Ref, near, edges []uint32, flush func() error) error {
	edge, node = graph.NewRef(edge.Table(), 0), graph.NewRef(node.Table(), 0)
	for len(near) > 0 {
		b, n := &x.batch, min(len(near), x.room-x.batch.Len())
		for i, row := range near[:n] {
			b.Origin = append(b.Origin, uint32(origin))
			b.Edge = append(b.Edge, edge|graph.Ref(edges[i]))
			b.Node = append(b.Node, node|graph.Ref(row))
		}
		near, edges = near[n:], edges[n:]
		if b.Len() < x.room {
			return nil
		}
		x.room = min(2*x.room, batchSize)
		if err := flush(); err != nil {
			return err
		}
	}
	return nil
}

// others are the neighbours of a row but for itself.
func (x *expansion) others(row uint32, near, edges []uint32) (rest, restEdges []uint32) {
	if !slices.Contains(near, row) {
		return near, edges
	}
	for i, n := range near {
		if n != row {
			rest, restEdges = append(rest, n), append(restEdges, edges[i])
		}
	}
	return rest, restEdges
}

// flush yields those of the steps that the hop asks for.
func (x *expansion) flush(ctx context.Context, yield func(graph.Steps, error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := x.sift(); err != nil {
		return err
	}
	if x.batch.Len() > 0 && !yield(x.batch, nil) {
		return errStopped
	}
	x.batch = graph.Steps{Origin: x.batch.Origin[:0], Edge: x.batch.Edge[:0], Node: x.batch.Node[:0]}
	return nil
}

// sift takes out of the batch what a hop does not ask for.
func (x *expansion) sift() error {
	if x.where[0] == nil && len(x.sieves) == 0 {
		return nil
	}
	keep := make([]bool, x.batch.Len())
	for i := range keep {
		keep[i] = true
	}
	for key, sv := range x.sieves {
		if err := x.ask(key, sv, keep); err != nil {
			return err
		}
	}
	n := 0
	for i, is := range keep {
		if is {
			x.batch.Origin[n], x.batch.Edge[n], x.batch.Node[n] = x.batch.Origin[i], x.batch.Edge[i], x.batch.Node[i]
			n++
		}
	}
	x.batch = graph.Steps{Origin: x.batch.Origin[:n], Edge: x.batch.Edge[:n], Node: x.batch.Node[:n]}
	return nil
}

// ask takes from keep the steps that do not pass a sieve.
func (x *expansion) ask(key sieveKey, sv *sieve, keep []bool) error {
	refs := x.batch.Edge
	if key.node {
		refs = x.batch.Node
	}
	var rows []uint32
	var at []int
	for i, ref := range refs {
		if keep[i] && ref.Table() == key.table {
			rows, at = append(rows, ref.Row()), append(at, i)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	pass, err := sv.pass(rows)
	for i, is := range pass {
		keep[at[i]] = is
	}
	return err
}
