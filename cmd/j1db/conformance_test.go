package main_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// TestStoreAnswersScripts runs the scripts of the language on stores: each graph is
// synced into one, with a history that leads to its metadata.
func TestStoreAnswersScripts(t *testing.T) {
	querytest.RunScripts(t, filepath.Join("..", "..", "testdata", "query"), &storeEngine{t: t, dbs: map[*querytest.Graph]*store.DB{}}, false)
}

// storeEngine answers requests on a store for every graph.
type storeEngine struct {
	t   testing.TB
	dbs map[*querytest.Graph]*store.DB
}

// Run implements querytest.Runner.
func (e *storeEngine) Run(ctx context.Context, g *querytest.Graph, req querytest.Request) (*querytest.Result, error) {
	db := e.dbs[g]
	if db == nil {
		db = commitRuns(e.t, storedRuns(g, markedBefore), nil)
		checkRowOrder(e.t, storetest.Snapshot(e.t, db, store.Latest, store.SnapshotOptions{IncludeDeleted: true}), g)
		e.dbs[g] = db
	}
	snap, err := db.Snapshot(ctx, store.Latest, store.SnapshotOptions{IncludeDeleted: req.Deleted})
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	return ask(ctx, snap, req)
}

// ask answers a request over a snapshot.
func ask(ctx context.Context, snap *store.Snapshot, req querytest.Request) (*querytest.Result, error) {
	stmt, err := query.New(query.Options{}).Prepare(req.Text)
	if err != nil {
		return nil, err
	}
	answer, err := stmt.Run(ctx, snap, query.RunOptions{Now: req.Now, Variables: req.Params, Smart: req.Smart})
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	out := &querytest.Result{Kind: querytest.Kind(answer.Kind())}
	for _, w := range answer.Warnings() {
		out.Warnings = append(out.Warnings, w.String())
	}
	if answer.Kind() == query.Tree {
		tree, err := answer.Subgraph()
		if err != nil {
			return nil, err
		}
		out.Vertices, out.Edges = tree.Vertices, tree.Edges
		return out, nil
	}
	if answer.Kind() == query.Table {
		for _, c := range answer.Columns() {
			out.Columns = append(out.Columns, c.Name)
		}
	}
	for row, err := range answer.Rows() {
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, cellsOf(row))
	}
	return out, nil
}

func cellsOf(row []exec.Cell) []querytest.Cell {
	out := make([]querytest.Cell, len(row))
	for i, c := range row {
		out[i] = querytest.Cell{Image: c.Object, Value: c.Value}
	}
	return out
}

// conformanceSeeds is how many random histories are tried. Entities of every second
// one change their type, and so their table.
const conformanceSeeds = 10

// TestSnapshotConforms holds the snapshots of random histories to the contract of
// sources, and asks random queries of them: of the newest version and of one before,
// with deleted objects and without.
func TestSnapshotConforms(t *testing.T) {
	for seed := range uint64(conformanceSeeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			h := newHistory(t, seed)
			newest := h.model.Newest()
			for _, version := range slices.Compact([]uint64{newest, 1 + seed%newest}) {
				for _, deleted := range []bool{false, true} {
					t.Run(fmt.Sprintf("version %d deleted %v", version, deleted), func(t *testing.T) {
						h.check(t, version, deleted)
					})
				}
			}
		})
	}
}

// history is a random graph that a store and a model came to hold in the same way.
type history struct {
	seed   uint64
	db     *store.DB
	model  *storetest.Model
	moves  bool                   // entities changed their type
	order  map[graph.Identity]int // of the graph
	suppls map[string]*graph.Instance
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	h := &history{
		seed: seed, model: storetest.NewModel(), moves: seed%2 == 1,
		order: map[graph.Identity]int{}, suppls: map[string]*graph.Instance{},
	}
	g, err := possible(querytest.RandomGraph(seed))
	if err != nil {
		t.Fatal(err)
	}
	for i, im := range slices.Concat(g.Entities(), g.Relationships()) {
		h.order[im.Identity()], h.suppls[im.Instance] = i, im.Supplier
	}
	h.db = commitRuns(t, storedRuns(g, h.before), func(run storedRun, res store.Result) {
		n := h.model.Apply(storetest.Run{Instance: run.supplier.Name, Batches: []graph.Batch{run.batch}}, res.Time)
		if n != res.Version {
			t.Fatalf("seed %d: the store made version %d, the model %d", seed, res.Version, n)
		}
	})
	return h
}

// before is what an object was before its last state.
func (h *history) before(im *graph.Image, version uint64) *graph.Image {
	state := markedBefore(im, version)
	if h.moves && im.Kind == graph.EntityKind {
		state.Type = "laptop"
	}
	if im.Kind == graph.EntityKind && version == 1 {
		state.Class = []string{"Host", "Nothing"}
	}
	return state
}

// graph is what a version has to show, in the order of the graph.
func (h *history) graph(t *testing.T, version uint64, deleted bool) *querytest.Graph {
	t.Helper()
	truth := h.model.Versions[version]
	if deleted {
		truth = h.model.WithDeleted(version)
	}
	var objects [2][]*graph.Image
	for id, im := range truth {
		c := im.Clone()
		c.Supplier = h.suppls[im.Instance]
		objects[id.Kind] = append(objects[id.Kind], c)
	}
	for _, list := range objects {
		slices.SortFunc(list, func(a, b *graph.Image) int { return h.order[a.Identity()] - h.order[b.Identity()] })
	}
	g, err := querytest.NewGraph(objects[graph.EntityKind], objects[graph.RelationshipKind])
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// check tries one version as a source and as a graph that is asked.
func (h *history) check(t *testing.T, version uint64, deleted bool) {
	snap := storetest.Snapshot(t, h.db, store.AtVersion(version), store.SnapshotOptions{IncludeDeleted: deleted})
	g := h.graph(t, version, deleted)
	querytest.Conform(t, snap, g, querytest.ConformOptions{Deleted: deleted, Unordered: h.moves, Seed: h.seed})
	if h.moves {
		return // the naive evaluator would number rows otherwise
	}
	for i := range uint64(4) {
		p := querytest.NewPair(h.seed*10 + i)
		p.Graph, p.Request.Deleted = g, deleted
		if d := p.Disagreement(t.Context(), querytest.Naive{MaxRows: 20_000}, snapshotEngine{snap}); d != "" {
			t.Fatalf("version %d, deleted %v: %s\n%s", version, deleted, d, &p)
		}
	}
}

// snapshotEngine answers requests on a snapshot, whatever the graph.
type snapshotEngine struct{ snap *store.Snapshot }

// Run implements querytest.Runner.
func (e snapshotEngine) Run(ctx context.Context, _ *querytest.Graph, req querytest.Request) (*querytest.Result, error) {
	return ask(ctx, e.snap, req)
}

// TestLargeSnapshotConforms tries a snapshot whose answers are many batches.
func TestLargeSnapshotConforms(t *testing.T) {
	g, err := possible(querytest.HubGraph(2500))
	if err != nil {
		t.Fatal(err)
	}
	db := commitRuns(t, storedRuns(g, markedBefore), nil)
	snap := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{IncludeDeleted: true})
	querytest.Conform(t, snap, g, querytest.ConformOptions{Deleted: true})
}
