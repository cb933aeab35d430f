package column_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// The fuzz targets give decoders any bytes. What they return is of no interest,
// only that they return, and that what passes Verify answers every question.

// fuzzRows is how many rows of a chunk a target looks at, so that it runs often.
const fuzzRows = 300

// seeds adds an encoding of every shape of column, made by one of encode.
func seeds(f *testing.F, encode func(vs []graph.Value) []byte) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, s := range shapes() {
		for _, n := range []int{1, 40, 300} {
			f.Add(encode(s.column(r, n, float64(n%2)/4)))
		}
	}
}

var fuzzTests = func() []*column.Test {
	r := rand.New(rand.NewPCG(2, 2))
	var tests []*column.Test
	for op := range graph.Operator(12) {
		w := graph.Where{Operator: op}
		for range 2 {
			w.Operands = append(w.Operands, randomOperand(r, []graph.Value{text("prod-1"), graph.IntValue(3)}))
		}
		tests = append(tests, column.NewTest(w))
	}
	for _, s := range []string{"redis", "1", "a-b", "ä", ""} {
		tests = append(tests, column.NewTest(graph.Where{Operator: graph.Contains, Operands: []graph.Operand{{Value: graph.StringValue(s)}}}))
	}
	return tests
}()

// query asks everything of a chunk and reports the first error.
func query(c *column.Chunk) error {
	rows := make([]uint32, min(c.Rows(), fuzzRows))
	for i := range rows {
		rows[i] = uint32(i)
	}
	var into graph.Vector
	errs := []error{c.Gather(rows, &into), c.Values(rows, make([]graph.Value, len(rows)))}
	for row := range rows {
		_, err := c.Value(row)
		_, _, also := c.AppendText(nil, row)
		errs = append(errs, err, also)
	}
	for _, q := range fuzzTests {
		errs = append(errs, c.Select(q, column.FullBitmap(c.Rows())))
	}
	for _, term := range []string{"red", "12", "ä", ""} {
		errs = append(errs, c.AddTerm(column.NewTerm(term), column.NewBitmap(c.Rows())))
	}
	var b column.FilterBuilder
	_, _, err := c.AppendInts(nil)
	errs = append(errs, b.Add(c), err)
	if entries, err := c.Dict(); err != nil || entries != nil {
		errs = append(errs, err, c.Count(column.FullBitmap(c.Rows()), make([]int, len(entries))))
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func FuzzChunk(f *testing.F) {
	seeds(f, func(vs []graph.Value) []byte { return encode(f, vs, column.Options{Cold: len(vs) == 300}) })
	f.Add(column.EncodeAlias(nil, 3, "displayName"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := column.Open(data)
		if err != nil {
			return
		}
		_, alias := c.Alias()
		verified := c.Verify()
		_, _ = c.Encoding(), c.Stats()
		if err := query(c); err != nil && verified == nil && !alias {
			t.Errorf("a verified chunk: %v", err)
		}
	})
}

func FuzzPatch(f *testing.F) {
	seeds(f, func(vs []graph.Value) []byte {
		var b column.Builder
		var rows []uint32
		for i, v := range vs {
			b.Append(v)
			rows = append(rows, uint32(i*3))
		}
		data, err := column.EncodePatch(nil, rows, &b)
		if err != nil {
			f.Fatal(err)
		}
		return data
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := column.OpenPatch(data)
		if err != nil {
			return
		}
		verified := p.Verify()
		c, err := column.Layer(nil, column.MaxRows, p)
		if err != nil {
			if verified == nil {
				t.Errorf("a verified patch: %v", err)
			}
			return
		}
		for i := range min(p.Len(), fuzzRows) {
			if _, err := c.Value(p.Row(i)); err != nil && verified == nil {
				t.Errorf("a verified patch: %v", err)
			}
		}
		for _, q := range fuzzTests {
			_ = c.Select(q, column.FullBitmap(c.Rows()))
		}
	})
}

func FuzzAdjacency(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 30, 700} {
		data, err := column.EncodeAdjacency(nil, randomLinks(r, n, n*3).lists())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := column.OpenAdjacency(data)
		if err != nil {
			return
		}
		verified := a.Verify()
		var l column.Lists
		for row := range min(a.Rows(), fuzzRows) {
			_, err := a.Degree(row)
			if also := a.AppendRow(&l, row); (err != nil || also != nil) && verified == nil {
				t.Errorf("verified adjacency: %v, %v", err, also)
			}
		}
	})
}

func FuzzAdjacencyPatch(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	m := randomLinks(r, 30, 100)
	base := openAdjacency(f, m.lists())
	removed, added := m.change(r, 1000)
	f.Add(column.EncodeAdjacencyPatch(nil, removed, added, true))
	f.Add(column.EncodeAdjacencyPatch(nil, nil, added, true))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := column.OpenAdjacencyPatch(data)
		if err != nil {
			return
		}
		_ = p.Verify()
		n := column.LayerAdjacency(base, 30, p)
		var l column.Lists
		_ = n.AppendTo(&l, true)
		for row := range 30 {
			_, _ = n.Degree(row)
			_ = n.AppendRow(&l, row)
		}
	})
}

