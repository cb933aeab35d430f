package graph_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/j1db/j1db/store/graph"
)

func str(s string) graph.Value           { return graph.StringValue(s) }
func num(i int64) graph.Value            { return graph.IntValue(i) }
func list(vs ...graph.Value) graph.Value { return graph.ListValue(vs...) }
func boolean(b bool) graph.Value         { return graph.BoolValue(b) }
func float(f float64) graph.Value        { return graph.FloatValue(f) }

// ladder is in the order of Compare; the values of one rung are equal to it.
var ladder = [][]graph.Value{
	{float(-1e300)}, {num(math.MinInt64), float(-(1 << 63))}, {num(-1)}, {float(-0.5)}, {num(0), float(math.Copysign(0, -1))},
	{float(0.5)}, {num(1), float(1)}, {list(num(1))}, {num(1 << 53)}, {num(1<<53 + 1)}, {num(math.MaxInt64)}, {float(1 << 63)}, {float(1e300)},
	{str("")}, {str("A")}, {str("a")}, {list(str("a"))}, {list(str("a"), str("b"))}, {str("b")}, {str("é")}, {str("日本")},
	{boolean(false)}, {boolean(true)}, {list()}, {graph.NullValue()}, {graph.Value{}},
}

func TestCompareIsTheLadder(t *testing.T) {
	for i, a := range ladder {
		for j, b := range ladder {
			for _, x := range a {
				for _, y := range b {
					got, want := graph.Compare(x, y), 0
					if i < j {
						want = -1
					} else if i > j {
						want = 1
					}
					if (got < 0) != (want < 0) || (got > 0) != (want > 0) {
						t.Errorf("Compare(%v, %v) = %d, want %d", x, y, got, want)
					}
					if graph.Equal(x, y) != (i == j) {
						t.Errorf("Equal(%v, %v) = %v", x, y, i != j)
					}
				}
			}
		}
	}
}

func TestCompareNumbersExactly(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		i := int64(rnd.Uint64())
		f := float64(i) + (rnd.Float64()-0.5)*4
		a, b := num(i), float(f)
		got := graph.CompareNumbers(a, b)
		if got != -graph.CompareNumbers(b, a) {
			t.Fatalf("CompareNumbers(%v, %v) is not the other way round", a, b)
		}
		if diff := float64(i) - f; math.Abs(diff) > 2048 && (got > 0) != (diff > 0) {
			t.Fatalf("CompareNumbers(%v, %v) = %d", a, b, got)
		}
	}
	if graph.CompareNumbers(num(1<<53+1), float(1<<53)) <= 0 {
		t.Error("an integer beyond 2^53 is rounded to compare")
	}
}

func TestJSONRoundTrip(t *testing.T) {
	for _, rung := range ladder {
		for _, v := range rung {
			if v.Kind() == graph.Undefined {
				continue
			}
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			var back graph.Value
			if err := json.Unmarshal(text, &back); err != nil && v.Kind() != graph.Null {
				t.Fatalf("%s: %v", text, err)
			}
			if v.Kind() != graph.Null && !graph.Equal(v, back) {
				t.Errorf("%v becomes %s becomes %v", v, text, back)
			}
		}
	}
	var v graph.Value
	if err := json.Unmarshal([]byte(`{"a":1}`), &v); err == nil {
		t.Error("an object is a value")
	}
}

func TestJSONStringsAreThoseOfTheStandardLibrary(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	alphabet := []rune("ab\"\\\n\r\t\x00\x1f\u007f\u2028\u2029é日😀<>&")
	for range 5_000 {
		var rs []rune
		for range rnd.IntN(12) {
			rs = append(rs, alphabet[rnd.IntN(len(alphabet))])
		}
		var back string
		text := graph.AppendJSONString(nil, string(rs))
		if err := json.Unmarshal(text, &back); err != nil || back != string(rs) {
			t.Fatalf("%q becomes %s becomes %q, %v", string(rs), text, back, err)
		}
	}
	if text := graph.AppendJSONString(nil, "a\xffb"); !utf8.Valid(text) {
		t.Errorf("%q is not UTF-8", text)
	}
}

func TestCheckValue(t *testing.T) {
	for _, v := range []graph.Value{float(math.NaN()), float(math.Inf(1)), str("a\xff"), list(str("\xff")), list(list())} {
		if graph.CheckValue(v) == nil {
			t.Errorf("%v can be stored", v)
		}
	}
	for _, v := range []graph.Value{{}, graph.NullValue(), num(1), float(1.5), str("é"), list(num(1), str("a"))} {
		if err := graph.CheckValue(v); err != nil {
			t.Errorf("%v cannot be stored: %v", v, err)
		}
	}
	if !list(num(1), str("a")).Mixed() || list(num(1), float(1.5)).Mixed() || list().Mixed() {
		t.Error("Mixed is wrong")
	}
}

func TestProperties(t *testing.T) {
	ps := graph.SortProperties([]graph.Property{{Name: "b", Value: num(1)}, {Name: "a", Value: num(2)}, {Name: "b", Value: num(3)}, {Name: "c"}})
	if got := ps.Get("b"); len(ps) != 2 || !graph.Equal(got, num(3)) {
		t.Errorf("sorted to %v", ps)
	}
	ps.Set("aa", str("x"))
	ps.Set("a", graph.Value{})
	ps.Set("gone", graph.Value{})
	var names []string
	for name := range ps.All() {
		names = append(names, name)
	}
	if !slices.Equal(names, []string{"aa", "b"}) {
		t.Errorf("after Set there are %v", names)
	}
	other := graph.SortProperties([]graph.Property{{Name: "aa", Value: graph.NullValue()}, {Name: "b", Value: float(3)}, {Name: "z", Value: num(0)}})
	if got := ps.Changed(other); !slices.Equal(got, []string{"aa", "z"}) {
		t.Errorf("Changed gives %v", got)
	}
	var back graph.Properties
	text, _ := json.Marshal(other)
	if err := json.Unmarshal(text, &back); err != nil || !back.Equal(other) {
		t.Errorf("%s becomes %v, %v", text, back, err)
	}
}
