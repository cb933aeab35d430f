package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// benchstat compares. Its version is pinned, so that equal numbers have equal
// verdicts; the go command fetches it when it is needed.
const benchstat = "golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da"

// workingTree stands for the files as they are, instead of a revision.
const workingTree = "."

// contest compares two revisions.
type contest struct {
	dir    string // temporary
	sides  [2]side
	rounds int
	args   []string // of j1db bench
}

// side is one of the two.
type side struct {
	name, revision   string
	program, results string // files
}

// bench measures two revisions with j1db bench, in turns, and fails when the newer
// one is slower by more than a share, unless that may be chance.
func bench(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	slower := flags.Float64("slower", 10, "fail when a benchmark is slower by more than this many `percent`, and not by chance")
	rounds := flags.Int("count", 6, "how often each side is measured; benchstat wants 6 or more")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() < 2 || *rounds < 1 {
		return errors.New("usage: bench [-count N] [-slower PERCENT] OLD NEW [-- arguments of j1db bench]; . is the working tree")
	}
	dir, err := os.MkdirTemp("", "j1db-contest-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := &contest{dir: dir, rounds: *rounds, args: benchArgs(flags.Args()[2:])}
	for i, name := range [...]string{"old", "new"} {
		c.sides[i] = side{name, flags.Arg(i), filepath.Join(dir, "j1db-"+name), filepath.Join(dir, name+".txt")}
		if err := c.build(ctx, &c.sides[i]); err != nil {
			return err
		}
	}
	if err := c.measure(ctx); err != nil {
		return err
	}
	return c.compare(ctx, *slower)
}

// benchArgs are the arguments of j1db bench: without any, an estate that takes
// seconds.
func benchArgs(rest []string) []string {
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		rest = []string{"--n", "20000"}
	}
	return append([]string{"bench", "--quiet"}, rest...)
}

// build makes the program of a revision, in a worktree that goes away again.
func (c *contest) build(ctx context.Context, s *side) (err error) {
	tree := workingTree
	if s.revision != workingTree {
		tree = filepath.Join(c.dir, "tree-"+s.name)
		if err := command(ctx, nil, "git", "worktree", "add", "--quiet", "--detach", tree, s.revision); err != nil {
			return err
		}
		defer func() {
			gone := command(context.WithoutCancel(ctx), nil, "git", "worktree", "remove", "--force", tree)
			err = errors.Join(err, gone)
		}()
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", s.program, "./cmd/j1db")
	build.Dir, build.Stdout, build.Stderr = tree, os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build %s: %w", s.revision, err)
	}
	return nil
}

// measure lets the sides take turns, so that what else the machine does meets both.
func (c *contest) measure(ctx context.Context) error {
	fmt.Println("+ j1db", strings.Join(c.args, " "))
	for round := range c.rounds {
		for i := range c.sides {
			s := &c.sides[i]
			fmt.Printf("  %d/%d %s\n", round+1, c.rounds, s.name)
			if err := s.measure(ctx, c.args); err != nil {
				return fmt.Errorf("measure %s: %w", s.revision, err)
			}
		}
	}
	return nil
}

func (s *side) measure(ctx context.Context, args []string) error {
	f, err := os.OpenFile(s.results, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	run := exec.CommandContext(ctx, s.program, args...)
	run.Stdout, run.Stderr = f, os.Stderr
	return errors.Join(run.Run(), f.Close())
}

// verdict is how benchstat is asked. Dozens of benchmarks at its usual 0.05 would
// give a false alarm or two each time. With six samples a side 0.005 means that
// hardly any of the one is like any of the other.
func (c *contest) verdict(more ...string) []string {
	args := append([]string{"run", benchstat, "-alpha", "0.005", "-filter", ".unit:(sec/op OR B/op OR file-B)"}, more...)
	for i := range c.sides {
		args = append(args, c.sides[i].name+"="+c.sides[i].results)
	}
	return args
}

// compare prints what benchstat says and fails when it says slower. Where there is
// no benchstat both results are printed, and nothing is decided.
func (c *contest) compare(ctx context.Context, slower float64) error {
	if err := command(ctx, nil, "go", c.verdict()...); err != nil {
		for i := range c.sides {
			text, readErr := os.ReadFile(c.sides[i].results)
			fmt.Printf("\n%s (%s)\n%s", c.sides[i].name, c.sides[i].revision, text)
			err = errors.Join(err, readErr)
		}
		return fmt.Errorf("nothing was compared: %w", err)
	}
	table, err := exec.CommandContext(ctx, "go", c.verdict("-format", "csv")...).Output()
	if err != nil {
		return fmt.Errorf("read verdict: %w", err)
	}
	worse, err := slowdowns(strings.NewReader(string(table)), slower)
	if err == nil && len(worse) > 0 {
		err = fmt.Errorf("slower by more than %g %%: %s", slower, strings.Join(worse, ", "))
	}
	return err
}

// slowdowns reads benchstat's tables and lists what takes longer by more than a
// percentage. A difference that may be chance has no percentage in them.
func slowdowns(tables io.Reader, percent float64) ([]string, error) {
	r := csv.NewReader(tables)
	r.FieldsPerRecord = -1
	var worse []string
	unit := ""
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return worse, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read benchstat: %w", err)
		}
		if row[0] == "" && len(row) > 2 && row[2] == "CI" {
			unit = row[1] // of the table that begins here
		}
		if unit != "sec/op" || len(row) < 6 || row[0] == "" || row[0] == "geomean" {
			continue
		}
		text, known := strings.CutSuffix(row[5], "%")
		if x, err := strconv.ParseFloat(text, 64); known && err == nil && x > percent {
			worse = append(worse, row[0]+" "+row[5])
		}
	}
}
