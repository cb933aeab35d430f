package column_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store/column"
)

// links is adjacency as a list for each row: the model.
type links [][]column.EdgeChange

func randomLinks(r *rand.Rand, rows, edges int) links {
	m := make(links, rows)
	for e := range edges {
		row := uint32(r.IntN(rows))
		if r.IntN(3) == 0 {
			row = 0 // a hub
		}
		m[row] = append(m[row], column.EdgeChange{Row: row, Neighbour: r.Uint32N(50), Edge: uint32(e)})
	}
	return m
}

func (m links) lists() column.Lists {
	l := column.Lists{Offsets: []uint32{0}}
	for _, row := range m {
		for _, c := range row {
			l.Neighbours, l.Edges = append(l.Neighbours, c.Neighbour), append(l.Edges, c.Edge)
		}
		l.Offsets = append(l.Offsets, uint32(len(l.Neighbours)))
	}
	return l
}

func (m links) simple() bool {
	for _, row := range m {
		seen := map[uint32]bool{}
		for _, c := range row {
			if seen[c.Neighbour] {
				return false
			}
			seen[c.Neighbour] = true
		}
	}
	return true
}

func openAdjacency(t testing.TB, l column.Lists) *column.Adjacency {
	t.Helper()
	data, err := column.EncodeAdjacency(nil, l)
	if err != nil {
		t.Fatal(err)
	}
	a, err := column.OpenAdjacency(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Verify(); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAdjacencyKeepsLists(t *testing.T) {
	r := newRand(t)
	for range 60 {
		m := randomLinks(r, 1+r.IntN(300), r.IntN(900))
		want := m.lists()
		a := openAdjacency(t, want)
		var got column.Lists
		if err := a.AppendTo(&got, true); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if a.Simple() != m.simple() || a.Edges() != len(want.Edges) || a.Rows() != len(m) {
			t.Fatalf("simple %v, %d edges, %d rows; want %v, %d, %d", a.Simple(), a.Edges(), a.Rows(), m.simple(), len(want.Edges), len(m))
		}
		checkRows(t, m, a.Degree, a.AppendRow)
	}
}

// checkRows compares every row, and one beyond the last.
func checkRows(t *testing.T, m links, degree func(int) (int, error), row func(*column.Lists, int) error) {
	t.Helper()
	for i := range len(m) + 1 {
		var want, got column.Lists
		if i < len(m) {
			want = m[i : i+1].lists()
		}
		if err := row(&got, i); err != nil {
			t.Fatal(err)
		}
		n, err := degree(i)
		if err != nil || n != len(want.Neighbours) || !slices.Equal(got.Neighbours, want.Neighbours) || !slices.Equal(got.Edges, want.Edges) {
			t.Fatalf("row %d has degree %d, %v, and %v; want %v", i, n, err, got, want)
		}
	}
}

// change makes a random patch of m, whose next free edge is given.
func (m links) change(r *rand.Rand, next uint32) (removed, added []column.EdgeChange) {
	for range r.IntN(40) {
		row := r.IntN(len(m))
		if n := len(m[row]); n > 0 && r.IntN(2) == 0 {
			i := r.IntN(n)
			removed = append(removed, m[row][i])
			m[row] = slices.Delete(m[row], i, i+1)
			continue
		}
		c := column.EdgeChange{Row: uint32(row), Neighbour: r.Uint32N(50), Edge: next}
		next++
		added = append(added, c)
		m[row] = append(m[row], c)
	}
	// What came and went within the patch is in neither.
	both := slices.DeleteFunc(slices.Clone(added), func(c column.EdgeChange) bool { return !slices.Contains(removed, c) })
	in := func(c column.EdgeChange) bool { return slices.Contains(both, c) }
	return slices.DeleteFunc(removed, in), slices.DeleteFunc(added, in)
}

func openAdjacencyPatch(t testing.TB, removed, added []column.EdgeChange, simple bool) *column.AdjacencyPatch {
	t.Helper()
	p, err := column.OpenAdjacencyPatch(column.EncodeAdjacencyPatch(nil, removed, added, simple))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNeighbourhoodAppliesPatches(t *testing.T) {
	r := newRand(t)
	for range 60 {
		m := randomLinks(r, 1+r.IntN(100), r.IntN(300))
		base := openAdjacency(t, m.lists())
		if r.IntN(5) == 0 {
			m, base = make(links, len(m)), nil
		}
		for range r.IntN(20) {
			m = append(m, nil) // rows that came later
		}
		next := uint32(1000)
		var patches, undo []*column.AdjacencyPatch
		before := m.lists()
		for range r.IntN(4) {
			removed, added := m.change(r, next)
			next += 1000
			patches = append(patches, openAdjacencyPatch(t, slices.Clone(removed), slices.Clone(added), m.simple()))
			undo = append(undo, openAdjacencyPatch(t, added, removed, false))
		}
		n := column.LayerAdjacency(base, len(m), patches...)
		checkNeighbourhood(t, n, m.lists())
		checkRows(t, m, n.Degree, n.AppendRow)
		if len(patches) > 0 && n.Simple() != m.simple() {
			t.Fatalf("simple %v, want %v", n.Simple(), m.simple())
		}
		slices.Reverse(undo)
		checkNeighbourhood(t, column.LayerAdjacency(base, len(m), append(patches, undo...)...), before)
	}
}

func checkNeighbourhood(t *testing.T, n *column.Neighbourhood, want column.Lists) {
	t.Helper()
	var got column.Lists
	if err := n.AppendTo(&got, true); err != nil {
		t.Fatal(err)
	}
	if got.Rows() != want.Rows() {
		t.Fatalf("%d rows, want %d", got.Rows(), want.Rows())
	}
	if !slices.Equal(got.Offsets, want.Offsets) || !slices.Equal(got.Neighbours, want.Neighbours) || !slices.Equal(got.Edges, want.Edges) {
		t.Fatal(gocmp.Diff(want, got))
	}
}

func TestSeveralChunksOfAdjacencyJoin(t *testing.T) {
	r := newRand(t)
	m := randomLinks(r, 90, 300)
	var got column.Lists
	for lo := 0; lo < len(m); lo += 30 {
		if err := openAdjacency(t, m[lo:lo+30].lists()).AppendTo(&got, true); err != nil {
			t.Fatal(err)
		}
	}
	if diff := gocmp.Diff(m.lists(), got); diff != "" {
		t.Fatal(diff)
	}
}

func TestAdjacencyPatchGivesItsChanges(t *testing.T) {
	r := newRand(t)
	m := randomLinks(r, 50, 200)
	removed, added := m.change(r, 1000)
	p := openAdjacencyPatch(t, slices.Clone(removed), slices.Clone(added), true)
	order := func(a, b column.EdgeChange) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Edge, b.Edge))
	}
	slices.SortFunc(removed, order)
	slices.SortFunc(added, order)
	if !slices.Equal(p.Removed(), removed) || !slices.Equal(p.Added(), added) {
		t.Errorf("removed %v, added %v; want %v, %v", p.Removed(), p.Added(), removed, added)
	}
}

func TestAdjacencyRefusesBadLists(t *testing.T) {
	for name, l := range map[string]column.Lists{
		"no offsets":       {},
		"first not zero":   {Offsets: []uint32{1, 1}},
		"last beyond":      {Offsets: []uint32{0, 2}, Neighbours: []uint32{1}, Edges: []uint32{1}},
		"descending":       {Offsets: []uint32{0, 2, 1}, Neighbours: []uint32{1}, Edges: []uint32{1}},
		"edges are absent": {Offsets: []uint32{0, 1}, Neighbours: []uint32{1}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := column.EncodeAdjacency(nil, l); err == nil {
				t.Error("no error")
			}
		})
	}
}
