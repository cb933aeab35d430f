package querytest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// Naive answers J1QL in the plainest way there is: it enumerates every path and
// then does to the rows what each clause says, one after the other. It says what
// the language means; it is not fast.
type Naive struct {
	// Against is a rule to break, for trials of the trials.
	Against Rule
	// MaxRows ends an evaluation with ErrTooManyRows; 0 stands for a million.
	MaxRows int
}

// ErrTooManyRows is returned for a request with more paths than Naive.MaxRows.
var ErrTooManyRows = fmt.Errorf("there are too many rows for the naive evaluator")

// Run implements Runner.
func (n Naive) Run(ctx context.Context, g *Graph, req Request) (*Result, error) {
	q, err := prepare(req.Text)
	if err != nil {
		return nil, err
	}
	result, err := n.Evaluate(g, q, req)
	if err != nil {
		return nil, err
	}
	for _, w := range syntax.Warnings(q) {
		result.Warnings = append(result.Warnings, w.String())
	}
	return result, nil
}

// prepare parses and validates a statement.
func prepare(text string) (*syntax.Query, error) {
	q, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	if err := syntax.Validate(q); err != nil {
		return nil, err
	}
	return q, nil
}

// Evaluate answers a parsed and validated statement; the request's Text is not
// used.
func (n Naive) Evaluate(g *Graph, q *syntax.Query, req Request) (*Result, error) {
	if n.MaxRows == 0 {
		n.MaxRows = 1_000_000
	}
	w := n.world(g, req)
	if err := w.checkParameters(q); err != nil {
		return nil, err
	}
	return w.answer(q)
}

// world is what all queries of one statement share.
type world struct {
	Naive
	request       Request
	entities      []*graph.Image // those that are there, by table and row
	relationships map[graph.End][]*graph.Image
	entity        map[graph.End]*graph.Image
	order         map[*graph.Image]int // the place of every object by table and row
	rows          int                  // rows made so far
}

// follows is asked wherever something is decided by a rule.
func (w *world) follows(r Rule) bool { return w.Against != r }

// world looks at a graph as a request does.
func (n Naive) world(g *Graph, req Request) *world {
	w := &world{
		Naive: n, request: req,
		relationships: map[graph.End][]*graph.Image{},
		entity:        map[graph.End]*graph.Image{},
		order:         map[*graph.Image]int{},
	}
	names := g.tableNames()
	all := slices.Concat(g.entities, g.relationships)
	if w.follows(TableOrder) {
		slices.SortStableFunc(all, func(a, b *graph.Image) int { return names[a].compare(names[b]) })
	}
	for i, im := range all {
		w.order[im] = i
		switch {
		case !w.exists(im):
		case im.Kind == graph.EntityKind:
			w.entities = append(w.entities, im)
			w.entity[endOf(im)] = im
		default:
			w.relationships[im.From] = append(w.relationships[im.From], im)
			if im.To != im.From {
				w.relationships[im.To] = append(w.relationships[im.To], im)
			}
		}
	}
	return w
}

// exists says whether a request sees an object at all.
func (w *world) exists(im *graph.Image) bool {
	switch {
	case !im.Meta.Deleted:
		return true
	case w.request.Deleted:
		return w.follows(DeletedShown)
	}
	return !w.follows(DeletedHidden)
}

// inOrder compares two objects by table and row, nil before all.
func (w *world) inOrder(a, b *graph.Image) int {
	place := func(im *graph.Image) int {
		if im == nil {
			return -1
		}
		return w.order[im]
	}
	return cmp.Compare(place(a), place(b))
}

// scope is one query of a statement at work: the statement's own, or a sub-query.
type scope struct {
	*world
	query *syntax.Query
	names *syntax.Scope
	slot  map[syntax.Node]int // of every selector, hop and aliased group of the chain
	// columns are those of RETURN, items of one name being one column.
	columns *syntax.Columns
	sets    map[*syntax.SubQuery][]graph.Operand
}

// answer evaluates a query: paths, then WHERE, then what becomes of the rows.
func (w *world) answer(q *syntax.Query) (*Result, error) {
	s := &scope{world: w, query: q, names: q.Scope(), columns: q.Columns(), slot: map[syntax.Node]int{}}
	for i, b := range s.names.Bindings() {
		s.slot[boundNode(b)] = i
	}
	if err := s.evaluateSubQueries(); err != nil {
		return nil, err
	}
	rows, err := s.paths()
	if err != nil {
		return nil, err
	}
	if s.follows(SubsumeBeforeWhere) {
		rows = s.where(s.withoutSubsumed(rows))
	} else {
		rows = s.withoutSubsumed(s.where(rows))
	}
	switch {
	case q.Return == nil:
		return s.list(rows), nil
	case q.Return.Tree:
		return s.tree(rows), nil
	}
	return s.table(rows), nil
}

// boundNode is the part of the chain that a binding stands for.
func boundNode(b *syntax.Binding) syntax.Node {
	switch {
	case b.Hop != nil:
		return b.Hop
	case b.Group != nil:
		return b.Group
	}
	return b.Selector
}
