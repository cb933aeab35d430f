package querytest_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/store/graph"
)

var (
	_ exec.Source   = (*querytest.Source)(nil)
	_ exec.Adjacent = (*querytest.Source)(nil)
	_ exec.Columnar = (*querytest.Source)(nil)
	_ plan.Catalog  = (*querytest.Source)(nil)
)

const estate = `
User      user:ada   name=ada n=1
Host      host:1     n=2
(Host,Vm) host:2     n=3
User      user:bob   name=bob
deleted User user:eve
Disk      disk:1
user:ada OWNS host:1
user:bob OWNS host:2
user:ada OWNS host:2
user:ada OWNS host:2  n=7
host:2 HAS disk:1
host:2 KNOWS host:2
user:eve OWNS host:1
`

// keys prints the objects behind handles.
func keys(t *testing.T, s *querytest.Source, refs []graph.Ref) []string {
	t.Helper()
	images, err := s.Images(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, im := range images {
		if im == nil {
			out = append(out, "nothing")
			continue
		}
		out = append(out, im.Key)
	}
	return out
}

func scan(t *testing.T, s *querytest.Source, sel graph.Selection, batch int) []graph.Ref {
	t.Helper()
	var all []graph.Ref
	for refs, err := range s.Scan(t.Context(), sel) {
		if err != nil || len(refs) > batch {
			t.Fatalf("a batch of %d, error %v", len(refs), err)
		}
		all = append(all, refs...)
	}
	return all
}

func TestScan(t *testing.T) {
	s := parse(t, estate).Source(querytest.SourceOptions{Batch: 2})
	for name, c := range map[string]struct {
		sel  graph.Selection
		want []string
	}{
		"all":           {graph.Selection{}, []string{"disk:1", "host:1", "host:2", "user:ada", "user:bob"}},
		"type":          {graph.Selection{Types: []string{"host"}}, []string{"host:1", "host:2"}},
		"class":         {graph.Selection{Classes: []string{"Vm"}}, []string{"host:2"}},
		"type or class": {graph.Selection{Types: []string{"disk"}, Classes: []string{"Vm"}}, []string{"disk:1", "host:2"}},
		"where":         {graph.Selection{Where: graph.Equals("n", graph.IntValue(2))}, []string{"host:1"}},
		"none":          {graph.Selection{Types: []string{"nothing"}}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, keys(t, s, scan(t, s, c.sel, 2))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestScanShowsDeletedObjectsWhenAsked(t *testing.T) {
	s := parse(t, estate).Source(querytest.SourceOptions{Deleted: true})
	got := keys(t, s, scan(t, s, graph.Selection{Types: []string{"user"}}, 1024))
	if d := cmp.Diff([]string{"user:ada", "user:bob", "user:eve"}, got); d != "" {
		t.Error(d)
	}
}

func TestExpand(t *testing.T) {
	s := parse(t, estate).Source(querytest.SourceOptions{Batch: 1})
	users := scan(t, s, graph.Selection{Types: []string{"user"}}, 1)
	hosts := scan(t, s, graph.Selection{Types: []string{"host"}}, 1)
	for name, c := range map[string]struct {
		from []graph.Ref
		hop  graph.Hop
		want []string
	}{
		"forward": {users, graph.Hop{Verbs: []string{"OWNS"}, Direction: graph.Forward},
			[]string{"0 owns host:1", "0 owns host:2", "0 owns host:2", "1 owns host:2"}},
		"reverse": {hosts, graph.Hop{Verbs: []string{"OWNS"}, Direction: graph.Reverse},
			[]string{"0 owns user:ada", "1 owns user:bob", "1 owns user:ada", "1 owns user:ada"}},
		"both, loop once": {hosts[1:], graph.Hop{Verbs: []string{"KNOWS", "HAS"}},
			[]string{"0 has disk:1", "0 knows host:2"}},
		"relationship": {users, graph.Hop{Where: graph.Equals("n", graph.IntValue(7))}, []string{"0 owns host:2"}},
		"target":       {users, graph.Hop{Target: graph.Selection{Classes: []string{"Vm"}}}, []string{"0 owns host:2", "0 owns host:2", "1 owns host:2"}},
		"repeated":     {[]graph.Ref{users[1], users[1], 0}, graph.Hop{}, []string{"0 owns host:2", "1 owns host:2"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := []string{}
			for steps, err := range s.Expand(t.Context(), c.from, c.hop) {
				if err != nil || steps.Len() != 1 {
					t.Fatalf("a batch of %d, error %v", steps.Len(), err)
				}
				edge, _ := s.Images(t.Context(), steps.Edge)
				verb := map[string]string{"OWNS": "owns", "HAS": "has", "KNOWS": "knows"}[edge[0].Class[0]]
				got = append(got, fmt.Sprint(steps.Origin[0], " ", verb, " ", keys(t, s, steps.Node)[0]))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFetch(t *testing.T) {
	for _, dict := range []bool{false, true} {
		s := parse(t, estate).Source(querytest.SourceOptions{Dict: dict})
		refs := append(scan(t, s, graph.Selection{Types: []string{"user"}}, 10), 0)
		into := make([]graph.Vector, 2)
		if err := s.Fetch(t.Context(), refs, []string{"name", "_type"}, into); err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range refs {
			got = append(got, into[0].At(i).String(), into[1].At(i).String())
		}
		want := []string{`"ada"`, `"user"`, `"bob"`, `"user"`, "undefined", "undefined"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("dict %v: %s", dict, d)
		}
		if (into[0].Dict != nil) != dict || into[0].Len() != len(refs) {
			t.Errorf("dict %v: the vector is %+v", dict, into[0])
		}
	}
}

// TestAdjacencyIsExpand holds the two ways to neighbours against each other.
func TestAdjacencyIsExpand(t *testing.T) {
	answered := 0
	for seed := range uint64(300) {
		g := querytest.NewPair(seed).Graph
		s := g.Source(querytest.SourceOptions{Deleted: seed%2 == 0})
		for _, hop := range []graph.Hop{
			{}, {Direction: graph.Forward}, {Direction: graph.Reverse, Verbs: []string{"HAS", "USES"}},
			{Target: graph.Selection{Types: []string{"laptop"}}}, {Target: graph.Selection{Classes: []string{"User", "Disk"}}},
		} {
			for _, table := range s.Tables(graph.Selection{}) {
				lists, ok, err := s.Adjacency(t.Context(), table.Number, hop)
				if err != nil {
					t.Fatal(err)
				}
				if ok {
					answered++
					compareAdjacency(t, s, table, hop, lists)
				}
			}
		}
	}
	if answered < 1000 {
		t.Errorf("only %d adjacencies were answered", answered)
	}
}

func compareAdjacency(t *testing.T, s *querytest.Source, table graph.Table, hop graph.Hop, lists []graph.Adjacency) {
	t.Helper()
	for row := range table.Rows {
		origin := graph.NewRef(table.Number, row)
		var want, got []graph.Ref
		for steps := range s.Expand(t.Context(), []graph.Ref{origin}, hop) {
			want = append(want, steps.Node...)
		}
		for _, a := range lists {
			neighbours := a.Row(row)
			for _, n := range neighbours {
				got = append(got, graph.NewRef(a.To, n))
			}
			sorted := slices.Sorted(slices.Values(neighbours))
			if a.Simple && len(slices.Compact(sorted)) != len(neighbours) {
				t.Fatalf("%v of row %d is not simple", neighbours, row)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("row %d of %s by %+v: adjacency %v, expand %v", row, table.Type, hop, got, want)
		}
	}
}

func TestCatalog(t *testing.T) {
	s := parse(t, estate).Source(querytest.SourceOptions{})
	types, err := s.Types(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, typ := range types {
		got = append(got, fmt.Sprint(typ.Kind, " ", typ.Type, " ", typ.Classes, " ", typ.Count))
	}
	want := []string{
		"entity disk [Disk] 1", "entity host [Host Vm] 2", "entity user [User] 2",
		"relationship host_has_disk [HAS] 1", "relationship host_knows_host [KNOWS] 1", "relationship user_owns_host [OWNS] 4",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	relationships, err := s.Relationships(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	owns := graph.RelationshipStat{
		Type: "user_owns_host", Verb: "OWNS", FromType: "user", ToType: "host", Count: 4,
		FromDistinct: 2, ToDistinct: 2, MaxOut: 3, MaxIn: 3,
	}
	if d := cmp.Diff(owns, relationships[len(relationships)-1]); d != "" {
		t.Error(d)
	}
	properties, err := s.Properties(t.Context(), graph.EntityKind, "user")
	if err != nil {
		t.Fatal(err)
	}
	if len(properties) != 2 || properties[1].Name != "name" || properties[1].Filled != 2 || properties[1].Distinct != 2 {
		t.Errorf("the properties are %+v", properties)
	}
}

func TestSourceEndsWithTheContext(t *testing.T) {
	s := parse(t, estate).Source(querytest.SourceOptions{Batch: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range s.Scan(ctx, graph.Selection{}) {
		if err == nil {
			t.Fatal("a scan goes on")
		}
	}
	for _, err := range s.Expand(ctx, []graph.Ref{graph.NewRef(3, 0)}, graph.Hop{}) {
		if err == nil {
			t.Fatal("an expansion goes on")
		}
	}
	if err := s.Fetch(ctx, nil, nil, nil); err == nil {
		t.Error("a fetch goes on")
	}
}
