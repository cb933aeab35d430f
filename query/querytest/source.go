package querytest

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// SourceOptions shape a Source, so that an executor can be tried against what a
// store may do.
type SourceOptions struct {
	// Batch is the most rows in a batch; 0 stands for 1024. Small batches find
	// what depends on the bounds between them.
	Batch int
	// Deleted shows deleted objects too.
	Deleted bool
	// NoAdjacency makes Adjacency answer that it cannot.
	NoAdjacency bool
	// MaxCodes is how many different values of a property Codes answers for.
	MaxCodes int
	// Dict makes Fetch answer in codes of a dictionary.
	Dict bool
}

// Source shows a Graph as a store would: tables of entities by type, tables of
// relationships by type, verb and ends, both in the order of their names; rows in
// the order of the graph, those that are not alive skipped. It is an exec.Source,
// an exec.Adjacent, an exec.Columnar and a plan.Catalog over plain slices, and safe for several
// goroutines.
type Source struct {
	options SourceOptions
	tables  []*table // entities first; the i-th has number i+1
	refs    map[*graph.Image]graph.Ref
	ends    map[graph.End]graph.Ref
	touch   map[graph.Ref][]graph.Ref // an entity's relationships, ascending
}

// table holds what a store would keep together.
type table struct {
	tableName
	number uint32
	rows   []*graph.Image
}

// tableName tells tables apart and orders them.
type tableName struct {
	kind           graph.Kind
	typ            string
	verb, from, to string // of relationships; from and to are types of entities
}

// compare orders tables as a store does that orders them by name.
func (n tableName) compare(m tableName) int {
	return cmp.Or(cmp.Compare(n.kind, m.kind), cmp.Compare(n.typ, m.typ), cmp.Compare(n.verb, m.verb),
		cmp.Compare(n.from, m.from), cmp.Compare(n.to, m.to))
}

// tableNames names the table of every object of the graph.
func (g *Graph) tableNames() map[*graph.Image]tableName {
	types := map[graph.End]string{}
	names := map[*graph.Image]tableName{}
	for _, im := range g.entities {
		types[endOf(im)] = im.Type
		names[im] = tableName{kind: graph.EntityKind, typ: im.Type}
	}
	for _, im := range g.relationships {
		names[im] = tableName{graph.RelationshipKind, im.Type, im.Class[0], types[im.From], types[im.To]}
	}
	return names
}

// Source returns a view of the graph.
func (g *Graph) Source(options SourceOptions) *Source {
	if options.Batch == 0 {
		options.Batch = 1024
	}
	s := &Source{
		options: options,
		refs:    map[*graph.Image]graph.Ref{},
		ends:    map[graph.End]graph.Ref{},
		touch:   map[graph.Ref][]graph.Ref{},
	}
	names := g.tableNames()
	for i, name := range slices.SortedFunc(maps.Values(names), tableName.compare) {
		if i > 0 && s.tables[len(s.tables)-1].tableName == name {
			continue
		}
		s.tables = append(s.tables, &table{tableName: name, number: uint32(len(s.tables) + 1)})
	}
	for _, im := range slices.Concat(g.entities, g.relationships) {
		at, _ := slices.BinarySearchFunc(s.tables, names[im], func(t *table, n tableName) int { return t.compare(n) })
		t := s.tables[at]
		s.refs[im] = graph.NewRef(t.number, uint32(len(t.rows)))
		t.rows = append(t.rows, im)
	}
	s.join(g)
	return s
}

// join notes at every entity the relationships that touch it.
func (s *Source) join(g *Graph) {
	for _, im := range g.entities {
		s.ends[endOf(im)] = s.refs[im]
	}
	for _, im := range g.relationships {
		from, to := s.ends[im.From], s.ends[im.To]
		s.touch[from] = append(s.touch[from], s.refs[im])
		if to != from {
			s.touch[to] = append(s.touch[to], s.refs[im])
		}
	}
	for _, refs := range s.touch {
		slices.Sort(refs)
	}
}

// image is the object behind a handle, nil for the zero Ref.
func (s *Source) image(ref graph.Ref) *graph.Image {
	if ref == 0 {
		return nil
	}
	return s.tables[ref.Table()-1].rows[ref.Row()]
}

// alive reports whether the source shows an object.
func (s *Source) alive(im *graph.Image) bool { return s.options.Deleted || !im.Meta.Deleted }

