package query_test

import (
	"context"
	"flag"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/query/querytest"
)

var (
	seed   = flag.Uint64("seed", 1, "seed of the first random pair")
	pairs  = flag.Int("pairs", 10_000, "how many random pairs engines of all shapes are tried on")
	update = flag.Bool("update", false, "rewrite goldens")
)

// engine runs statements on the engine over a graph in memory.
type engine struct {
	source  querytest.SourceOptions
	batch   int
	without []string
	shows   shows
}

// shows is what a source shows of itself beside what it has to.
type shows int

const (
	columns shows = iota // whole tables and columns
	tables
	rows
)

// of hides what a source does not show.
func (s shows) of(g *querytest.Source) query.Graph {
	switch s {
	case tables:
		return struct {
			query.Graph
			exec.Adjacent
		}{g, g}
	case rows:
		return struct{ query.Graph }{g}
	}
	return g
}

// Run implements querytest.Runner.
func (e engine) Run(ctx context.Context, g *querytest.Graph, req querytest.Request) (*querytest.Result, error) {
	stmt, err := query.New(query.Options{}).Prepare(req.Text)
	if err != nil {
		return nil, err
	}
	options := e.source
	options.Deleted = req.Deleted
	result, err := stmt.Run(ctx, e.shows.of(g.Source(options)), query.RunOptions{
		Now: req.Now, Variables: req.Params, Smart: req.Smart, BatchRows: e.batch, Without: e.without,
	})
	if err != nil {
		return nil, err
	}
	defer result.Close()
	return answer(result)
}

// answer reads a result whole.
func answer(result *query.Result) (*querytest.Result, error) {
	out := &querytest.Result{Kind: querytest.Kind(result.Kind())}
	for _, w := range result.Warnings() {
		out.Warnings = append(out.Warnings, w.String())
	}
	switch result.Kind() {
	case query.Tree:
		tree, err := result.Subgraph()
		if err != nil {
			return nil, err
		}
		out.Vertices, out.Edges = tree.Vertices, tree.Edges
		return out, nil
	case query.Table:
		for _, c := range result.Columns() {
			out.Columns = append(out.Columns, c.Name)
		}
	}
	for row, err := range result.Rows() {
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, cells(row))
	}
	return out, nil
}

func cells(row []exec.Cell) []querytest.Cell {
	out := make([]querytest.Cell, len(row))
	for i, c := range row {
		out[i] = querytest.Cell{Image: c.Object, Value: c.Value}
	}
	return out
}

// anyEngine is a different engine for every request: with any batches, any source
// and, half of the time, any subset of the rules. The request chooses it, so that a
// failing pair fails again.
type anyEngine struct{}

// Run implements querytest.Runner.
func (anyEngine) Run(ctx context.Context, g *querytest.Graph, req querytest.Request) (*querytest.Result, error) {
	h := fnv.New64a()
	h.Write([]byte(req.Text))
	dice := rand.New(rand.NewPCG(h.Sum64(), 1))
	e := engine{
		source: querytest.SourceOptions{Batch: dice.IntN(9), NoAdjacency: dice.IntN(3) == 0, Dict: dice.IntN(2) == 0, MaxCodes: dice.IntN(6)},
		batch:  dice.IntN(9),
		shows:  shows(dice.IntN(4) % 3),
	}
	if dice.IntN(2) == 0 {
		for _, r := range plan.Rules() {
			if dice.IntN(2) == 0 {
				e.without = append(e.without, r.Name)
			}
		}
	}
	return e.Run(ctx, g, req)
}

// variants are engines without one rule, and without any.
func variants() map[string]querytest.Runner {
	all := map[string]querytest.Runner{}
	var names []string
	for _, r := range plan.Rules() {
		all["without "+r.Name] = engine{without: []string{r.Name}, batch: 5}
		names = append(names, r.Name)
	}
	all["without rules"] = engine{without: names, source: querytest.SourceOptions{Batch: 7}}
	return all
}

// TestScripts runs the scripts of the language on the engine.
func TestScripts(t *testing.T) {
	querytest.RunScripts(t, "../testdata/query", engine{}, false)
}

// TestAgreement holds engines of all shapes to the naive evaluator.
func TestAgreement(t *testing.T) {
	t.Run("any engine", func(t *testing.T) {
		t.Logf("%d pairs compared from seed %d", querytest.Agree(t, *pairs, *seed, anyEngine{}), *seed)
	})
	all := variants()
	for i, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			first := *seed + uint64((i+1)**pairs)
			t.Logf("%d pairs compared from seed %d", querytest.Agree(t, *pairs/100, first, all[name]), first)
		})
	}
}
