package acme_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/acme"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

var update = flag.Bool("update", false, "rewrite golden files and generated sections of documents")

func collect(t *testing.T) (*ingesttest.Stage, *ingest.Report) {
	t.Helper()
	c, err := acme.Provider().Open(ingest.Options{Settings: map[string]string{"clientId": "me", "clientSecret": "my-secret"}})
	if err != nil {
		t.Fatal(err)
	}
	stage := ingesttest.NewStage()
	report, err := ingest.Run(t.Context(), c, ingest.RunOptions{Strict: true}, stage)
	if err != nil {
		t.Fatal(err)
	}
	return stage, report
}

func TestGolden(t *testing.T) {
	stage, report := collect(t)
	if report.Outcome != graph.OK || len(report.Warnings)+len(stage.Duplicates()) > 0 {
		t.Errorf("%s, %v, %v", report.Outcome, report.Warnings, stage.Duplicates())
	}
	if entities, relationships := stage.Count(); entities != 4 || relationships != 4 {
		t.Errorf("%d entities and %d relationships, want 4 and 4", entities, relationships)
	}
	ingesttest.Golden(t, "testdata/golden.graph", stage.Text(), *update)
	ingesttest.Golden(t, "testdata/golden.complete", stage.Completeness(), *update)
}

func TestSettings(t *testing.T) {
	for name, settings := range map[string]map[string]string{
		"clientId":     {"clientSecret": "my-secret"},
		"clientSecret": {"clientId": "me", "clientSecret": " "},
	} {
		_, err := acme.Provider().Open(ingest.Options{Settings: settings})
		if err == nil || !strings.Contains(err.Error(), "setting "+name+" is empty") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestSteps(t *testing.T) {
	model, err := datamodel.Load(datamodel.V0550)
	if err != nil {
		t.Fatal(err)
	}
	if err := ingest.CheckSteps(acme.Provider().Steps, model); err != nil {
		t.Error(err)
	}
	var got []string
	for _, s := range acme.Provider().Steps {
		got = append(got, s.ID)
	}
	want := []string{"fetch-account", "fetch-users", "fetch-groups", "build-user-group-relationships"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestVectors compares keys, classes and names of properties with what
// JupiterOne's template makes; its values are as made up as ours.
func TestVectors(t *testing.T) {
	vectors := ingesttest.Vectors(t, "acme_")
	stage, _ := collect(t)
	for _, typ := range []string{"acme_account", "acme_user", "acme_group"} {
		want := vectors[typ].Entity
		e, ok := stage.Entity(want["_key"].Str())
		if !ok || e.Type != typ || !graph.Equal(graph.StringsValue(e.Class), want["_class"]) {
			t.Errorf("%s %s is %s of class %v", typ, want["_key"], e.Type, e.Class)
		}
		var names []string
		for name := range want {
			if name[0] != '_' {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		var got []string
		for name := range e.Props.All() {
			got = append(got, name)
		}
		if diff := cmp.Diff(names, got); diff != "" {
			t.Errorf("properties of %s: -want +got\n%s", typ, diff)
		}
	}
}

// TestDocument keeps the generated section of the provider's page in step.
func TestDocument(t *testing.T) {
	ingesttest.Document(t, acme.Provider(), filepath.Join("..", "..", "docs", "acme.md"), *update)
}

// TestWalkThrough holds the code that docs/writing-a-collector.md shows to the
// code that there is.
func TestWalkThrough(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "writing-a-collector.md"))
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	shown := 0
	for i, block := range strings.Split(string(text), "```") {
		code, isGo := strings.CutPrefix(block, "go\n")
		if i%2 == 0 || !isGo {
			continue
		}
		shown++
		if !strings.Contains(source.String(), strings.TrimRight(code, "\n")) {
			t.Errorf("this is shown and not there any more:\n%s", code)
		}
	}
	if shown < 5 {
		t.Errorf("%d pieces of code are shown", shown)
	}
}
