package plan_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/query/syntax"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestPlans compares plans with those in testdata/plan. A section `graph` is the
// graph of the cases that follow. A case is a statement, before it perhaps a line
// `@without` and the rules to switch off, and after a line of dashes the plan and
// the warnings.
func TestPlans(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/plan/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no plans (%v)", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { planFile(t, path) })
	}
}

func planFile(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var g *querytest.Graph
	changed := false
	for i, f := range archive.Files {
		if f.Name == "graph" {
			if g, err = querytest.ParseGraph(string(f.Data)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			text, want, _ := strings.Cut(string(f.Data), "----\n")
			got := explain(t, g, text)
			if strings.TrimSpace(got) == strings.TrimSpace(want) {
				return
			}
			if !*update {
				t.Errorf("%s-- got --\n%s-- want --\n%s", text, got, want)
			}
			archive.Files[i].Data = []byte(text + "----\n" + got + "\n")
			changed = true
		})
	}
	if changed && *update {
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func explain(t *testing.T, g *querytest.Graph, text string) string {
	t.Helper()
	var options plan.Options
	if first, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(first, "@without ") {
		options.Without, text = strings.Fields(first)[1:], rest
	}
	q, err := syntax.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := syntax.Validate(q); err != nil {
		t.Fatal(err)
	}
	p, err := plan.New(t.Context(), q, g.Source(querytest.SourceOptions{}), options)
	if err != nil {
		t.Fatal(err)
	}
	out := p.Explain(nil)
	for _, w := range p.Warnings {
		out += fmt.Sprintf("warning: %s\n", w)
	}
	return out
}
