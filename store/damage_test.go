package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// damageStep is 1 in the long trial, which flips a bit of every byte.
var damageStep = flag.Int("damagestep", 149, "every how manieth byte of a file is damaged")

// contents are all that a file answers.
type contents struct {
	Newest    uint64
	Graphs    []storetest.Graph // by version, then with what was deleted
	Versions  []graph.Version
	Runs      []graph.Run
	Instances []store.InstanceInfo
	Stale     []store.Stale
	Raws      map[string]string
}

func (c *contents) read(t *testing.T, db *store.DB) error {
	v, err := db.Resolve(t.Context(), store.Latest)
	if err != nil {
		return err
	}
	c.Newest = v.Number
	for n := range v.Number {
		for _, deleted := range []bool{false, true} {
			s, err := db.Snapshot(t.Context(), store.AtVersion(n+1), store.SnapshotOptions{IncludeDeleted: deleted})
			if err != nil {
				return err
			}
			c.Graphs = append(c.Graphs, storetest.Dump(s))
			if err := s.Close(); err != nil {
				return err
			}
		}
	}
	c.Raws = map[string]string{}
	for _, g := range c.Graphs[max(0, len(c.Graphs)-1):] {
		for id := range g {
			raw, err := db.Raw(t.Context(), id)
			if err != nil {
				return err
			}
			c.Raws[fmt.Sprint(id)] = string(raw)
		}
	}
	var errs [4]error
	c.Versions, errs[0] = db.Versions(t.Context(), 0)
	c.Runs, errs[1] = db.Runs(t.Context(), "", 0)
	c.Instances, errs[2] = db.Instances(t.Context())
	c.Stale, errs[3] = db.Stale(t.Context())
	return errors.Join(errs[:]...)
}

