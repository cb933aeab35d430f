package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/storetest"
)

// childEnv makes this test binary a writer: "path seed skip runs".
const childEnv = "J1DB_STORE_TEST_WRITER"

func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		if err := writer(job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// writer makes the runs of a generator on a store, after the first skip, and
// says so line by line.
func writer(job string) error {
	var path string
	var seed uint64
	var skip, runs int
	if _, err := fmt.Sscan(job, &path, &seed, &skip, &runs); err != nil {
		return err
	}
	db, err := store.Open(path, store.Options{LockTimeout: time.Minute})
	if err != nil {
		return err
	}
	g := storetest.NewGenerator(seed)
	for i := range runs {
		r := g.Run()
		if i < skip {
			continue
		}
		if err := commitRun(db, r); err != nil {
			return fmt.Errorf("run %d: %w", i, err)
		}
		fmt.Println(i)
	}
	return nil
}

func commitRun(db *store.DB, r storetest.Run) error {
	ctx := context.Background()
	s, err := db.Begin(ctx, store.SyncOptions{Instance: storetest.Instance(r.Instance), AllowDeletes: true, Derive: storetest.Persons})
	if err != nil {
		return err
	}
	defer s.Discard()
	for _, b := range r.Batches {
		if err := s.Put(ctx, b); err != nil {
			return err
		}
	}
	_, err = s.Commit(ctx, store.Outcome{})
	return err
}

// startWriter starts a writer and returns it with the lines that it prints.
func startWriter(t *testing.T, path string, seed uint64, skip, runs int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+strings.Join([]string{path, fmt.Sprint(seed), strconv.Itoa(skip), strconv.Itoa(runs)}, " "))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// replay is the model after some runs of a generator.
func replay(seed uint64, runs int) *storetest.Model {
	m, g := storetest.NewModel(), storetest.NewGenerator(seed)
	m.Derive = storetest.ModelPersons
	for range runs {
		r := g.Run()
		r.Derive = true
		m.Apply(r, int64(len(m.Versions)))
	}
	return m
}

// TestKilledWriter kills a writer again and again. What is left must always be
// what some number of whole runs makes.
func TestKilledWriter(t *testing.T) {
	const seed, kills = 5, 30
	rnd := rand.New(rand.NewPCG(seed, kills))
	path := filepath.Join(t.TempDir(), "graph.db")
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for i := range kills {
		cmd, lines := startWriter(t, path, seed, done, 1_000_000)
		said := done - 1
		for range rnd.IntN(3) + 1 {
			if !lines.Scan() {
				break
			}
			said, _ = strconv.Atoi(lines.Text())
		}
		time.AfterFunc(time.Duration(rnd.IntN(8000))*time.Microsecond, func() { cmd.Process.Kill() })
		for lines.Scan() {
			said, _ = strconv.Atoi(lines.Text())
		}
		_ = cmd.Wait()
		runs, err := db.Runs(t.Context(), "", 1)
		if err != nil || len(runs) == 0 {
			t.Fatalf("kill %d: %v", i, err)
		}
		done = int(runs[0].ID)
		if done < said+1 {
			t.Fatalf("kill %d: %d runs were committed, %d are left", i, said+1, done)
		}
		storetest.Check(t, db)
		expectModel(t, db, replay(seed, done))
	}
	t.Logf("%d kills during %d runs", kills, done)
}

func expectModel(t *testing.T, db *store.DB, m *storetest.Model) {
	t.Helper()
	s := storetest.Snapshot(t, db, store.Latest, store.SnapshotOptions{})
	defer s.Close()
	if s.Version().Number != m.Newest() {
		t.Fatalf("the newest version is %d, want %d", s.Version().Number, m.Newest())
	}
	if diff := storetest.DiffGraphs(m.Versions[m.Newest()], storetest.Dump(s), false); diff != "" {
		t.Fatalf("version %d (-want +got):\n%s", m.Newest(), diff)
	}
}

// TestReadersAndWriter reads from several goroutines while another process
// writes: every reader sees exactly one version, and all of them get on.
func TestReadersAndWriter(t *testing.T) {
	const seed, runs, readers = 9, 60, 3
	m := replay(seed, runs)
	path := filepath.Join(t.TempDir(), "graph.db")
	cmd, lines := startWriter(t, path, seed, 0, runs)
	lines.Scan()
	over := make(chan struct{})
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			db, err := store.Open(path, store.Options{ReadOnly: true, LockTimeout: time.Minute})
			if err != nil {
				t.Error(err)
				return
			}
			n := 0
			for last := uint64(0); ; n++ {
				s, err := db.Snapshot(t.Context(), store.Latest, store.SnapshotOptions{})
				if err != nil {
					t.Error(err)
					return
				}
				v, got := s.Version().Number, storetest.Dump(s)
				s.Close()
				if diff := storetest.DiffGraphs(m.Versions[v], got, false); diff != "" || v < last {
					t.Errorf("version %d after %d (-want +got):\n%s", v, last, diff)
					return
				}
				last = v
				select {
				case <-over:
					t.Logf("%d snapshots", n)
					return
				default:
				}
			}
		})
	}
	for lines.Scan() {
	}
	close(over)
	wg.Wait()
	if err := cmd.Wait(); err != nil {
		t.Errorf("writer: %v", err)
	}
	db := storetest.OpenAt(t, path, store.Options{})
	expectModel(t, db, m)
}
