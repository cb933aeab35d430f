package ingest_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

func documented() *ingest.Provider {
	steps := goodSteps()
	steps[2].Entities = append(steps[2].Entities,
		ingest.EntityType{Resource: "Account", Type: "pear_account", Class: []string{"Account"}},
		ingest.EntityType{Resource: "Apple 🍏 tree", Type: "pear_tree", Class: []string{"Record", "Resource"}})
	steps[2].Relationships = []ingest.RelationshipType{
		{Type: "pear_account_has_group", Class: "HAS", Source: "pear_account", Target: "pear_group"},
		{Type: "pear_account_has_user", Class: "HAS", Source: "pear_account", Target: "pear_user"},
		{Type: "pear_account_allows_user", Class: "ALLOWS", Source: "pear_account", Target: "pear_user"},
	}
	steps[2].Mapped = []ingest.MappedType{{Type: "mapping_source_hosts_pear", Class: "HOSTS", Source: "pear_account", Target: "pear", Direction: graph.Reverse}}
	return &ingest.Provider{Name: "pear", Steps: steps}
}

func TestDocument(t *testing.T) {
	ingesttest.Golden(t, filepath.Join("testdata", "document.md"), ingest.Document(documented()), *update)
}

func TestDocumentLeavesOutEmptySections(t *testing.T) {
	p := documented()
	p.Steps = p.Steps[:1]
	doc := ingest.Document(p)
	if !strings.Contains(doc, "### Entities") || strings.Contains(doc, "Relationships") {
		t.Errorf("sections are wrong:\n%s", doc)
	}
	p.Steps = []ingest.Step{{ID: "empty"}}
	if doc := ingest.Document(p); doc != "" {
		t.Errorf("a provider without types is documented:\n%s", doc)
	}
}

func TestInsertDocument(t *testing.T) {
	p := documented()
	doc := ingest.Document(p)
	const start, end = "<!-- {J1_DOCUMENTATION_MARKER_START} -->", "<!-- {J1_DOCUMENTATION_MARKER_END} -->"
	tests := []struct{ name, text, want string }{
		{"empty file", "", doc + "\n"},
		{"no section", "# Pear\n\nText.\n\n\n", "# Pear\n\nText.\n\n" + doc + "\n"},
		{"no final newline", "# Pear", "# Pear\n\n" + doc + "\n"},
		{"old section", "# Pear\n" + start + "\nold\n" + end + "\n\n[1]: x\n", "# Pear\n" + doc + "\n\n[1]: x\n"},
		{"same section", "a\n" + doc + "b", "a\n" + doc + "b"},
		{"end before start", end + start + end, end + doc},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ingest.InsertDocument(test.text, p)
			if err != nil || got != test.want {
				t.Errorf("error %v, text:\n%s\nwant:\n%s", err, got, test.want)
			}
			if again, err := ingest.InsertDocument(got, p); err != nil || again != got {
				t.Errorf("a second time changes the text: %v\n%s", err, again)
			}
		})
	}
	text := "a" + start + "b"
	if got, err := ingest.InsertDocument(text, p); !errors.Is(err, ingest.ErrDocumentMarks) || got != text {
		t.Errorf("a section without end: %q, %v", got, err)
	}
}
