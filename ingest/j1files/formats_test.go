package j1files_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

func TestCSVHoldsEveryValue(t *testing.T) {
	files, out := writeFolder(t, "csv", imagesOf(hostile()), filepath.Join(t.TempDir(), "out"))
	images := byKey(hostile())
	seen := 0
	for _, f := range files {
		kind := graph.EntityKind
		if strings.HasPrefix(f.name, "relationships/") {
			kind = graph.RelationshipKind
		}
		rows, err := csv.NewReader(strings.NewReader(f.text)).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		for _, row := range rows[1:] {
			cells := map[string]string{}
			for i, cell := range row {
				checkHarmless(t, f.name, cell)
				cells[plainCell(rows[0][i])] = plainCell(cell)
			}
			im := images[graph.Identity{Kind: kind, Instance: cells["_integrationName"], Key: cells["_key"]}]
			if im == nil {
				t.Fatalf("%s: %q is nobody's", f.name, cells["_key"])
			}
			seen++
			checkRow(t, f.name, im, cells)
		}
	}
	if seen != len(images) || out.OmittedCount != 0 {
		t.Errorf("%d of %d objects, %d omissions", seen, len(images), out.OmittedCount)
	}
}

func checkRow(t *testing.T, file string, im *graph.Image, cells map[string]string) {
	t.Helper()
	want := map[string]string{"_type": im.Type, "_fromEntityKey": im.From.Key, "_toEntityScope": im.To.Instance}
	for name, v := range im.Props.All() {
		want[name] = v.Text()
		if v.Kind() == graph.List {
			want[name] = v.String()
		}
	}
	for name, text := range want {
		// encoding/csv reads the end of a line in a cell as one character.
		if got := cells[name]; got != strings.ReplaceAll(text, "\r\n", "\n") {
			t.Errorf("%s: %s of %s is %q, want %q", file, name, im.Key, got, text)
		}
	}
}

// checkHarmless holds a cell against what spreadsheets run.
func checkHarmless(t *testing.T, file, cell string) {
	t.Helper()
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return
	}
	if _, err := strconv.ParseFloat(cell, 64); err != nil || cell[0] != '-' {
		t.Errorf("%s: a spreadsheet would run %q", file, cell)
	}
}

func plainCell(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// graphMLFile is GraphML as encoding/xml reads it.
type graphMLFile struct {
	XMLName xml.Name `xml:"http://graphml.graphdrawing.org/xmlns graphml"`
	Keys    []struct {
		ID   string `xml:"id,attr"`
		For  string `xml:"for,attr"`
		Name string `xml:"attr.name,attr"`
		Type string `xml:"attr.type,attr"`
	} `xml:"key"`
	Graph struct {
		Nodes []graphMLObject `xml:"node"`
		Edges []graphMLObject `xml:"edge"`
	} `xml:"graph"`
}

type graphMLObject struct {
	ID     string `xml:"id,attr"`
	Source string `xml:"source,attr"`
	Target string `xml:"target,attr"`
	Data   []struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	} `xml:"data"`
}

// inXML is text as XML can hold it.
func inXML(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return 0xfffd
		}
		return r
	}, text)
}

