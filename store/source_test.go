package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// checkSource compares what a snapshot answers in batches with what its images
// say one by one.
func checkSource(t *testing.T, s *store.Snapshot) {
	t.Helper()
	var all []graph.Ref
	for batch, err := range s.Scan(t.Context(), graph.Selection{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, batch...)
	}
	if !slices.IsSorted(all) {
		t.Fatal("scan is not in the order of handles")
	}
	images, err := s.Images(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	for i, im := range images {
		if i > 0 && images[i-1].Type > im.Type {
			t.Fatalf("scan: %s comes before %s", images[i-1].Type, im.Type)
		}
		if im.Kind != graph.EntityKind || im.Supplier == nil || s.Ref(im.Identity()) != all[i] {
			t.Fatalf("scan: handle %x is %v", all[i], im)
		}
		if s.ByID(im.Identity().ID()) != im {
			t.Fatalf("%v is not found by its ID", im.Identity())
		}
	}
	for _, d := range []graph.Direction{graph.Both, graph.Forward, graph.Reverse} {
		checkExpand(t, s, all, graph.Hop{Direction: d})
		checkExpand(t, s, all, graph.Hop{Direction: d, Verbs: []string{"HAS"}, Target: graph.Selection{Types: []string{"thing_a"}}})
		checkExpand(t, s, all, graph.Hop{Direction: d, Target: graph.Selection{Classes: []string{"Host"}}})
		checkAdjacency(t, s, graph.Hop{Direction: d})
		checkAdjacency(t, s, graph.Hop{Direction: d, Target: graph.Selection{Classes: []string{"Host"}}})
	}
}

// checkExpand compares Expand with a walk over all relationships.
func checkExpand(t *testing.T, s *store.Snapshot, from []graph.Ref, hop graph.Hop) {
	t.Helper()
	var got, want []string
	last := graph.Steps{}
	for steps, err := range s.Expand(t.Context(), from, hop) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range steps.Len() {
			got = append(got, fmt.Sprint(steps.Origin[i], steps.Edge[i], steps.Node[i]))
			ordered := last.Len() == 0 || cmp.Or(cmp.Compare(last.Origin[0], steps.Origin[i]), cmp.Compare(last.Edge[0], steps.Edge[i])) < 0
			if !ordered {
				t.Fatalf("expand %+v: %d %x comes after %d %x", hop, steps.Origin[i], steps.Edge[i], last.Origin[0], last.Edge[0])
			}
			last = graph.Steps{Origin: []uint32{steps.Origin[i]}, Edge: []graph.Ref{steps.Edge[i]}}
		}
	}
	origin := map[graph.Ref]int{}
	for i, ref := range from {
		origin[ref] = i
	}
	for rel := range s.All(graph.RelationshipKind) {
		if len(hop.Verbs) > 0 && !slices.Contains(hop.Verbs, rel.Class[0]) {
			continue
		}
		ends := [2]graph.Identity{{Instance: rel.From.Instance, Key: rel.From.Key}, {Instance: rel.To.Instance, Key: rel.To.Key}}
		for i, way := range []graph.Direction{graph.Forward, graph.Reverse} {
			loop := ends[0] == ends[1]
			if hop.Direction != graph.Both && hop.Direction != way || loop && hop.Direction == graph.Both && way == graph.Reverse {
				continue
			}
			if target := s.Get(ends[1-i]); !fits(&hop.Target, target) {
				continue
			}
			if at, ok := origin[s.Ref(ends[i])]; ok {
				want = append(want, fmt.Sprint(at, s.Ref(rel.Identity()), s.Ref(ends[1-i])))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("expand %+v:\n got %q\nwant %q", hop, got, want)
	}
}

func fits(sel *graph.Selection, im *graph.Image) bool {
	if sel.Any() || slices.Contains(sel.Types, im.Type) {
		return true
	}
	return slices.ContainsFunc(sel.Classes, func(c string) bool { return slices.Contains(im.Class, c) })
}

// checkAdjacency compares the adjacency of every table with Expand.
func checkAdjacency(t *testing.T, s *store.Snapshot, hop graph.Hop) {
	t.Helper()
	for _, table := range s.Tables(graph.Selection{}) {
		lists, ok, err := s.Adjacency(t.Context(), table.Number, hop)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			continue
		}
		for row := range table.Rows {
			var got, want []graph.Ref
			for i := range lists {
				a := &lists[i]
				for _, n := range a.Row(row) {
					got = append(got, graph.NewRef(a.To, n))
				}
				if a.Simple && hasTwice(a.Row(row)) {
					t.Fatalf("adjacency of %s is not simple", table.Type)
				}
			}
			for steps, err := range s.Expand(t.Context(), []graph.Ref{graph.NewRef(table.Number, row)}, hop) {
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, steps.Node...)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("adjacency of %s row %d along %+v:\n got %x\nwant %x", table.Type, row, hop, got, want)
			}
		}
	}
}

func hasTwice(rows []uint32) bool {
	sorted := slices.Sorted(slices.Values(rows))
	return len(slices.Compact(sorted)) != len(rows)
}