func FuzzRows(f *testing.F) {
	f.Add(column.EncodeRows(nil, column.FullBitmap(70), 70))
	f.Add(column.EncodeRows(nil, column.NewBitmap(5000), 5000))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, n, err := column.DecodeRows(data)
		if err != nil {
			return
		}
		again, rows, err := column.DecodeRows(column.EncodeRows(nil, m, n))
		if err != nil || rows != n || !slices.Equal(again, m) {
			t.Errorf("a set of %d rows is %d rows when encoded again, %v", n, rows, err)
		}
	})
}

func FuzzIndex(f *testing.F) {
	for _, n := range []int{0, 1, 500} {
		entries := make([]column.Entry, n)
		for i := range entries {
			entries[i] = column.Entry{Hash: uint64(i) * 0x9e3779b97f4a7c15, Table: uint32(i % 3), Row: uint32(i)}
		}
		data, err := column.EncodeIndex(nil, entries)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := column.OpenIndex(data)
		if err != nil {
			return
		}
		verified := x.Verify()
		for i := range uint64(20) {
			if _, err := x.Look(nil, i*0x9e3779b97f4a7c15); err != nil && verified == nil {
				t.Errorf("a verified index: %v", err)
			}
		}
	})
}

func FuzzOrder(f *testing.F) {
	for _, n := range []uint32{0, 1, 100} {
		var keys []column.OrderKey
		for i := range n {
			keys = append(keys, column.NewOrderKey(i, []byte{byte(i * 7), byte(i)}))
		}
		f.Add(column.EncodeOrder(nil, keys))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := column.OpenOrder(data)
		if err != nil {
			return
		}
		_ = o.Verify()
		for _, prefix := range []string{"", "a", "\x07", "more than sixteen bytes"} {
			s := o.Find(prefix)
			if s.Lo > s.SureLo || s.SureLo > s.SureHi || s.SureHi > s.Hi || s.Hi > o.Len() {
				t.Errorf("span %+v of %d", s, o.Len())
			}
			for i := s.Lo; i < s.Hi; i++ {
				_ = o.Row(i)
			}
		}
	})
}

func FuzzFilter(f *testing.F) {
	var b column.FilterBuilder
	b.AddValue(text("prod-redis"))
	f.Add(b.Encode(nil))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if x, err := column.OpenFilter(data); err == nil {
			_ = x.MayHave("redis")
			_ = x.Share()
			var b column.FilterBuilder
			b.AddFilter(x)
			_ = b.Encode(nil)
		}
	})
}

func FuzzPack(f *testing.F) {
	var b column.PackBuilder
	for id := range uint64(9) {
		if err := b.Add(id*id, []byte("a part")[:id%6]); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(b.Encode(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := column.OpenPack(data)
		if err != nil {
			return
		}
		verified := p.Verify()
		n := 0
		for id := range p.All() {
			if _, err := p.Get(id); err != nil && verified == nil {
				t.Errorf("a verified pack: %v", err)
			}
			if n++; n == fuzzRows {
				break
			}
		}
	})
}

// FuzzText puts any texts into a chunk and asks for them and for parts of them.
func FuzzText(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, s := range shapes() {
		f.Add(s.make(r, 1).Text(), s.make(r, 2).Text(), "-1")
	}
	f.Fuzz(func(t *testing.T, a, b, part string) {
		vs := make([]graph.Value, 40)
		for i := range vs {
			vs[i] = text("%s%d%s", a, i*i, b)
		}
		vs[7], vs[8], vs[9] = graph.StringValue(a), graph.StringValue(b), graph.StringValue(part)
		c := build(t, vs, column.Options{})
		if err := c.Verify(); err != nil {
			t.Fatal(err)
		}
		for op := range graph.Operator(12) {
			where := graph.Where{Operator: op, Operands: []graph.Operand{{Value: graph.StringValue(part)}}}
			rows := column.FullBitmap(len(vs))
			if err := c.Select(column.NewTest(where), rows); err != nil {
				t.Fatal(err)
			}
			for i, v := range vs {
				if rows.Has(i) != where.Test(v) {
					t.Fatalf("%v of %v: %v", where, v, rows.Has(i))
				}
			}
		}
		term := graph.Fold(part)
		found := column.NewBitmap(len(vs))
		if err := c.AddTerm(column.NewTerm(term), found); err != nil {
			t.Fatal(err)
		}
		for i, v := range vs {
			if got, err := c.Value(i); err != nil || !graph.Equal(got, v) || found.Has(i) != graph.HasTerm(v, term) {
				t.Fatalf("row %d is %v, %v, want %v; has term %q: %v", i, got, err, v, term, found.Has(i))
			}
		}
	})
}
