package j1files_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

// someChanges are changes in the order in which they come from a store, and what
// happened to each object.
func someChanges() (j1files.Changes, map[string]string) {
	list := changesOf(hostileChange())
	slices.SortStableFunc(list, func(a, b graph.Change) int { return int(a.Image().Kind) - int(b.Image().Kind) })
	happened := map[string]string{}
	for _, c := range list {
		happened[c.Image().Identity().ID().String()] = fmt.Sprintf("%s%v", c.Op(), c.Changed())
	}
	return func(yield func(graph.Change, error) bool) {
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	}, happened
}

func TestCSVOfChanges(t *testing.T) {
	changes, want := someChanges()
	dir := filepath.Join(t.TempDir(), "out")
	folder, err := j1files.CreateFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if _, err := j1files.WriteCSVChanges(folder, changes); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, kind := range map[string]graph.Kind{"entities": graph.EntityKind, "relationships": graph.RelationshipKind} {
		files, err := filepath.Glob(filepath.Join(dir, name, "*.csv"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows[1:] {
				cells := map[string]string{}
				for i, cell := range row {
					checkHarmless(t, file, cell)
					cells[rows[0][i]] = plainCell(cell)
				}
				id := graph.Identity{Kind: kind, Instance: cells["_integrationName"], Key: cells["_key"]}.ID().String()
				got[id] = cells["_change"] + listText(cells["_changed"])
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// listText prints a list of names in JSON as fmt does.
func listText(cell string) string {
	return "[" + strings.NewReplacer(`["`, "", `"]`, "", `","`, " ").Replace(cell) + "]"
}

func TestGraphMLOfChanges(t *testing.T) {
	changes, want := someChanges()
	var b bytes.Buffer
	if _, err := j1files.WriteGraphMLChanges(&b, changes); err != nil {
		t.Fatal(err)
	}
	var f graphMLFile
	if err := xml.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, k := range f.Keys {
		names[k.ID] = k.Name
	}
	got, nodes := map[string]string{}, map[string]bool{}
	for _, o := range slices.Concat(f.Graph.Nodes, f.Graph.Edges) {
		data := map[string]string{}
		for _, d := range o.Data {
			data[names[d.Key]] = d.Text
		}
		if nodes[o.ID] {
			t.Errorf("%s comes twice", o.ID)
		}
		nodes[o.ID] = true
		if data["_change"] != "" {
			got[o.ID] = data["_change"] + listText(data["_changed"])
		}
	}
	for _, e := range f.Graph.Edges {
		if !nodes[e.Source] || !nodes[e.Target] {
			t.Errorf("edge %s has an end that is no node", e.ID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDOTOfChanges(t *testing.T) {
	changes, happened := someChanges()
	var b bytes.Buffer
	if _, err := j1files.WriteDOTChanges(&b, changes); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for line := range strings.Lines(b.String()) {
		form, quoted := dotForm(t, strings.TrimSuffix(line, "\n"))
		_, colour, ok := strings.Cut(strings.TrimSuffix(form, "];"), "color=")
		if ok && len(quoted) > 0 {
			got[colour]++
		}
	}
	want := map[string]int{}
	for _, what := range happened {
		op, _, _ := strings.Cut(what, "[")
		want[map[string]string{"create": "forestgreen", "update": "darkorange", "delete": "red"}[op]]++
	}
	if diff := cmp.Diff(want, got); diff != "" || len(slices.Collect(maps.Keys(got))) != 3 {
		t.Errorf("(-want +got)\n%s\n%s", diff, b.String())
	}
}
