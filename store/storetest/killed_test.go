package storetest_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
)

// killer kills victims and remembers what they told when they were let live.
type killer struct {
	*estate
	met   map[string]map[string]int // by sort of job and point, how often it is met
	took  map[string]time.Duration  // by sort of job
	tally map[string]int            // kills, by what was done and point
}

// TestKilled kills processes while they load, sync, compact, prune and back up: at
// points that the store lets its caller see, and at any time. After each the file
// is sound and holds exactly what some number of whole runs makes.
func TestKilled(t *testing.T) {
	const perStore = 25
	k := &killer{met: map[string]map[string]int{}, took: map[string]time.Duration{}, tally: map[string]int{}}
	for i, size := range sizes {
		k.estate = newEstate(t, *seed+uint64(i), size)
		k.learn("load")
	}
	done := 0
	for round := 0; done < *kills; round++ {
		k.estate = newEstate(t, *seed+uint64(round), sizes[round%len(sizes)])
		for range min(perStore, *kills-done) {
			k.kill(k.choose())
			done++
		}
		k.finish()
	}
	for _, what := range slices.Sorted(maps.Keys(k.tally)) {
		t.Logf("%4d killed at %s", k.tally[what], what)
	}
	t.Logf("%d kills, seed %d", done, *seed)
}

// choose says what the next victim does.
func (k *killer) choose() string {
	switch n := k.rnd.IntN(10); {
	case k.runs == 0:
		return "load"
	case n < 5:
		return "sync"
	case n < 7:
		return "compact"
	case n < 9 && k.model.Newest() > k.oldest:
		return "prune"
	}
	return "backup"
}

// kill lets victims do something until one of them has died of it. Those that
// come to their end teach how long the way there is.
func (k *killer) kill(what string) {
	k.Helper()
	for tries := 0; ; tries++ {
		if tries == 50 {
			k.Fatalf("nobody died of %s in %d tries", what, tries)
		}
		j := job{Path: k.path, Seed: k.seed, Size: k.size, Run: k.runs, What: what}
		if what == "prune" {
			if k.model.Newest() == k.oldest {
				what, j.What = "compact", "compact"
			} else {
				j.Version = k.oldest + 1 + k.rnd.Uint64N(k.model.Newest()-k.oldest)
			}
		}
		delay := k.aim(&j)
		died := k.run(j, delay)
		k.after(j, died)
		if died {
			if j.Point == "" {
				j.Point = "any time"
			}
			k.tally[what+", "+j.Point]++
			return
		}
		if what == "load" && k.runs > 0 {
			what = k.choose() // it was loaded; die of something else
		}
	}
}

// learn lets a victim live, to see how long its way is and what it meets.
func (k *killer) learn(what string) {
	k.Helper()
	j := job{Path: k.path, Seed: k.seed, Size: k.size, Run: k.runs, What: what}
	k.after(j, k.run(j, -1))
}

// aim says where a victim dies: at a point, or after a while.
func (k *killer) aim(j *job) (delay time.Duration) {
	points := k.met[k.sort(j)]
	switch {
	case points == nil:
		return -1 // the first of its sort shows the way
	case k.rnd.IntN(2) == 0:
		return time.Duration(k.rnd.Int64N(int64(k.took[k.sort(j)] * 5 / 4)))
	}
	names := slices.Sorted(maps.Keys(points))
	j.Point = names[k.rnd.IntN(len(names))]
	j.At = 1 + k.rnd.IntN(points[j.Point])
	return -1
}

// sort tells jobs apart that take different ways.
func (k *killer) sort(j *job) string { return fmt.Sprint(j.What, j.Size) }

// run runs a victim and reports whether it died.
func (k *killer) run(j job, delay time.Duration) (died bool) {
	k.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		k.Fatal(err)
	}
	var problem strings.Builder
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), jobEnv+"="+string(text))
	cmd.Stderr = &problem
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	began := time.Now()
	if delay >= 0 {
		timer := time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
	}
	var met map[string]int
	for lines.Scan() {
		if err := json.Unmarshal(lines.Bytes(), &met); err != nil {
			k.Fatalf("victim of %s says %q", j.What, lines.Text())
		}
	}
	took := time.Since(began)
	if err := cmd.Wait(); err == nil {
		k.met[k.sort(&j)], k.took[k.sort(&j)] = met, took
		return false
	}
	if cmd.ProcessState.ExitCode() == failed || problem.Len() > 0 {
		k.Fatalf("victim of %s: %s", j.What, problem.String())
	}
	return true
}

// after holds the store to what may have become of it.
func (k *killer) after(j job, died bool) {
	k.Helper()
	committed := k.settle()
	if works := j.What == "load" || j.What == "sync"; committed && !works || !committed && works && !died {
		k.Fatalf("%s, died %t: committed %t", j.What, died, committed)
	}
	if j.What == "prune" {
		k.settlePrune(j.Version, died)
	}
	k.verify(k.db)
	if j.What == "backup" {
		k.verifyBackup(died)
	}
}

// settlePrune finds out whether a prune was committed.
func (k *killer) settlePrune(to uint64, died bool) {
	k.Helper()
	versions, err := k.db.Versions(k.Context(), 0)
	if err != nil || len(versions) == 0 {
		k.Fatalf("%d versions, %v", len(versions), err)
	}
	oldest := versions[len(versions)-1].Number
	if oldest != to && (oldest != k.oldest || !died) {
		k.Fatalf("pruned from %d to %d, died %t: the oldest version is %d", k.oldest, to, died, oldest)
	}
	if k.oldest = oldest; oldest == to {
		k.model.Prune(to)
	}
}

// verifyBackup holds a backup to be whole, if it is there.
func (k *killer) verifyBackup(died bool) {
	k.Helper()
	path := backupPath(k.path)
	if _, err := os.Stat(path); err != nil {
		if !died {
			k.Fatal(err)
		}
		return
	}
	db, err := store.Open(path, store.Options{ReadOnly: true})
	if err != nil {
		k.Fatal(err)
	}
	k.verify(db)
	if err := os.Remove(path); err != nil {
		k.Fatal(err)
	}
}

// finish brings the story on without any death, and looks for what the dead left.
func (k *killer) finish() {
	k.Helper()
	k.commit()
	if _, err := k.db.Compact(k.Context()); err != nil {
		k.Fatal(err)
	}
	k.verify(k.db)
	entries, err := os.ReadDir(filepath.Dir(k.path))
	if err != nil {
		k.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasPrefix(name, "graph.db") && name != "backup" {
			k.Errorf("a killed process left %s", name)
		}
	}
}
