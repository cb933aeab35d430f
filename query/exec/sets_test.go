package exec_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store/graph"
)

func TestRefSet(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var set exec.RefSet
	model := map[graph.Ref]bool{}
	for range 5000 {
		ref := graph.NewRef(uint32(dice.IntN(4)), uint32(dice.IntN(3000)))
		if got, want := set.Add(ref), !model[ref]; got != want {
			t.Fatalf("Add(%d) = %v, want %v", ref, got, want)
		}
		model[ref] = true
	}
	var want []graph.Ref
	for ref := range model {
		want = append(want, ref)
	}
	slices.Sort(want)
	if d := cmp.Diff(want, set.All()); d != "" {
		t.Errorf("All (-want +got):\n%s", d)
	}
}

func TestTuples(t *testing.T) {
	for _, width := range []int{0, 1, 2, 5} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(3, uint64(width)))
			add, has := exec.AddTuple(width)
			model := map[string]int{}
			for range 4000 {
				key := make([]graph.Ref, width)
				for i := range key {
					key[i] = graph.NewRef(uint32(dice.IntN(3)), uint32(dice.IntN(12)))
				}
				number, known := model[fmt.Sprint(key)]
				if has(key) != known {
					t.Fatalf("has(%v) = %v, want %v", key, !known, known)
				}
				if !known {
					number = len(model)
					model[fmt.Sprint(key)] = number
				}
				if got, added := add(key); got != number || added == known {
					t.Fatalf("add(%v) = %d, %v, want %d, %v", key, got, added, number, !known)
				}
			}
		})
	}
}

func TestTexts(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	add := exec.AddText()
	model := map[string]int{}
	for range 5000 {
		text := fmt.Sprint(dice.IntN(1500))[:1]
		if dice.IntN(2) == 0 {
			text = fmt.Sprint(dice.IntN(1500))
		}
		if dice.IntN(50) == 0 {
			text = ""
		}
		number, known := model[text]
		if !known {
			number = len(model)
			model[text] = number
		}
		if got, added := add([]byte(text)); got != number || added == known {
			t.Fatalf("add(%q) = %d, %v, want %d, %v", text, got, added, number, !known)
		}
	}
}

func TestGroupSet(t *testing.T) {
	for _, tt := range []struct {
		name string
		back int // how many of a hundred groups are not the last one
	}{{"in order", 0}, {"groups come back", 5}, {"any order", 100}} {
		t.Run(tt.name, func(t *testing.T) {
			dice := rand.New(rand.NewPCG(7, uint64(tt.back)))
			add := exec.AddPair()
			model := map[[2]int]bool{}
			last := 0
			for i := range 5000 {
				last = max(last, i/200)
				group, ref := last, dice.IntN(300)
				if i > 2500 && dice.IntN(100) < tt.back {
					group = dice.IntN(last + 1)
				}
				key := [2]int{group, ref}
				if got := add(group, graph.NewRef(uint32(ref%3), uint32(ref))); got == model[key] {
					t.Fatalf("add(%d, %d) = %v at step %d", group, ref, got, i)
				}
				model[key] = true
			}
		})
	}
}

// TestKeys compares keys with what they stand for: values are one value to a group
// when they are equal, or both missing.
// TestSeconds compares pairs of few and of many with a map, object after object.
func TestSeconds(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	begin, add := exec.Seconds()
	for first := range 200 {
		begin()
		known := map[graph.Ref]bool{}
		for range dice.IntN(60) {
			ref := graph.NewRef(1+dice.Uint32N(3), dice.Uint32N(30))
			if got := add(ref); got == known[ref] {
				t.Fatalf("object %d: %x is new: %v, after %d others", first, ref, got, len(known))
			}
			known[ref] = true
		}
	}
}

func TestKeys(t *testing.T) {
	text := graph.StringValue
	values := []graph.Value{
		{}, graph.NullValue(), graph.BoolValue(false), graph.BoolValue(true),
		graph.IntValue(0), graph.IntValue(1), graph.IntValue(-1), graph.IntValue(math.MaxInt64), graph.FloatValue(1), graph.FloatValue(0.5),
		graph.FloatValue(math.Copysign(0, -1)), graph.FloatValue(1e300),
		text(""), text("a"), text("ab"), text("1"), text("true"), text("a\x00b"),
		graph.ListValue(), graph.ListValue(text("a"), text("b")), graph.ListValue(text("ab")), graph.ListValue(text("a")),
		graph.ListValue(text("b"), text("a")), graph.ListValue(graph.IntValue(1), text("a")), graph.ListValue(text(""), text("")), graph.ListValue(text("")),
	}
	for _, a := range values {
		for _, b := range values {
			want := graph.Equal(a, b) || a.Missing() && b.Missing()
			if got := exec.Key(a) == exec.Key(b); got != want {
				t.Errorf("keys of %s and %s are equal: %v, want %v", a, b, got, want)
			}
		}
	}
}

func TestCountsDoNotOverflow(t *testing.T) {
	const most = math.MaxInt64
	tests := []struct {
		name      string
		got, want int64
	}{
		{"a product", exec.Times(3, 5), 15},
		{"a product of the greatest", exec.Times(most, most), most},
		{"a product just too great", exec.Times(1<<32, 1<<31), most},
		{"a product just not too great", exec.Times(1<<31, 1<<31), 1 << 62},
		{"a product with none", exec.Times(most, 0), 0},
		{"a sum", exec.Plus(3, 5), 8},
		{"a sum too great", exec.Plus(most, 1), most},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s is %d, want %d", tt.name, tt.got, tt.want)
		}
	}
}
