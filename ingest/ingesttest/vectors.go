package ingesttest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/store/graph"
)

// Vector is an object of an API, and what JupiterOne's own integration makes of it:
// its properties, and `_key`, `_type` and `_class`.
type Vector struct {
	Source json.RawMessage
	Entity map[string]graph.Value
}

// Vectors reads the vectors of the types that begin with prefix, by type. Without
// their file the test is skipped, loudly.
func Vectors(t *testing.T, prefix string) map[string]Vector {
	t.Helper()
	name := filepath.Join("..", "..", "..", "shared", "data", "model", "golden-vectors.json")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("SKIPPED: %s is missing: the converters are held to their own vectors only", name)
	}
	var vectors struct{ Entities map[string]Vector }
	if err = errors.Join(err, json.Unmarshal(data, &vectors)); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(vectors.Entities, func(typ string, _ Vector) bool { return !strings.HasPrefix(typ, prefix) })
	return vectors.Entities
}

// Compare checks that e is what the vector says, but for the properties beyond it.
func (v Vector) Compare(t testing.TB, e graph.Entity, beyond []string) {
	t.Helper()
	got := maps.Collect(e.Props.All())
	got["_key"], got["_type"], got["_class"] = graph.StringValue(e.Key), graph.StringValue(e.Type), graph.StringsValue(e.Class)
	for _, name := range beyond {
		delete(got, name)
	}
	if diff := gocmp.Diff(v.Entity, got, gocmp.Comparer(graph.Equal)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// SourceOf reads a JSON object as a collector does.
func SourceOf(t testing.TB, text string) ingest.Source {
	t.Helper()
	var s ingest.Source
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// CompareProperties checks the properties of e against those of a JSON object.
func CompareProperties(t testing.TB, e graph.Entity, text string) {
	t.Helper()
	var want graph.Properties
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, e.Props); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
