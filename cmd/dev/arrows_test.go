package main_test

import (
	"go/parser"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/j1db/j1db/"

// arrows lists, for every room, the rooms that it may import. Two arrows are
// missing on purpose, and that is the design: nothing under query or ingest
// imports store, except its vocabulary store/graph.
var arrows = map[string][]string{
	"store/graph":     {},
	"store/column":    {"store/graph", "store/wire"},
	"store":           {"store/graph", "store/column", "store/stage", "store/table", "store/wire"},
	"store/delta":     {"store/graph"},
	"store/stage":     {"store/graph", "store/wire"},
	"store/table":     {"store/graph", "store/column", "store/wire"},
	"store/wire":      {"store/graph"},
	"store/storetest": {"store", "store/delta", "store/graph"},

	"query/syntax":    {},
	"query/plan":      {"query/syntax", "store/graph"},
	"query/exec":      {"query/plan", "store/graph"},
	"query/render":    {"query", "query/exec", "store/graph"},
	"query":           {"query/syntax", "query/plan", "query/exec", "store/graph"},
	"query/querytest": {"query/syntax", "store/graph"},

	"ingest":            {"ingest/httpx", "ingest/datamodel", "store/graph"},
	"ingest/datamodel":  {"store/graph"},
	"ingest/httpx":      {},
	"ingest/heroku":     {"ingest", "ingest/httpx", "store/graph"},
	"ingest/jumpcloud":  {"ingest", "ingest/httpx", "store/graph"},
	"ingest/acme":       {"ingest", "store/graph"},
	"ingest/j1files":    {"store/graph"},
	"ingest/mapper":     {"store/graph"},
	"ingest/jupiterone": {"ingest/httpx", "store/graph"},
	"ingest/emulator":   {},
	"ingest/ingesttest": {"ingest", "ingest/httpx", "store/graph"},

	"cmd/dev":                  {},
	"cmd/j1db/internal/estate": {},
	"cmd/j1db/internal/shell":  {"query/syntax", "store/graph"},
	"cmd/j1db/questions":       {"query/syntax"},
	// cmd/j1db is the only place that knows everyone.
	"cmd/j1db": {"*"},
}

func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t, parser.ImportsOnly) {
		allowed, ok := arrows[s.room]
		if !ok {
			t.Errorf("%s: room %s is not in the table of arrows", s.path, s.room)
			continue
		}
		seen[s.room] = true
		for _, spec := range s.file.Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			target, ours := strings.CutPrefix(target, module)
			if ours && !mayImport(s, target, allowed) {
				t.Errorf("%s: %s may not import %s", s.path, s.room, target)
			}
		}
	}
	for room := range maps.Keys(arrows) {
		if !seen[room] {
			t.Errorf("the table of arrows has room %s, which does not exist", room)
		}
	}
}

// mayImport decides one import. A test may also import whatever its own half of
// the house holds: its fakes, its emulators, its own room from outside.
func mayImport(s source, target string, allowed []string) bool {
	if slices.Contains(allowed, target) || slices.Contains(allowed, "*") {
		return true
	}
	if !s.isTest() {
		return false
	}
	half := func(room string) string { return strings.SplitN(room, "/", 2)[0] }
	return target == "store/graph" || half(target) == half(s.room)
}

func TestNoForbiddenNames(t *testing.T) {
	for _, s := range sources(t, parser.ImportsOnly) {
		for _, name := range []string{"util", "utils", "common", "helpers", "misc", "base", "types"} {
			if path.Base(s.room) == name || path.Base(s.path) == name+".go" {
				t.Errorf("%s: %q says nothing; name it after what it holds", s.path, name)
			}
		}
	}
}