func TestGraphMLHoldsEveryValue(t *testing.T) {
	text, _ := write(t, "graphml", imagesOf(hostile()))
	var f graphMLFile
	if err := xml.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	names, types := map[string]string{}, map[string]string{}
	for _, k := range f.Keys {
		names[k.ID], types[k.ID] = k.For+" "+k.Name, k.Type
	}
	got := map[string]map[string]string{}
	for kind, list := range map[string][]graphMLObject{"node": f.Graph.Nodes, "edge": f.Graph.Edges} {
		for _, o := range list {
			data := map[string]string{}
			for _, d := range o.Data {
				name, ok := strings.CutPrefix(names[d.Key], kind+" ")
				if !ok {
					t.Fatalf("%s %s has data %s, which is no key of it", kind, o.ID, d.Key)
				}
				if !typeHolds(types[d.Key], d.Text) {
					t.Errorf("%s: %q is no %s", name, d.Text, types[d.Key])
				}
				data[name] = d.Text
			}
			if got[o.ID] != nil {
				t.Errorf("%s comes twice", o.ID)
			}
			got[o.ID] = data
		}
	}
	for _, e := range f.Graph.Edges {
		if got[e.Source] == nil || got[e.Target] == nil {
			t.Errorf("edge %s has an end that is no node", e.ID)
		}
	}
	for _, im := range hostile() {
		want := map[string]string{"_key": im.Key, "_type": im.Type, "_class": valueText(im.Get("_class")), "_integrationName": im.Instance}
		for name, v := range im.Props.All() {
			if !v.Missing() {
				want[inXML(name)] = valueText(v)
			}
		}
		for name := range want {
			want[name] = inXML(want[name])
		}
		if diff := cmp.Diff(want, got[im.Identity().ID().String()]); diff != "" {
			t.Errorf("%s (-want +got)\n%s", im.Key, diff)
		}
	}
	if n := len(got); n != len(hostile())+1 {
		t.Errorf("%d objects, want one more than %d: an end elsewhere", n, len(hostile()))
	}
}

func valueText(v graph.Value) string {
	if v.Kind() == graph.List {
		return v.String()
	}
	return v.Text()
}

func typeHolds(typ, text string) bool {
	var err error
	switch typ {
	case "boolean":
		return text == "true" || text == "false"
	case "long":
		_, err = strconv.ParseInt(text, 10, 64)
	case "double":
		_, err = strconv.ParseFloat(text, 64)
	}
	return err == nil
}

// TestDOTIsWellFormed reads DOT with a scanner of its own: nothing but quoted
// texts and the few signs that the writer uses.
func TestDOTIsWellFormed(t *testing.T) {
	text, _ := write(t, "dot", imagesOf(hostile()))
	rest, ok := strings.CutPrefix(text, "digraph j1db {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n")
	if !ok {
		t.Fatalf("it begins with %.100q", text)
	}
	rest, ok = strings.CutSuffix(rest, "}\n")
	if !ok {
		t.Fatal("it does not end")
	}
	nodes, edges := map[string]bool{}, 0
	for line := range strings.Lines(rest) {
		form, quoted := dotForm(t, strings.TrimSuffix(line, "\n"))
		switch form {
		case "? [label=?, tooltip=?];", "? [label=?, style=dashed];":
			nodes[quoted[0]] = true
		case "? -> ? [label=?];":
			edges++
			if !nodes[quoted[0]] || !nodes[quoted[1]] {
				t.Errorf("an edge between what is no node: %s", line)
			}
		default:
			t.Errorf("form %q of %q", form, line)
		}
	}
	if want := len(hostile()); len(nodes)+edges != want+1 {
		t.Errorf("%d nodes and %d edges of %d objects and one end elsewhere", len(nodes), edges, want)
	}
}

// dotForm replaces quoted texts by ?.
func dotForm(t *testing.T, line string) (string, []string) {
	t.Helper()
	var form strings.Builder
	var quoted []string
	line = strings.TrimLeft(line, " ")
	for i := 0; i < len(line); i++ {
		if line[i] != '"' {
			form.WriteByte(line[i])
			continue
		}
		start := i + 1
		for i++; i < len(line) && line[i] != '"'; i++ {
			if line[i] == '\\' {
				i++
			}
		}
		if i >= len(line) {
			t.Fatalf("a text does not end in %q", line)
		}
		quoted = append(quoted, line[start:i])
		form.WriteByte('?')
	}
	return form.String(), quoted
}

