package store_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/table"
)

// TestFormatPage holds docs/format.md to the names in the code.
func TestFormatPage(t *testing.T) {
	b, err := os.ReadFile("../docs/format.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	list := between(t, page, "\n## Buckets", "\n### The store")
	for _, name := range store.Buckets() {
		wantOnce(t, list, "\n| `"+string(name)+"` | ")
	}
	if n := strings.Count(list, "\n| `"); n != len(store.Buckets()) {
		t.Errorf("the page lists %d buckets, there are %d", n, len(store.Buckets()))
	}
	for _, key := range store.StoreKeys() {
		wantOnce(t, between(t, page, "\n### The store", "\n## Tables"), "\n| `"+string(key)+"` | ")
	}
	source, err := os.ReadFile("table/layout.go")
	if err != nil {
		t.Fatal(err)
	}
	columns := regexp.MustCompile(`"\\x00(\w+)"`).FindAllSubmatch(source, -1)
	if len(columns) < 5 {
		t.Errorf("the source names %d columns of the engine", len(columns))
	}
	for _, column := range columns {
		wantOnce(t, page, "\n| `\\0"+string(column[1])+"` | ")
	}
	for _, x := range []table.IndexName{table.IndexKey, table.IndexID, table.IndexRelationship} {
		wantOnce(t, between(t, page, "\n## Indexes", "\n## Hashes"), " `"+string(rune(x))+"` ")
	}
	for part, is := range map[table.Part]string{
		table.PartPack: "pack", table.PartDead: "set of rows", table.PartOut: "adjacency", table.PartIn: "adjacency",
		table.PartOrder: "order", table.PartFilter: "filter", table.PartWeight: "uvarint",
	} {
		wantOnce(t, page, fmt.Sprintf("\n| %d | %s", part, is))
	}
	wantOnce(t, page, fmt.Sprintf("\n| %d… | column", table.Column(0)))
}

// between returns the part of a page from one heading to another.
func between(t *testing.T, page, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, from)
	part, _, ends := strings.Cut(rest, to)
	if !ok || !ends {
		t.Fatalf("the page lacks %q or %q", from, to)
	}
	return part
}

// wantOnce expects a text to stand once in a page.
func wantOnce(t *testing.T, page, text string) {
	t.Helper()
	if n := strings.Count(page, text); n != 1 {
		t.Errorf("the page has %d times %q", n, text)
	}
}
