package column_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

var seedFlag = flag.Uint64("seed", 1, "seed of generated columns")

func newRand(t testing.TB) *rand.Rand {
	t.Helper()
	t.Logf("seed %d", *seedFlag)
	return rand.New(rand.NewPCG(*seedFlag, 0))
}

// build encodes values and opens the chunk.
func build(t testing.TB, vs []graph.Value, o column.Options) *column.Chunk {
	t.Helper()
	c, err := column.Open(encode(t, vs, o))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func encode(t testing.TB, vs []graph.Value, o column.Options) []byte {
	t.Helper()
	var b column.Builder
	for _, v := range vs {
		b.Append(v)
	}
	data, err := b.Encode(nil, o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// columns yields columns of all shapes in several lengths, some with gaps.
func columns(t *testing.T, r *rand.Rand, do func(t *testing.T, vs []graph.Value)) {
	for _, s := range shapes() {
		for _, n := range []int{0, 1, 3, 20, 70, 1500} {
			for _, missing := range []float64{0, 0.3, 0.99} {
				t.Run(fmt.Sprintf("%s/%d rows/%.0f%% missing", s.name, n, missing*100), func(t *testing.T) {
					do(t, s.column(r, n, missing))
				})
			}
		}
	}
}

func TestChunkKeepsValues(t *testing.T) {
	r := newRand(t)
	columns(t, r, func(t *testing.T, vs []graph.Value) {
		c := build(t, vs, column.Options{Cold: r.IntN(2) == 0})
		if err := c.Verify(); err != nil {
			t.Fatal(err)
		}
		if c.Rows() != len(vs) {
			t.Fatalf("%d rows, want %d", c.Rows(), len(vs))
		}
		for row, want := range vs {
			got, err := c.Value(row)
			if err != nil {
				t.Fatal(err)
			}
			if !graph.Equal(got, want) {
				t.Fatalf("row %d is %v, want %v", row, got, want)
			}
		}
	})
}

func TestChunkSelects(t *testing.T) {
	r := newRand(t)
	columns(t, r, func(t *testing.T, vs []graph.Value) {
		c := build(t, vs, column.Options{})
		for range 60 {
			where := randomWhere(r, vs)
			candidates := column.FullBitmap(len(vs))
			for row := range vs {
				if r.IntN(8) == 0 {
					candidates.Remove(row)
				}
			}
			if r.IntN(6) == 0 && len(vs) > 0 {
				candidates = column.NewBitmap(len(vs))
				candidates.Add(r.IntN(len(vs)))
			}
			got := candidates.Clone()
			if err := c.Select(column.NewTest(where), got); err != nil {
				t.Fatal(err)
			}
			for row, v := range vs {
				if want := candidates.Has(row) && where.Test(v); got.Has(row) != want {
					t.Fatalf("%v: row %d, %v: %v, want %v", where, row, v, got.Has(row), want)
				}
			}
		}
	})
}

func TestChunkFindsTerms(t *testing.T) {
	r := newRand(t)
	columns(t, r, func(t *testing.T, vs []graph.Value) {
		c := build(t, vs, column.Options{})
		for range 30 {
			term := graph.Fold(randomPiece(r, vs))
			got := column.NewBitmap(len(vs))
			if err := c.AddTerm(column.NewTerm(term), got); err != nil {
				t.Fatal(err)
			}
			for row, v := range vs {
				if want := graph.HasTerm(v, term); got.Has(row) != want {
					t.Fatalf("term %q: row %d, %v: %v, want %v", term, row, v, got.Has(row), want)
				}
			}
		}
	})
}

func TestChunkGathers(t *testing.T) {
	r := newRand(t)
	columns(t, r, func(t *testing.T, vs []graph.Value) {
		if len(vs) == 0 {
			return
		}
		c := build(t, vs, column.Options{})
		rows := make([]uint32, r.IntN(400))
		for i := range rows {
			rows[i] = r.Uint32N(uint32(len(vs)))
		}
		var into graph.Vector
		if err := c.Gather(rows, &into); err != nil {
			t.Fatal(err)
		}
		plain := make([]graph.Value, len(rows))
		if err := c.Values(rows, plain); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if !graph.Equal(into.At(i), vs[row]) || !graph.Equal(plain[i], vs[row]) {
				t.Fatalf("row %d is %v and %v, want %v", row, into.At(i), plain[i], vs[row])
			}
		}
	})
}

// randomPiece returns a part of one of the values, or something else.
func randomPiece(r *rand.Rand, vs []graph.Value) string {
	if len(vs) == 0 || r.IntN(6) == 0 {
		return word(r)
	}
	v := vs[r.IntN(len(vs))]
	if l := v.List(); len(l) > 0 {
		v = l[r.IntN(len(l))]
	}
	s := v.Text()
	if r.IntN(4) == 0 {
		return s
	}
	lo := r.IntN(len(s) + 1)
	return s[lo : lo+r.IntN(len(s)-lo+1)]
}

func randomOperand(r *rand.Rand, vs []graph.Value) graph.Operand {
	var v graph.Value
	switch r.IntN(10) {
	case 0:
		return graph.Operand{Absent: true}
	case 1:
		re, err := graph.CompileRegex([]string{"[0-9]+-", "^prod", "redis$", "e(a|d)", "ä"}[r.IntN(5)], r.IntN(2) == 0)
		if err != nil {
			panic(err)
		}
		return graph.Operand{Regex: re}
	case 2:
		v = anyScalar(r, r.IntN(100))
	case 3:
		v = graph.ListValue(graph.StringValue(randomPiece(r, vs)), anyScalar(r, 1), graph.StringValue(word(r)))
	case 4, 5:
		v = graph.StringValue(randomPiece(r, vs))
	case 6:
		v = graph.FloatValue(float64(r.IntN(4000)) / 8)
	default:
		if len(vs) > 0 {
			v = vs[r.IntN(len(vs))]
		}
	}
	if i, ok := v.Int(); ok && r.IntN(3) == 0 {
		v = graph.FloatValue(float64(i) + float64(r.IntN(3)-1)/2)
	}
	return graph.Operand{Value: v}
}

func randomWhere(r *rand.Rand, vs []graph.Value) graph.Where {
	w := graph.Where{Property: "p", Operator: graph.Operator(r.IntN(12)), All: r.IntN(3) == 0}
	n := 1
	if r.IntN(3) == 0 {
		n = r.IntN(5)
	}
	for range n {
		w.Operands = append(w.Operands, randomOperand(r, vs))
	}
	return w
}
