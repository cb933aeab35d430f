package column_test

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

func TestBuilderTakesEveryKind(t *testing.T) {
	var b, same column.Builder
	b.AppendInt(-5)
	b.AppendFloat(2.0)
	b.AppendFloat(2.5)
	b.AppendBool(true)
	b.AppendText([]byte("text"))
	b.AppendNull()
	b.AppendUndefined(2)
	b.OpenList()
	b.AppendInt(1)
	b.AppendText([]byte("one"))
	b.CloseList()
	b.OpenList()
	b.CloseList()
	want := []graph.Value{
		graph.IntValue(-5), graph.IntValue(2), graph.FloatValue(2.5), graph.BoolValue(true), text("text"), graph.NullValue(), {}, {},
		graph.ListValue(graph.IntValue(1), text("one")), graph.ListValue(),
	}
	for _, v := range want {
		same.Append(v)
	}
	if b.Len() != len(want) || b.Size() < len("textone") || !b.Same(&same) {
		t.Errorf("%d rows of %d bytes, same as the values one by one: %v", b.Len(), b.Size(), b.Same(&same))
	}
	for i, w := range want {
		if v := b.Value(i); !graph.Equal(v, w) {
			t.Errorf("row %d is %v, want %v", i, v, w)
		}
	}
	same.Append(graph.NullValue())
	if b.Same(&same) {
		t.Error("the same as one with a row more")
	}
	b.Reset()
	if b.Len() != 0 {
		t.Errorf("%d rows after Reset", b.Len())
	}
}

func TestBuilderUsedAgainGivesTheSameBytes(t *testing.T) {
	r := newRand(t)
	var again column.Builder
	for range 3 {
		for _, s := range shapes() {
			vs := s.column(r, 200, 0.1)
			again.Reset()
			for _, v := range vs {
				again.Append(v)
			}
			data, err := again.Encode(nil, column.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if string(data) != string(encode(t, vs, column.Options{})) {
				t.Fatalf("%s: other bytes than a new builder gives", s.name)
			}
		}
	}
}

func TestBuilderRefusesWhatCannotBeStored(t *testing.T) {
	nested := graph.ListValue(graph.ListValue(graph.IntValue(1)))
	for name, vs := range map[string][]graph.Value{
		"NaN":              {graph.FloatValue(math.NaN())},
		"an infinity":      {graph.FloatValue(math.Inf(-1))},
		"NaN in a list":    {graph.ListValue(graph.FloatValue(math.NaN()))},
		"a list in a list": {nested, graph.IntValue(1)},
		"too many rows":    make([]graph.Value, column.MaxRows+1),
	} {
		t.Run(name, func(t *testing.T) {
			var b column.Builder
			for _, v := range vs {
				b.Append(v)
			}
			if _, err := b.Encode(nil, column.Options{}); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestBuilderRefusesTooManyElements(t *testing.T) {
	var b column.Builder
	for range 2 {
		b.OpenList()
		for range column.MaxElements/2 + 1 {
			b.AppendInt(1)
		}
		b.CloseList()
	}
	if _, err := b.Encode(nil, column.Options{}); err == nil {
		t.Error("no error")
	}
}

func TestLargeValues(t *testing.T) {
	long := strings.Repeat("Ünïcødé 1234567 ", 1<<16) // a little more than 1 MB
	list := make([]graph.Value, 5000)
	for i := range list {
		list[i] = text("element %d", i)
	}
	vs := []graph.Value{graph.StringValue(long), text("short"), graph.ListValue(list...), graph.StringValue(long + "x")}
	for range 20 {
		vs = append(vs, graph.StringValue(long[:len(vs)*100]))
	}
	for _, cold := range []bool{false, true} {
		data := encode(t, vs, column.Options{Cold: cold})
		c, err := column.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		for row, want := range vs {
			if v, err := c.Value(row); err != nil || !graph.Equal(v, want) {
				t.Fatalf("row %d differs, %v", row, err)
			}
		}
		if cold && len(data) > 200000 {
			t.Errorf("compressed to %d bytes", len(data))
		}
	}
}

func TestStatsDescribeTheValues(t *testing.T) {
	vs := make([]graph.Value, 100)
	for i := range vs {
		switch {
		case i < 10:
			vs[i] = graph.NullValue()
		case i < 30:
		case i < 60:
			vs[i] = graph.IntValue(int64(i % 7))
		default:
			vs[i] = graph.ListValue(text("a text that is longer than what is kept of it %d", i%3), graph.FloatValue(0.5))
		}
	}
	got := *build(t, vs, column.Options{}).Stats()
	want := column.Stats{
		Rows: 100, Undefined: 20, Nulls: 10, Distinct: 10,
		Kinds:    1<<graph.Undefined | 1<<graph.Null | 1<<graph.Int | 1<<graph.List,
		Elements: 1<<graph.String | 1<<graph.Float,
		Numbers:  column.NumberZone{Min: graph.IntValue(0), Max: graph.IntValue(6)},
		Texts:    column.TextZone{Min: "a text that is longer th", Max: "a text that is longer th"},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(graph.Equal)); diff != "" {
		t.Error(diff)
	}
}

func TestAliasHoldsNoValues(t *testing.T) {
	c, err := column.Open(column.EncodeAlias(nil, 9, "displayName"))
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := c.Alias(); !ok || name != "displayName" || c.Rows() != 9 {
		t.Errorf("alias of %q, %v, %d rows", name, ok, c.Rows())
	}
	if err := c.Verify(); err != nil {
		t.Error(err)
	}
	if _, err := c.Value(0); err == nil {
		t.Error("a value: no error")
	}
	if err := c.Select(textTest(graph.Eq, "x"), column.FullBitmap(9)); err == nil {
		t.Error("a selection: no error")
	}
}

func TestChunkRefusesRowsThatItHasNot(t *testing.T) {
	for _, s := range shapes() {
		c := build(t, s.column(newRand(t), 50, 0), column.Options{})
		for _, row := range []int{-1, 50, 1 << 40} {
			if _, err := c.Value(row); err == nil {
				t.Errorf("%s: no error for row %d", s.name, row)
			}
		}
		if err := c.Values([]uint32{3, 50}, make([]graph.Value, 2)); err == nil {
			t.Errorf("%s: no error for values of row 50", s.name)
		}
		var into graph.Vector
		if err := c.Gather([]uint32{1 << 31}, &into); err == nil {
			t.Errorf("%s: no error for gathering row 2^31", s.name)
		}
	}
}

// TestChunkServesManyAtOnce is for the race detector.
func TestChunkServesManyAtOnce(t *testing.T) {
	r := newRand(t)
	for _, s := range shapes() {
		vs := s.column(r, 300, 0.1)
		c := build(t, vs, column.Options{Cold: true})
		q := textTest(graph.Contains, "e")
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				var into graph.Vector
				rows := column.FullBitmap(len(vs))
				if err := c.Select(q, rows); err != nil {
					t.Error(err)
				}
				if err := c.Gather(rows.AppendRows(nil), &into); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	}
}
