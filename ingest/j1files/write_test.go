package j1files_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

// writers are the formats that are one text.
var writers = map[string]func(io.Writer, j1files.Images) (j1files.Written, error){
	"jsonl":   j1files.WriteJSONLines,
	"cypher":  j1files.WriteCypher,
	"graphml": j1files.WriteGraphML,
	"dot":     j1files.WriteDOT,
}

// folderWriters are the formats that are a folder.
var folderWriters = map[string]func(*j1files.Folder, j1files.Images) (j1files.Written, error){
	"csv": j1files.WriteCSV,
	"j1-integration": func(f *j1files.Folder, images j1files.Images) (j1files.Written, error) {
		return j1files.WriteIntegration(f, images, j1files.IntegrationOptions{Partial: []string{"acme_user", "acme_key"}, Time: 1700000000000})
	},
}

// write returns what a writer makes of images; of a folder every file under a line
// with its name.
func write(t *testing.T, format string, images j1files.Images) (string, j1files.Written) {
	t.Helper()
	var b bytes.Buffer
	if w := writers[format]; w != nil {
		out, err := w(&b, images)
		if err != nil {
			t.Fatal(err)
		}
		if out.Bytes != int64(b.Len()) {
			t.Errorf("%d bytes written, %d counted", b.Len(), out.Bytes)
		}
		return b.String(), out
	}
	files, out := writeFolder(t, format, images, filepath.Join(t.TempDir(), "out"))
	for _, f := range files {
		b.WriteString("-- " + f.name + " --\n" + f.text)
	}
	return b.String(), out
}

type file struct{ name, text string }

