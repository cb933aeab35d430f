package stage_test

import (
	"testing"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

func TestScope(t *testing.T) {
	all := graph.Complete{Type: graph.AllTypes}
	for _, c := range []struct {
		name          string
		complete      []graph.Complete
		partial       []graph.Partial
		whole, covers bool // of type t, and of t under p
		why           string
	}{
		{"nothing", nil, nil, false, false, ""},
		{"the type", []graph.Complete{{Type: "t"}}, nil, true, true, ""},
		{"another type", []graph.Complete{{Type: "u"}}, nil, false, false, ""},
		{"all", []graph.Complete{all}, nil, true, true, ""},
		{"the parent", []graph.Complete{{Type: "t", Parent: "p"}}, nil, false, true, ""},
		{"another parent", []graph.Complete{{Type: "t", Parent: "q"}}, nil, false, false, ""},
		{"all of the parent", []graph.Complete{{Type: "*", Parent: "p"}}, nil, false, true, ""},
		{"partial", []graph.Complete{{Type: "t"}}, []graph.Partial{{Type: "t", Reason: "b"}, {Type: "t", Reason: "a"}}, false, false, "a"},
		{"partial but for the parent", []graph.Complete{{Type: "t", Parent: "p"}}, []graph.Partial{{Type: "t", Reason: "a"}}, false, true, "a"},
		{"partial overrules all of the parent", []graph.Complete{{Type: "*", Parent: "p"}}, []graph.Partial{{Type: "t", Reason: "a"}}, false, false, "a"},
		{"all partial but the type", []graph.Complete{{Type: "t"}}, []graph.Partial{{Type: "*", Reason: "a"}}, true, true, "a"},
		{"all partial", []graph.Complete{all}, []graph.Partial{{Type: "*", Reason: "a"}}, false, false, "a"},
		{"the type before all", nil, []graph.Partial{{Type: "*", Reason: "a"}, {Type: "t", Reason: "b"}}, false, false, "b"},
	} {
		s := stage.New(stage.Options{})
		if err := s.Put(&graph.Batch{Complete: c.complete, Partial: c.partial}); err != nil {
			t.Fatal(err)
		}
		sc := s.Scope()
		if got := sc.Whole("t"); got != c.whole {
			t.Errorf("%s: whole is %v", c.name, got)
		}
		if got := sc.Covers("t", "p"); got != c.covers {
			t.Errorf("%s: covers is %v", c.name, got)
		}
		if got := sc.Why("t"); got != c.why {
			t.Errorf("%s: why is %q", c.name, got)
		}
		if got := sc.Declares(); got != (len(c.complete)+len(c.partial) > 0) {
			t.Errorf("%s: declares is %v", c.name, got)
		}
	}
}

func TestOverrule(t *testing.T) {
	s := stage.New(stage.Options{})
	if err := s.Put(&graph.Batch{Complete: []graph.Complete{{Type: "u"}}, Partial: []graph.Partial{{Type: "t"}}}); err != nil {
		t.Fatal(err)
	}
	if got := s.Scope().Types(); len(got) != 2 || got[0] != "t" || got[1] != "u" {
		t.Errorf("spoke of %v", got)
	}
	s.Overrule(graph.Complete{Type: graph.AllTypes})
	if sc := s.Scope(); !sc.Whole("t") || len(sc.Types()) != 0 || !sc.DeclaresComplete() {
		t.Errorf("%v does not say that all is complete", sc)
	}
}

func TestMalformedScope(t *testing.T) {
	for want, b := range map[string]graph.Batch{
		"put batch of step: a Complete without a type":       {Complete: []graph.Complete{{Type: "t"}, {Parent: "p"}}},
		"put batch of step: a Partial without a type (lost)": {Partial: []graph.Partial{{Reason: "lost"}}},
	} {
		b.Origin, b.Entities = "step", []graph.Entity{{Object: graph.Object{Key: "a", Type: "t"}}}
		s := stage.New(stage.Options{})
		if err := s.Put(&b); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if err := s.Seal(t.Context()); err != nil || !s.Empty() {
			t.Errorf("something was staged: %v", err)
		}
	}
}
