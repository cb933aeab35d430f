package column_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

var update = flag.Bool("update", false, "write the golden files")

// TestBytesStayTheSame holds every form and encoding to bytes that were looked at:
// files that are written today have to be read for ever.
func TestBytesStayTheSame(t *testing.T) {
	const path = "testdata/bytes.golden"
	var b strings.Builder
	for _, s := range samples(t) {
		fmt.Fprintf(&b, "%s\n", s.name)
		for rest := s.data; len(rest) > 0; {
			n := min(len(rest), 32)
			fmt.Fprintf(&b, "  % x\n", rest[:n])
			rest = rest[n:]
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the bytes changed (-want +got):\n%s", diff)
	}
}

// sample is one encoding with its name.
type sample struct {
	name string
	data []byte
}

func samples(t *testing.T) []sample {
	t.Helper()
	var out []sample
	rows := func(n int, of func(i int) graph.Value) []graph.Value {
		vs := make([]graph.Value, n)
		for i := range vs {
			vs[i] = of(i)
		}
		return vs
	}
	add := func(name string, vs []graph.Value) {
		data := encode(t, vs, column.Options{})
		c, err := column.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sample{name + ": " + c.Encoding(), data})
	}
	add("no row", nil)
	add("all undefined", make([]graph.Value, 3))
	add("a constant", rows(3, func(int) graph.Value { return text("Heroku") }))
	add("row numbers", rows(20, func(i int) graph.Value { return graph.IntValue(int64(1000 + 3*i)) }))
	add("integers", rows(20, func(i int) graph.Value { return graph.IntValue(int64(i*i%37) * 10) }))
	add("sorted times", rows(300, func(i int) graph.Value { return graph.IntValue(1700000000000 + int64(i*60000+i*i%7)) }))
	add("fractions", rows(20, func(i int) graph.Value { return graph.FloatValue(float64(i*i) / 4) }))
	add("booleans", rows(20, func(i int) graph.Value { return graph.BoolValue(i%3 == 0) }))
	add("few words, some missing", rows(40, func(i int) graph.Value {
		return []graph.Value{text("us"), {}, text("eu"), graph.NullValue()}[i*i%7%4]
	}))
	add("plain texts", rows(18, func(i int) graph.Value { return graph.StringValue(strings.Repeat(string(rune('a'+i)), 1+i%4)) }))
	add("names with numbers", rows(20, func(i int) graph.Value { return text("%s-%d", []string{"web", "db"}[i*i%3%2], i*i) }))
	add("UUIDs", rows(18, func(i int) graph.Value {
		return text("%08x-89ab-4cde-8123-%012x", i*i*12345678, i*i*i*98765432)
	}))
	add("lists", rows(20, func(i int) graph.Value { return graph.StringsValue([]string{"a", "b", "c"}[:i*i%4]) }))
	add("mixed", []graph.Value{graph.IntValue(-1), text("x"), graph.FloatValue(0.5), graph.ListValue(graph.NullValue(), text("y")), {}, graph.BoolValue(true)})
	add("sparse integers", rows(40, func(i int) graph.Value {
		if i%5 == 0 {
			return graph.Value{}
		}
		return graph.IntValue(int64(i * i))
	}))
	return append(out, otherSamples(t)...)
}

func otherSamples(t *testing.T) []sample {
	t.Helper()
	var b column.Builder
	b.AppendText([]byte("new"))
	b.AppendUndefined(1)
	patch, err := column.EncodePatch(nil, []uint32{3, 70}, &b)
	must(t, err)
	adjacency, err := column.EncodeAdjacency(nil, column.Lists{
		Offsets: []uint32{0, 2, 2, 5}, Neighbours: []uint32{7, 9, 1, 7, 8}, Edges: []uint32{0, 1, 2, 3, 4},
	})
	must(t, err)
	index, err := column.EncodeIndex(nil, []column.Entry{{Hash: 0xdeadbeefcafebabe, Table: 2, Row: 5}, {Hash: 1 << 63, Table: 7, Row: 1}})
	must(t, err)
	var filter column.FilterBuilder
	filter.AddValue(text("web-17"))
	var pack column.PackBuilder
	must(t, pack.Add(4, []byte("one")))
	must(t, pack.Add(9, []byte("two more")))
	few, many := column.NewBitmap(300), column.NewBitmap(70)
	few.Add(256)
	for row := range 70 {
		if row*row%11 < 5 {
			many.Add(row)
		}
	}
	return []sample{
		{"alias", column.EncodeAlias(nil, 9, "displayName")},
		{"patch", patch},
		{"adjacency", adjacency},
		{"patch of adjacency", column.EncodeAdjacencyPatch(nil,
			[]column.EdgeChange{{Row: 2, Neighbour: 7, Edge: 3}}, []column.EdgeChange{{Row: 0, Neighbour: 4, Edge: 5}, {Row: 2, Neighbour: 4, Edge: 6}}, true)},
		{"rows, listed", column.EncodeRows(nil, few, 300)},
		{"rows, in words", column.EncodeRows(nil, many, 70)},
		{"index", index},
		{"order", column.EncodeOrder(nil, []column.OrderKey{column.NewOrderKey(0, []byte("web")), column.NewOrderKey(1, []byte("db"))})},
		{"filter", filter.Encode(nil)},
		{"pack", pack.Encode(nil)},
		{"sealed", column.Seal([]byte("chunk"), []byte("place"))},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
