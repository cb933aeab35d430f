package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
)

// A second run of sync --every gets 304s for what is the same and leaves the same
// graph; a third one, after a day, reads what is not.
func TestSyncEveryReadsOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	s, server := company(t)
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	var runs [3][]emulator.Request
	// Every run begins with the key's account; a request that one fault took is
	// none to those after it.
	after := func(run int, do func(*emulator.Estate)) emulator.Fault {
		return emulator.Fault{Route: "/account", Action: emulator.Pass, Nth: 2, Times: 1, Edit: func(e *emulator.Estate) {
			runs[run-1] = server.Heroku.Log.Requests()
			server.Heroku.Log.Reset()
			do(e)
		}}
	}
	server.Heroku.Faults.Set(
		after(1, func(*emulator.Estate) {}),
		after(2, func(e *emulator.Estate) { *e, _ = e.NextDay() }),
		after(3, func(*emulator.Estate) { stop() }),
	)
	if code := s.runTo(ctx, &s.stdout, "sync", "heroku", "--every", "1s"); code != exitInterrupted {
		t.Errorf("exit code %d, want %d\n%s", code, exitInterrupted, &s.stderr)
	}
	for i, want := range []func(same, all int) bool{
		func(same, all int) bool { return same == 0 },
		func(same, all int) bool { return same == all },
		func(same, all int) bool { return same > 0 && same < all },
	} {
		same, all := 0, 0
		for _, r := range runs[i] {
			if r.Page > 0 {
				all++
			}
			if r.Status == http.StatusNotModified {
				same++
			}
		}
		t.Logf("run %d: %d of %d lists were 304", i+1, same, all)
		if all == 0 || !want(same, all) {
			t.Errorf("run %d: %d of %d lists were 304", i+1, same, all)
		}
	}
	out := s.stdout.String()
	if !strings.Contains(out, "heroku: version 1,") || strings.Count(out, "heroku: nothing changed") != 1 || !strings.Contains(out, "heroku: version 2,") {
		t.Errorf("what the runs said:\n%s", out)
	}
	server.Heroku.Faults.Set()
	if code := s.runTo(t.Context(), io.Discard, "--db", s.path("fresh.db"), "sync", "heroku", "-q"); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, &s.stderr)
	}
	for _, db := range []string{"graph", "fresh"} {
		if code := s.runTo(t.Context(), io.Discard, "--db", s.path(db+".db"), "export", "jsonl", "--output", s.path(db+".jsonl")); code != exitDone {
			t.Fatalf("exit code %d\n%s", code, &s.stderr)
		}
	}
	if diff := cmp.Diff(sortedLines(t, s.dir, "fresh.jsonl"), sortedLines(t, s.dir, "graph.jsonl")); diff != "" {
		t.Errorf("with 304s the graph is another one than without (-without +with):\n%s", diff)
	}
}

// sortedLines reads an export, whose lines follow the rows of the tables.
func sortedLines(t *testing.T, dir, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(strings.Lines(string(text)))
}

// watcher is a stdout that does something when a text passes.
type watcher struct {
	bytes.Buffer
	text string
	do   func()
}

func (w *watcher) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if w.do != nil && strings.Contains(w.String(), w.text) {
		w.do()
		w.do = nil
	}
	return n, err
}

// company starts the emulated APIs, and tells a station of them.
func company(t *testing.T) (*station, *emulator.Server) {
	t.Helper()
	server, err := emulator.Start(emulator.NewState(emulator.New(emulator.Options{})), emulator.ServerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	s := newStation(t, nil)
	s.env = map[string]string{
		"HOME": s.dir, "J1DB_DB": s.path("graph.db"),
		"HEROKU_API_KEY": server.Heroku.Key, "HEROKU_BASE_URL": server.Heroku.URL,
		"JUMPCLOUD_API_KEY": server.JumpCloud.Key, "JUMPCLOUD_BASE_URL": server.JumpCloud.URL,
	}
	return s, server
}

// runTo runs a command line whose output goes to out.
func (s *station) runTo(ctx context.Context, out io.Writer, args ...string) int {
	a := s.app()
	a.stdout = out
	return a.execute(ctx, args)
}

// What one instance committed stays when a signal comes before the next.
func TestSyncStopsBetweenInstances(t *testing.T) {
	s, _ := company(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &watcher{text: "heroku: version 1,", do: stop}
	if code := s.runTo(ctx, out, "sync", "heroku", "jumpcloud"); code != exitPartial || !strings.Contains(s.stderr.String(), "instance jumpcloud was not begun") {
		t.Errorf("exit code %d\n%s%s", code, out, &s.stderr)
	}
}

// A signal between two runs is the orderly end; within one, nothing of that run is
// committed.
func TestSyncEveryStops(t *testing.T) {
	s, server := company(t)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &watcher{text: "heroku: version 1,", do: stop}
	if code := s.runTo(ctx, out, "sync", "heroku", "--every", "1h"); code != exitDone || strings.Contains(s.stderr.String(), "j1db:") || strings.Count(out.String(), "heroku: version") != 1 {
		t.Errorf("between runs: exit code %d\n%s%s", code, out, &s.stderr)
	}

	ctx, stop = context.WithCancel(t.Context())
	defer stop()
	server.State.Advance()
	server.Heroku.Faults.Set(emulator.Fault{Route: "/apps/{app}/addons", Action: emulator.Pass, Nth: 3, Times: 1, Edit: func(*emulator.Estate) { stop() }})
	out = &watcher{}
	if code := s.runTo(ctx, out, "sync", "heroku", "--every", "1h"); code != exitInterrupted || !strings.Contains(s.stderr.String(), "interrupted, nothing was committed") {
		t.Errorf("within a run: exit code %d\n%s%s", code, out, &s.stderr)
	}
	out = &watcher{}
	if code := s.runTo(t.Context(), out, "log", "-o", "jsonl"); code != exitDone || strings.Contains(out.String(), `"version":2`) {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