// Scan implements exec.Source.
func (s *Source) Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error] {
	return func(yield func([]graph.Ref, error) bool) {
		var batch []graph.Ref
		for _, t := range s.tables {
			if t.kind != graph.EntityKind {
				break
			}
			for _, im := range t.rows {
				if !s.alive(im) || !selects(sel, im) {
					continue
				}
				batch = append(batch, s.refs[im])
				if len(batch) == s.options.Batch {
					if !yield(batch, ctx.Err()) || ctx.Err() != nil {
						return
					}
					batch = batch[:0]
				}
			}
		}
		if err := ctx.Err(); len(batch) > 0 || err != nil {
			yield(batch, err)
		}
	}
}

// selects decides a selection for one entity.
func selects(sel graph.Selection, im *graph.Image) bool {
	return selectsKind(sel, im) && (sel.Where == nil || sel.Where.Eval(im))
}

// selectsKind decides a selection by type and class alone.
func selectsKind(sel graph.Selection, im *graph.Image) bool {
	inClass := func(class string) bool { return slices.Contains(sel.Classes, class) }
	return sel.Any() || slices.Contains(sel.Types, im.Type) || slices.ContainsFunc(im.Class, inClass)
}

// Expand implements exec.Source.
func (s *Source) Expand(ctx context.Context, from []graph.Ref, hop graph.Hop) iter.Seq2[graph.Steps, error] {
	return func(yield func(graph.Steps, error) bool) {
		var steps graph.Steps
		for i, origin := range from {
			for _, edge := range s.touch[origin] {
				node := s.follow(origin, edge, hop)
				if node == 0 {
					continue
				}
				steps.Origin = append(steps.Origin, uint32(i))
				steps.Edge = append(steps.Edge, edge)
				steps.Node = append(steps.Node, node)
				if steps.Len() == s.options.Batch {
					if !yield(steps, ctx.Err()) || ctx.Err() != nil {
						return
					}
					steps = graph.Steps{Origin: steps.Origin[:0], Edge: steps.Edge[:0], Node: steps.Node[:0]}
				}
			}
		}
		if err := ctx.Err(); steps.Len() > 0 || err != nil {
			yield(steps, err)
		}
	}
}

// follow is the entity that a hop reaches from an origin over one relationship that
// touches it; zero when the hop does not take it.
func (s *Source) follow(origin, edge graph.Ref, hop graph.Hop) graph.Ref {
	rel := s.image(edge)
	if !s.alive(rel) || len(hop.Verbs) > 0 && !slices.Contains(hop.Verbs, rel.Class[0]) {
		return 0
	}
	if hop.Where != nil && !hop.Where.Eval(rel) {
		return 0
	}
	node := graph.Ref(0)
	if s.ends[rel.From] == origin && hop.Direction != graph.Reverse {
		node = s.ends[rel.To]
	}
	if s.ends[rel.To] == origin && hop.Direction != graph.Forward && node == 0 {
		node = s.ends[rel.From]
	}
	if node == 0 || !selects(hop.Target, s.image(node)) {
		return 0
	}
	return node
}

// Fetch implements exec.Source.
func (s *Source) Fetch(ctx context.Context, refs []graph.Ref, props []string, into []graph.Vector) error {
	for p, name := range props {
		into[p] = graph.Vector{}
		for _, ref := range refs {
			value := graph.Value{}
			if im := s.image(ref); im != nil {
				value = im.Get(name)
			}
			s.add(&into[p], value)
		}
	}
	return ctx.Err()
}

// add appends a value to a vector, plain or as a code.
func (s *Source) add(v *graph.Vector, value graph.Value) {
	if !s.options.Dict {
		v.Values = append(v.Values, value)
		return
	}
	code := slices.IndexFunc(v.Dict, func(known graph.Value) bool { return graph.Equal(known, value) })
	if code < 0 {
		code = len(v.Dict)
		v.Dict = append(v.Dict, value)
	}
	v.Codes = append(v.Codes, uint32(code))
}

// Images implements exec.Source.
func (s *Source) Images(ctx context.Context, refs []graph.Ref) ([]*graph.Image, error) {
	out := make([]*graph.Image, len(refs))
	for i, ref := range refs {
		out[i] = s.image(ref)
	}
	return out, ctx.Err()
}
