package query_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
)

// worstQueries ask for as much as a few words can.
var worstQueries = []struct{ name, text string }{
	{"all pairs of neighbours", "FIND * THAT RELATES TO * THAT RELATES TO *"},
	{"their number", "FIND * THAT RELATES TO * THAT RELATES TO * RETURN COUNT(*)"},
	{"their number four times over", "FIND * THAT RELATES TO * THAT RELATES TO * THAT RELATES TO * THAT RELATES TO * RETURN COUNT(*)"},
	{"all of them", "FIND * AS a THAT RELATES TO * AS b THAT RELATES TO * AS c RETURN a._key, b._key, c._key"},
	{"all of them in order", "FIND * AS a THAT RELATES TO * AS b THAT RELATES TO * AS c RETURN a._key, c._key ORDER BY c._key, a._key"},
	{"all of them once", "FIND UNIQUE * AS a THAT RELATES TO * AS b THAT RELATES TO * AS c RETURN a._key, c._key"},
	{"groups of pairs", "FIND * AS a THAT RELATES TO * AS b THAT RELATES TO * AS c RETURN a._key, c._key, COUNT(*)"},
	{"different ends of all", "FIND * AS a THAT RELATES TO * THAT RELATES TO * AS c RETURN a._key, COUNT(c)"},
	{"optional groups", "FIND * (THAT RELATES TO *)? (THAT RELATES TO *)? (THAT RELATES TO * THAT RELATES TO *)? RETURN COUNT(*)"},
	{"a tree of everything", "FIND * THAT RELATES TO * THAT RELATES TO * RETURN TREE"},
	{"the first of everything in order", "FIND * AS a THAT RELATES TO * AS b THAT RELATES TO * AS c RETURN a.displayName, c.displayName ORDER BY c.displayName DESC LIMIT 5"},
	{"nothing, after a long search", "FIND * AS a THAT RELATES TO * AS b THAT RELATES TO * AS c WHERE a.displayName = c.region RETURN a"},
}

// TestWorstQueries gives every query little memory and few rows: each ends with an
// answer, or with an error that says where and how to go on.
func TestWorstQueries(t *testing.T) {
	const memory, rows = 2 << 20, 50_000
	a := estate(3000)
	for _, q := range worstQueries {
		t.Run(q.name, func(t *testing.T) {
			start := time.Now()
			n, err := drain(t.Context(), t, a, q.text, query.RunOptions{Memory: memory, LimitRows: rows})
			var limit *exec.LimitError
			switch {
			case err == nil:
				t.Logf("%d rows after %s", n, time.Since(start))
			case !errors.As(err, &limit) || limit.Operator == "" || limit.Hint == "":
				t.Fatalf("error %v, want a *exec.LimitError", err)
			default:
				t.Logf("%v, after %s: %s", err, time.Since(start), limit.Hint)
			}
		})
	}
}

// TestWorstQueriesEnd ends every query while it runs: it returns at once.
func TestWorstQueriesEnd(t *testing.T) {
	a := estate(20_000)
	for _, q := range worstQueries {
		t.Run(q.name, func(t *testing.T) { endsSoon(t, a, q.text, query.RunOptions{}, 30*time.Millisecond) })
	}
}

// endsSoon runs a query and ends it after a time: it returns within what is promised,
// if no limit has ended it before.
func endsSoon(t *testing.T, g query.Graph, text string, options query.RunOptions, after time.Duration) {
	t.Helper()
	const promised = 100 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked atomic.Int64
	start := time.Now()
	timer := time.AfterFunc(after, func() {
		asked.Store(int64(time.Since(start)))
		cancel()
	})
	defer timer.Stop()
	n, err := drain(ctx, t, g, text, options)
	took := time.Since(start)
	var limit *exec.LimitError
	switch {
	case errors.Is(err, context.Canceled):
		late := took - time.Duration(asked.Load())
		t.Logf("ended %s after it was asked to, with %d rows", late, n)
		if late > promised && !raced {
			t.Errorf("it took %s", late)
		}
	case err != nil && !errors.As(err, &limit):
		t.Fatal(err)
	default:
		t.Logf("%d rows and %v after %s", n, err, took)
	}
}

// drain reads an answer to its end.
func drain(ctx context.Context, tb testing.TB, g query.Graph, text string, options query.RunOptions) (int, error) {
	tb.Helper()
	stmt, err := query.New(query.Options{}).Prepare(text)
	if err != nil {
		tb.Fatal(err)
	}
	result, err := stmt.Run(ctx, g, options)
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