// TestDamagedBytes flips a bit of bytes of all pages in use: reading or checking
// must find it, or nothing may have changed. The exception is a head page, without
// which the file is what it was before the last commit.
func TestDamagedBytes(t *testing.T) {
	var last contents
	states := map[uint64]contents{}
	path := filepath.Join(t.TempDir(), "graph.db")
	db := storetest.OpenAt(t, path, store.Options{Now: storetest.NewClock().Now})
	g := storetest.NewGenerator(7)
	for range 5 {
		if err := commitRun(db, g.Run()); err != nil {
			t.Fatal(err)
		}
		last = contents{}
		if err := last.read(t, db); err != nil {
			t.Fatal(err)
		}
		states[last.Newest] = last
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tried, found := 0, 0
	for i, page := range usedPages(t, path) {
		for at := page*4096 + i%*damageStep; at < page*4096+4096; at += *damageStep {
			var was [1]byte
			if _, err := f.ReadAt(was[:], int64(at)); err != nil {
				t.Fatal(err)
			}
			flip := func(b byte) {
				if _, err := f.WriteAt([]byte{b}, int64(at)); err != nil {
					t.Fatal(err)
				}
			}
			flip(was[0] ^ 1<<(at%8))
			tried++
			if isFound(t, path, fmt.Sprintf("bit %d of byte %d of page %d", at%8, at%4096, at/4096), page < 2, states, &last) {
				found++
			}
			flip(was[0])
		}
	}
	t.Logf("%d of %d damages were found, the others changed nothing", found, tried)
	if found < tried/8 { // pages are not full
		t.Error("those are few")
	}
}

// isFound reports whether reading or checking a file finds that it is damaged.
// Where not, it must be as it was.
func isFound(t *testing.T, path, what string, head bool, states map[uint64]contents, want *contents) bool {
	t.Helper()
	db, err := store.Open(path, store.Options{ReadOnly: true, LockTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	var got contents
	var corrupt *store.CorruptError
	var format *store.FormatError
	readErr := got.read(t, db)
	for err := range db.Check(t.Context()) {
		if !errors.As(err, &corrupt) && !errors.As(err, &format) {
			t.Errorf("%s: check: %v", what, err)
		}
		return true
	}
	if readErr != nil {
		t.Errorf("%s: check finds nothing, but reading does: %v", what, readErr)
	}
	if before, ok := states[got.Newest]; head && ok {
		want = &before
	}
	if !sameContents(want, &got) {
		t.Errorf("%s: check finds nothing, but (-want +got):\n%.2000s", what, cmp.Diff(*want, got, cmp.Comparer(graph.Equal), cmpopts.EquateEmpty()))
	}
	return false
}

func sameContents(a, b *contents) bool {
	if len(a.Graphs) != len(b.Graphs) {
		return false
	}
	for i := range a.Graphs {
		if storetest.DiffGraphs(a.Graphs[i], b.Graphs[i], true) != "" {
			return false
		}
	}
	return cmp.Equal(*a, *b, cmpopts.IgnoreFields(contents{}, "Graphs"), cmpopts.EquateEmpty())
}

// patched returns the path of a store whose tables are large enough for patches, and
// for parts that stand alone.
func patched(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "graph.db")
	db := storetest.OpenAt(t, path, store.Options{Now: storetest.NewClock().Now})
	batch := graph.Batch{Entities: entities(1500, "pear")}
	for i := range batch.Entities {
		e := &batch.Entities[i]
		e.Props = graph.SortProperties(append(e.Props.Clone(),
			prop("note", fmt.Sprintf("%x", rand.New(rand.NewPCG(uint64(i), 1)).Uint64())), prop("size", i*i)))
		if i > 0 {
			batch.Relationships = append(batch.Relationships, rel(e.Key, "KNOWS", batch.Entities[7*i%1499].Key))
		}
	}
	storetest.Commit(t, db, east, batch)
	next := graph.Batch{Deletes: []graph.Deletion{{Kind: graph.EntityKind, Key: batch.Entities[77].Key}}}
	for i := range 9 {
		e := batch.Entities[100*i]
		e.Props = e.Props.Clone()
		e.Props.Set("note", graph.StringValue("changed"))
		next.Entities = append(next.Entities, e)
		next.Relationships = append(next.Relationships, rel(e.Key, "LIKES", batch.Entities[5].Key))
	}
	storetest.Commit(t, db, east, next)
	next.Entities, next.Deletes = nil, nil
	next.Relationships = []graph.Relationship{rel(batch.Entities[3].Key, "KNOWS", batch.Entities[8].Key)}
	storetest.Commit(t, db, east, next)
	return path
}

// TestDamagedValues changes a byte of every value in the file, one after the other:
// check must find it, and name the table and the row group where there are any.
func TestDamagedValues(t *testing.T) {
	for name, make := range map[string]func(*testing.T) string{
		"patched": patched, "filled": func(t *testing.T) string { return filled(t) },
	} {
		t.Run(name, func(t *testing.T) { damageValues(t, make(t)) })
	}
}

func damageValues(t *testing.T, path string) {
	db := storetest.OpenAt(t, path, store.Options{})
	rnd := rand.New(rand.NewPCG(9, 9))
	type entry struct{ bucket, key, value []byte }
	var list []entry
	b, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	err = b.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, bucket *bolt.Bucket) error {
			return bucket.ForEach(func(k, v []byte) error {
				list = append(list, entry{bytes.Clone(name), bytes.Clone(k), bytes.Clone(v)})
				return nil
			})
		})
	})
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	put := func(e entry, value []byte) {
		t.Helper()
		b, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		err = b.Update(func(tx *bolt.Tx) error { return tx.Bucket(e.bucket).Put(e.key, value) })
		if err := errors.Join(err, b.Close()); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	for _, e := range list {
		seen[string(e.bucket)]++
		bad := bytes.Clone(e.value)
		bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
		put(e, bad)
		var all []string
		for err := range db.Check(t.Context()) {
			all = append(all, err.Error())
		}
		for _, want := range damageNames(e.bucket, e.key) {
			if !strings.Contains(strings.Join(all, "\n"), want) {
				t.Errorf("%s %x is damaged, and check does not say %q but:\n%s", e.bucket, e.key, want, strings.Join(all, "\n"))
			}
		}
		put(e, e.value)
	}
	t.Logf("damaged %v", seen)
	storetest.Check(t, db)
}

// damageNames is what the errors must hold when a value is damaged.
func damageNames(bucket, key []byte) []string {
	out := []string{"is damaged"}
	switch string(bucket) {
	case "table", "stat", "base", "patch":
		out = append(out, fmt.Sprintf("table %d", binary.BigEndian.Uint32(key)))
	}
	if len(key) == 12 && (string(bucket) == "base" || string(bucket) == "patch") {
		out = append(out, fmt.Sprintf("group %d", binary.BigEndian.Uint32(key[4:])), fmt.Sprintf("%s %x", bucket, key))
	}
	return out
}
