package storetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// jobEnv makes this test binary a victim: a process that changes a store until it
// is killed.
const jobEnv = "J1DB_STORETEST_VICTIM"

// failed is the exit code of a victim that met an error, and not its end.
const failed = 3

func TestMain(m *testing.M) {
	text := os.Getenv(jobEnv)
	if text == "" {
		os.Exit(m.Run())
	}
	v := &victim{met: map[string]int{}}
	err := json.Unmarshal([]byte(text), &v.job)
	if err == nil {
		err = v.work()
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(v.met)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(failed)
	}
	os.Exit(0)
}

// job is what a victim does, and where it dies.
type job struct {
	Path string
	// Seed and Size tell the story of the store, of which Run is to be committed.
	Seed      uint64
	Size, Run int
	What      string // load, sync, compact, prune or backup
	Version   uint64 // to prune to
	// The victim kills itself where it meets Point for the At-th time; "" is never.
	Point string
	At    int
}

type victim struct {
	job
	mu  sync.Mutex // guards met
	met map[string]int
}

// meet is called wherever the store lets its caller do something.
func (v *victim) meet(point string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.met[point]++; point == v.Point && v.met[point] == v.At {
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Kill()
		}
		select {}
	}
}

// watched is a context that meets the victim whenever the store looks at it.
type watched struct {
	context.Context
	v *victim
}

func (w watched) Err() error {
	w.v.meet("context")
	return w.Context.Err()
}

func (w watched) Done() <-chan struct{} {
	w.v.meet("context")
	return w.Context.Done()
}

// victimTime is when a run happens, by its number: the same for every victim that
// tries it.
func victimTime(run int) time.Time {
	return time.Date(2026, 1, 1, run, 0, 0, 0, time.UTC)
}

func (v *victim) work() error {
	db, err := store.Open(v.Path, store.Options{LockTimeout: time.Minute, At: v.meet, Now: func() time.Time {
		v.meet("clock")
		return victimTime(v.Run)
	}})
	if err != nil {
		return err
	}
	ctx := watched{context.Background(), v}
	switch v.What {
	case "load", "sync":
		return v.commit(ctx, db)
	case "compact":
		v.begin()
		_, err := db.Compact(ctx)
		return v.end(err)
	case "prune":
		v.begin()
		_, err := db.Prune(ctx, store.AtVersion(v.Version))
		return v.end(err)
	case "backup":
		v.begin()
		return v.end(v.backup(ctx, db))
	}
	return fmt.Errorf("no victim does %q", v.What)
}

// begin tells the killer that the work begins.
func (v *victim) begin() {
	fmt.Println("begin")
	v.meet("begin")
}

func (v *victim) end(err error) error {
	if err == nil {
		v.meet("end")
	}
	return err
}

func (v *victim) commit(ctx context.Context, db *store.DB) error {
	story := storetest.NewStory(v.Seed, v.Size)
	for story.Told() < v.Run {
		story.Next()
	}
	r := story.Next()
	v.begin()
	return v.end(commitRun(ctx, db, r, v.meet))
}

// commitRun makes one run and says where it is.
func commitRun(ctx context.Context, db *store.DB, r storetest.Run, meet func(point string)) error {
	s, err := db.Begin(ctx, store.SyncOptions{
		Instance: storetest.Instance(r.Instance), AllowDeletes: true,
		Derive: func(ctx context.Context, view *store.View, put func(graph.Batch) error) error {
			meet("derive")
			err := storetest.Persons(ctx, view, put)
			meet("derived")
			return err
		},
	})
	if err != nil {
		return err
	}
	defer s.Discard()
	for _, b := range r.Batches {
		meet("put")
		if err := s.Put(ctx, b); err != nil {
			return err
		}
	}
	meet("commit")
	_, err = s.Commit(ctx, store.Outcome{})
	return err
}

// backupPath is where backups of a store go.
func backupPath(path string) string { return filepath.Join(filepath.Dir(path), "backup", "copy.db") }

// backup writes a backup as a careful caller does.
func (v *victim) backup(ctx context.Context, db *store.DB) error {
	f, err := os.CreateTemp(filepath.Dir(backupPath(v.Path)), ".copy-*")
	if err != nil {
		return err
	}
	if _, err := db.Backup(ctx, meetingWriter{f, v}); err != nil {
		return err
	}
	v.meet("written")
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	v.meet("synced")
	return os.Rename(f.Name(), backupPath(v.Path))
}

// meetingWriter meets the victim at every write.
type meetingWriter struct {
	io.Writer
	v *victim
}

func (w meetingWriter) Write(p []byte) (int, error) {
	w.v.meet("write")
	return w.Writer.Write(p)
}
