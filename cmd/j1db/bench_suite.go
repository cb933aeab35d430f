package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/j1db/j1db/cmd/j1db/internal/estate"
	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/store"
)

// benchMemory is what a query of the suite may use: what j1db query allows.
const benchMemory = 1 << 30

// asked says whether --run wants a question.
func (b *bencher) asked(q *estate.Question) bool { return b.only.MatchString(q.Name) }

// checkAsked refuses a --run that names no question, before anything is done.
func (b *bencher) checkAsked(questions []estate.Question) error {
	names := make([]string, len(questions))
	for i := range questions {
		if names[i] = questions[i].Name; b.asked(&questions[i]) {
			return nil
		}
	}
	return &usageError{fmt.Errorf("--run %s names no question", b.only), "questions: " + strings.Join(names, ", ")}
}

// atVersion measures how long a version takes to open, and the suite on it.
func (b *bencher) atVersion(ctx context.Context, db *store.DB, prefix string, at store.At, suite []estate.Question) error {
	var snap *store.Snapshot
	t, err := b.repeat(1, func() (err error) {
		snap, err = db.Snapshot(ctx, at, store.SnapshotOptions{})
		return err
	})
	if err == nil {
		err = snap.Close()
	}
	if err != nil {
		return err
	}
	b.line(prefix+"Open", t.runs, t.metrics()...)
	return b.warm(ctx, db, prefix, at, suite)
}

// warm asks questions of a version, again and again. What was decoded of it is kept
// from one to the next, and nothing holds the file while a line is printed.
func (b *bencher) warm(ctx context.Context, db *store.DB, prefix string, at store.At, questions []estate.Question) error {
	for i := range questions {
		if q := &questions[i]; b.asked(q) {
			if err := b.ask(ctx, db, prefix, at, q); err != nil {
				return fmt.Errorf("%s: %w", q.Name, err)
			}
		}
	}
	return nil
}

// ask checks the answer of one question, then measures it: the memory of one run,
// the time of many, and how long it takes to parse and to plan, which only the
// first run does.
func (b *bencher) ask(ctx context.Context, db *store.DB, prefix string, at store.At, q *estate.Question) error {
	stmt, err := query.New(query.Options{}).Prepare(q.Text)
	if err != nil {
		return err
	}
	snap, err := db.Snapshot(ctx, at, store.SnapshotOptions{})
	if err != nil {
		return err
	}
	defer snap.Close()
	options := query.RunOptions{Now: b.app.now(), Memory: benchMemory}
	rows := 0
	if err := q.Want.Check(countedRows(answerRows(ctx, stmt, snap, options), &rows)); err != nil {
		return err
	}
	run := func() error {
		n, err := drain(ctx, stmt, snap, options)
		if err == nil && n != rows {
			err = fmt.Errorf("the answer had %d rows, now it has %d", rows, n)
		}
		return err
	}
	peak, before, known, err := withPeak(run)
	if err != nil {
		return err
	}
	parse, err := b.repeat(b.rounds, func() error {
		_, err := query.New(query.Options{}).Prepare(q.Text)
		return err
	})
	if err != nil {
		return err
	}
	plan, err := b.repeat(min(b.rounds, 3), func() error {
		_, err := stmt.Explain(ctx, snap, options)
		return err
	})
	if err != nil {
		return err
	}
	t, err := b.repeat(b.rounds, run)
	if err := errors.Join(err, snap.Close()); err != nil {
		return err
	}
	more := []metric{{float64(parse.median.Nanoseconds()), "parse-ns"}, {float64(plan.median.Nanoseconds()), "plan-ns"}, {float64(rows), "rows"}}
	if known {
		more = append(more, metric{max(0, peak-before), "peak-MiB"})
	}
	b.line(prefix+capitalized(q.Name), t.runs, t.metrics(more...)...)
	return nil
}

// capitalized makes a name one of a benchmark.
func capitalized(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// drain runs a statement and reads its rows, without showing them to anybody.
func drain(ctx context.Context, stmt *query.Stmt, g query.Graph, options query.RunOptions) (n int, err error) {
	result, err := stmt.Run(ctx, g, options)
	if err != nil {
		return 0, err
	}
	defer result.Close()
	if result.Kind() == query.Tree {
		_, err := result.Subgraph()
		return result.Count(), err
	}
	for _, err := range result.Rows() {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// answerRows are the rows of a statement as texts; a whole object is its key.
func answerRows(ctx context.Context, stmt *query.Stmt, g query.Graph, options query.RunOptions) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		result, err := stmt.Run(ctx, g, options)
		if err != nil {
			yield(nil, err)
			return
		}
		defer result.Close()
		if result.Kind() == query.Tree {
			yield(nil, errors.New("a tree has no rows to check"))
			return
		}
		var texts []string
		for row, err := range result.Rows() {
			texts = texts[:0]
			for _, cell := range row {
				if cell.Object != nil {
					texts = append(texts, cell.Object.Key)
				} else {
					texts = append(texts, cell.Value.Text())
				}
			}
			if !yield(texts, err) {
				return
			}
		}
	}
}

// countedRows passes rows on and counts them.
func countedRows(rows iter.Seq2[[]string, error], n *int) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for row, err := range rows {
			*n++
			if !yield(row, err) {
				return
			}
		}
	}
}

// checkSuite checks the answers of a suite and measures nothing.
func (b *bencher) checkSuite(ctx context.Context, suite []estate.Question, snap *store.Snapshot) error {
	engine := query.New(query.Options{})
	for i := range suite {
		q := &suite[i]
		if !b.asked(q) {
			continue
		}
		stmt, err := engine.Prepare(q.Text)
		if err == nil {
			err = q.Want.Check(answerRows(ctx, stmt, snap, query.RunOptions{Now: b.app.now(), Memory: benchMemory}))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", q.Name, err)
		}
	}
	return nil
}