// Whatever types are called, their files are told apart and stay in the folder.
func TestTypesAsFileNames(t *testing.T) {
	types := append(slices.Clone(hostileNames), "com9", "lpt1", "aux", "con.json", "con ", "a", "A", "..", ".", "/", "\\", "x-", "-", "a-0123456789abcdef",
		"a-0123456789abcdeg", "é", "è", strings.Repeat("x", 80), strings.Repeat("x", 81), strings.Repeat("x", 82))
	var images []*graph.Image
	for i, typ := range types {
		images = append(images, entity("a", fmt.Sprint("k", i), typ, []string{"C"}))
	}
	parent := t.TempDir()
	for _, format := range []string{"csv", "j1-integration"} {
		files, _ := writeFolder(t, format, imagesOf(images), filepath.Join(parent, format))
		folded := map[string]bool{}
		n := 0
		for _, f := range files {
			name := filepath.Base(f.name)
			stem, _, _ := strings.Cut(name, ".")
			switch {
			case folded[strings.ToLower(f.name)]:
				t.Errorf("%s differs from another only in case", f.name)
			case len(name) > 128, strings.ContainsAny(name, "/\\:*?\"<>| \n"), strings.HasPrefix(name, "."), strings.HasPrefix(name, "-"), strings.Count(name, ".") != 1:
				t.Errorf("%q is no good name", f.name)
			case slices.Contains([]string{"con", "prn", "aux", "nul", "com1", "com9", "lpt1"}, strings.ToLower(stem)):
				t.Errorf("%q is a device", f.name)
			}
			folded[strings.ToLower(f.name)] = true
			if name != "summary.json" {
				n++
			}
		}
		if n != len(types) {
			t.Errorf("%s: %d files for %d types", format, n, len(types))
		}
	}
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) != 2 {
		t.Errorf("beside the folders there is something else: %v, %v", entries, err)
	}
}

func TestCreateFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := j1files.CreateFolder(dir); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("a folder with files: %v", err)
	}
	if _, err := j1files.CreateFolder(filepath.Join(dir, "old.json")); err == nil {
		t.Error("a file is taken for a folder")
	}
	if _, err := j1files.CreateFolder(filepath.Join(dir, "a", "b")); err == nil {
		t.Error("folders above are made")
	}
}

// The summary is what JupiterOne's tools read it as.
func TestSummary(t *testing.T) {
	files, _ := writeFolder(t, "j1-integration", imagesOf(hostile()[:2]), filepath.Join(t.TempDir(), "out"))
	got := files[len(files)-1]
	want := `{"integrationStepResults":[{"id":"export","name":"Export","dependsOn":[],"declaredTypes":["acme_key","acme_user"],"partialTypes":["acme_key","acme_user"],` +
		`"encounteredTypes":["acme_user"],"encounteredTypeCounts":{"acme_user":2},"status":"success","startTime":1700000000000,"endTime":1700000000000,"duration":0}],` +
		`"metadata":{"partialDatasets":{"types":["acme_key","acme_user"]}}}`
	var a, b any
	if err := json.Unmarshal([]byte(got.text), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, a); got.name != "summary.json" || diff != "" {
		t.Errorf("%s (-want +got)\n%s", got.name, diff)
	}
}

// A hundred thousand objects are written in a small, fixed amount of memory.
func TestWritersUseLittleMemory(t *testing.T) {
	const n = 100_000
	var one graph.Image
	images := j1files.Images(func(yield func(*graph.Image, error) bool) {
		for i := range n {
			one = *entity("a", fmt.Sprintf("key:%d", i), fmt.Sprintf("type_%d", i%7), []string{"C"}, prop("displayName", "name"), prop("n", int64(i)))
			if !yield(&one, nil) { // the image is used again, as a store may
				return
			}
		}
	})
	for _, format := range formats() {
		t.Run(format, func(t *testing.T) {
			peak := peakMemory(func() {
				if _, err := writeTo(t, format, images); err != nil {
					t.Error(err)
				}
			})
			if peak > 64<<20 {
				t.Errorf("%d MiB", peak>>20)
			}
		})
	}
}
