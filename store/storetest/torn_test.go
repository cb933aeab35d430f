package storetest_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/storetest"
)

// TestTorn lays random parts of commits, prunes and removals over the file before
// them. What is there must be the version before, and the next commit must not
// trip over what is left.
func TestTorn(t *testing.T) {
	const perCommit, commits = 10, 12
	tried := 0
	for round := 0; tried < *images; round++ {
		e := newEstate(t, *seed+uint64(round), sizes[round%2])
		e.commit()
		for i := 0; i < commits && tried < *images; i++ {
			before := readFile(t, e.path)
			frozen := *e // the model is as it was until the next change is known
			frozen.model = &storetest.Model{Versions: slices.Clone(e.model.Versions), Derive: e.model.Derive}
			if i%4 == 3 && e.model.Newest() > e.oldest {
				e.prune()
			} else {
				e.commit()
			}
			after := readFile(t, e.path)
			for range min(perCommit, *images-tried) {
				tried++
				frozen.expectTorn(storetest.Tear(e.rnd, before, after))
			}
		}
		e.verify(e.db)
	}
	t.Logf("%d torn images, seed %d", tried, *seed)
}

// prune forgets a random part of the history.
func (e *estate) prune() {
	e.Helper()
	to := e.oldest + 1 + e.rnd.Uint64N(e.model.Newest()-e.oldest)
	if _, err := e.db.Prune(e.Context(), store.AtVersion(to)); err != nil {
		e.Fatal(err)
	}
	e.oldest = to
	e.model.Prune(to)
}

func (e *estate) expectTorn(image []byte) {
	e.Helper()
	path := filepath.Join(e.TempDir(), "torn.db")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		e.Fatal(err)
	}
	defer os.Remove(path)
	db, err := store.Open(path, store.Options{})
	if err != nil {
		e.Fatal(err)
	}
	e.verify(db)
	if err := commitRun(e.Context(), db, storetest.NewStory(e.seed+1, 30).Next(), func(string) {}); err != nil {
		e.Fatalf("commit after a torn one: %v", err)
	}
	storetest.Check(e, db)
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
