package jupiterone_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/jupiterone"
)

func TestFolder(t *testing.T) {
	ctx := t.Context()
	f := jupiterone.Folder{Dir: filepath.Join(t.TempDir(), "state", "export")}
	job := func(f jupiterone.Folder, destination, scope string) string {
		t.Helper()
		id, err := f.LastJob(ctx, destination, scope)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if id := job(f, "d", "s"); id != "" {
		t.Errorf("an empty folder knows %s", id)
	}
	for _, entry := range [][3]string{{"d", "s", "job-1"}, {"d", "t", "job-2"}, {"e", "s", "job-3"}, {"d", "s", "job-4"}} {
		if err := f.SetLastJob(ctx, entry[0], entry[1], entry[2]); err != nil {
			t.Fatal(err)
		}
	}
	again := jupiterone.Folder{Dir: f.Dir}
	if got := []string{job(again, "d", "s"), job(again, "d", "t"), job(again, "e", "s"), job(again, "e", "t")}; strings.Join(got, " ") != "job-4 job-2 job-3 " {
		t.Errorf("jobs %q", got)
	}
	unlock, err := f.Lock(ctx, "d")
	if err != nil {
		t.Fatal(err)
	}
	var locked *jupiterone.LockedError
	if _, err := again.Lock(ctx, "d"); !errors.As(err, &locked) || locked.Destination != "d" {
		t.Errorf("a second lock: %v", err)
	}
	other, err := again.Lock(ctx, "e")
	if err != nil {
		t.Errorf("a lock of another destination: %v", err)
	} else {
		other()
	}
	unlock()
	if unlock, err = again.Lock(ctx, "d"); err != nil {
		t.Errorf("a lock after the first: %v", err)
	} else {
		unlock()
	}
	checkModes(t, f.Dir)
}

// checkModes holds that nobody else can read what lies in a folder.
func checkModes(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if strings.HasPrefix(d.Name(), ".journal") {
			t.Errorf("%s was left behind", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDamagedJournalIsAnError(t *testing.T) {
	f := jupiterone.Folder{Dir: t.TempDir()}
	if err := f.SetLastJob(t.Context(), "d", "s", "job-1"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(f.Dir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte(`{"jobs":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.LastJob(t.Context(), "d", "s"); err == nil || !strings.Contains(err.Error(), files[0]) {
		t.Errorf("error %v", err)
	}
	if err := f.SetLastJob(t.Context(), "d", "s", "job-2"); err == nil {
		t.Error("a damaged journal is overwritten")
	}
}
