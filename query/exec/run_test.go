package exec_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/store/graph"
)

// crowd is a graph of teams that each have all of the same members.
func crowd(t *testing.T, teams, members int) *querytest.Graph {
	t.Helper()
	var b strings.Builder
	for i := range teams {
		fmt.Fprintf(&b, "Team team:%d name=t%d\n", i, i)
	}
	for i := range members {
		fmt.Fprintf(&b, "User user:%d name=n%d\n", i, i)
	}
	for i := range teams {
		for j := range members {
			fmt.Fprintf(&b, "team:%d HAS user:%d\n", i, j)
		}
	}
	g, err := querytest.ParseGraph(b.String())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// start begins a statement.
func start(ctx context.Context, t *testing.T, g query.Graph, text string, options query.RunOptions) (*query.Result, error) {
	t.Helper()
	stmt, err := query.New(query.Options{}).Prepare(text)
	if err != nil {
		t.Fatal(err)
	}
	return stmt.Run(ctx, g, options)
}

// count reads a statement to its end.
func count(ctx context.Context, t *testing.T, g query.Graph, text string, options query.RunOptions) (int, error) {
	t.Helper()
	result, err := start(ctx, t, g, text, options)
	if err != nil {
		return 0, err
	}
	if result.Kind() == query.Tree {
		_, err := result.Subgraph()
		return result.Count(), err
	}
	for _, err := range result.Rows() {
		if err != nil {
			return result.Count(), err
		}
	}
	return result.Count(), nil
}

func TestLimitErrors(t *testing.T) {
	tests := []struct {
		err  exec.LimitError
		want string
	}{
		{exec.LimitError{Operator: "Sort by u.name", Bytes: 1000}, "Sort by u.name needs more than 1000 bytes of memory"},
		{exec.LimitError{Operator: "Output", Rows: 5}, "Output has more than 5 rows"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestCells(t *testing.T) {
	tests := []struct {
		name    string
		cell    exec.Cell
		missing bool
	}{
		{"nothing", exec.Cell{}, true},
		{"null", exec.Cell{Value: graph.NullValue()}, true},
		{"a value", exec.Cell{Value: graph.ListValue(graph.StringValue("a"))}, false},
		{"an object", exec.Cell{Object: &graph.Image{Key: "k", Class: []string{"User"}}}, false},
	}
	for _, tt := range tests {
		if got := tt.cell.Missing(); got != tt.missing {
			t.Errorf("%s is missing: %v", tt.name, got)
		}
		clone := tt.cell.Clone()
		if !graph.Equal(clone.Value, tt.cell.Value) || !graph.SameState(clone.Object, tt.cell.Object) || clone.Object != nil && clone.Object == tt.cell.Object {
			t.Errorf("the clone of %s is %+v", tt.name, clone)
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	source := crowd(t, 40, 100).Source(querytest.SourceOptions{})
	tests := []struct {
		name, text, operator string
		memory               int64
	}{
		{"a sort", "FIND Team AS t THAT HAS User AS u RETURN t.name, u.name ORDER BY u.name", "Sort", 1000},
		{"distinct rows", "FIND UNIQUE Team AS t THAT HAS User AS u RETURN t.name, u.name", "Distinct", 1000},
		{"groups", "FIND Team AS t THAT HAS User AS u RETURN t.name, u.name, COUNT(u)", "Aggregate", 1000},
		{"a distinct count", "FIND Team AS t THAT HAS User AS u RETURN t.name, COUNT(u.name)", "Aggregate", 1000},
		{"pairs followed once", "FIND UNIQUE Team AS t THAT HAS User THAT HAS Team AS v RETURN t.name, v.name", "Dedup", 200},
		{"optional groups", "FIND Team AS t (THAT HAS User THAT HAS Team)? RETURN t.name", "Optional", 1000},
		{"repeats combined", "FIND Team THAT HAS User THAT HAS Team AS v THAT HAS User AS u RETURN v.name, u.name, COUNT(*)", "Combine", 300},
		{"a test", "FIND Team THAT HAS User", "SemiJoin", 100},
		{"a tree", "FIND Team THAT HAS User RETURN TREE LIMIT 100", "Collect", 10},
		{"all properties", "FIND Team AS t THAT HAS User AS u RETURN u.*", "Output", 1000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			options := query.RunOptions{Memory: tt.memory}
			_, err := count(t.Context(), t, source, tt.text, options)
			var limit *exec.LimitError
			if !errors.As(err, &limit) {
				t.Fatalf("error %v, want a *exec.LimitError", err)
			}
			if !strings.HasPrefix(limit.Operator, tt.operator) || limit.Bytes != tt.memory || limit.Hint == "" {
				t.Errorf("%+v, want operator %s", limit, tt.operator)
			}
			options.Memory = 1 << 30
			if _, err := count(t.Context(), t, source, tt.text, options); err != nil {
				t.Errorf("with enough memory: %v", err)
			}
		})
	}
}

func TestRowLimit(t *testing.T) {
	source := crowd(t, 3, 10).Source(querytest.SourceOptions{})
	tests := []struct {
		name, text string
		rows       int
	}{
		{"a table", "FIND Team AS t THAT HAS User AS u RETURN t.name, u.name", 30},
		{"repeated rows", "FIND Team AS t THAT HAS User RETURN t.name", 30},
		{"a list", "FIND User", 10},
		{"all properties", "FIND User AS u RETURN u.*", 10},
		{"a tree", "FIND Team WITH name = 't0' THAT HAS User RETURN TREE", 21}, // vertices and edges
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := count(t.Context(), t, source, tt.text, query.RunOptions{LimitRows: int64(tt.rows)}); err != nil {
				t.Errorf("exactly as many rows: %v", err)
			}
			n, err := count(t.Context(), t, source, tt.text, query.RunOptions{LimitRows: int64(tt.rows - 1)})
			var limit *exec.LimitError
			if !errors.As(err, &limit) || limit.Rows != int64(tt.rows-1) {
				t.Fatalf("error %v after %d rows, want a *exec.LimitError", err, n)
			}
		})
	}
}

// watched is a source that counts what is asked of it, and fails or ends the
// context at one of the calls.
type watched struct {
	*querytest.Source
	mu     sync.Mutex // guards calls
	calls  int
	failAt int
	cancel context.CancelFunc
	nodes  int // reached by Expand
}

var errSource = errors.New("the disk is gone")

func (w *watched) call() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	if w.calls != w.failAt {
		return nil
	}
	if w.cancel != nil {
		w.cancel()
		return nil
	}
	return errSource
}

func (w *watched) Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error] {
	return func(yield func([]graph.Ref, error) bool) {
		for refs, err := range w.Source.Scan(ctx, sel) {
			if failed := w.call(); failed != nil {
				err = failed
			}
			if !yield(refs, err) {
				return
			}
		}
	}
}

func (w *watched) Expand(ctx context.Context, from []graph.Ref, hop graph.Hop) iter.Seq2[graph.Steps, error] {
	return func(yield func(graph.Steps, error) bool) {
		for steps, err := range w.Source.Expand(ctx, from, hop) {
			w.nodes += steps.Len()
			if failed := w.call(); failed != nil {
				err = failed
			}
			if !yield(steps, err) {
				return
			}
		}
	}
}

func (w *watched) Fetch(ctx context.Context, refs []graph.Ref, props []string, into []graph.Vector) error {
	if err := w.call(); err != nil {
		return err
	}
	return w.Source.Fetch(ctx, refs, props, into)
}

func (w *watched) Images(ctx context.Context, refs []graph.Ref) ([]*graph.Image, error) {
	if err := w.call(); err != nil {
		return nil, err
	}
	return w.Source.Images(ctx, refs)
}

func (w *watched) Adjacency(ctx context.Context, table uint32, hop graph.Hop) ([]graph.Adjacency, bool, error) {
	if err := w.call(); err != nil {
		return nil, false, err
	}
	return w.Source.Adjacency(ctx, table, hop)
}

func (w *watched) Select(ctx context.Context, table uint32, where graph.Predicate) ([]uint64, error) {
	if err := w.call(); err != nil {
		return nil, err
	}
	return w.Source.Select(ctx, table, where)
}

// sources are those that have to be asked row by row, and those that are not.
var sources = []querytest.SourceOptions{{Batch: 4, NoAdjacency: true}, {Batch: 4}}

// shapes use every operator.
var shapes = []string{
	"FIND User",
	"FIND Team THAT HAS User",
	"FIND Team AS t THAT HAS User AS u WHERE t.name != u.name RETURN t.name, u",
	"FIND UNIQUE Team AS t THAT HAS User THAT HAS Team AS v RETURN t.name, v.name ORDER BY t.name SKIP 1 LIMIT 100",
	"FIND Team AS t (THAT HAS User AS u)? THAT !USES Team RETURN t.*, UNWIND(u.name)",
	"FIND Team AS t THAT HAS User THAT HAS Team AS v RETURN v.name, COUNT(*), SUM(t.name) HAVING COUNT(*) > 0",
	"FIND Team THAT HAS User WITH name = (FIND User AS u RETURN u.name) RETURN COUNT(*)",
	"FIND Team THAT HAS User RETURN TREE",
	"FIND Team THAT HAS User THAT HAS Team AS t RETURN COUNT(t)",
	"FIND Team THAT HAS User WITH name != 'n1' THAT HAS Team WITH name = 't1' RETURN COUNT(*)",
	"FIND Team AS t THAT HAS User AS u RETURN t._key, COUNT(u) AS n ORDER BY n DESC LIMIT 2",
	"FIND Team AS t THAT !HAS User WITH name = 'none' RETURN COUNT(t)",
}

// TestSourceErrors fails at every call in turn: the error must come back.
func TestSourceErrors(t *testing.T) {
	eachCall(t, errSource, func(w *watched) context.Context { return t.Context() })
}

// TestCancellation ends the context at every call in turn.
func TestCancellation(t *testing.T) {
	eachCall(t, context.Canceled, func(w *watched) context.Context {
		var ctx context.Context
		ctx, w.cancel = context.WithCancel(t.Context())
		return ctx
	})
}

// eachCall runs every shape as often as it calls the source, to have something happen
// at each call: the run must end with an error.
func eachCall(t *testing.T, want error, context func(*watched) context.Context) {
	g := crowd(t, 3, 5)
	for _, options := range sources {
		for _, text := range shapes {
			t.Run(text, func(t *testing.T) {
				source := &watched{Source: g.Source(options)}
				if _, err := count(t.Context(), t, source, text, query.RunOptions{BatchRows: 4}); err != nil {
					t.Fatal(err)
				}
				last := source.calls
				if want != errSource {
					last-- // nothing may be left to end at the last one
				}
				for at := 1; at <= last; at++ {
					w := &watched{Source: source.Source, failAt: at}
					if _, err := count(context(w), t, w, text, query.RunOptions{BatchRows: 4}); !errors.Is(err, want) {
						t.Errorf("call %d of %d: error %v", at, source.calls, err)
					}
					if w.cancel != nil {
						w.cancel()
					}
				}
			})
		}
	}
}

// TestEarlyStop expects that little is expanded when a few rows are enough.
func TestEarlyStop(t *testing.T) {
	g := crowd(t, 50, 50)
	tests := []struct {
		name, text string
		most       int
		without    []string
	}{
		{"LIMIT", "FIND Team AS t THAT HAS User AS u RETURN t.name, u.name LIMIT 5", 20, nil},
		{"LIMIT without the rule", "FIND Team AS t THAT HAS User AS u RETURN t.name, u.name LIMIT 5", 2500, []string{"stop-at-limit"}},
		{"a tree with LIMIT", "FIND Team THAT HAS User RETURN TREE LIMIT 3", 20, nil},
		{"existence", "FIND Team WITH name = 't1' THAT HAS User", 10, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := &watched{Source: g.Source(querytest.SourceOptions{Batch: 10, NoAdjacency: true})}
			if _, err := count(t.Context(), t, source, tt.text, query.RunOptions{BatchRows: 10, Without: tt.without}); err != nil {
				t.Fatal(err)
			}
			if source.nodes > tt.most {
				t.Errorf("%d entities were reached, want at most %d", source.nodes, tt.most)
			}
			if len(tt.without) > 0 && source.nodes < tt.most {
				t.Errorf("%d entities were reached although nothing stops early", source.nodes)
			}
		})
	}
}

// TestReaderStops ends a run by reading no further.
func TestReaderStops(t *testing.T) {
	source := &watched{Source: crowd(t, 50, 50).Source(querytest.SourceOptions{Batch: 10})}
	result, err := start(t.Context(), t, source, "FIND Team AS t THAT HAS User AS u RETURN t.name, u.name", query.RunOptions{BatchRows: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range result.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if result.Count() == 15 {
			break
		}
	}
	if source.nodes > 40 {
		t.Errorf("%d entities were reached for 15 rows", source.nodes)
	}
	if operator, ok := result.Blocked(); ok {
		t.Errorf("blocked at %s, although rows came", operator)
	}
}
