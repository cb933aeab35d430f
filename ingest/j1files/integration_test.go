package j1files_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

func readFolder(t *testing.T, dir string, opt j1files.Options) (*shelf, *j1files.Report, error) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s := &shelf{}
	r, err := j1files.ReadIntegration(t.Context(), root, s, opt)
	return s, r, err
}

// unpack writes the files of an archive into a new folder.
func unpack(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// collected is a folder as an integration leaves it behind.
const collected = `
-- graph/fetch-users/entities/5b0c.json --
{"entities":[{"_key":"user:1","_type":"acme_user","_class":["User"],"_rawData":[{"name":"default","rawData":{"id":1}}]},{"_key":"user:2","_type":"acme_user","_class":["User"]}]}
-- graph/fetch-users/entities/11aa.json --
{
  "entities": [
    { "_key": "account:1", "_type": "acme_account", "_class": [ "Account" ] }
  ]
}
-- graph/build-users/relationships/0001.json --
{"relationships":[{"_key":"r:1","_type":"acme_account_has_user","_class":"HAS","_fromEntityKey":"account:1","_toEntityKey":"user:1"},
{"_key":"m:1","_type":"mapping_source_is_employee","_class":"IS","_mapping":{"sourceEntityKey":"user:1","targetFilterKeys":[["_class","email"]],"targetEntity":{"_class":"Person","email":"ada@orchard.example"}}}]}
-- graph/fetch-users/notes.txt --
not JSON, and not read
-- index/entities/acme_user/5b0c.json --
{"entities":[{"_key":"user:1"
-- index.html --
<html>
`

const summaryText = `-- summary.json --
{"integrationStepResults":[
 {"id":"fetch-users","name":"Users","dependsOn":[],"declaredTypes":["acme_user","acme_account"],"partialTypes":[],"encounteredTypes":["acme_user"],"status":"success","startTime":1,"endTime":2,"duration":1},
 {"id":"build-users","declaredTypes":["acme_account_has_user"],"partialTypes":["acme_log"],"status":"failure"},
 {"id":"fetch-keys","declaredTypes":["acme_key"],"status":"disabled"},
 {"id":"fetch-old","declaredTypes":["acme_old"],"status":"cached"}
],"metadata":{"partialDatasets":{"types":["acme_account_has_user","acme_finding"]}}}
`

const collectedObjects = `graph/build-users/relationships/0001.json: relationship r:1 acme_account_has_user [HAS] {} from :account:1 to :user:1
graph/build-users/relationships/0001.json: relationship m:1 mapping_source_is_employee [IS] {} mapping 1 from "user:1" by [["_class" "email"]] skip=false to   [Person] {"email":"ada@orchard.example"}
graph/fetch-users/entities/11aa.json: entity account:1 acme_account [Account] {}
graph/fetch-users/entities/5b0c.json: entity user:1 acme_user [User] {} raw=[{"name":"default","rawData":{"id":1}}]
graph/fetch-users/entities/5b0c.json: entity user:2 acme_user [User] {}
`

func TestReadIntegration(t *testing.T) {
	counts := "entities 3\nrelationships 1\nmapped 1\n"
	for _, test := range []struct{ name, archive, want string }{
		{"whole", collected + summaryText, collectedObjects + counts + `complete *
partial acme_account_has_user: step build-users: failure
partial acme_finding: summary.json declares it partial
partial acme_key: step fetch-keys: disabled
partial acme_log: step build-users declares it partial
`},
		{"in its parent", strings.NewReplacer("-- graph", "-- .j1-integration/graph", "-- summary", "-- .j1-integration/summary").Replace(collected +
			"-- summary.json --\n{\"metadata\":{\"partialDatasets\":{\"types\":[]}}}\n"), collectedObjects + counts + "complete *\n"},
		{"without a summary", collected, collectedObjects + counts + "partial *: summary.json is missing: the run that wrote the folder did not end\n"},
		{"an odd summary", collected + "-- summary.json --\n{}\n", collectedObjects + counts + "partial *: summary.json does not say what is partial\n"},
		{"a broken summary", collected + "-- summary.json --\n{\"metadata\":[]}\n",
			"complete *\nerror decode summary.json: json: cannot unmarshal array into Go struct field .metadata of type j1files.summaryMetadata\n"},
		{"no objects", "-- graph/x.txt --\n-- summary.json --\n{\"metadata\":{}}\n", "complete *\n"},
		{"no folder", "-- x.json --\n{}\n", "complete *\nerror no folder graph in it: not a .j1-integration folder\n"},
		{"an empty file", "-- graph/s/entities/a.json --\n-- summary.json --\n{\"metadata\":{}}\n",
			"bad 1\nbad graph/s/entities/a.json:1:1: the file is empty; the rest of the file is not read []\npartial *: 1 object of unknown type could not be read\n" +
				"error graph/s/entities/a.json:1:1: the file is empty; the rest of the file is not read\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, r, err := readFolder(t, unpack(t, test.archive), j1files.Options{Workers: 3})
			if got := s.print() + printReport(r, err); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestReadIntegrationFollowsNoLinks(t *testing.T) {
	outside := unpack(t, "-- secret.json --\n{\"entities\":[{\"_key\":\"secret\",\"_type\":\"t\",\"_class\":\"C\"}]}\n-- graph/a.json --\n{\"entities\":[]}\n")
	dir := unpack(t, collected+summaryText)
	for link, target := range map[string]string{
		"graph/fetch-users/entities/link.json": filepath.Join(outside, "secret.json"),
		"graph/inside.json":                    filepath.Join(dir, "graph", "fetch-users", "entities", "5b0c.json"),
		"graph/step":                           outside,
		"graph/loop":                           filepath.Join(dir, "graph"),
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skipf("SKIPPED: this system makes no symbolic links: %v", err)
		}
	}
	s, r, err := readFolder(t, dir, j1files.Options{})
	if got := s.print(); err != nil || got != collectedObjects {
		t.Errorf("read\n%s, error %v", got, err)
	}
	if r.Links != 4 {
		t.Errorf("%d links", r.Links)
	}
	t.Run("graph", func(t *testing.T) {
		parent := t.TempDir()
		if err := os.Symlink(filepath.Join(outside, "graph"), filepath.Join(parent, "graph")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readFolder(t, parent, j1files.Options{}); !errors.Is(err, j1files.ErrNotIntegration) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("summary", func(t *testing.T) {
		parent := unpack(t, "-- graph/a.json --\n{\"entities\":[]}\n")
		if err := os.Symlink(filepath.Join(dir, "summary.json"), filepath.Join(parent, "summary.json")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readFolder(t, parent, j1files.Options{}); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("error %v", err)
		}
	})
}

func TestReadIntegrationBoundsDepth(t *testing.T) {
	dir := unpack(t, "-- graph/"+strings.Repeat("d/", 30)+"a.json --\n{}\n")
	if _, _, err := readFolder(t, dir, j1files.Options{}); err == nil || !strings.Contains(err.Error(), "nested deeper") {
		t.Errorf("error %v", err)
	}
}

// brotliText is {"entities":[]} as node's zlib.brotliCompressSync compresses it.
const brotliText = "CweAeyJlbnRpdGllcyI6W119Aw=="

// A Brotli decoder is the caller's to give; here a text stands for what it would
// make of a file.
func TestReadIntegrationExpandsBrotli(t *testing.T) {
	dir := unpack(t, collected+summaryText)
	compressed, err := base64.StdEncoding.DecodeString(brotliText)
	if err != nil {
		t.Fatal(err)
	}
	// A list that is compressed often begins with the byte of a bracket.
	for name, data := range map[string][]byte{"brotli.json": compressed, "bracket.json": append([]byte("["), compressed[1:]...)} {
		if err := os.WriteFile(filepath.Join(dir, "graph", name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := readFolder(t, dir, j1files.Options{}); !errors.Is(err, j1files.ErrBrotli) {
		t.Errorf("without a decoder: %v", err)
	}
	expansion := `{"entities":[{"_key":"expanded","_type":"t","_class":"C"}]}`
	brotli := func(r io.Reader) io.Reader {
		got, err := io.ReadAll(r)
		if err != nil || len(got) != len(compressed) {
			t.Errorf("the decoder reads %q, %v", got, err)
		}
		return strings.NewReader(expansion)
	}
	s, _, err := readFolder(t, dir, j1files.Options{Brotli: brotli})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(s.print(), "expanded"); got != 2 {
		t.Errorf("%d objects of compressed files", got)
	}
	t.Run("bomb", func(t *testing.T) {
		_, _, err := readFolder(t, dir, j1files.Options{Brotli: brotli, MaxExpanded: int64(len(expansion)) - 1})
		if !errors.Is(err, j1files.ErrExpanded) {
			t.Errorf("error %v", err)
		}
		if _, _, err := readFolder(t, dir, j1files.Options{Brotli: brotli, MaxExpanded: int64(len(expansion))}); err != nil {
			t.Errorf("at the limit: %v", err)
		}
	})
}

// Files of the SDK hold at most 500 objects and 5,000,000 bytes.
func TestIntegrationFilesAreBounded(t *testing.T) {
	var list []*graph.Image
	for i := range 1201 {
		list = append(list, entity("a", fmt.Sprintf("many:%d", i), "many", []string{"C"}))
	}
	for i := range 12 {
		list = append(list, entity("a", fmt.Sprintf("big:%d", i), "big", []string{"C"}, prop("text", strings.Repeat("é", 400_000)), prop("more", strings.Repeat("x", 700_000))))
	}
	huge := entity("a", "huge", "huge", []string{"C"})
	for i := range 6 {
		huge.Props.Set(fmt.Sprint("p", i), graph.StringValue(strings.Repeat("x", 900_000)))
	}
	list = append(list, huge)
	dir := filepath.Join(t.TempDir(), "out")
	files, out := writeFolder(t, "j1-integration", imagesOf(list), dir)
	var names []string
	for _, f := range files {
		names = append(names, f.name)
		if objects := strings.Count(f.text, `"_key"`); len(f.text) > 5_000_000 || objects > 500 {
			t.Errorf("%s has %d objects and %d bytes", f.name, objects, len(f.text))
		}
	}
	want := "graph/export/entities/big-00001.json graph/export/entities/big-00002.json graph/export/entities/big-00003.json graph/export/entities/big-00004.json " +
		"graph/export/entities/many-00001.json graph/export/entities/many-00002.json graph/export/entities/many-00003.json summary.json"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("files %s\nwant %s", got, want)
	}
	if out.OmittedCount != 1 || out.Omitted[0].Key != "huge" || out.Entities != 1213 {
		t.Errorf("%d entities, left out %d", out.Entities, out.OmittedCount)
	}
	if s, _, err := readFolder(t, dir, j1files.Options{}); err != nil || len(s.items) != 1213 {
		t.Errorf("%d objects read back, error %v", len(s.items), err)
	}
}

// Types come in any order, and memory is bounded all the same: what is gathered is
// written in between.
func TestPagesAreWrittenInBetween(t *testing.T) {
	var list []*graph.Image
	text := strings.Repeat("x", 300_000)
	for i := range 200 {
		list = append(list, entity("a", fmt.Sprintf("k:%d", i), fmt.Sprintf("type_%d", i%40), []string{"C"}, prop("text", text)))
	}
	for _, format := range []string{"csv", "j1-integration"} {
		files, out := writeFolder(t, format, imagesOf(list), filepath.Join(t.TempDir(), format))
		n := 0
		for _, f := range files {
			n += strings.Count(f.text, text)
		}
		if n != 200 || out.OmittedCount != 0 {
			t.Errorf("%s holds %d of 200 objects", format, n)
		}
	}
}