// writeFolder returns the files of a folder in order of name, and checks that they
// are their owner's alone.
func writeFolder(t *testing.T, format string, images j1files.Images, dir string) ([]file, j1files.Written) {
	t.Helper()
	folder, err := j1files.CreateFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	out, err := folderWriters[format](folder, images)
	if err != nil {
		t.Fatal(err)
	}
	var files []file
	size := int64(0)
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[d.IsDir()]; info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if d.IsDir() {
			return nil
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files = append(files, file{filepath.ToSlash(name), string(text)})
		size += int64(len(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.Files != len(files) || out.Bytes != size {
		t.Errorf("%d files and %d bytes are there, %d and %d are counted", len(files), size, out.Files, out.Bytes)
	}
	return files, out
}

func formats() []string {
	return []string{"jsonl", "cypher", "graphml", "dot", "csv", "j1-integration"}
}

// What each format makes of an estate that is out to break it.
func TestWriteGoldens(t *testing.T) {
	for _, format := range formats() {
		t.Run(format, func(t *testing.T) {
			got, out := write(t, format, imagesOf(hostile()))
			path := filepath.Join("testdata", "write", format+".golden")
			checkGolden(t, path, got)
			if out.Entities+out.Relationships != len(hostile()) {
				t.Errorf("%d entities and %d relationships of %d objects", out.Entities, out.Relationships, len(hostile()))
			}
			again, _ := write(t, format, imagesOf(hostile()))
			if again != got {
				t.Error("written twice it is not the same")
			}
		})
	}
}

func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s (-want +got)\n%s", path, cmp.Diff(string(want), got))
	}
}

// asImages are the images of what a reading supplies as an instance.
func asImages(s *shelf, instance string) []*graph.Image {
	s.print() // sorts
	var list []*graph.Image
	for _, it := range s.items {
		if e := it.entity; e != nil {
			list = append(list, &graph.Image{Kind: graph.EntityKind, Instance: instance, Key: e.Key, Type: e.Type, Class: e.Class, Props: e.Props})
			continue
		}
		r := it.rel
		own := func(e graph.End) graph.End {
			if e.Instance == "" {
				e.Instance = instance
			}
			return e
		}
		list = append(list, &graph.Image{
			Kind: graph.RelationshipKind, Instance: instance, Key: r.Key, Type: r.Type, Class: []string{r.Class},
			From: own(r.From), To: own(r.To), Props: r.Props,
		})
	}
	return list
}

// lists of mixed kinds, which only JSON Lines keeps.
var mixed = prop("mixed", []any{int64(1), "a", nil, true})

func TestJSONLinesRoundTrip(t *testing.T) {
	want := hostile()
	want[0].Props.Set(mixed.Name, mixed.Value)
	want[2].Class = []string{} // how a reading tells none
	text, out := write(t, "jsonl", imagesOf(want))
	if out.OmittedCount != 0 {
		t.Errorf("left out: %v", out.Omitted)
	}
	s, r, err := read(t, j1files.Options{}, input("x.jsonl", text))
	if err != nil {
		t.Fatal(err)
	}
	// The one thing that a file cannot carry is a verb in lower case.
	for _, im := range want {
		if im.Kind == graph.RelationshipKind {
			im.Class = []string{strings.ToUpper(im.Class[0])}
		}
	}
	if diff := cmp.Diff(want, asImages(s, "orchard"), cmp.Comparer(func(a, b graph.Properties) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if r.Ignored+r.Nested+r.Doubled != 0 {
		t.Errorf("%+v", r)
	}
}

// A property that has the name of something else would be read as that.
func TestJSONLinesLeaveOutWhatReadingIgnores(t *testing.T) {
	im := entity("a", "k", "t", []string{"C"}, prop("_rawData", "x"), prop("_fromEntityKey", "x"), prop("_scope", "x"), prop("_own", "kept"))
	text, out := write(t, "jsonl", imagesOf([]*graph.Image{im}))
	if want := `{"_key":"k","_type":"t","_class":["C"],"_own":"kept"}` + "\n"; text != want || out.OmittedCount != 3 {
		t.Errorf("%s, %d left out", text, out.OmittedCount)
	}
}

func TestIntegrationRoundTrip(t *testing.T) {
	want := hostile()
	want[0].Props.Set(mixed.Name, mixed.Value)
	want[1].Props.Set("_own", graph.IntValue(1))
	dir := filepath.Join(t.TempDir(), "out")
	_, out := writeFolder(t, "j1-integration", imagesOf(want), dir)
	if out.OmittedCount != 2 || out.Omitted[0].Property != "mixed" || out.Omitted[1].Property != "_own" {
		t.Errorf("left out: %v", out.Omitted)
	}
	s, r, err := readFolder(t, dir, j1files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want[0].Props.Set("mixed", graph.Value{})
	want[1].Props.Set("_own", graph.Value{})
	want[2].Class = []string{}
	for _, im := range want {
		if im.Kind == graph.RelationshipKind {
			im.Class = []string{strings.ToUpper(im.Class[0])}
		}
	}
	if diff := cmp.Diff(byKey(want), byKey(asImages(s, "orchard")), cmp.Comparer(func(a, b graph.Properties) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := printReport(r, nil); !strings.Contains(got, "complete *\npartial acme_key:") || !strings.Contains(got, "partial acme_user:") {
		t.Errorf("completeness:\n%s", got)
	}
}

func byKey(list []*graph.Image) map[graph.Identity]*graph.Image {
	m := map[graph.Identity]*graph.Image{}
	for _, im := range list {
		m[im.Identity()] = im
	}
	return m
}

func TestWriteErrors(t *testing.T) {
	errSource := errors.New("corrupt")
	broken := j1files.Images(func(yield func(*graph.Image, error) bool) {
		for i, im := range hostile() {
			if i == 20 {
				yield(nil, errSource)
				return
			}
			if !yield(im, nil) {
				return
			}
		}
	})
	for _, format := range formats() {
		t.Run(format, func(t *testing.T) {
			var err error
			if w := writers[format]; w != nil {
				_, err = w(io.Discard, broken)
				if _, full := w(fullDisk{}, imagesOf(hostile())); !errors.Is(full, errSink) {
					t.Errorf("on a full disk: %v", full)
				}
			} else {
				folder, ferr := j1files.CreateFolder(filepath.Join(t.TempDir(), "x"))
				if ferr != nil {
					t.Fatal(ferr)
				}
				defer folder.Close()
				_, err = folderWriters[format](folder, broken)
			}
			if !errors.Is(err, errSource) {
				t.Errorf("error %v", err)
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errSink }

func TestIntegrationOfTwoInstances(t *testing.T) {
	folder, err := j1files.CreateFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	two := []*graph.Image{entity("a", "k", "t", nil), entity("b", "k", "t", nil)}
	_, err = j1files.WriteIntegration(folder, imagesOf(two), j1files.IntegrationOptions{})
	var instances *j1files.InstancesError
	if !errors.As(err, &instances) || instances.First != "a" || instances.Second != "b" {
		t.Errorf("error %v", err)
	}
}
