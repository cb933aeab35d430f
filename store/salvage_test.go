package store_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

var (
	salvageSeed  = flag.Uint64("salvageseed", 1, "seed of the damages that are salvaged")
	salvageTries = flag.Int("salvages", 400, "how many damages of a file are salvaged")
)

// salvaged returns what can be read of a file, and what is lost.
func salvaged(t *testing.T, path string) (storetest.Graph, []store.Loss, error) {
	t.Helper()
	db, err := store.Open(path, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Salvage(t.Context())
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	g := storetest.Graph{}
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		for im, err := range s.All(t.Context(), kind) {
			if err != nil {
				t.Fatal(err)
			}
			if g[im.Identity()] != nil {
				t.Errorf("%s %s of %s is there twice", im.Kind, im.Key, im.Instance)
			}
			g[im.Identity()] = im
		}
	}
	return g, s.Losses(), nil
}

// TestSalvageSound: of a sound file nothing is lost, through all its versions.
func TestSalvageSound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	db := storetest.OpenAt(t, path, store.Options{})
	g := storetest.NewGenerator(5)
	for range 12 {
		if err := commitRun(db, g.Run()); err != nil {
			t.Fatal(err)
		}
		want := storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
		got, losses, err := salvaged(t, path)
		if err != nil || len(losses) > 0 {
			t.Fatalf("losses %v, %v", losses, err)
		}
		if diff := storetest.DiffGraphs(want, got, true); diff != "" {
			t.Fatalf("salvaged (-want +got):\n%s", diff)
		}
	}
}

// TestSalvageDamaged flips bits and cuts files: what is salvaged must be true, and
// all of it must be there where no loss is told of.
func TestSalvageDamaged(t *testing.T) {
	t.Logf("seed %d", *salvageSeed)
	t.Run("filled", func(t *testing.T) { salvageDamaged(t, filled(t), *salvageTries) })
	t.Run("patched", func(t *testing.T) { salvageDamaged(t, patched(t), *salvageTries/4) })
}

func salvageDamaged(t *testing.T, path string, tries int) {
	rnd := rand.New(rand.NewPCG(*salvageSeed, 3))
	good := readFile(t, path)
	db := storetest.OpenAt(t, path, store.Options{ReadOnly: true})
	want := storetest.GraphAt(t, db, store.Latest, store.SnapshotOptions{})
	before := storetest.GraphAt(t, db, store.AtVersion(latest(t, db)-1), store.SnapshotOptions{})
	used := usedPages(t, path)
	bad := filepath.Join(t.TempDir(), "bad.db")
	whole, partly, none := 0, 0, 0
	for i := range tries {
		b, what := bytes.Clone(good), ""
		switch at := used[rnd.IntN(len(used))]*4096 + rnd.IntN(4096); {
		case i%20 == 0:
			b, what = b[:at], fmt.Sprintf("cut to %d", at)
		case i%20 == 1:
			clear(b[at&^4095 : at&^4095+4096])
			what = fmt.Sprintf("page %d zero", at/4096)
		default:
			b[at] ^= 1 << rnd.IntN(8)
			what = fmt.Sprintf("bit at %d", at)
		}
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, losses, err := salvaged(t, bad)
		corrupt := (*store.CorruptError)(nil)
		switch {
		case errors.As(err, &corrupt):
			none++
			continue
		case err != nil:
			t.Fatalf("%s: %v", what, err)
		case behind(losses):
			want := want
			if storetest.DiffGraphs(want, got, true) != "" {
				want = before // the commit is gone whole
			}
			expectPart(t, what, want, got, losses)
			whole++
		case len(losses) == 0:
			if diff := storetest.DiffGraphs(want, got, true); diff != "" {
				t.Errorf("%s: no loss, but (-want +got):\n%s", what, diff)
			}
			whole++
		default:
			expectPart(t, what, want, got, losses)
			partly++
		}
	}
	t.Logf("%d damages: %d files whole, %d in part, %d not at all", tries, whole, partly, none)
	if whole == 0 || partly == 0 {
		t.Error("the damages are all of one sort")
	}
}

func behind(losses []store.Loss) bool {
	return slices.ContainsFunc(losses, func(l store.Loss) bool { return strings.Contains(l.String(), "head page") })
}

// expectPart fails unless all that was salvaged is true, but for the properties
// that are told to be lost.
func expectPart(t *testing.T, what string, want, got storetest.Graph, losses []store.Loss) {
	t.Helper()
	for id, im := range got {
		w := want[id]
		if w == nil || im.Type != w.Type || !slices.Equal(im.Class, w.Class) || im.From != w.From || im.To != w.To {
			t.Errorf("%s: %v is %+v, want %+v", what, id, im, w)
			return
		}
		lacks := map[string]bool{}
		for _, l := range losses {
			lacks[l.Property] = l.Type == im.Type || lacks[l.Property]
		}
		for _, p := range w.Props {
			if v := im.Props.Get(p.Name); !graph.Equal(v, p.Value) && (v.Kind() != graph.Undefined || !lacks[p.Name]) {
				t.Errorf("%s: %v: %s is %v, want %v", what, id, p.Name, v, p.Value)
			}
		}
		if len(im.Props) > len(w.Props) || im.Meta != w.Meta && !lacks["\x00version"] && !lacks["\x00createdOn"] && !lacks["\x00beginOn"] {
			t.Errorf("%s: %v is %+v, want %+v", what, id, im, w)
		}
	}
}

func latest(t *testing.T, db *store.DB) uint64 {
	t.Helper()
	v, err := db.Resolve(context.Background(), store.Latest)
	if err != nil {
		t.Fatal(err)
	}
	return v.Number
}

// usedPages lists the pages of a file that are not free.
func usedPages(t *testing.T, path string) []int {
	t.Helper()
	b, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var used []int
	err = b.View(func(tx *bolt.Tx) error {
		for id := 0; ; id++ {
			p, err := tx.Page(id)
			if p == nil || err != nil {
				return err
			}
			if p.Type == "free" {
				continue
			}
			for range p.OverflowCount {
				used = append(used, id)
				id++
			}
			used = append(used, id)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}
