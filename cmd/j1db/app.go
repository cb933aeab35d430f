package main

import (
	"context"
	"io"
	"maps"
	"slices"
	"time"
)

// app is one invocation: the streams, the environment and the clock, which enter
// here and nowhere else, and the global flags.
type app struct {
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	getenv  func(string) string
	now     func() time.Time
	workDir string
	flags   globalFlags
	// stdoutTerminal and stderrTerminal say whether a person is looking.
	stdinTerminal, stdoutTerminal, stderrTerminal bool
	// width is the number of columns of the terminal, 0 when unknown.
	width func() int
	// live is the line that tells what goes on; nil without one.
	live *meter
}

type globalFlags struct {
	db          string
	config      string
	lockTimeout time.Duration
	color       string
	quiet       bool
	logLevel    string
}

// color reports whether output to a stream may be coloured.
func (a *app) color(terminal bool) bool {
	switch a.flags.color {
	case "always":
		return true
	case "never":
		return false
	}
	return terminal && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
}

// The colours of meaning (ECMA-48 SGR).
const (
	red    = "1;31"
	yellow = "33"
)

// onStderr colours a word of ours for stderr, where that is wanted.
func (a *app) onStderr(colour, word string) string {
	if !a.color(a.stderrTerminal) {
		return word
	}
	return "\x1b[" + colour + "m" + word + "\x1b[0m"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// execute runs one command line and returns its exit code. Errors have been
// printed.
func (a *app) execute(ctx context.Context, args []string) int {
	root := a.rootCommand()
	root.SetArgs(shieldTimes(args))
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	return a.finish(ctx, cmd, err)
}
