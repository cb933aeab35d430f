package column_test

import (
	"slices"
	"testing"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

func TestCountCountsEachValue(t *testing.T) {
	r := newRand(t)
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			vs := s.column(r, 3000, 0.2)
			c := build(t, vs, column.Options{})
			entries, err := c.Dict()
			if err != nil {
				t.Fatal(err)
			}
			rows := column.FullBitmap(len(vs))
			for range 500 {
				rows.Remove(r.IntN(len(vs)))
			}
			counts := make([]int, len(entries))
			if err := c.Count(rows, counts); (err != nil) != (entries == nil) {
				t.Fatalf("%d entries, counting gives %v", len(entries), err)
			}
			for i, e := range entries {
				want := 0
				for row := range rows.All() {
					if graph.Equal(vs[row], e) {
						want++
					}
				}
				if counts[i] != want {
					t.Fatalf("%v: counted %d, want %d", e, counts[i], want)
				}
			}
		})
	}
}

func TestAppendIntsTakesColumnsOfIntegers(t *testing.T) {
	r := newRand(t)
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			vs := s.column(r, 300, 0)
			want := make([]int64, len(vs))
			all := true
			for i, v := range vs {
				var ok bool
				want[i], ok = v.Int()
				all = all && ok
			}
			got, ok, err := build(t, vs, column.Options{}).AppendInts(nil)
			if err != nil || ok != all || ok && !slices.Equal(got, want) {
				t.Errorf("%v, %v, want %v; %v", ok, err, all, got)
			}
		})
	}
}

// TestValuesOfRowsAskedForRepeatedly asks for more elements than a chunk can have.
func TestValuesOfRowsAskedForRepeatedly(t *testing.T) {
	var b column.Builder
	for row := range 40 {
		b.OpenList()
		for k := range 20_000 {
			b.AppendInt(int64(row*k) ^ 0x5555)
		}
		b.CloseList()
	}
	data, err := b.Encode(nil, column.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := column.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]uint32, 300)
	for i := range rows {
		rows[i] = uint32(i * 7 % 40)
	}
	out := make([]graph.Value, len(rows))
	if err := c.Values(rows, out); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if want := b.Value(int(row)); !graph.Equal(out[i], want) {
			t.Fatalf("row %d is not what it was", row)
		}
	}
}
