package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

// task is one thing that this command can do.
type task struct {
	name string
	args string
	help string
	run  func(ctx context.Context, args []string) error
}

func tasks() []task {
	return []task{
		{"fuzz", "[TIME]", "run every fuzz target for TIME each (30s)", fuzz},
		{"agree", "[PAIRS]", "ask PAIRS random questions (1000000) of the engine and of the naive evaluator", agree},
		{"model", "[SEEDS]", "try the store on SEEDS random histories (200) against its model", model},
		{"soak", "[DAYS]", "try every fault at every list, then DAYS simulated days (1000) of faults", soak},
		{"exports", "[STORIES]", "try exports to JupiterOne in STORIES random stories (10000)", exports},
		{"witness", "", "compare exports with JupiterOne's own command line; needs node and npm", witnessed},
		{"numbers", "", "write what docs/performance.txt holds into the tables of docs/performance.md", numbers},
		{"bench", "OLD NEW", "compare two revisions with benchstat, and fail when the newer is slower", bench},
		{"crash", "[KILLS]", "kill KILLS processes (500) that change a store, and tear four commits for each", crash},
		{"open", "[TIME]", "leave a shell open for TIME (1h) while another process writes versions", open},
		{"skips", "", "run the tests that may be skipped, and say which were and why", skips},
		{"race", "", "run the tests of the concurrent packages under the race detector", race},
		{"cross", "", "compile for Linux, macOS and Windows", cross},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		usage(os.Stdout)
		return nil
	}
	for _, t := range tasks() {
		if t.name == args[0] {
			return t.run(ctx, args[1:])
		}
	}
	usage(os.Stderr)
	return fmt.Errorf("there is no task %q", args[0])
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: go run ./cmd/dev TASK")
	for _, t := range tasks() {
		fmt.Fprintf(w, "  %-18s %s\n", strings.TrimSpace(t.name+" "+t.args), t.help)
	}
}

// command runs a program with its output on ours, from the top of the project.
func command(ctx context.Context, env []string, name string, args ...string) error {
	fmt.Println("+", strings.Join(append(append([]string{}, env...), append([]string{name}, args...)...), " "))
	c := exec.CommandContext(ctx, name, args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.Env = append(os.Environ(), env...)
	if err := c.Run(); err != nil {
		return fmt.Errorf("run %s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

// agree is the long form of a test: every run takes other seeds and prints them.
func agree(ctx context.Context, args []string) error {
	pairs, err := number(args, 1_000_000)
	if err != nil {
		return err
	}
	return command(ctx, nil, "go", "test", "./query", "-run=^TestAgreement$", "-v", "-timeout=0",
		fmt.Sprintf("-pairs=%d", pairs), fmt.Sprintf("-seed=%d", time.Now().UnixNano()%1e12))
}

// model is the long form of the store's model test.
func model(ctx context.Context, args []string) error {
	seeds, err := number(args, 200)
	if err != nil {
		return err
	}
	return command(ctx, nil, "go", "test", "./store", "-run=^TestModel$", "-v", "-timeout=0", fmt.Sprintf("-seeds=%d", seeds))
}

// soak is the long form of the collectors' trials.
func soak(ctx context.Context, args []string) error {
	days, err := number(args, 1000)
	if err != nil {
		return err
	}
	return errors.Join(
		command(ctx, nil, "go", "test", "./ingest", "-run=TestFaults|TestMemory", "-full", "-timeout=1h"),
		command(ctx, nil, "go", "test", "./ingest", "-run=^TestSoak$", "-v", "-timeout=3h",
			fmt.Sprintf("-days=%d", days), fmt.Sprintf("-seed=%d", time.Now().UnixNano()%1e12)),
		exportStories(ctx, 10*days),
	)
}

// exports is the long form of the exporter's trial.
func exports(ctx context.Context, args []string) error {
	n, err := number(args, 10_000)
	if err != nil {
		return err
	}
	return exportStories(ctx, n)
}

func exportStories(ctx context.Context, n int) error {
	return command(ctx, nil, "go", "test", "./ingest/jupiterone", "-run=^TestRandom$", "-v", "-timeout=3h",
		fmt.Sprintf("-sequences=%d", n), fmt.Sprintf("-seed=%d", time.Now().UnixNano()%1e12))
}

// open is the long form of the trial of a shell that is left open.
func open(ctx context.Context, args []string) error {
	lasts := "1h"
	if len(args) > 0 {
		lasts = args[0]
	}
	if _, err := time.ParseDuration(lasts); err != nil {
		return fmt.Errorf("%q is not a time: %w", lasts, err)
	}
	return command(ctx, nil, "go", "test", "./cmd/j1db", "-run=^TestTerminalLeftOpen$", "-v", "-timeout=0", "-open="+lasts)
}

// number reads the only argument of a task.
func number(args []string, otherwise int) (int, error) {
	if len(args) == 0 {
		return otherwise, nil
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a number of trials", args[0])
	}
	return n, nil
}

// race tests what runs in several goroutines.
func race(ctx context.Context, _ []string) error {
	concurrent := []string{"./store", "./store/delta", "./store/stage", "./store/table", "./query", "./query/exec", "./query/querytest", "./ingest", "./ingest/httpx",
		"./ingest/heroku", "./ingest/jumpcloud", "./ingest/emulator", "./ingest/j1files", "./ingest/jupiterone", "./cmd/j1db/..."}
	return command(ctx, nil, "go", append([]string{"test", "-race", "-short", "-count=1", "-timeout=30m"}, concurrent...)...)
}

func cross(ctx context.Context, _ []string) error {
	var errs []error
	for _, target := range []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"} {
		system, arch, _ := strings.Cut(target, "/")
		env := []string{"CGO_ENABLED=0", "GOOS=" + system, "GOARCH=" + arch}
		errs = append(errs, command(ctx, env, "go", "build", "-o", os.DevNull, "./cmd/j1db"))
	}
	return errors.Join(errs...)
}
