package query_test

import (
	"context"
	"flag"
	"maps"
	"slices"
	"testing"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/query/querytest"
)

var (
	seed   = flag.Uint64("seed", 1, "seed of the first random pair")
	pairs  = flag.Int("pairs", 10_000, "how many random pairs the variants of the engine are tried on, together")
	update = flag.Bool("update", false, "rewrite goldens")
)

// engine runs statements on the engine over a graph in memory.
type engine struct {
	source  querytest.SourceOptions
	batch   int
	without []string
}

// Run implements querytest.Runner.
func (e engine) Run(ctx context.Context, g *querytest.Graph, req querytest.Request) (*querytest.Result, error) {
	stmt, err := query.New(query.Options{}).Prepare(req.Text)
	if err != nil {
		return nil, err
	}
	options := e.source
	options.Deleted = req.Deleted
	result, err := stmt.Run(ctx, g.Source(options), query.RunOptions{
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

// variants are engines that must give the same answers.
func variants() map[string]engine {
	all := map[string]engine{
		"plain":        {},
		"no adjacency": {source: querytest.SourceOptions{NoAdjacency: true}},
		"tiny batches": {source: querytest.SourceOptions{Batch: 2, Dict: true}, batch: 3},
		"no rules":     {source: querytest.SourceOptions{Batch: 7}},
	}
	for _, r := range plan.Rules() {
		all["without "+r.Name] = engine{without: []string{r.Name}, batch: 5}
		e := all["no rules"]
		e.without = append(e.without, r.Name)
		all["no rules"] = e
	}
	return all
}

// TestScripts runs the scripts of the language on the engine.
func TestScripts(t *testing.T) {
	querytest.RunScripts(t, "../testdata/query", engine{}, false)
}

// TestAgreement holds every variant of the engine to the naive evaluator. A fifth
// of the pairs is for the engine as it is.
func TestAgreement(t *testing.T) {
	all := variants()
	for i, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			n := *pairs * 4 / 5 / (len(all) - 1)
			if name == "plain" {
				n = *pairs / 5
			}
			first := *seed + uint64(i**pairs)
			t.Logf("%d pairs compared from seed %d", querytest.Agree(t, n, first, all[name]), first)
		})
	}
}
