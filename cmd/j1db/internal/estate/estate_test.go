package estate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"testing"

	"github.com/j1db/j1db/cmd/j1db/internal/estate"
)

func newEstate(t *testing.T, n int, seed uint64) *estate.Estate {
	t.Helper()
	e, err := estate.New(n, seed)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// object is an entity or a relationship as it is written.
type object map[string]any

func (o object) text(name string) string { s, _ := o[name].(string); return s }

// written is a version as its files have it.
func written(t *testing.T, v *estate.View) (entities, relationships map[string]object) {
	t.Helper()
	var ents, rels bytes.Buffer
	n, err := v.WriteEntities(t.Context(), &ents)
	if err != nil {
		t.Fatal(err)
	}
	m, err := v.WriteRelationships(t.Context(), &rels)
	if err != nil {
		t.Fatal(err)
	}
	entities, relationships = objects(t, ents.Bytes()), objects(t, rels.Bytes())
	if wantN, wantM := v.Counts(); n != wantN || m != wantM || len(entities) != n || len(relationships) != m {
		t.Fatalf("wrote %d entities and %d relationships with %d and %d keys, want %d and %d",
			n, m, len(entities), len(relationships), wantN, wantM)
	}
	return entities, relationships
}

func objects(t *testing.T, text []byte) map[string]object {
	t.Helper()
	all := map[string]object{}
	for line := range bytes.Lines(text) {
		var o object
		if err := json.Unmarshal(line, &o); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all[o.text("_key")] = o
	}
	return all
}

func TestEstate(t *testing.T) {
	e := newEstate(t, 3000, 7)
	var graphs [2]map[string]object
	for i, wantEntities := range []int{3000, 3000 + 3 - 7} {
		entities, relationships := written(t, e.Version(i+1))
		if n := len(entities); n < wantEntities-10 || n > wantEntities+10 {
			t.Errorf("version %d has %d entities", i+1, n)
		}
		types, joins := map[string]bool{}, map[string]bool{}
		for _, o := range entities {
			types[o.text("_type")] = true
		}
		for key, o := range relationships {
			from, to := entities[o.text("_fromEntityKey")], entities[o.text("_toEntityKey")]
			if from == nil || to == nil {
				t.Fatalf("relationship %s lacks an end", key)
			}
			joins[from.text("_type")+o.text("_class")+to.text("_type")] = true
			entities[key] = o
		}
		if len(types) != 11 || len(joins) != 24 {
			t.Errorf("version %d has %d types and %d kinds of relationships", i+1, len(types), len(joins))
		}
		graphs[i] = entities
	}
	var created, updated, deleted int
	for key, o := range graphs[1] {
		switch before := graphs[0][key]; {
		case before == nil:
			created++
		case fmt.Sprint(before) != fmt.Sprint(o):
			updated++
		}
	}
	for key := range graphs[0] {
		if graphs[1][key] == nil {
			deleted++
		}
	}
	if c, u, d := e.Changes(); c != created || u != updated || d != deleted || c*u*d == 0 {
		t.Errorf("Changes are %d %d %d, the files have %d %d %d", c, u, d, created, updated, deleted)
	}
}

// TestPatch holds the patch to be of entities that are there, with another value.
func TestPatch(t *testing.T) {
	v := newEstate(t, 2000, 1).Version(2)
	entities, _ := written(t, v)
	seen := map[string]bool{}
	for step := 1; step <= 2; step++ {
		var b bytes.Buffer
		if err := v.WritePatch(&b, step); err != nil {
			t.Fatal(err)
		}
		patch := objects(t, b.Bytes())
		if len(patch) != estate.PatchSize {
			t.Errorf("the patch has %d entities", len(patch))
		}
		for key, o := range patch {
			if entities[key] == nil || fmt.Sprint(entities[key]) == fmt.Sprint(o) {
				t.Errorf("the patch does not change %s", key)
			}
			if text := fmt.Sprint(o); seen[text] {
				t.Errorf("step %d says what an earlier one said", step)
			} else {
				seen[text] = true
			}
		}
	}
}

// TestSameEstate pins what seed 1 makes: numbers that were measured are of it.
func TestSameEstate(t *testing.T) {
	sum := func(seed uint64) string {
		h := sha256.New()
		v := newEstate(t, 1000, seed).Version(1)
		if _, err := v.WriteEntities(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		if _, err := v.WriteRelationships(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%x", h.Sum(nil)[:8])
	}
	const want = "deae943a50c9df04"
	if got := sum(1); got != want {
		t.Errorf("the estate is %s, it was %s", got, want)
	}
	if sum(2) == want {
		t.Error("another seed makes the same estate")
	}
}

func TestSizes(t *testing.T) {
	for _, n := range []int{-1, 0, estate.Smallest - 1, estate.Largest + 1} {
		if _, err := estate.New(n, 1); err == nil {
			t.Errorf("there is an estate of %d", n)
		}
	}
}

func rowsOf(rows ...[]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestAnswerCheck(t *testing.T) {
	questions := map[string]estate.Question{}
	for _, q := range newEstate(t, 1000, 1).Version(1).Suite() {
		questions[q.Name] = q
	}
	count, rows := estate.CountAnswer(12), estate.RowsAnswer(2)
	for _, test := range []struct {
		name string
		want estate.Answer
		rows iter.Seq2[[]string, error]
		err  string
	}{
		{"count", count, rowsOf([]string{"12"}), ""},
		{"another count", count, rowsOf([]string{"13"}), "the answer is 13, it must be 12"},
		{"no count", count, rowsOf(), "the answer has 0 rows, it must have 1"},
		{"rows", rows, rowsOf([]string{"a"}, []string{"b"}), ""},
		{"too many rows", rows, rowsOf([]string{"a"}, []string{"b"}, []string{"c"}), "the answer has 3 rows, it must have 2"},
		{"anything", estate.Answer{}, rowsOf([]string{"a"}), ""},
		{"another entity", questions["q1"].Want, rowsOf([]string{"x"}), "the answer has the right number of rows, 1, but not the right ones"},
		{"no pair", questions["q4"].Want, rowsOf([]string{"t", "T", "a", "A"}), "row 1 is none of the estate's: t, T, a, A"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.want.Check(test.rows)
			if got := fmt.Sprint(err); err == nil && test.err != "" || err != nil && got != test.err {
				t.Errorf("the error is %v, want %q", err, test.err)
			}
		})
	}
}
