package column_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"

	"github.com/j1db/j1db/store/column"
)

func openIndex(t testing.TB, entries []column.Entry) *column.Index {
	t.Helper()
	data, err := column.EncodeIndex(nil, slices.Clone(entries))
	if err != nil {
		t.Fatal(err)
	}
	x, err := column.OpenIndex(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Verify(); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestIndexFindsEveryEntry(t *testing.T) {
	r := newRand(t)
	for _, n := range []int{0, 1, 2, 5, 100, 5000, 20000} {
		for _, shift := range []int{0, 7, 28} { // hashes of one part, as an index split by hash has
			t.Run(fmt.Sprintf("%d entries below 2^%d", n, 64-shift), func(t *testing.T) {
				entries := make([]column.Entry, n)
				for i := range entries {
					entries[i] = column.Entry{Hash: r.Uint64() >> shift, Table: 3 + uint32(i%5), Row: uint32(i)}
				}
				x := openIndex(t, entries)
				checkIndex(t, x, entries)
				again, err := column.EncodeIndex(nil, collect(t, x))
				if err != nil {
					t.Fatal(err)
				}
				y, err := column.OpenIndex(again)
				if err != nil {
					t.Fatal(err)
				}
				checkIndex(t, y, entries)
			})
		}
	}
}

func collect(t *testing.T, x *column.Index) []column.Entry {
	t.Helper()
	var all []column.Entry
	for e, err := range x.All() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// checkIndex looks every entry up, and counts what is found wrongly.
func checkIndex(t *testing.T, x *column.Index, entries []column.Entry) {
	t.Helper()
	if x.Len() != len(entries) {
		t.Fatalf("%d entries, want %d", x.Len(), len(entries))
	}
	for _, e := range entries {
		found, err := x.Look(nil, e.Hash)
		if err != nil || !slices.Contains(found, e) {
			t.Fatalf("%v: found %v, %v", e, found, err)
		}
	}
	wrong := 0
	for i := range 1000 {
		found, err := x.Look(nil, xxhash.Sum64String(fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		wrong += len(found)
	}
	if wrong > 1 {
		t.Errorf("%d of 1000 names that are not there were found", wrong)
	}
}

func TestIndexTakesOneHashForMany(t *testing.T) {
	entries := make([]column.Entry, 300)
	for i := range entries {
		entries[i] = column.Entry{Hash: 77, Table: 1, Row: uint32(i)}
	}
	found, err := openIndex(t, entries).Look(nil, 77)
	if err != nil || !slices.Equal(found, entries) {
		t.Errorf("found %d entries, %v; want %d", len(found), err, len(entries))
	}
}

func openOrder(t testing.TB, texts []string) *column.Order {
	t.Helper()
	keys := make([]column.OrderKey, len(texts))
	for i, s := range texts {
		keys[i] = column.NewOrderKey(uint32(i), []byte(s))
	}
	o, err := column.OpenOrder(column.EncodeOrder(nil, keys))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Verify(); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOrderFindsPrefixes(t *testing.T) {
	r := newRand(t)
	for _, n := range []int{0, 1, 15, 16, 17, 500, 5000} {
		t.Run(fmt.Sprintf("%d texts", n), func(t *testing.T) {
			texts := make([]string, n)
			for i := range texts {
				texts[i] = randomName(r)
			}
			o := openOrder(t, texts)
			for range 300 {
				prefix := randomName(r)
				prefix = prefix[:r.IntN(len(prefix)+1)]
				checkPrefix(t, o, texts, prefix)
			}
		})
	}
}

func randomName(r *rand.Rand) string {
	s := word(r) + "-" + word(r) + "-" + word(r) + fmt.Sprint(r.IntN(300))
	return s + strings.Repeat("\x00", r.IntN(8)/7) + strings.Repeat("\xff", r.IntN(20)/18)
}

func checkPrefix(t *testing.T, o *column.Order, texts []string, prefix string) {
	t.Helper()
	s := o.Find(prefix)
	if s.Lo < 0 || s.Lo > s.SureLo || s.SureLo > s.SureHi || s.SureHi > s.Hi || s.Hi > o.Len() {
		t.Fatalf("prefix %q: span %v of %d", prefix, s, o.Len())
	}
	found := map[uint32]bool{}
	for i := s.Lo; i < s.Hi; i++ {
		row := o.Row(i)
		has := strings.HasPrefix(texts[row], prefix)
		if !has && s.SureLo <= i && i < s.SureHi {
			t.Fatalf("prefix %q: row %d, %q, is sure", prefix, row, texts[row])
		}
		found[row] = has
	}
	for row, text := range texts {
		if strings.HasPrefix(text, prefix) && !found[uint32(row)] {
			t.Fatalf("prefix %q: row %d, %q, is not in %v", prefix, row, text, s)
		}
	}
}

func TestOrderLeavesLittleToLookAt(t *testing.T) {
	texts := make([]string, 10000)
	for i := range texts {
		texts[i] = fmt.Sprintf("name-%05d", i)
	}
	s := openOrder(t, texts).Find("name-01")
	if s.Hi-s.Lo > 1000+64 || s.SureHi-s.SureLo < 1000-64 {
		t.Errorf("1000 names have the prefix, the span is %+v", s)
	}
}
