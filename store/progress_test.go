package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// TestProgress: what keeps the file tells how far it is, ever further, to the end.
func TestProgress(t *testing.T) {
	path := filled(t)
	for _, what := range []struct {
		name string
		do   func(db *store.DB) error
	}{
		{"check", func(db *store.DB) error {
			for err := range db.Check(t.Context()) {
				return err
			}
			return nil
		}},
		{"backup", func(db *store.DB) error { _, err := db.Backup(t.Context(), &bytes.Buffer{}); return err }},
		{"prune", func(db *store.DB) error { _, err := db.Prune(t.Context(), store.Latest); return err }},
		{"compact", func(db *store.DB) error { _, err := db.Compact(t.Context()); return err }},
	} {
		t.Run(what.name, func(t *testing.T) {
			db, err := store.Open(path, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			calls, last, all := 0, int64(-1), int64(0)
			err = what.do(db.Observed(func(done, total int64) {
				if done <= last || done > total || all != 0 && total != all {
					t.Errorf("%d of %d after %d of %d", done, total, last, all)
				}
				calls++
				last, all = done, total
			}))
			if err != nil || calls < 2 || last != all {
				t.Errorf("%d calls, the last says %d of %d; %v", calls, last, all, err)
			}
		})
	}
}

// TestStopped: what keeps the file ends with its context, and leaves it alone.
func TestStopped(t *testing.T) {
	path := filled(t)
	good := readFile(t, path)
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func(context.Context, *store.DB) error{
		"check": func(ctx context.Context, db *store.DB) (last error) {
			for err := range db.Check(ctx) {
				last = err
			}
			return last
		},
		"backup":  func(ctx context.Context, db *store.DB) error { _, err := db.Backup(ctx, &bytes.Buffer{}); return err },
		"prune":   func(ctx context.Context, db *store.DB) error { _, err := db.Prune(ctx, store.Latest); return err },
		"compact": func(ctx context.Context, db *store.DB) error { _, err := db.Compact(ctx); return err },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		err := do(ctx, db.Observed(func(int64, int64) { cancel() }))
		cancel()
		if name == "prune" && err == nil {
			t.Errorf("%s: it was not stopped", name)
		} else if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.Equal(good, readFile(t, path)) {
		t.Error("the file was changed")
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("the folder holds %v, %v", list, err)
	}
}

// TestCompactBeside: while a compaction copies, others read and commit, and what
// they commit is not lost. One that is overtaken again and again takes the file for
// itself.
func TestCompactBeside(t *testing.T) {
	for name, commits := range map[string]int{"nobody": 0, "once": 1, "again and again": 2} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			other := storetest.OpenAt(t, path, store.Options{LockTimeout: 20 * time.Millisecond})
			made, copies := 0, 0
			db, err := store.Open(path, store.Options{At: func(point string) {
				if point != store.PointCopied {
					return
				}
				if copies++; made < commits {
					made++
					storetest.Commit(t, other, east, graph.Batch{Entities: entities(made, "pear")})
					return
				}
				_, err := other.Resolve(t.Context(), store.Latest)
				if locked := (*store.LockedError)(nil); errors.As(err, &locked) != (commits == 2) {
					t.Errorf("reading beside copy %d: %v", copies, err)
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err = db.Compact(t.Context()); err != nil || copies != commits+1 {
				t.Fatalf("%d copies, %v", copies, err)
			}
			found := 0
			for id := range storetest.GraphAt(t, other, store.Latest, store.SnapshotOptions{}) {
				if id.Instance == "east" && strings.HasPrefix(id.Key, "pear") {
					found++
				}
			}
			if found != made {
				t.Errorf("there are %d of %d", found, made)
			}
			if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
				t.Errorf("the folder holds %v, %v", list, err)
			}
		})
	}
}
