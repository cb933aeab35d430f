package storetest_test

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/storetest"
)

var (
	images = flag.Int("images", 60, "how many torn commits are tried")
	kills  = flag.Int("kills", 50, "how many processes are killed")
	seed   = flag.Uint64("seed", 1, "of all that is random")
)

// sizes are how large the first runs of stories are.
var sizes = []int{40, 400, 2500}

// estate is a store, and what must be in it.
type estate struct {
	*testing.T
	rnd    *rand.Rand
	seed   uint64
	size   int
	path   string
	db     *store.DB
	story  *storetest.Story
	next   storetest.Run // not committed yet
	runs   int           // that are
	model  *storetest.Model
	oldest uint64
}

func newEstate(t *testing.T, seed uint64, size int) *estate {
	t.Helper()
	e := &estate{
		T: t, rnd: rand.New(rand.NewPCG(seed, 0x6b696c6c)), seed: seed, size: size,
		path: filepath.Join(t.TempDir(), "graph.db"), story: storetest.NewStory(seed, size), model: storetest.NewModel(),
	}
	e.model.Derive = storetest.ModelPersons
	e.next = e.story.Next()
	if err := os.Mkdir(filepath.Dir(backupPath(e.path)), 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(e.path, store.Options{Now: e.now})
	if err != nil {
		t.Fatal(err)
	}
	e.db = db
	return e
}

// now is when the next run happens.
func (e *estate) now() time.Time { return victimTime(e.runs) }

// commit makes the next run in this process.
func (e *estate) commit() {
	e.Helper()
	if err := commitRun(e.Context(), e.db, e.next, func(string) {}); err != nil {
		e.Fatalf("run %d: %v", e.runs, err)
	}
	e.settle()
}

// settle finds out whether the next run was committed, and moves on if it was.
func (e *estate) settle() (committed bool) {
	e.Helper()
	done := 0
	runs, err := e.db.Runs(e.Context(), "", 1)
	if missing := (*store.NotFoundError)(nil); err != nil && !errors.As(err, &missing) {
		e.Fatalf("after %d runs: %v", e.runs, err)
	}
	if len(runs) > 0 {
		done = int(runs[0].ID)
	}
	switch done {
	case e.runs:
		return false
	case e.runs + 1:
	default:
		e.Fatalf("%d runs were committed, %d are there", e.runs, done)
	}
	e.runs++
	if e.model.Apply(e.next, victimTime(e.runs-1).UnixMilli()) == 1 {
		e.oldest = 1
	}
	e.next = e.story.Next()
	return true
}

// verify holds a file to what must be in it: it is sound, and the newest version
// and an older one are those of the model.
func (e *estate) verify(db *store.DB) {
	e.Helper()
	storetest.Check(e, db)
	newest := e.model.Newest()
	if newest == 0 {
		return
	}
	for _, n := range []uint64{newest, e.oldest + e.rnd.Uint64N(newest-e.oldest+1)} {
		got := storetest.GraphAt(e, db, store.AtVersion(n), store.SnapshotOptions{})
		if diff := storetest.DiffGraphs(e.model.Versions[n], got, true); diff != "" {
			e.Errorf("version %d (-want +got):\n%s", n, diff)
		}
	}
	if v, err := db.Resolve(e.Context(), store.Latest); err != nil || v.Number != newest {
		e.Errorf("the newest version is %d (%v), want %d", v.Number, err, newest)
	}
	if e.Failed() {
		e.Fatalf("seed %d, size %d, run %d", e.seed, e.size, e.runs)
	}
}
