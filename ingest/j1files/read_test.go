package j1files_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

var update = flag.Bool("update", false, "write what the goldens expect anew")

func opener(r io.Reader) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
}

// Each archive holds files to read and, as "want", what comes of it. The options
// stand in its comment.
func TestReadGoldens(t *testing.T) {
	paths, _ := filepath.Glob("testdata/read/*.txtar")
	if len(paths) == 0 {
		t.Fatal("no goldens")
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			opt := j1files.Options{Workers: 3, BadLimit: 100, SkipBad: strings.HasPrefix(string(a.Comment), "skip-bad:")}
			var inputs []j1files.Input
			var want string
			for _, f := range a.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				inputs = append(inputs, input(f.Name, string(f.Data)))
			}
			s, r, err := read(t, opt, inputs...)
			got := s.print() + printReport(r, err)
			if *update {
				files := a.Files[:0]
				for _, f := range a.Files {
					if f.Name != "want" {
						files = append(files, f)
					}
				}
				a.Files = append(files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// many returns n lines; those whose number is in bad are none.
func many(n int, bad map[int]bool) string {
	var b strings.Builder
	for i := range n {
		switch {
		case bad[i]:
			fmt.Fprintf(&b, "{\"_key\":\"user:%d\",\"_type\":\n", i)
		case i%3 == 0:
			fmt.Fprintf(&b, `{"_key":"rel:%d","_type":"t_has_t","_class":"HAS","_fromEntityKey":"user:%d","_toEntityKey":"user:%d"}`+"\n", i, i+1, i+2)
		default:
			fmt.Fprintf(&b, `{"_key":"user:%d","_type":"t","_class":["User"],"displayName":"%s","n":%d}`+"\n", i, strings.Repeat("x", i%97), i)
		}
	}
	return b.String()
}

// Chunks are cut anywhere and decoded by several workers; nobody may see it.
func TestReadOfManyChunks(t *testing.T) {
	const n = 30000
	text := many(n, nil)
	for name, open := range map[string]io.Reader{
		"file":                strings.NewReader(text),
		"pipe":                iotest.HalfReader(strings.NewReader(text)),
		"ends with EOF":       iotest.DataErrReader(strings.NewReader(text)),
		"no line end":         strings.NewReader(strings.TrimSuffix(text, "\n")),
		"line ends":           strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n\n")),
		"list":                strings.NewReader("[" + strings.TrimSuffix(strings.ReplaceAll(text, "\n", ",\n"), ",\n") + "]"),
		"one after the other": strings.NewReader(strings.ReplaceAll(text, "}\n{", "}\n \n{")),
	} {
		t.Run(name, func(t *testing.T) {
			s, r, err := read(t, j1files.Options{Workers: 4}, j1files.Input{Name: "many", Open: opener(open)})
			if err != nil {
				t.Fatal(err)
			}
			if s.puts < 2 {
				t.Errorf("only %d batches: the file is too small for this test", s.puts)
			}
			if r.Entities+r.Relationships != n {
				t.Errorf("%d entities and %d relationships of %d objects", r.Entities, r.Relationships, n)
			}
			checkOrder(t, s)
			want, _, _ := read(t, j1files.Options{Workers: 1}, input("many", text))
			if a, b := contents(want), contents(s); !maps.Equal(a, b) {
				t.Errorf("(-want +got)\n%.2000s", cmp.Diff(a, b))
			}
		})
	}
}

// contents are the objects by key.
func contents(s *shelf) map[string]string {
	m := map[string]string{}
	for _, it := range s.items {
		if it.entity != nil {
			m[it.entity.Key] = it.String()
		} else {
			m[it.rel.Key] = it.String()
		}
	}
	return m
}

// checkOrder holds the ranks of entities and of relationships against the numbers
// in their keys, which are the order of the file.
func checkOrder(t *testing.T, s *shelf) {
	t.Helper()
	s.print() // sorts
	last := map[bool]int{true: -1, false: -1}
	for i, it := range s.items {
		if i > 0 && s.items[i-1].rank == it.rank {
			t.Fatalf("two objects have rank %d", it.rank)
		}
		var n int
		key, entity := "", it.entity != nil
		if entity {
			key = it.entity.Key
		} else {
			key = it.rel.Key
		}
		fmt.Sscanf(key[strings.IndexByte(key, ':')+1:], "%d", &n)
		if n <= last[entity] {
			t.Fatalf("%s has a rank after that of %d", key, last[entity])
		}
		last[entity] = n
	}
}

func TestBadLinesOfManyChunks(t *testing.T) {
	text := many(30000, map[int]bool{17: true, 9000: true, 21500: true, 29999: true})
	_, r, err := read(t, j1files.Options{Workers: 4, SkipBad: true}, input("first", many(10, nil)), input("many", text))
	if err != nil {
		t.Fatal(err)
	}
	if _, few, _ := read(t, j1files.Options{SkipBad: true, BadLimit: 2}, input("many", text)); len(few.Bad) != 2 || few.BadCount != 4 || few.Bad[1].Line != 9001 {
		t.Errorf("of %d bad lines these are listed: %v", few.BadCount, few.Bad)
	}
	want := ""
	for _, line := range []int{18, 9001, 21501, 30000} {
		want += fmt.Sprintf("many:%d\n", line)
	}
	got := ""
	for _, b := range r.Bad {
		got += fmt.Sprintf("%s:%d\n", b.File, b.Line)
	}
	if got != want || r.BadCount != 4 {
		t.Errorf("bad lines\n%swant\n%s", got, want)
	}
}

// Without SkipBad the first bad objects are named, whatever worker met which first.
func TestReadingStopsAfterTheFirstBadObjects(t *testing.T) {
	bad := map[int]bool{}
	for i := range 20000 {
		bad[10+i] = i%2 == 0
	}
	text := many(30000, bad)
	for range 5 {
		_, _, err := read(t, j1files.Options{Workers: 4, BadLimit: 3}, input("many", text))
		var all *j1files.BadError
		if !errors.As(err, &all) {
			t.Fatalf("error %v", err)
		}
		got := ""
		for _, b := range all.Objects {
			got += fmt.Sprintf("%d ", b.Line)
		}
		if got != "11 13 15 " || all.Count != 3 || !all.More {
			t.Errorf("bad lines %sof %d, more: %t", got, all.Count, all.More)
		}
		if want := "many:11:"; !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), "(reading stopped after 3 bad objects)") {
			t.Errorf("message %q", err)
		}
	}
}

func TestLongObjects(t *testing.T) {
	long := `{"_key":"long","_type":"t","_class":"C","x":["` + strings.Repeat("y", 3<<20) + `"]}`
	short := `{"_key":"short","_type":"t","_class":"C"}`
	for _, test := range []struct {
		name, text string
		max        int
		want       string
	}{
		{"line", short + "\n" + long + "\n" + short + "\n{\n", 1 << 20, "x:2: x:4: "},
		{"line within a chunk", short + "\n" + short + " " + strings.Repeat(" ", 300) + "\n", 200, "x:2: "},
		{"last line", short + "\n" + long, 1 << 20, "x:2: "},
		{"in a list", "[" + short + ",\n" + long + "\n," + short + "]", 1 << 20, "x:2: "},
		{"allowed", short + "\n" + strings.NewReplacer("[", "", "]", "").Replace(long), 8 << 20, "x:2: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, r, err := read(t, j1files.Options{MaxObject: test.max, SkipBad: true}, input("x", test.text))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, b := range r.Bad {
				got += fmt.Sprintf("%s:%d: ", b.File, b.Line)
			}
			if got != test.want {
				t.Errorf("bad: %v, want %s", r.Bad, test.want)
			}
		})
	}
}

