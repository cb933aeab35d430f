package column_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

func TestRowsKeepTheirSet(t *testing.T) {
	r := newRand(t)
	for _, n := range []int{0, 1, 63, 64, 65, 5000} {
		for _, share := range []float64{0, 0.001, 0.3, 1} {
			t.Run(fmt.Sprintf("%v of %d", share, n), func(t *testing.T) {
				m := column.NewBitmap(n)
				for row := range n {
					if r.Float64() < share {
						m.Add(row)
					}
				}
				data := column.EncodeRows(nil, m, n)
				if limit := n/8 + 20; len(data) > limit {
					t.Errorf("%d bytes, want at most %d", len(data), limit)
				}
				got, rows, err := column.DecodeRows(data)
				if err != nil || rows != n || !slices.Equal(got, m) {
					t.Errorf("decoded %v of %d, %v; want %v of %d", got, rows, err, m, n)
				}
			})
		}
	}
}

func TestPackKeepsChunks(t *testing.T) {
	r := newRand(t)
	for _, n := range []int{0, 1, 2, 500} {
		t.Run(fmt.Sprintf("%d parts", n), func(t *testing.T) {
			var b column.PackBuilder
			parts := map[uint64]string{}
			id := uint64(0)
			for range n {
				id += 1 + r.Uint64N(5)
				parts[id] = fmt.Sprint("part ", r.IntN(1e9))[:r.IntN(9)]
				if err := b.Add(id, []byte(parts[id])); err != nil {
					t.Fatal(err)
				}
			}
			p, err := column.OpenPack(b.Encode(nil))
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Verify(); err != nil || p.Len() != n {
				t.Fatalf("%d parts, %v", p.Len(), err)
			}
			for want := range id + 2 {
				got, err := p.Get(want)
				if text, ok := parts[want]; err != nil || string(got) != text || ok != (got != nil) {
					t.Errorf("part %d is %q, %v, want %q", want, got, err, text)
				}
			}
			for id, b := range p.All() {
				if string(b) != parts[id] {
					t.Errorf("part %d is %q, want %q", id, b, parts[id])
				}
				delete(parts, id)
			}
			if len(parts) > 0 {
				t.Errorf("parts %v were not yielded", parts)
			}
		})
	}
}

func TestPackRefusesDisorder(t *testing.T) {
	var b column.PackBuilder
	if err := b.Add(3, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(3, nil); err == nil {
		t.Error("no error for a number that is taken")
	}
}

func TestTinyTablesTakeFewBytes(t *testing.T) {
	var b column.PackBuilder
	for id := range 120000 { // ten thousand types of one row and twelve columns
		v := graph.StringValue(fmt.Sprint("value ", id%7))
		if err := b.Add(uint64(id), encode(t, []graph.Value{v}, column.Options{})); err != nil {
			t.Fatal(err)
		}
	}
	if size := len(b.Encode(nil)) / 10000; size > 300 {
		t.Errorf("a table of one row takes %d bytes", size)
	}
}

func TestSealFindsEveryFlippedBit(t *testing.T) {
	chunk := encode(t, []graph.Value{graph.IntValue(1), graph.StringValue("x")}, column.Options{})
	place := []byte("table 7, column 3")
	sealed := column.Seal(slices.Clone(chunk), place)
	got, err := column.Unseal(sealed, place)
	if err != nil || !slices.Equal(got, chunk) {
		t.Fatalf("unsealed %x, %v; want %x", got, err, chunk)
	}
	if _, err := column.Unseal(sealed, []byte("table 7, column 4")); err == nil {
		t.Error("no error at another place")
	}
	for bit := range len(sealed) * 8 {
		bad := slices.Clone(sealed)
		bad[bit/8] ^= 1 << (bit % 8)
		if _, err := column.Unseal(bad, place); err == nil {
			t.Errorf("no error with bit %d flipped", bit)
		}
	}
	for n := range len(sealed) {
		if _, err := column.Unseal(sealed[:n], place); err == nil {
			t.Errorf("no error for the first %d bytes", n)
		}
	}
}

func TestFilterNeverHidesATerm(t *testing.T) {
	r := newRand(t)
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			vs := s.column(r, 200, 0.1)
			half := build(t, vs[:100], column.Options{})
			f := openFilter(t, func(b *column.FilterBuilder) error { return b.Add(half) })
			checkFilter(t, r, f, vs[:100])
			f = openFilter(t, func(b *column.FilterBuilder) error {
				b.AddFilter(f)
				for _, v := range vs[100:] {
					b.AddValue(v)
				}
				return nil
			})
			checkFilter(t, r, f, vs)
		})
	}
}

func checkFilter(t *testing.T, r *rand.Rand, f *column.Filter, vs []graph.Value) {
	t.Helper()
	for range 300 {
		term := graph.Fold(randomPiece(r, vs))
		if !f.MayHave(term) && slices.ContainsFunc(vs, func(v graph.Value) bool { return graph.HasTerm(v, term) }) {
			t.Fatalf("the filter denies %q", term)
		}
	}
}

func openFilter(t testing.TB, fill func(b *column.FilterBuilder) error) *column.Filter {
	t.Helper()
	var b column.FilterBuilder
	if err := fill(&b); err != nil {
		t.Fatal(err)
	}
	f, err := column.OpenFilter(b.Encode(nil))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilterHidesMostOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var b column.Builder
	for range 5000 {
		b.AppendText([]byte(fmt.Sprintf("prod-%s-service-%d", []string{"redis", "mail", "search"}[r.IntN(3)], r.IntN(1e6))))
	}
	data, err := b.Encode(nil, column.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := column.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	f := openFilter(t, func(b *column.FilterBuilder) error { return b.Add(c) })
	passed := 0
	for range 1000 {
		if f.MayHave(fmt.Sprintf("%c%c%c%c", 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26))) {
			passed++
		}
	}
	if passed > 100 {
		t.Errorf("%d of 1000 random terms pass a filter of which %d %% are set", passed, f.Share())
	}
}
