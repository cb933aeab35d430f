package store_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/storetest"
)

// TestTornCommit lays random parts of a commit over the file before it, as a
// power failure may: any of its pages may have reached the disk, but not the page
// that publishes them, or only a part of that. What is there must be the version
// before.
func TestTornCommit(t *testing.T) {
	const page, commits, images = 4096, 6, 12
	rnd := rand.New(rand.NewPCG(11, 13))
	path := filepath.Join(t.TempDir(), "graph.db")
	db := storetest.OpenAt(t, path, store.Options{})
	g := storetest.NewGenerator(11)
	if err := commitRun(db, g.Run()); err != nil {
		t.Fatal(err)
	}
	for range commits {
		before := readFile(t, path)
		want := storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
		if err := commitRun(db, g.Run()); err != nil {
			t.Fatal(err)
		}
		after := readFile(t, path)
		for range images {
			torn := make([]byte, len(after))
			copy(torn, before)
			for at := 2 * page; at < len(after); at += page {
				if rnd.IntN(2) == 0 {
					copy(torn[at:at+page], after[at:])
				}
			}
			tearMeta(torn, before, after, rnd)
			expectTorn(t, torn, want)
		}
	}
}

// tearMeta writes a part of the meta page that the commit changed.
func tearMeta(torn, before, after []byte, rnd *rand.Rand) {
	const page = 4096
	for at := 0; at < 2*page; at += page {
		if !bytes.Equal(before[at:at+page], after[at:at+page]) && rnd.IntN(2) == 0 {
			// Up to the transaction's number, which the checksum behind it covers.
			copy(torn[at:at+64+rnd.IntN(16)], after[at:])
		}
	}
}

func expectTorn(t *testing.T, image []byte, want storetest.Graph) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "torn.db")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	db := storetest.OpenAt(t, path, store.Options{})
	got := storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
	if diff := storetest.DiffGraphs(want, got, true); diff != "" {
		t.Errorf("torn commit (-want +got):\n%s", diff)
	}
	// The next commit must not trip over what is left of the torn one.
	if err := commitRun(db, storetest.NewGenerator(3).Run()); err != nil {
		t.Error(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
