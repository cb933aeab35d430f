package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// calls are all the ways to touch a file.
func calls(ctx context.Context, db *store.DB) map[string]error {
	out := map[string]error{}
	s, err := db.Snapshot(ctx, store.Latest, store.SnapshotOptions{})
	if out["snapshot"] = err; err == nil {
		out["snapshot"] = s.Close()
	}
	_, out["resolve"] = db.Resolve(ctx, store.Latest)
	_, out["versions"] = db.Versions(ctx, 0)
	_, out["runs"] = db.Runs(ctx, "", 0)
	_, out["instances"] = db.Instances(ctx)
	_, out["stale"] = db.Stale(ctx)
	_, out["stats"] = db.Stats(ctx)
	_, out["history"] = db.History(ctx, graph.Identity{Instance: "east", Key: "k"})
	_, out["raw"] = db.Raw(ctx, graph.Identity{Instance: "east", Key: "k"})
	_, out["backup"] = db.Backup(ctx, &bytes.Buffer{})
	_, out["cursors"] = db.Cursors(ctx)
	_, out["pins"] = db.Pins(ctx)
	_, out["compact"] = db.Compact(ctx)
	for err := range db.Check(ctx) {
		out["check"] = err
	}
	for _, err := range db.Touched(ctx, 0, 1) {
		out["touched"] = err
	}
	return out
}

func TestReadingCreatesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "no", "graph.db")
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range calls(t.Context(), db) {
		var missing *store.NotFoundError
		if !errors.As(err, &missing) || missing.Path != path {
			t.Errorf("%s: %v", name, err)
		}
	}
	dry := east
	dry.DryRun = true
	if res := storetest.Commit(t, db, dry, graph.Batch{Entities: entities(3, "pear")}); res.Version != 1 || res.Run.Counts.Created != 3 {
		t.Errorf("dry run: %+v", res)
	}
	s, err := db.Begin(t.Context(), east)
	if err != nil {
		t.Fatal(err)
	}
	s.Discard()
	if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
		t.Errorf("the folder holds %v, %v", list, err)
	}
	storetest.Commit(t, db, east, graph.Batch{Entities: entities(3, "pear")})
	for p, mode := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		if info, err := os.Stat(p); err != nil || info.Mode() != mode {
			t.Errorf("%s has mode %v, %v", p, info.Mode(), err)
		}
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("the folder holds %v, %v", list, err)
	}
}

func TestNotAStore(t *testing.T) {
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	b, err := bolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	bolted, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string][]byte{
		"empty":            {},
		"one byte":         {1},
		"text":             []byte(strings.Repeat("name,age\nada,36\n", 1000)),
		"zeros":            make([]byte, 64<<10),
		"another program":  bolted,
		"half a bolt file": bolted[:len(bolted)/2],
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "graph.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(path, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			all := calls(t.Context(), db)
			_, all["begin"] = db.Begin(t.Context(), east)
			all["pin"] = db.SetPin(t.Context(), "p", 1)
			for call, err := range all {
				var corrupt *store.CorruptError
				if !errors.As(err, &corrupt) {
					t.Errorf("%s: %v", call, err)
				}
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, content) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

// filled returns the path of a store with a few versions.
func filled(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "graph.db")
	db, err := store.Open(path, store.Options{Now: storetest.NewClock().Now})
	if err != nil {
		t.Fatal(err)
	}
	g := storetest.NewGenerator(7)
	for range 6 {
		r := g.Run()
		storetest.Commit(t, db, store.SyncOptions{Instance: storetest.Instance(r.Instance), AllowDeletes: true, Derive: storetest.Persons}, r.Batches...)
	}
	return path
}

func TestOtherFormat(t *testing.T) {
	path := filled(t)
	b, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The number 9 with its checksum, as a later j1db would write it.
	err = b.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("j1db")).Put([]byte("format"), store.SealedNumber("format", 9))
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range calls(t.Context(), db) {
		var format *store.FormatError
		if !errors.As(err, &format) || format.Has != 9 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := filled(t)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(filepath.Dir(path), 0o700) })
	db, err := store.Open(path, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range calls(t.Context(), db) {
		if name == "compact" {
			if !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("compact: %v", err)
			}
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := db.Begin(t.Context(), east); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("begin: %v", err)
	}
	if err := db.SetPin(t.Context(), "p", 1); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("set pin: %v", err)
	}
}

