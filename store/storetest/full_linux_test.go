package storetest_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/storetest"
)

// fullEnv marks the process that may mount a small disk.
const fullEnv = "J1DB_STORETEST_FULL"

const (
	unmountable = 4       // exit code: it may not
	disk        = 8 << 20 // bytes
)

// TestFullDisk runs syncs, compactions, prunes and backups on a disk that has room
// for ever more of what they need. What does not fit is an error that says so, and
// nothing is lost, nor left behind. The disk is a tmpfs in a mount namespace of a
// process of its own: nothing outside sees it, and it goes with the process.
func TestFullDisk(t *testing.T) {
	if os.Getenv(fullEnv) != "" {
		fullDisk(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v", fmt.Sprintf("-seed=%d", *seed))
	cmd.Env = append(os.Environ(), fullEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if id := os.Getuid(); id != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: id, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	switch {
	case cmd.ProcessState == nil:
		t.Skipf("SKIPPED: no disk was filled: this process may not have a mount namespace of its own: %v", err)
	case cmd.ProcessState.ExitCode() == unmountable:
		t.Skipf("SKIPPED: no disk was filled: %s", out)
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if _, told, found := strings.Cut(line, "full disk: "); found {
			t.Log(strings.TrimSpace(told))
		}
	}
}

// fullDisk is the test, in the process that may mount.
func fullDisk(t *testing.T) {
	dir := t.TempDir()
	err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	if err == nil {
		err = syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", disk))
	}
	if err != nil {
		fmt.Println("a tmpfs cannot be mounted:", err)
		os.Exit(unmountable)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	f := &full{estate: newEstate(t, *seed, 500), dir: dir, refused: map[string]int{}}
	f.move(filepath.Join(dir, "graph.db"))
	for _, what := range []string{"load", "sync", "prune", "compact", "backup", "sync", "compact"} {
		f.squeeze(what)
	}
	if !f.staged {
		t.Error("no run had a temporary file")
	}
	for _, what := range slices.Sorted(maps.Keys(f.refused)) {
		t.Logf("full disk: %s was refused %d times, then done", what, f.refused[what])
	}
}

// full is an estate on a small disk.
type full struct {
	*estate
	dir     string
	refused map[string]int // how often, by what was tried
	staged  bool           // a run had a temporary file
}

// move makes path the store's file.
func (f *full) move(path string) {
	f.Helper()
	f.path = path
	if err := os.Mkdir(filepath.Dir(backupPath(path)), 0o700); err != nil {
		f.Fatal(err)
	}
	db, err := store.Open(path, store.Options{Now: f.estate.now})
	if err != nil {
		f.Fatal(err)
	}
	f.db = db
}

// squeeze tries something with ever more room, until it is done.
func (f *full) squeeze(what string) {
	f.Helper()
	for room, step := int64(0), int64(8<<10); ; room += step {
		if room >= 64<<10 {
			step = 64 << 10
		}
		if room > disk {
			f.Fatalf("%s does not fit on an empty disk", what)
		}
		ballast := f.fill(room)
		before := f.names()
		err := f.try(what)
		after := f.names()
		if removed := os.Remove(ballast); removed != nil {
			f.Fatal(removed)
		}
		f.hold(what, err)
		if err == nil {
			return
		}
		f.refused[what]++
		if before != after {
			f.Fatalf("%s with %d bytes of room left files: %s before, %s after", what, room, before, after)
		}
	}
}

// fill writes a file that leaves room bytes on the disk, and returns its path.
func (f *full) fill(room int64) string {
	f.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &st); err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(f.dir, "ballast")
	size := max(0, int64(st.Bavail)*st.Bsize-room)
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		f.Fatal(err)
	}
	return path
}

// names are the files beside the store's own: its sidecars are among them.
func (f *full) names() string {
	f.Helper()
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		f.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.Name() != "graph.db" {
			names = append(names, entry.Name())
		}
	}
	return strings.Join(names, " ")
}

func (f *full) try(what string) error {
	switch what {
	case "load", "sync":
		return f.sync()
	case "compact":
		_, err := f.db.Compact(f.Context())
		return err
	case "prune":
		_, err := f.db.Prune(f.Context(), store.AtVersion(f.model.Newest()))
		return err
	}
	file, err := os.Create(backupPath(f.path))
	if err != nil {
		return err
	}
	_, err = f.db.Backup(f.Context(), file)
	return errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
}

// sync commits the next run, of which next to nothing fits into memory.
func (f *full) sync() error {
	opt := store.SyncOptions{
		Instance: storetest.Instance(f.next.Instance), AllowDeletes: true, Derive: storetest.Persons, Memory: 4 << 10,
	}
	s, err := f.db.Begin(f.Context(), opt)
	if err != nil {
		return err
	}
	defer s.Discard()
	for _, b := range f.next.Batches {
		if err := s.Put(f.Context(), b); err != nil {
			return err
		}
		f.staged = f.staged || strings.Contains(f.names(), ".tmp-")
	}
	_, err = s.Commit(f.Context(), store.Outcome{})
	return err
}

// hold holds the store to what it was, or to what it must have become.
func (f *full) hold(what string, err error) {
	f.Helper()
	if err != nil && !strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
		f.Fatalf("%s on a full disk: the error does not say so: %v", what, err)
	}
	committed := f.settle()
	if works := what == "load" || what == "sync"; committed != (works && err == nil) {
		f.Fatalf("%s: error %v, committed %t", what, err, committed)
	}
	if what == "prune" && err == nil {
		f.oldest = f.model.Newest()
		f.model.Prune(f.oldest)
	}
	f.verify(f.db)
}
