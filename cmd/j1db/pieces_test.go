package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

func TestExitCodes(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		want int
	}{
		"done":        {t.Context(), nil, 0},
		"failed":      {t.Context(), errors.New("x"), 1},
		"not found":   {t.Context(), &store.NotFoundError{Path: "x"}, 1},
		"usage":       {t.Context(), usageErrorf("x"), 2},
		"step":        {t.Context(), fmt.Errorf("instance: %w", &ingest.UnknownStepError{ID: "x"}), 2},
		"partial":     {t.Context(), &partialError{"x"}, 3},
		"syntax":      {t.Context(), fmt.Errorf("q: %w", &syntax.Error{}), 4},
		"validation":  {t.Context(), &syntax.ValidationError{}, 4},
		"corrupt":     {t.Context(), fmt.Errorf("open: %w", &store.CorruptError{}), 5},
		"format":      {t.Context(), &store.FormatError{}, 5},
		"locked":      {t.Context(), &store.LockedError{}, 6},
		"guard":       {t.Context(), fmt.Errorf("commit: %w", &store.GuardError{}), 7},
		"held":        {t.Context(), &store.HeldError{}, 7},
		"trust":       {t.Context(), &trustError{}, 7},
		"interrupted": {cancelled, fmt.Errorf("sync: %w", context.Canceled), 130},
		"silent":      {t.Context(), &silentError{4}, 4},
	} {
		if got := exitCode(c.ctx, c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}

func TestSettleSync(t *testing.T) {
	guard, partial := &store.GuardError{Instance: "a"}, &partialError{"b is not complete"}
	for name, c := range map[string]struct {
		committed bool
		errs      []error
		want      int
	}{
		"all good":                     {true, nil, 0},
		"one refused alone":            {false, []error{guard}, 7},
		"one refused, one committed":   {true, []error{guard}, 3},
		"one partial":                  {true, []error{partial}, 3},
		"one partial, one refused":     {true, []error{partial, guard}, 3},
		"two failed, nothing done":     {false, []error{errors.New("x"), errors.New("y")}, 1},
		"failed and refused, nothing":  {false, []error{errors.New("x"), guard}, 7},
		"one failed, another complete": {true, []error{errors.New("x")}, 3},
	} {
		if got := exitCode(t.Context(), settleSync(c.committed, c.errs)); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "384MiB": 384 << 20, "2 GB": 2e9, "10k": 0, "7K": 7 << 10, "0": 0, "-1": 0, "": 0, "9999999999GiB": 0} {
		got, err := parseSize(text)
		if (err != nil) != (want == 0) || got != want {
			t.Errorf("parseSize(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
}

func TestSpoolSurvivesItsBound(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var want bytes.Buffer
	s := newSpool()
	line := []byte(strings.Repeat("x", 1<<20) + "\n")
	for range 11 {
		for _, w := range []io.Writer{s, &want} {
			if _, err := w.Write(line); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s.file == nil {
		t.Fatal("11 MiB were kept in memory")
	}
	name := s.file.Name()
	if info, err := s.file.Stat(); err != nil || readableByOthers(info) {
		t.Errorf("the spool's file: %v, %v", info, err)
	}
	// However the process ends, nothing stays behind.
	if _, err := os.Stat(name); err == nil && runtime.GOOS != "windows" {
		t.Error("the spool's file has a name")
	}
	var got bytes.Buffer
	if err := errors.Join(s.copyTo(&got), s.Close()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Error("the spool gives back something else")
	}
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Error("the spool's file is still there")
	}
}

func TestProgressOnATerminal(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	a := &app{stderr: &out, stderrTerminal: true, getenv: func(string) string { return "" }, now: func() time.Time { return now }, width: func() int { return 60 }}
	p := a.newProgress("heroku\x1b[2J")
	step := &ingest.Step{ID: "fetch-teams"}
	p.StepStarted(step)
	now = now.Add(time.Second)
	p.StepProgress(step, 3, 4, 5)
	p.event(httpx.Event{Kind: httpx.WaitingForLimit, Wait: 42 * time.Second})
	if got := out.String(); !strings.Contains(got, "waiting 42s for the rate limit") {
		t.Errorf("no word about the wait: %q", got)
	}
	p.StepEnded(step, graph.StepOutcome{Step: "fetch-teams", Entities: 3})
	p.clear()
	for _, line := range strings.Split(out.String(), eraseLine) {
		if strings.ContainsAny(line, "\x1b\n") {
			t.Errorf("a live line holds a control character: %q", line)
		}
		if len(line) > 62 { // the mark of what was cut takes three bytes
			t.Errorf("a live line is too long for the terminal: %q", line)
		}
	}
	if !strings.HasSuffix(out.String(), eraseLine) {
		t.Error("the live line stays on the screen")
	}
}

func TestColours(t *testing.T) {
	for _, c := range []struct {
		flag, noColor string
		terminal      bool
		want          bool
	}{
		{"auto", "", true, true}, {"auto", "", false, false}, {"auto", "1", true, false},
		{"always", "1", false, true}, {"never", "", true, false},
	} {
		a := &app{stderrTerminal: c.terminal, getenv: func(name string) string {
			if name == "NO_COLOR" {
				return c.noColor
			}
			return ""
		}}
		a.flags.color = c.flag
		if got := strings.Contains(a.onStderr(red, "x"), "\x1b"); got != c.want {
			t.Errorf("%+v: coloured is %v", c, got)
		}
	}
}

func TestConfigurationPrecedence(t *testing.T) {
	dir := t.TempDir()
	project, user := dir+"/project", dir+"/user/j1db"
	for path, text := range map[string]string{
		project + "/j1db.yaml": "db: project.db\ninstances:\n  - {name: a, provider: acme, config: {clientId: one, clientSecret: s}}\n",
		user + "/config.yaml":  "db: user.db\nmapper: {persons: false}\ninstances:\n  - {name: a, provider: acme, config: {clientId: two}}\n  - {name: b, provider: acme}\n",
	} {
		if err := errors.Join(os.MkdirAll(path[:strings.LastIndex(path, "/")], 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"XDG_CONFIG_HOME": dir + "/user", "HOME": dir}
	load := func(flag string) *config {
		t.Helper()
		a := &app{getenv: func(n string) string { return env[n] }, workDir: project}
		a.flags.db = flag
		c, err := a.loadConfig()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := load("")
	if c.db.value != project+"/project.db" || c.persons || len(c.instances) != 2 || c.instance("a").Config["clientId"] != "one" {
		t.Errorf("the project's file does not come before the user's: %+v", c)
	}
	env["J1DB_DB"] = "/env.db"
	if c := load(""); c.db.value != "/env.db" || c.db.origin != "J1DB_DB" {
		t.Errorf("the environment does not come before files: %+v", c.db)
	}
	if c := load("/flag.db"); c.db.value != "/flag.db" {
		t.Errorf("the flag does not come first: %+v", c.db)
	}
}
