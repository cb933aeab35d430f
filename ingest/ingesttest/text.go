package ingesttest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store/graph"
)

// Text prints every object of the run with all its properties, sorted: entities
// by type and key, then relationships by type and key. Times are numbers, as they
// are stored. Raw data is left out.
func (s *Stage) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	entities := sorted(s.entities, func(e *graph.Entity) *graph.Object { return &e.Object })
	for _, e := range entities {
		fmt.Fprintf(&b, "entity %s %s [%s]\n", e.Type, e.Key, strings.Join(e.Class, " "))
		writeObject(&b, &e.Object)
	}
	links := sorted(s.links, func(r *graph.Relationship) *graph.Object { return &r.Object })
	for _, r := range links {
		fmt.Fprintf(&b, "relationship %s %s [%s]\n", r.Type, r.Key, r.Class)
		if r.Mapping != nil {
			writeMapping(&b, r.Mapping)
		} else {
			fmt.Fprintf(&b, "  from %s to %s\n", endText(r.From), endText(r.To))
		}
		writeObject(&b, &r.Object)
	}
	return b.String()
}

func sorted[T any](all map[string]held[T], object func(*T) *graph.Object) []T {
	out := make([]T, 0, len(all))
	for _, h := range all {
		out = append(out, h.object)
	}
	slices.SortFunc(out, func(a, b T) int {
		x, y := object(&a), object(&b)
		return compareText(x.Type, y.Type, x.Key, y.Key)
	})
	return out
}

// compareText compares pairs in turn.
func compareText(pairs ...string) int {
	for i := 0; i < len(pairs); i += 2 {
		if c := strings.Compare(pairs[i], pairs[i+1]); c != 0 {
			return c
		}
	}
	return 0
}

func endText(e graph.End) string {
	if e.Instance == "" {
		return e.Key
	}
	return e.Key + " of " + e.Instance
}

func writeObject(b *strings.Builder, o *graph.Object) {
	if o.Parent != "" {
		fmt.Fprintf(b, "  under %s\n", o.Parent)
	}
	for name, v := range o.Props.All() {
		fmt.Fprintf(b, "  %s = %s\n", name, v)
	}
}

func writeMapping(b *strings.Builder, m *graph.Mapping) {
	direction := "forward"
	if m.Direction == graph.Reverse {
		direction = "reverse"
	}
	fmt.Fprintf(b, "  from %s %s to %s %s [%s] by %v", endText(m.Source), direction,
		m.Target.Type, m.Target.Key, strings.Join(m.Target.Class, " "), m.Filters)
	if m.SkipCreation {
		b.WriteString(", never made")
	}
	b.WriteString("\n")
	for name, v := range m.Target.Props.All() {
		fmt.Fprintf(b, "  target.%s = %s\n", name, v)
	}
}

// Completeness prints what the run found whole and what not, one line each,
// sorted.
func (s *Stage) Completeness() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for c := range s.complete {
		if c.Parent == "" {
			lines = append(lines, "complete "+c.Type)
		} else {
			lines = append(lines, "complete "+c.Type+" under "+c.Parent)
		}
	}
	for typ, reason := range maps.All(s.partial) {
		lines = append(lines, "partial "+typ+": "+reason)
	}
	slices.Sort(lines)
	return strings.Join(append(lines, ""), "\n")
}

// Golden compares got with the file, which update rewrites. A test package owns
// the flag that says so.
func Golden(t testing.TB, file, got string, update bool) {
	t.Helper()
	if update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("read golden file (run the test with -update to write it): %v", err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got); run the test with -update to accept:\n%s", file, diff)
	}
}