func TestLocked(t *testing.T) {
	path := filled(t)
	open := func(timeout time.Duration) *store.DB {
		db, err := store.Open(path, store.Options{LockTimeout: timeout})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	other := open(20 * time.Millisecond)
	looked := 0
	db, err := store.Open(path, store.Options{At: func(point string) {
		if point != store.PointLocked && point != store.PointWritten {
			return
		}
		looked++
		for name, err := range calls(t.Context(), other) {
			var locked *store.LockedError
			if !errors.As(err, &locked) || locked.PID != os.Getpid() {
				t.Errorf("%s: %s: %v", point, name, err)
			}
		}
		if info, err := os.Stat(path + ".pid"); err != nil || info.Mode() != 0o600 {
			t.Errorf("sidecar: %v, %v", info, err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Commit(t, db, east, graph.Batch{Entities: entities(1, "pear")})
	if looked != 2 {
		t.Errorf("looked %d times", looked)
	}
	if _, err := os.Stat(path + ".pid"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("sidecar: %v", err)
	}
	if _, err := other.Resolve(t.Context(), store.Latest); err != nil {
		t.Errorf("after the commit: %v", err)
	}
}

// TestCorruption flips bytes and cuts files: there must be an error or, where
// nothing was read, the truth, but never a crash.
func TestCorruption(t *testing.T) {
	path := filled(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(path, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	want := storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
	rnd := rand.New(rand.NewPCG(1, 2))
	used, err := db.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i := range 400 {
		bad := bytes.Clone(good)
		what := "cut"
		if i%4 == 0 {
			bad = bad[:rnd.IntN(len(bad))]
		} else {
			at := rnd.IntN(int(used.FileBytes))
			bad[at] ^= byte(1 << rnd.IntN(8))
			what = fmt.Sprintf("bit at %d", at)
		}
		path := filepath.Join(t.TempDir(), "graph.db")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		found += lookAt(t, path, what, want)
	}
	if found < 100 {
		t.Errorf("only %d damages were found", found)
	}
}

// lookAt reads a damaged file and reports whether anything was amiss.
func lookAt(t *testing.T, path, what string, want storetest.Graph) int {
	t.Helper()
	db, err := store.Open(path, store.Options{LockTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	s, err := db.Snapshot(t.Context(), store.Latest, store.SnapshotOptions{})
	switch {
	case err == nil:
		got := storetest.Dump(s)
		if err := s.Close(); err != nil {
			found = 1 // reading met it
			break
		}
		if diff := storetest.DiffGraphs(want, got, true); diff != "" {
			// bbolt's pages have no checksums: then check must find it.
			found = -1
		}
	default:
		found = 1
	}
	for err := range db.Check(t.Context()) {
		var corrupt *store.CorruptError
		var format *store.FormatError
		if !errors.As(err, &corrupt) && !errors.As(err, &format) {
			t.Errorf("%s: check: %v", what, err)
		}
		found = 1
	}
	if found < 0 {
		t.Errorf("%s: a wrong answer, and check finds nothing", what)
	}
	return max(found, 0)
}

func TestBackup(t *testing.T) {
	path := filled(t)
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	n, err := db.Backup(t.Context(), &buf)
	if err != nil || n != int64(buf.Len()) {
		t.Fatalf("backup: %d bytes, %v", n, err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(copied, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	want := storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
	got := storetest.GraphAt(t, storetest.OpenAt(t, copied, store.Options{}), store.Latest, store.SnapshotOptions{})
	if diff := storetest.DiffGraphs(want, got, true); diff != "" {
		t.Errorf("the backup differs (-want +got):\n%s", diff)
	}
}

func TestCompact(t *testing.T) {
	path := filled(t)
	db := storetest.OpenAt(t, path, store.Options{})
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), ".graph.db.tmp-left"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want := storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
	res, err := db.Compact(t.Context())
	if err != nil || res.After > res.Before {
		t.Fatalf("compact: %+v, %v", res, err)
	}
	got := storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
	if diff := storetest.DiffGraphs(want, got, true); diff != "" {
		t.Errorf("it changed the graph (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("the folder holds %v, %v", list, err)
	}
	storetest.Commit(t, db, west, graph.Batch{Entities: entities(1, "pear")})
}