func TestDeepObjects(t *testing.T) {
	deep := func(n int) string {
		return `{"_key":"k","_type":"t","_class":"C","_rawData":` + strings.Repeat(`{"a":`, n-1) + "1" + strings.Repeat("}", n-1) + "}\n"
	}
	_, r, err := read(t, j1files.Options{SkipBad: true}, input("x", deep(499)+deep(500)+deep(501)))
	if err != nil {
		t.Fatal(err)
	}
	if r.Entities != 2 || len(r.Bad) != 1 || r.Bad[0].Line != 3 || !strings.Contains(r.Bad[0].Reason, "nested deeper than 500 levels") {
		t.Errorf("%d entities, bad: %v", r.Entities, r.Bad)
	}
}

// failing is a sink that fails at the second batch.
type failing struct{ puts atomic.Int32 }

var errSink = errors.New("no room")

func (f *failing) Put(context.Context, graph.Batch) error {
	if f.puts.Add(1) > 1 {
		return errSink
	}
	return nil
}

func TestReadErrors(t *testing.T) {
	text := many(30000, nil)
	t.Run("sink", func(t *testing.T) {
		if _, err := j1files.Read(t.Context(), []j1files.Input{input("x", text)}, &failing{}, j1files.Options{}); !errors.Is(err, errSink) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := j1files.Read(ctx, []j1files.Input{input("x", text)}, &shelf{}, j1files.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("cancelled while a pipe is silent", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, w := io.Pipe()
		defer w.Close()
		go func() {
			_, _ = w.Write([]byte(text[:1000]))
			cancel()
		}()
		if _, err := j1files.Read(ctx, []j1files.Input{{Name: "-", Open: opener(r)}}, &shelf{}, j1files.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("no such file", func(t *testing.T) {
		_, _, err := read(t, j1files.Options{}, j1files.File(filepath.Join(t.TempDir(), "none.jsonl")))
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a folder", func(t *testing.T) {
		_, _, err := read(t, j1files.Options{}, j1files.File(t.TempDir()))
		if err == nil || !strings.Contains(err.Error(), "is a folder") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a disk that fails", func(t *testing.T) {
		broken := io.MultiReader(strings.NewReader(text[:100000]), iotest.ErrReader(errSink))
		_, _, err := read(t, j1files.Options{}, j1files.Input{Name: "x", Open: opener(broken)})
		if !errors.Is(err, errSink) {
			t.Errorf("error %v", err)
		}
	})
}

// Objects that are huge wait for one another, so that memory stays bounded.
func TestHugeObjects(t *testing.T) {
	const size = 10 << 20
	half := func(c string) string { return strings.Repeat(c, 1000_000) }
	var lines []string
	for i := range 8 {
		props := ""
		for j := range size / 1000_000 {
			props += fmt.Sprintf(`,"p%d":"%s"`, j, half("x"))
		}
		lines = append(lines, fmt.Sprintf(`{"_key":"huge:%d","_type":"t","_class":"C"%s}`, i, props))
	}
	for name, text := range map[string]string{"lines": strings.Join(lines, "\n"), "list": "[" + strings.Join(lines, ",") + "]"} {
		t.Run(name, func(t *testing.T) {
			var r *j1files.Report
			peak := peakMemory(func() {
				var err error
				r, err = j1files.Read(t.Context(), []j1files.Input{input("x", text)}, discard{}, j1files.Options{Workers: 8})
				if err != nil {
					t.Error(err)
				}
			})
			if r.Entities != 8 || peak > 200<<20 {
				t.Errorf("%d entities, %d MiB", r.Entities, peak>>20)
			}
		})
	}
}

// A file in which no two objects are alike must not fill the memory with what was
// learned of their shapes.
func TestShapesAreForgotten(t *testing.T) {
	var b strings.Builder
	const n = 8000
	for i := range n {
		fmt.Fprintf(&b, `{"_key":"k:%d","_type":"t%d","_class":["C%d"]`, i, i, i)
		for j := range 12 {
			fmt.Fprintf(&b, `,"p%d-%d-%s":%d`, i, j, strings.Repeat("y", 60), j)
		}
		b.WriteString("}\n")
	}
	text := b.String()
	s, r, err := read(t, j1files.Options{Workers: 1}, input("x", text))
	if err != nil || r.Entities != n {
		t.Fatalf("%d entities, error %v", r.Entities, err)
	}
	want := fmt.Sprintf("x: entity k:%d t%d [C%d] {\"p%d-0-", n-1, n-1, n-1, n-1)
	if got := contents(s)[fmt.Sprintf("k:%d", n-1)]; !strings.HasPrefix(got, want) || strings.Count(got, ":") != 14 {
		t.Errorf("the last is %s", got)
	}
}

// The store must not drown in garbage: memory is used again.
func TestReadingAllocatesLittle(t *testing.T) {
	text := many(60000, nil)
	allocs := testing.AllocsPerRun(1, func() {
		if _, err := j1files.Read(t.Context(), []j1files.Input{input("x", text)}, discard{}, j1files.Options{Workers: 1}); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 600 {
		t.Errorf("%.0f allocations for 60000 objects", allocs)
	}
}

// FuzzFiles reads any bytes as a file, in one piece and byte by byte.
func FuzzFiles(f *testing.F) {
	paths, _ := filepath.Glob("testdata/read/*.txtar")
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(file.Name, string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		opt := j1files.Options{Workers: 2, SkipBad: true, MaxObject: 1000}
		s, r, err := read(t, opt, input(name, text))
		pieces := j1files.Input{Name: name, Open: opener(iotest.OneByteReader(strings.NewReader(text)))}
		s2, r2, err2 := read(t, opt, pieces)
		whole, parts := s.print()+printReport(r, err), s2.print()+printReport(r2, err2)
		if whole != parts {
			t.Errorf("in one piece\n%s\nbyte by byte\n%s", whole, parts)
		}
	})
}
