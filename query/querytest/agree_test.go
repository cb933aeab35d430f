package querytest_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/query/syntax"
)

// TestGeneratorsProduceEverything counts how often each production of the grammar
// occurs in random statements, and how often statements have an answer worth
// comparing.
func TestGeneratorsProduceEverything(t *testing.T) {
	const pairs = 4000
	count := map[string]int{}
	answered, rows := 0, 0
	naive := querytest.Naive{MaxRows: 20_000}
	for seed := range uint64(pairs) {
		p := querytest.NewPair(seed)
		q, err := syntax.Parse(p.Request.Text)
		if err != nil {
			t.Fatalf("%s: %v", p.Request.Text, err)
		}
		for _, production := range querytest.Produced(q) {
			count[production]++
		}
		if result, err := naive.Run(t.Context(), p.Graph, p.Request); err == nil {
			if n := len(result.Rows) + len(result.Vertices); n > 0 {
				answered++
				rows += n
			}
		}
	}
	for _, production := range querytest.Productions() {
		if count[production] < pairs/400 {
			t.Errorf("%q occurs in %d of %d statements", production, count[production], pairs)
		}
		delete(count, production)
	}
	if len(count) > 0 {
		t.Errorf("unlisted productions: %v", slices.Sorted(maps.Keys(count)))
	}
	if answered < pairs/2 {
		t.Errorf("only %d of %d statements have an answer", answered, pairs)
	}
	t.Logf("%d of %d statements have an answer, of %d rows on average", answered, pairs, rows/max(1, answered))
}

// TestPairsAreRepeated makes a pair twice.
func TestPairsAreRepeated(t *testing.T) {
	for seed := range uint64(50) {
		a, b := querytest.NewPair(seed), querytest.NewPair(seed)
		if a.String() != b.String() {
			t.Fatalf("seed %d gives two pairs:\n%s\n%s", seed, &a, &b)
		}
	}
}

// unseen are the rules that random pairs cannot show, with the reason.
var unseen = map[querytest.Rule]string{
	querytest.ParameterKnown: "every random parameter has a value",
}

// TestRandomPairsShowEveryRule turns each rule round and expects that some random
// pair tells: an engine that has the rule wrong would be found.
func TestRandomPairsShowEveryRule(t *testing.T) {
	const pairs = 8000
	missing := slices.DeleteFunc(querytest.Rules(), func(r querytest.Rule) bool { return unseen[r] != "" })
	for seed := range uint64(pairs) {
		p := querytest.NewPair(seed)
		want, err := querytest.Naive{MaxRows: 5000}.Run(t.Context(), p.Graph, p.Request)
		if err != nil {
			continue
		}
		missing = slices.DeleteFunc(missing, func(r querytest.Rule) bool {
			got, err := querytest.Naive{MaxRows: 5000, Against: r}.Run(t.Context(), p.Graph, p.Request)
			return err == nil && (querytest.Difference(want, got) != "" || querytest.OrderDifference(want, got) != "")
		})
		if len(missing) == 0 {
			t.Logf("all rules are shown by %d pairs", seed+1)
			return
		}
	}
	t.Errorf("no random pair shows: %q", missing)
}

// TestShrink makes a disagreement small.
func TestShrink(t *testing.T) {
	wrong := querytest.Naive{MaxRows: 5000, Against: querytest.SelfLoopOnce}
	right := querytest.Naive{MaxRows: 5000}
	fails := func(p querytest.Pair) bool {
		return p.Disagreement(t.Context(), right, wrong) != ""
	}
	for seed := range uint64(5000) {
		p := querytest.NewPair(seed)
		if len(p.Graph.Entities()) < 10 || !fails(p) {
			continue
		}
		small := p.Shrink(t.Context(), fails)
		if !fails(small) {
			t.Fatalf("the smaller pair does not fail:\n%s", &small)
		}
		if n := len(small.Graph.Entities()); n > 2 {
			t.Errorf("%d entities are left of %d:\n%s", n, len(p.Graph.Entities()), &small)
		}
		t.Logf("shrunk to\n%s", &small)
		return
	}
	t.Error("no pair fails")
}

func TestAgreeWithItself(t *testing.T) {
	if n := querytest.Agree(t, 500, 1, querytest.Naive{}, querytest.Naive{}); n < 450 {
		t.Errorf("only %d pairs of 500 were compared", n)
	}
}

// TestShrinkKeepsToTheGrammar cuts random statements down to nothing: every smaller
// one is valid.
func TestShrinkKeepsToTheGrammar(t *testing.T) {
	for seed := range uint64(60) {
		p := querytest.NewPair(seed)
		small := p.Shrink(t.Context(), func(p querytest.Pair) bool {
			q, err := syntax.Parse(p.Request.Text)
			if err == nil {
				err = syntax.Validate(q)
			}
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, p.Request.Text, err)
			}
			return true
		})
		if small.Request.Text != "FIND *" || len(small.Graph.Entities()) > 0 {
			t.Errorf("seed %d: left with %s on\n%s", seed, small.Request.Text, small.Graph)
		}
	}
}
