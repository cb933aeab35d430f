package column_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// layered makes a column of a base and patches, and the values it should have.
func layered(t *testing.T, r *rand.Rand, s shape, vs []graph.Value) (*column.Column, []graph.Value) {
	t.Helper()
	rows := len(vs) + r.IntN(40)
	want := make([]graph.Value, rows)
	copy(want, vs)
	base := build(t, vs, column.Options{})
	if len(vs) == 0 && r.IntN(2) == 0 {
		base = nil
	}
	var patches []*column.Patch
	for range r.IntN(4) {
		patches = append(patches, randomPatch(t, r, s, want))
	}
	c, err := column.Layer(base, rows, patches...)
	if err != nil {
		t.Fatal(err)
	}
	return c, want
}

// randomPatch changes some of want and returns the patch that does so.
func randomPatch(t *testing.T, r *rand.Rand, s shape, want []graph.Value) *column.Patch {
	t.Helper()
	var b column.Builder
	var rows []uint32
	share := r.Float64() * 0.3
	for row := range want {
		if r.Float64() < share {
			want[row] = graph.Value{}
			if r.IntN(5) > 0 {
				want[row] = s.make(r, row)
			}
			rows = append(rows, uint32(row))
			b.Append(want[row])
		}
	}
	return openPatch(t, rows, &b)
}

func openPatch(t *testing.T, rows []uint32, b *column.Builder) *column.Patch {
	t.Helper()
	data, err := column.EncodePatch(nil, rows, b)
	if err != nil {
		t.Fatal(err)
	}
	p, err := column.OpenPatch(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(); err != nil {
		t.Fatal(err)
	}
	return p
}

func eachLayered(t *testing.T, do func(t *testing.T, r *rand.Rand, c *column.Column, want []graph.Value)) {
	r := newRand(t)
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 70, 300} {
				c, want := layered(t, r, s, s.column(r, n, 0.1))
				do(t, r, c, want)
			}
		})
	}
}

func TestColumnKeepsValues(t *testing.T) {
	eachLayered(t, func(t *testing.T, r *rand.Rand, c *column.Column, want []graph.Value) {
		rows := make([]uint32, len(want))
		for row := range want {
			rows[row] = uint32(row)
			v, err := c.Value(row)
			if err != nil || !graph.Equal(v, want[row]) {
				t.Fatalf("row %d is %v, %v, want %v", row, v, err, want[row])
			}
			if ok, err := c.HasText(row, want[row].Str()); err != nil || ok != (want[row].Kind() == graph.String) {
				t.Fatalf("row %d, %v, has its text: %v, %v", row, want[row], ok, err)
			}
		}
		var into graph.Vector
		if err := c.Gather(rows, &into); err != nil {
			t.Fatal(err)
		}
		for row := range want {
			if !graph.Equal(into.At(row), want[row]) {
				t.Fatalf("row %d is gathered as %v, want %v", row, into.At(row), want[row])
			}
		}
	})
}

func TestColumnHasEachValueOnceInItsDict(t *testing.T) {
	eachLayered(t, func(t *testing.T, _ *rand.Rand, c *column.Column, want []graph.Value) {
		entries, err := c.Dict()
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range entries {
			if slices.ContainsFunc(entries[:i], func(o graph.Value) bool { return graph.Equal(o, e) }) {
				t.Fatalf("%v stands twice among %v", e, entries)
			}
		}
		codes := make([]uint32, len(want))
		rows := make([]uint32, len(want))
		for row := range rows {
			rows[row] = uint32(row)
		}
		if err := c.Codes(rows, codes); (err != nil) != (entries == nil) {
			t.Fatalf("codes of %d entries: %v", len(entries), err)
		}
		for row, code := range codes {
			if entries != nil && !graph.Equal(entries[code], want[row]) {
				t.Fatalf("row %d has the code of %v, want %v", row, entries[code], want[row])
			}
		}
	})
}

func TestColumnSelects(t *testing.T) {
	eachLayered(t, func(t *testing.T, r *rand.Rand, c *column.Column, want []graph.Value) {
		for range 40 {
			where := randomWhere(r, want)
			got := column.FullBitmap(len(want))
			if len(want) > 0 {
				got.Remove(r.IntN(len(want)))
			}
			candidates := got.Clone()
			if err := c.Select(column.NewTest(where), got); err != nil {
				t.Fatal(err)
			}
			for row, v := range want {
				if ok := candidates.Has(row) && where.Test(v); got.Has(row) != ok {
					t.Fatalf("%v: row %d, %v: %v, want %v", where, row, v, got.Has(row), ok)
				}
			}
			term := graph.Fold(randomPiece(r, want))
			found := column.NewBitmap(len(want))
			if err := c.AddTerm(column.NewTerm(term), found); err != nil {
				t.Fatal(err)
			}
			for row, v := range want {
				if ok := graph.HasTerm(v, term); found.Has(row) != ok {
					t.Fatalf("term %q: row %d, %v: %v, want %v", term, row, v, found.Has(row), ok)
				}
			}
		}
	})
}

func TestColumnFolds(t *testing.T) {
	eachLayered(t, func(t *testing.T, _ *rand.Rand, c *column.Column, want []graph.Value) {
		var b column.Builder
		if err := c.AppendTo(&b); err != nil {
			t.Fatal(err)
		}
		data, err := b.Encode(nil, column.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if string(data) != string(encode(t, want, column.Options{})) {
			t.Fatal("the folded column has other bytes than one of the same values")
		}
	})
}

func TestMergedPatchesDoTheSame(t *testing.T) {
	r := newRand(t)
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			want := s.column(r, 100, 0.1)
			base := build(t, want, column.Options{})
			older, newer := randomPatch(t, r, s, want), randomPatch(t, r, s, want)
			var b column.Builder
			rows, err := column.Merge(&b, older, newer)
			if err != nil {
				t.Fatal(err)
			}
			c, err := column.Layer(base, len(want), openPatch(t, rows, &b))
			if err != nil {
				t.Fatal(err)
			}
			for row := range want {
				if v, err := c.Value(row); err != nil || !graph.Equal(v, want[row]) {
					t.Fatalf("row %d is %v, %v, want %v", row, v, err, want[row])
				}
			}
		})
	}
}

func TestPatchRefusesDisorder(t *testing.T) {
	var b column.Builder
	b.AppendInt(1)
	b.AppendInt(2)
	for name, rows := range map[string][]uint32{
		"descending": {4, 3}, "twice": {3, 3}, "too few": {1}, "beyond the limit": {1, column.MaxRows},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := column.EncodePatch(nil, rows, &b); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestLayerRefusesRowsBeyondItsOwn(t *testing.T) {
	var b column.Builder
	b.AppendInt(1)
	p := openPatch(t, []uint32{7}, &b)
	if _, err := column.Layer(nil, 7, p); err == nil {
		t.Error("a patch of row 7 over 7 rows: no error")
	}
	if _, err := column.Layer(build(t, make([]graph.Value, 9), column.Options{}), 7); err == nil {
		t.Error("a chunk of 9 rows under a column of 7: no error")
	}
}
