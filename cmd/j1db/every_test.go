package main

import (
	"context"
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
	server, err := emulator.Start(emulator.NewState(emulator.New(emulator.Options{})), emulator.ServerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	s := newStation(t, map[string]string{"j1db.yaml": "db: graph.db\ninstances: [{name: heroku, provider: heroku, config: {apiKey: \"env:HEROKU_API_KEY\"}}]\n"})
	s.env["HEROKU_API_KEY"], s.env["HEROKU_BASE_URL"] = server.Heroku.Key, server.Heroku.URL
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
	if code := s.app().execute(ctx, []string{"--config", filepath.Join(s.dir, "j1db.yaml"), "sync", "--every", "1s"}); code != exitInterrupted {
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
	if code := s.run("--db", filepath.Join(s.dir, "fresh.db"), "sync", "heroku", "-q"); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, &s.stderr)
	}
	for _, db := range []string{"graph", "fresh"} {
		if code := s.run("--db", filepath.Join(s.dir, db+".db"), "export", "jsonl", "--output", filepath.Join(s.dir, db+".jsonl")); code != exitDone {
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
