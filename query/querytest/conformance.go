package querytest

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/j1db/j1db/store/graph"
)

// Conforming is a source of a graph with all the calls that the executor and the
// planner may make. What each of them promises stands where those declare it.
type Conforming interface {
	batched
	adjacent
	counted
}

// batched is what the executor needs.
type batched interface {
	Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error]
	Expand(ctx context.Context, from []graph.Ref, hop graph.Hop) iter.Seq2[graph.Steps, error]
	Fetch(ctx context.Context, refs []graph.Ref, props []string, into []graph.Vector) error
	Images(ctx context.Context, refs []graph.Ref) ([]*graph.Image, error)
}

// adjacent is what the executor uses where it is there.
type adjacent interface {
	Tables(sel graph.Selection) []graph.Table
	Adjacency(ctx context.Context, table uint32, hop graph.Hop) ([]graph.Adjacency, bool, error)
}

// counted is what the planner needs.
type counted interface {
	Types(ctx context.Context) ([]graph.TypeStat, error)
	Relationships(ctx context.Context) ([]graph.RelationshipStat, error)
	Properties(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error)
}

// ConformOptions say what Conform is to expect.
type ConformOptions struct {
	// Deleted says that the source shows deleted objects too.
	Deleted bool
	// Unordered says that the source numbers rows in another order than the graph.
	Unordered bool
	// Seed makes the random selections and hops.
	Seed uint64
}

// Conform holds a source to what its calls promise about the graph that it shows, those
// of an exec.Columnar too where it is one.
// Objects of the two are told by their identity.
func Conform(t testing.TB, s Conforming, g *Graph, options ConformOptions) {
	t.Helper()
	c := &conformance{TB: t, dice: newDice(options.Seed), source: s, options: options, refs: map[graph.Identity]graph.Ref{}}
	c.truth(g)
	c.learnEntities()
	c.learnRelationships()
	c.checkScan()
	c.checkExpand()
	c.checkFetch()
	c.checkAdjacency()
	c.checkColumns()
	c.checkCatalog()
	c.checkContext()
	c.checkConcurrency()
	c.checkImages() // last, for images stay valid
}

// conformance is one source on trial. Every check ends the test at the first thing
// that is wrong.
type conformance struct {
	testing.TB
	dice
	source  Conforming
	options ConformOptions
	// entities and relationships are what the source has to show, by handle once
	// those are known.
	entities, relationships []*graph.Image
	refs                    map[graph.Identity]graph.Ref
	byRef                   map[graph.Ref]*graph.Image
	touch                   map[graph.Ref][]*graph.Image // relationships at an entity, by handle
}

// truth takes from the graph what the source has to show.
func (c *conformance) truth(g *Graph) {
	hidden := func(im *graph.Image) bool { return im.Meta.Deleted && !c.options.Deleted }
	c.entities = slices.DeleteFunc(slices.Clone(g.entities), hidden)
	c.relationships = slices.DeleteFunc(slices.Clone(g.relationships), hidden)
}

// learnEntities finds the handles of all entities, and checks their order.
func (c *conformance) learnEntities() {
	refs := c.scan(graph.Selection{})
	c.byRef = map[graph.Ref]*graph.Image{}
	c.match("a scan of everything", refs, c.entities)
	if !slices.IsSorted(refs) {
		c.Fatalf("a scan of everything is not in the order of handles: %x", refs)
	}
	for i := range refs[min(1, len(refs)):] {
		a, b := refs[i], refs[i+1]
		x, y := c.byRef[a], c.byRef[b]
		if same := a.Table() == b.Table(); same != (x.Type == y.Type) || !same && x.Type > y.Type {
			c.Fatalf("%s and %s have the types %s and %s and the handles %x and %x", x.Key, y.Key, x.Type, y.Type, a, b)
		}
	}
	c.inOrder("entities", c.entities)
	c.byHandle(c.entities)
}

