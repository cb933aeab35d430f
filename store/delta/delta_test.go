package delta_test

import (
	"bytes"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// orchard returns a store with two versions that differ in every way.
func orchard(t testing.TB) *store.DB {
	db := storetest.Open(t, store.Options{})
	east := store.SyncOptions{Instance: storetest.Instance("east")}
	west := store.SyncOptions{Instance: storetest.Instance("west")}
	entity := func(key, typ string, props map[string]any) graph.Entity {
		e := graph.Entity{Object: graph.Object{Key: key, Type: typ}, Class: []string{"Tree"}}
		for name, x := range props {
			v, _ := graph.ValueOf(x)
			e.Props.Set(name, v)
		}
		return e
	}
	rel := func(key, to, scope string) graph.Relationship {
		return graph.Relationship{Object: graph.Object{Key: key, Type: "tree_has_fruit"}, Class: "HAS", From: graph.End{Key: "t1"}, To: graph.End{Instance: scope, Key: to}}
	}
	all := []graph.Complete{{Type: graph.AllTypes}}
	storetest.Commit(t, db, west, graph.Batch{Entities: []graph.Entity{entity("f1", "fruit", nil), entity("f2", "fruit", nil)}})
	storetest.Commit(t, db, east, graph.Batch{
		Entities: []graph.Entity{
			entity("t1", "tree", map[string]any{"displayName": "old", "age": 3, "gone": "x", "null": nil}),
			entity("t2", "tree", map[string]any{"seen": 1}),
			entity("t3", "tree", nil), entity("t4", "tree", map[string]any{"tags": []any{"a", int64(1), nil, true}}),
			entity("f1", "fruit", nil),
		},
		Relationships: []graph.Relationship{rel("t1-a", "f1", "west"), rel("t1-b", "f1", "")},
		Complete:      all,
	})
	moved := entity("t3", "bush", nil)
	moved.Class = []string{"Bush", "Tree"}
	storetest.Commit(t, db, east, graph.Batch{
		Entities: []graph.Entity{
			entity("t1", "tree", map[string]any{"displayName": "new \"quoted\"\n", "age": 3.5, "null": "", "gone": nil}),
			entity("t2", "tree", map[string]any{"seen": 2}),
			moved, entity("f1", "fruit", nil), entity("t5", "tree", map[string]any{"height": 1e21, "big": int64(1)<<62 + 1}),
		},
		Relationships: []graph.Relationship{rel("t1-a", "f2", "west"), rel("t1-b", "f1", "west"), rel("t1-c", "f1", "")},
		Complete:      all,
	})
	return db
}

func collect(t testing.TB, seq iter.Seq2[graph.Change, error]) []graph.Change {
	t.Helper()
	var out []graph.Change
	for c, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func seq(changes []graph.Change) iter.Seq2[graph.Change, error] {
	return func(yield func(graph.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func encode(t testing.TB, changes []graph.Change) string {
	t.Helper()
	var b bytes.Buffer
	if err := delta.Encode(&b, seq(changes)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFileForm(t *testing.T) {
	db := orchard(t)
	for name, at := range map[string][2]uint64{"forwards": {2, 3}, "backwards": {3, 2}, "from-nothing": {0, 2}, "to-nothing": {2, 0}} {
		t.Run(name, func(t *testing.T) {
			changes := collect(t, delta.Between(t.Context(), db, at[0], at[1], delta.Options{}))
			got := encode(t, changes)
			golden := filepath.Join("testdata", name+".jsonl")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("delta (-want +got):\n%s", diff)
			}
			back := collect(t, delta.Decode(strings.NewReader(got)))
			if diff := diffChanges(changes, back); diff != "" {
				t.Errorf("read again (-want +got):\n%s", diff)
			}
			if again := encode(t, back); again != got {
				t.Errorf("written again: %s", cmp.Diff(got, again))
			}
		})
	}
}

// diffChanges compares changes but for what a file does not hold.
func diffChanges(a, b []graph.Change) string {
	strip := func(list []graph.Change) []graph.Change {
		out := slices.Clone(list)
		for i := range out {
			for _, im := range []**graph.Image{&out[i].Before, &out[i].After} {
				if *im != nil {
					c := (*im).Clone()
					c.Meta, c.Supplier = graph.Meta{}, nil
					*im = c
				}
			}
		}
		return out
	}
	return cmp.Diff(strip(a), strip(b), cmp.Comparer(graph.Equal), cmp.Comparer(graph.SameState))
}

func TestFilters(t *testing.T) {
	db := orchard(t)
	tests := []struct {
		name string
		opt  delta.Options
		want []string
	}{
		{"none", delta.Options{}, []string{
			"update bush t3", "update tree t1", "update tree t2", "delete tree t4", "create tree t5",
			"update tree_has_fruit t1-a", "update tree_has_fruit t1-b", "create tree_has_fruit t1-c",
		}},
		{"instance", delta.Options{Instances: []string{"west"}}, nil},
		{"type before", delta.Options{Types: []string{"tree"}}, []string{
			"update bush t3", "update tree t1", "update tree t2", "delete tree t4", "create tree t5",
		}},
		{"type after", delta.Options{Types: []string{"bush"}}, []string{"update bush t3"}},
		{"ignored", delta.Options{Types: []string{"tree"}, Ignore: []string{"seen"}}, []string{
			"update bush t3", "update tree t1", "delete tree t4", "create tree t5",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range collect(t, delta.Between(t.Context(), db, 2, 3, tt.opt)) {
				got = append(got, c.Op().String()+" "+c.Image().Type+" "+c.Image().Key)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStat(t *testing.T) {
	db := orchard(t)
	got, err := delta.Stat(delta.Between(t.Context(), db, 2, 3, delta.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	want := []delta.TypeCounts{
		{Instance: "east", Type: "bush", Counts: graph.Counts{Updated: 1}},
		{Instance: "east", Type: "tree", Counts: graph.Counts{Created: 1, Updated: 2, Deleted: 1}},
		{Kind: graph.RelationshipKind, Instance: "east", Type: "tree_has_fruit", Counts: graph.Counts{Created: 1, Updated: 2}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stat (-want +got):\n%s", diff)
	}
}

func TestUnknownVersions(t *testing.T) {
	db := orchard(t)
	for _, err := range delta.Between(t.Context(), db, 2, 9, delta.Options{}) {
		if err == nil || !strings.Contains(err.Error(), "version 9 is not kept") {
			t.Errorf("between: %v", err)
		}
	}
	if _, err := delta.Stat(delta.Between(t.Context(), db, 9, 2, delta.Options{})); err == nil {
		t.Error("stat gave no error")
	}
}

const line = `{"op":"create","kind":"entity","version":1,"instance":"i","key":"k","type":"t","class":["C"],"after":{"a":null}}`

func TestDecodeErrors(t *testing.T) {
	swap := func(old, new string) string { return strings.Replace(line, old, new, 1) }
	tests := []struct{ name, line, want string }{
		{"no JSON", "{", "unexpected EOF"},
		{"two objects", line + line, "more than one object"},
		{"op", swap("create", "make"), `the op "make" is neither`},
		{"kind", swap("entity", "edge"), `the kind "edge" is neither`},
		{"no after", swap(`,"after":{"a":null}`, ""), "a create with the wrong ones"},
		{"before", swap(`"after"`, `"before"`), "a create with the wrong ones"},
		{"no key", swap(`"key":"k"`, `"key":""`), "the key is empty"},
		{"no type", swap(`"type":"t",`, ""), "the type is empty"},
		{"unknown field", swap(`"kind"`, `"sort":1,"kind"`), "unknown field"},
		{"nested", swap("null", "{}"), "not a scalar"},
		{"list in list", swap("null", "[[1]]"), "not a scalar"},
		{"metadata", swap(`"a"`, `"_id"`), "_id is the engine's own"},
		{"ends", swap(`"class"`, `"from":{"instance":"i","key":"x"},"class"`), "an entity with ends"},
		{"no ends", swap("entity", "relationship"), "without both ends"},
		{"version", swap(`"version":1`, `"version":-1`), "cannot unmarshal"},
		{"not UTF-8", swap("null", "\"\xff\""), "not UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var err error
			n := 0
			for _, e := range delta.Decode(strings.NewReader(line + "\n\n" + tt.line + "\n" + line)) {
				n++
				err = e
			}
			if err == nil || n != 2 || !strings.HasPrefix(err.Error(), "line 3: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("decode: %d, %v, want %q", n, err, tt.want)
			}
		})
	}
}

// FuzzDelta reads any line; what can be read is written and read again as the
// same change.
func FuzzDelta(f *testing.F) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		f.Fatal("there are no golden files to begin with", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for l := range bytes.Lines(b) {
			f.Add(l)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := delta.Parse(data)
		if err != nil {
			return
		}
		text := delta.Append(nil, &c)
		again, err := delta.Parse(text)
		if err != nil {
			t.Fatalf("%s became %s: %v", data, text, err)
		}
		if diff := diffChanges([]graph.Change{c}, []graph.Change{again}); diff != "" {
			t.Errorf("%s became %s:\n%s", data, text, diff)
		}
	})
}
