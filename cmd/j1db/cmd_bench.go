package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/cmd/j1db/internal/estate"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

type benchOptions struct {
	sizes         []int
	seed          uint64
	count, rounds int
	queries       string
	only          string
	keep          string
	cold          bool
}

func (a *app) benchCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the engine on a generated estate",
		Long: `Generates an estate of entities and relationships, imports it into a database of
its own, asks a suite of 14 queries, imports the next state of the estate (1 % of
the entities changed), and prints what each took in the format of Go benchmarks,
for benchstat. Every answer is checked against the generator, which knows it:
a wrong one ends the command.

The database is in a temporary folder, or in the one that --keep names, together
with the generated files, which other programs can read too. With --db the suite
is asked of a database that an earlier run with the same --n and --seed has kept;
with --queries the questions of a file are asked of any database. Neither writes
to it. A line of the file is name|expected|J1QL, where expected is "count N",
"rows N" or nothing, and # begins a comment.`,
		Example: "  j1db bench --n 100000,1000000 > new.txt\n  j1db bench --n 1000000 --keep estate --cold\n" +
			"  j1db bench --db graph.db --queries questions.txt --count 6",
		Args: argsBetween(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runBench(cmd.Context(), o, cmd.Flags().Changed("db"))
		},
	}
	f := cmd.Flags()
	f.IntSliceVar(&o.sizes, "n", []int{100_000}, "how many `entities`; several for the growth")
	f.Uint64Var(&o.seed, "seed", 1, "equal seeds make equal estates")
	f.IntVar(&o.count, "count", 1, "how many lines a benchmark: benchstat wants 6 or more")
	f.IntVar(&o.rounds, "rounds", 7, "how many runs a line, of which it gives the median; more when they are short")
	f.StringVar(&o.queries, "queries", "", "ask the questions of a `file` instead of the suite")
	f.StringVar(&o.only, "run", "", "only the queries whose names match this `regexp`")
	f.StringVar(&o.keep, "keep", "", "leave files and database in a new `folder`")
	f.BoolVar(&o.cold, "cold", false, "also whole processes: j1db query from its start to its end")
	return cmd
}

func (o *benchOptions) check(existing bool) error {
	switch {
	case o.count < 1 || o.rounds < 1:
		return usageErrorf("--count and --rounds begin at 1")
	case o.keep != "" && (existing || o.queries != ""):
		return usageErrorf("--keep is for estates that are generated; --db and --queries name what there is")
	case existing && o.queries == "" && len(o.sizes) != 1:
		return usageErrorf("--db holds one estate: --n says of how many entities")
	case len(o.sizes) == 0:
		return usageErrorf("--n has no value")
	}
	for _, n := range o.sizes {
		if n < estate.Smallest || n > estate.Largest {
			return usageErrorf("--n is from %d to %d, not %d", estate.Smallest, estate.Largest, n)
		}
	}
	return nil
}

func (a *app) runBench(ctx context.Context, o benchOptions, existing bool) error {
	if err := o.check(existing); err != nil {
		return err
	}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return usageErrorf("--run: %v", err)
	}
	b := &bencher{app: a, benchOptions: o, only: only}
	switch {
	case o.queries != "":
		return b.askFile(ctx)
	case existing:
		return b.askKept(ctx)
	}
	return b.generate(ctx)
}

// askFile asks the questions of a file of the configured database.
func (b *bencher) askFile(ctx context.Context) error {
	questions, err := readQuestions(b.queries)
	if err == nil {
		err = b.checkAsked(questions)
	}
	if err != nil {
		return err
	}
	db, err := b.app.openConfigured()
	if err != nil {
		return err
	}
	for range b.count {
		snap, err := db.Snapshot(ctx, store.Latest, store.SnapshotOptions{})
		if err != nil {
			return err
		}
		types, err := snap.Types(ctx)
		if err := errors.Join(err, snap.Close()); err != nil {
			return err
		}
		n := 0
		for _, t := range types {
			if t.Kind == graph.EntityKind {
				n += int(t.Count)
			}
		}
		b.size = n
		if err := b.warm(ctx, db, "", store.Latest, questions); err != nil {
			return err
		}
		if err := b.coldOf(ctx, db, questions); err != nil {
			return err
		}
	}
	return nil
}

// readQuestions reads lines of name|expected|J1QL.
func readQuestions(path string) ([]estate.Question, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	defer f.Close()
	var questions []estate.Question
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		q, err := parseQuestion(line)
		if err != nil {
			return nil, &usageError{fmt.Errorf("%s:%d: %w", path, n, err), "a line is name|expected|J1QL"}
		}
		questions = append(questions, q)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	if len(questions) == 0 {
		return nil, usageErrorf("%s holds no question", path)
	}
	return questions, nil
}

func parseQuestion(line string) (q estate.Question, err error) {
	parts := strings.SplitN(line, "|", 3)
	if len(parts) < 3 {
		return q, errors.New("two | are wanted")
	}
	q.Name, q.Text = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[2])
	if q.Name == "" || strings.ContainsAny(q.Name, " \t") || q.Text == "" {
		return q, errors.New("a question has a name without spaces, and a text")
	}
	expected, n := strings.TrimSpace(parts[1]), 0
	if expected == "" {
		return q, nil
	}
	var what, rest string
	if got, _ := fmt.Sscanf(expected, "%s %d%s", &what, &n, &rest); got != 2 || n < 0 || what != "count" && what != "rows" {
		return q, fmt.Errorf("expected is \"count N\", \"rows N\" or nothing, not %q", expected)
	}
	if q.Want = estate.RowsAnswer(n); what == "count" {
		q.Want = estate.CountAnswer(n)
	}
	return q, nil
}

// askKept asks the suite of a database that an earlier run has kept.
func (b *bencher) askKept(ctx context.Context) error {
	b.size = b.sizes[0]
	e, err := estate.New(b.size, b.seed)
	if err != nil {
		return err
	}
	db, err := b.app.openConfigured()
	if err != nil {
		return err
	}
	newest, err := db.Resolve(ctx, store.Latest)
	if err != nil {
		return err
	}
	suite := e.Version(min(2, int(newest.Number))).Suite()
	if err := b.checkAsked(suite); err != nil {
		return err
	}
	for range b.count {
		if err := b.atVersion(ctx, db, "", store.Latest, suite); err != nil {
			return err
		}
		if err := b.coldOf(ctx, db, suite); err != nil {
			return err
		}
	}
	return nil
}

// generate measures estates of all sizes, one after the other.
func (b *bencher) generate(ctx context.Context) error {
	root := b.keep
	if root == "" {
		dir, err := os.MkdirTemp("", "j1db-bench-*") // 0700
		if err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		defer os.RemoveAll(dir)
		root = dir
	} else if err := makeNewFolder(root); err != nil {
		return err
	}
	for _, n := range b.sizes {
		b.size = n
		if err := b.estate(ctx, root); err != nil {
			return err
		}
	}
	if b.keep != "" {
		b.app.notice("kept in %s", b.keep)
	}
	return nil
}

// makeNewFolder makes a folder, which may be there if it is empty.
func makeNewFolder(path string) error {
	entries, err := os.ReadDir(path)
	if len(entries) > 0 {
		return usageErrorf("%s is not empty; what is kept goes into a new folder", path)
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make folder: %w", err)
	}
	return os.MkdirAll(path, 0o700)
}
