package table_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/table"
)

// TestCorruption changes bytes of stored values, takes values away and lets them
// stray: Verify must tell, and reading must not panic.
func TestCorruption(t *testing.T) {
	m := newModel(t, 3, 40)
	for range 8 {
		m.step()
	}
	m.compare()
	rnd := rand.New(rand.NewPCG(5, 5))
	for _, key := range slices.Sorted(maps.Keys(m.file)) {
		value := m.file[key]
		t.Run(fmt.Sprintf("%q", key), func(t *testing.T) {
			for range 4 {
				bad := slices.Clone(value)
				bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
				damaged(t, m, key, bad, true)
			}
			damaged(t, m, key, value[:rnd.IntN(len(value))], true)
			damaged(t, m, key, []byte{}, true)
			other := slices.Sorted(maps.Keys(m.file))[rnd.IntN(len(m.file))]
			damaged(t, m, key, m.file[other], other != key)
		})
	}
}

// TestSealedDamage changes bytes and seals them again, as a program with a bug
// might: whatever that means, nothing may panic.
func TestSealedDamage(t *testing.T) {
	m := newModel(t, 6, 40)
	for range 8 {
		m.step()
	}
	rnd := rand.New(rand.NewPCG(6, 6))
	for _, key := range slices.Sorted(maps.Keys(m.file)) {
		bucket, _, _ := strings.Cut(key, "/")
		if bucket != table.BucketBase && bucket != table.BucketPatch && !(bucket == table.BucketIndex && len(key) > len("index/k")) {
			continue
		}
		t.Run(fmt.Sprintf("%q", key), func(t *testing.T) {
			for i := range 12 {
				chunk, err := column.Peel(slices.Clone(m.file[key]))
				if err != nil {
					t.Fatal(err)
				}
				if i > 0 {
					chunk[rnd.IntN(len(chunk))] ^= 1 << rnd.IntN(8)
				}
				file := maps.Clone(m.file)
				file[key] = column.Seal(chunk, []byte(strings.Replace(key, "/", "", 1)))
				_ = table.Verify(t.Context(), open(file, m.dir, m.group), table.VerifyOptions{KeyHash: keyHash, Workers: 2}, func(err error) bool {
					if i == 0 {
						t.Errorf("what was only sealed again is wrong: %v", err)
					}
					return true
				})
				readAll(open(file, m.dir, m.group))
				edit(t, m, open(file, m.dir, m.group))
			}
		})
	}
}

// damaged puts a value into a copy of the file and reads everything.
func damaged(t *testing.T, m *model, key string, value []byte, wrong bool) {
	t.Helper()
	file := maps.Clone(m.file)
	file[key] = value
	ts := open(file, m.dir, m.group)
	found := false
	_ = table.Verify(t.Context(), ts, table.VerifyOptions{KeyHash: keyHash, Workers: 2}, func(error) bool {
		found = true
		return true
	})
	if found != wrong {
		t.Errorf("verify found something: %v, want %v", found, wrong)
	}
	readAll(open(file, m.dir, m.group))
	edit(t, m, open(file, m.dir, m.group))
}

// readAll reads what it can, through errors.
func readAll(ts *table.Tables) {
	for _, list := range [...][]table.Entry{ts.Directory().Entities, ts.Directory().Edges} {
		for _, e := range list {
			v, err := ts.View(e.Number)
			if err != nil {
				continue
			}
			for row := range v.Record().Rows {
				if alive, err := v.IsAlive(row); err != nil || !alive {
					continue
				}
				_, _ = v.Image(row)
			}
			for g := range v.Groups() {
				_, _ = v.Order(g)
				_, _ = v.Filter(g)
			}
		}
	}
}

// edit changes a row of each table, which may be impossible.
func edit(t *testing.T, m *model, ts *table.Tables) {
	t.Helper()
	e, err := table.NewEditor(ts, table.EditorOptions{KeyHash: keyHash, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range slices.Sorted(maps.Keys(m.rows)) {
		for row, r := range m.rows[number] {
			if r != nil {
				after := *r
				after.Hash++
				_ = e.Set(table.Place{Table: number, Row: uint32(row)}, r, &after)
				break
			}
		}
	}
	_, _ = e.Writes(t.Context())
}

// TestMissingValues takes single values away: what is there is compared with the
// rest.
func TestMissingValues(t *testing.T) {
	m := newModel(t, 4, 40)
	for range 8 {
		m.step()
	}
	m.compare()
	for _, key := range slices.Sorted(maps.Keys(m.file)) {
		if key[:4] == "stat" {
			continue // is computed again, some day
		}
		file := maps.Clone(m.file)
		delete(file, key)
		found := false
		_ = table.Verify(t.Context(), open(file, m.dir, m.group), table.VerifyOptions{KeyHash: keyHash, Workers: 2}, func(error) bool {
			found = true
			return false
		})
		if !found {
			t.Errorf("nothing is wrong without %q", key)
		}
		readAll(open(file, m.dir, m.group))
	}
}