// learnRelationships finds the handles of all relationships from both of their ends,
// and checks their order.
func (c *conformance) learnRelationships() {
	var refs []graph.Ref
	for _, s := range c.expand(c.handles(c.entities), graph.Hop{}) {
		refs = append(refs, s.edge)
	}
	slices.Sort(refs)
	refs = slices.Compact(refs)
	c.match("the relationships of all entities", refs, c.relationships)
	for i := range refs[min(1, len(refs)):] {
		a, b := refs[i], refs[i+1]
		x, y := c.tableOf(a), c.tableOf(b)
		order := x.compare(y)
		if c.options.Unordered { // tables may be called after what their ends once were
			order = cmp.Or(cmp.Compare(x.typ, y.typ), cmp.Compare(x.verb, y.verb))
		}
		if a.Table() == b.Table() && order != 0 || a.Table() != b.Table() && (order > 0 || order == 0 && !c.options.Unordered) {
			c.Fatalf("relationships of %v and %v have the handles %x and %x", x, y, a, b)
		}
	}
	c.inOrder("relationships", c.relationships)
	c.byHandle(c.relationships)
	c.touch = map[graph.Ref][]*graph.Image{}
	for _, rel := range c.relationships {
		from, to := c.end(rel.From), c.end(rel.To)
		c.touch[from] = append(c.touch[from], rel)
		if to != from {
			c.touch[to] = append(c.touch[to], rel)
		}
	}
}

// match learns which handles stand for which of some objects, each of which has to
// have exactly one.
func (c *conformance) match(what string, refs []graph.Ref, want []*graph.Image) {
	c.Helper()
	images, err := c.source.Images(c.Context(), refs)
	if err != nil || len(images) != len(refs) {
		c.Fatalf("%s: %d images of %d handles, error %v", what, len(images), len(refs), err)
	}
	known := map[graph.Identity]*graph.Image{}
	for _, im := range want {
		known[im.Identity()] = im
	}
	for i, im := range images {
		switch {
		case refs[i] == 0 || im == nil:
			c.Fatalf("%s: the handle %x is no object", what, refs[i])
		case known[im.Identity()] == nil:
			c.Fatalf("%s: %s %q is not in the graph", what, im.Kind, im.Key)
		case c.refs[im.Identity()] != 0:
			c.Fatalf("%s: %q is there twice", what, im.Key)
		}
		c.refs[im.Identity()], c.byRef[refs[i]] = refs[i], known[im.Identity()]
	}
	if len(refs) != len(want) {
		c.Fatalf("%s: %d objects, want %d", what, len(refs), len(want))
	}
}

// tableOf is the table that a relationship belongs to.
func (c *conformance) tableOf(ref graph.Ref) tableName {
	rel := c.byRef[ref]
	from, to := c.byRef[c.end(rel.From)], c.byRef[c.end(rel.To)]
	return tableName{graph.RelationshipKind, rel.Type, rel.Class[0], from.Type, to.Type}
}

// end is the handle of the entity at an end of a relationship.
func (c *conformance) end(e graph.End) graph.Ref {
	return c.refs[graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key}]
}

// inOrder checks that rows of one table have the order of the graph.
func (c *conformance) inOrder(what string, objects []*graph.Image) {
	last := map[uint32]graph.Ref{}
	for _, im := range objects {
		ref := c.refs[im.Identity()]
		if ref < last[ref.Table()] && !c.options.Unordered {
			c.Fatalf("%s: %q comes before what precedes it in the graph", what, im.Key)
		}
		last[ref.Table()] = ref
	}
}

// byHandle sorts objects.
func (c *conformance) byHandle(objects []*graph.Image) {
	slices.SortFunc(objects, func(a, b *graph.Image) int { return cmp.Compare(c.refs[a.Identity()], c.refs[b.Identity()]) })
}

// handles are those of some objects.
func (c *conformance) handles(objects []*graph.Image) []graph.Ref {
	out := make([]graph.Ref, len(objects))
	for i, im := range objects {
		out[i] = c.refs[im.Identity()]
	}
	return out
}
