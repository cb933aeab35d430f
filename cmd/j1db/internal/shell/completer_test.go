package shell_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/store/graph"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// office is a small graph.
type office struct{ version uint64 }

func (o office) Version() graph.Version { return graph.Version{Number: o.version} }

func (office) Types(context.Context) ([]graph.TypeStat, error) {
	return []graph.TypeStat{
		{Kind: graph.EntityKind, Type: "desk", Classes: []string{"Device"}, Count: 7, Instances: []string{"north"}},
		{Kind: graph.EntityKind, Type: "lamp", Classes: []string{"Device", "Light"}, Count: 4, Instances: []string{"south"}},
		{Kind: graph.EntityKind, Type: "worker", Classes: []string{"User"}, Count: 9, Instances: []string{"north"}},
		{Kind: graph.RelationshipKind, Type: "worker_uses_desk", Classes: []string{"USES"}, Count: 7},
	}, nil
}

func (office) Relationships(context.Context) ([]graph.RelationshipStat, error) {
	return []graph.RelationshipStat{
		{Type: "desk_has_lamp", Verb: "HAS", FromType: "desk", ToType: "lamp", Count: 4},
		{Type: "worker_manages_worker", Verb: "MANAGES", FromType: "worker", ToType: "worker", Count: 8},
		{Type: "worker_uses_desk", Verb: "USES", FromType: "worker", ToType: "desk", Count: 7},
	}, nil
}

func (office) Properties(_ context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	word := func(s string, n int) graph.ValueCount { return graph.ValueCount{Value: graph.StringValue(s), Count: n} }
	switch {
	case kind == graph.RelationshipKind && typ == "worker_uses_desk":
		return []graph.PropertyStat{{Name: "since", Kinds: []graph.ValueKind{graph.Float}, Filled: 7, Distinct: 3,
			Top: []graph.ValueCount{{Value: graph.IntValue(2020), Count: 5}, {Value: graph.IntValue(2021), Count: 2}}}}, nil
	case typ == "worker":
		return []graph.PropertyStat{
			{Name: "active", Kinds: []graph.ValueKind{graph.Bool}, Filled: 9, Distinct: 2, Top: []graph.ValueCount{{Value: graph.BoolValue(true), Count: 8}}},
			{Name: "cost-center", Kinds: []graph.ValueKind{graph.String}, Filled: 3, Distinct: 1, Top: []graph.ValueCount{word("x9", 3)}},
			{Name: "name", Kinds: []graph.ValueKind{graph.String}, Filled: 9, Distinct: 9,
				Top: []graph.ValueCount{word(`Ann "A" Lee`, 2), word("Anna", 1), word("esc\x1b[31m", 1), word("Bo", 1)}},
			{Name: "tags", Kinds: []graph.ValueKind{graph.List}, Filled: 2, Distinct: 2,
				Top: []graph.ValueCount{{Value: graph.StringsValue([]string{"a", "b"}), Count: 1}, {Value: graph.StringsValue([]string{"b"}), Count: 1}}},
		}, nil
	case typ == "desk":
		return []graph.PropertyStat{{Name: "height", Kinds: []graph.ValueKind{graph.Float}, Filled: 5, Distinct: 4}}, nil
	}
	return nil, nil
}

func newCompleter(open shell.OpenCatalog) *shell.Completer {
	return shell.NewCompleter(shell.CompleterOptions{
		Open: open,
		Commands: []shell.Command{
			{Name: "mode", Args: "[FORMAT]", Help: "set the format", Complete: func(string) []shell.Candidate {
				return shell.Words("format", "table", "tree", "json")
			}},
			{Name: "explain", Args: "[QUERY]", Help: "show the plan", Statement: true},
			{Name: "x", Help: "switch"},
		},
		Parameters: func() []string { return []string{"who"} },
	})
}

func openOffice(context.Context) (shell.Catalog, func(), error) {
	return office{1}, func() {}, nil
}

// described is what TAB does at the bar of a text.
func described(c *shell.Completer, text string) string {
	before, after, _ := strings.Cut(text, "¦")
	found := c.Complete(before+after, len(before))
	line, pos, changed := found.Apply(before+after, len(before))
	var b strings.Builder
	if changed {
		fmt.Fprintf(&b, "%s¦%s\n", line[:pos], line[pos:])
	} else {
		b.WriteString(shell.Listing(found, 70, 0))
	}
	return b.String()
}

func TestComplete(t *testing.T) {
	const path = "testdata/complete.txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			text, want, _ := strings.Cut(string(f.Data), "----\n")
			text = strings.TrimSuffix(text, "\n")
			got := described(newCompleter(openOffice), text)
			if *update {
				archive.Files[i].Data = []byte(text + "\n----\n" + got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCompleteWithoutGraph(t *testing.T) {
	c := newCompleter(func(context.Context) (shell.Catalog, func(), error) { return nil, nil, errors.New("locked") })
	got := described(c, "FIND ¦")
	if !strings.Contains(got, "locked") || !strings.Contains(got, "UNIQUE") {
		t.Errorf("got\n%s", got)
	}
}

// TestCompleteStale checks that a locked graph leaves what was known, and that a
// new version is seen.
func TestCompleteStale(t *testing.T) {
	var err error
	opened, closed := 0, 0
	c := newCompleter(func(context.Context) (shell.Catalog, func(), error) {
		if err != nil {
			return nil, nil, err
		}
		opened++
		return office{uint64(opened)}, func() { closed++ }, nil
	})
	want := described(c, "FIND wo¦")
	err = errors.New("locked")
	if got := described(c, "FIND wo¦"); got != want || want != "FIND worker ¦\n" {
		t.Errorf("got %q, want %q", got, want)
	}
	c.Warm()
	c.Close()
	if opened != closed {
		t.Errorf("%d graphs opened, %d let go", opened, closed)
	}
}

// TestCompleteWhileWritten asks a graph of which every look finds another version.
func TestCompleteWhileWritten(t *testing.T) {
	opened := 0
	c := newCompleter(func(context.Context) (shell.Catalog, func(), error) {
		opened++
		return office{uint64(min(opened, 4))}, func() {}, nil
	})
	defer c.Close()
	if got, want := described(c, "FIND worker WITH na¦"), "FIND worker WITH name ¦\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
