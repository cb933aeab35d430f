package column_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// families are texts that are taken apart, with needles that reach into their
// slots in every way.
var families = []struct {
	name    string
	text    func(i int) string
	needles []string
}{
	{"a number at the end", func(i int) string { return fmt.Sprintf("prod-web-%d", i*97) },
		[]string{"prod-web-", "prod-web-1", "web-97", "-97", "97", "7", "0", "00", "1000", "970", "b-9", "-", "prod-web-97", "prod-web-970", "x"}},
	{"a thousand exactly", func(i int) string { return fmt.Sprintf("n%d", 990+i) },
		[]string{"1000", "100", "n1000", "999", "n99", "0", "01", "10000"}},
	{"zeros in front", func(i int) string { return fmt.Sprintf("ami-%08d.img", i*12345) },
		[]string{"ami-0", "000", "0012345", "5.img", ".img", "0.", "ami-00000000.img", "i-00000", "12345.img", "img", "ami-12345"}},
	{"hexadecimal words", func(i int) string { return fmt.Sprintf("i-%017x x", uint64(i)*0x1deadbeefcafe5+0xfade) },
		[]string{"i-0", "-0", "dead", "face x", "e x", "fade x", "i-dead", " x", "-", "de", "0fade x", "DEAD", "i-", "000000000000", "d"}},
	{"hexadecimal words that begin alike", func(i int) string { return fmt.Sprintf("i-deadbeef%09x/q", i) },
		[]string{"i-dead", "i-", "-dead", "beef0", "/q", "i-deadbeef", "i-deadbeefg", "f/q", "q"}},
	{"UUIDs of letters", func(i int) string { return fmt.Sprintf("u/%08x-aaaa-bbbb-cccc-abcdefabcdef/x", i*i) },
		[]string{"-abcdefabcdef/x", "-cccc-", "a-bbbb-c", "f/x", "-aaaa-bbbb-cccc-abcdefabcdef/x", "/x", "-aaaa", "u/", "-x"}},
	{"upper case", func(i int) string { return fmt.Sprintf("SN:%012X", uint64(i)*0xdeadbeef+0xcafe) },
		[]string{"SN:0", "DEAD", "dead", "CAFE", "N:0", ":", "N:DEAD", "FE", "fe"}},
	{"UUIDs", func(i int) string {
		h := fmt.Sprintf("%032x", uint64(i+3)*0xabcdefabcdefabc1)
		return "u/" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	}, []string{"u/", "u/0", "-", "a-", "-a", "-c", "u/a", "0-0000-0", "abc", "/0000", "00000000-0000", "b-c", "-abcdefabcdef", "/"}},
	{"words of letters that are digits too", func(i int) string { return fmt.Sprintf("deadbeef-face/cafe%d", i) },
		[]string{"dead", "face", "cafe1", "e1", "f-f", "deadbeef-", "cafe", "e", "/c", "beef"}},
	{"several numbers", func(i int) string { return fmt.Sprintf("10.%d.%d.%d", i, i*7%256, i*31%256) },
		[]string{"10.", "10.1", ".1.", ".7.31", "1.7", "0.0.0", "10.1.7.31", ".", "0.1", "255", "10.10.", "10.1.7.3", "10.1.7.311"}},
	{"long runs of digits", func(i int) string { return fmt.Sprintf("%d%020d", 10+i, i*i) },
		[]string{"10", "100", "000000000000000000", "1", "110000000000", "0000000001", "12000", "0", "9"}},
	{"more numbers than slots", func(i int) string { return strings.Repeat(fmt.Sprintf("%d:", i), 8) + "3:14:15" },
		[]string{"1:1", "1:1:1:1:1:1:1:1:3:14:15", ":", "3:3:3:3:3:3:3:3:3", "7", "::", "2:3", "5:3:14", "15", "4"}},
	{"letters beyond ASCII", func(i int) string { return fmt.Sprintf("Ärger-%d-日本", i) },
		[]string{"Ä", "ä", "1-日", "-1-", "日本", "本", "ger-1", "ärger-1"}},
}

func TestPatternsCompareLikeTheirTexts(t *testing.T) {
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			vs := make([]graph.Value, 60)
			for i := range vs {
				vs[i] = graph.StringValue(f.text(i))
			}
			c := build(t, vs, column.Options{})
			if !strings.HasPrefix(c.Encoding(), "pattern") {
				t.Fatalf("the texts are stored as %s", c.Encoding())
			}
			for _, needle := range f.needles {
				checkNeedle(t, c, vs, needle)
			}
		})
	}
}

func checkNeedle(t *testing.T, c *column.Chunk, vs []graph.Value, needle string) {
	t.Helper()
	for op := range graph.Operator(12) {
		where := graph.Where{Operator: op, Operands: []graph.Operand{{Value: graph.StringValue(needle)}}}
		rows := column.FullBitmap(len(vs))
		if err := c.Select(column.NewTest(where), rows); err != nil {
			t.Fatal(err)
		}
		for i, v := range vs {
			if rows.Has(i) != where.Test(v) {
				t.Errorf("%v%v: %v", v, where, rows.Has(i))
			}
		}
	}
	rows := column.NewBitmap(len(vs))
	if err := c.AddTerm(column.NewTerm(graph.Fold(needle)), rows); err != nil {
		t.Fatal(err)
	}
	for i, v := range vs {
		if rows.Has(i) != graph.HasTerm(v, graph.Fold(needle)) {
			t.Errorf("%v has term %q: %v", v, graph.Fold(needle), rows.Has(i))
		}
	}
}

func TestIntegersCompareExactly(t *testing.T) {
	vs := make([]graph.Value, 40)
	for i := range vs {
		vs[i] = graph.IntValue(1<<53 - 20 + int64(i))
	}
	c := build(t, vs, column.Options{})
	number := func(i int64) graph.Operand { return graph.Operand{Value: graph.IntValue(1<<53 + i)} }
	for _, operands := range [][]graph.Operand{
		{number(0)}, {number(0), number(2)}, {number(1), number(2)}, {number(-30)}, {number(19), number(-20)},
		{{Value: graph.FloatValue(1<<53 - 0.5)}}, {{Value: graph.FloatValue(-0.5)}}, {{Value: graph.FloatValue(1e300)}},
	} {
		for op := range graph.Operator(12) {
			for _, all := range []bool{false, true} {
				where := graph.Where{Operator: op, Operands: operands, All: all}
				rows := column.FullBitmap(len(vs))
				if err := c.Select(column.NewTest(where), rows); err != nil {
					t.Fatal(err)
				}
				for i, v := range vs {
					if rows.Has(i) != where.Test(v) {
						t.Errorf("%v%v: %v", v, where, rows.Has(i))
					}
				}
			}
		}
	}
}

// TestFullChunks crosses every boundary that a chunk has inside.
func TestFullChunks(t *testing.T) {
	r := newRand(t)
	for _, s := range shapes() {
		if s.name == "long" {
			continue // 65,536 rows of it are most of a gigabyte
		}
		t.Run(s.name, func(t *testing.T) {
			vs := s.column(r, column.MaxRows, 0.01)
			c := build(t, vs, column.Options{})
			if err := c.Verify(); err != nil {
				t.Fatal(err)
			}
			got := make([]graph.Value, len(vs))
			rows := make([]uint32, len(vs))
			for row := range rows {
				rows[row] = uint32(row)
			}
			if err := c.Values(rows, got); err != nil {
				t.Fatal(err)
			}
			for row := range vs {
				if !graph.Equal(got[row], vs[row]) {
					t.Fatalf("row %d is %v, want %v", row, got[row], vs[row])
				}
			}
		})
	}
}
