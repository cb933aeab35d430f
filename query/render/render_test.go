package render_test

import (
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store/graph"
)

var update = flag.Bool("update", false, "rewrite the goldens")

var supplier = &graph.Instance{Name: "heroku-prod", Provider: "heroku", Class: []string{"PaaS"}, Source: graph.SourceCollector}

func entity(key, typ string, class []string, props ...graph.Property) *graph.Image {
	return &graph.Image{Kind: graph.EntityKind, Instance: supplier.Name, Key: key, Type: typ, Class: class,
		Props: graph.SortProperties(props), Supplier: supplier,
		Meta: graph.Meta{Version: 3, CreatedOn: 1767225600000, BeginOn: 1767312000000}}
}

func relationship(from, to *graph.Image, verb string) *graph.Image {
	return &graph.Image{Kind: graph.RelationshipKind, Instance: supplier.Name,
		Key: from.Key + "|" + strings.ToLower(verb) + "|" + to.Key, Type: "t_" + strings.ToLower(verb) + "_u", Class: []string{verb},
		From: graph.End{Instance: supplier.Name, Key: from.Key}, To: graph.End{Instance: supplier.Name, Key: to.Key},
		Props:    graph.Properties{{Name: "displayName", Value: graph.StringValue(verb)}, {Name: "role", Value: graph.StringValue("admin")}},
		Supplier: supplier, Meta: graph.Meta{Version: 1, CreatedOn: 1767225600000, BeginOn: 1767225600000}}
}

func prop(name string, v any) graph.Property {
	value, ok := graph.ValueOf(v)
	if !ok {
		panic(name)
	}
	return graph.Property{Name: name, Value: value}
}

// hostile is what data may hold to harm a terminal, a spreadsheet or a document.
var hostile = []string{
	"plain", "", "=1+1", "-5 apples", "@cmd", "\x1b[31mred\x1b[0m", "right\u202eleft", "tab\there", "line\nbreak",
	"quote \" pipe | back\\slash", "<script>", "日本語", "👩‍👩‍👧 family", "e\u0301", "\u009b31m", strings.Repeat("long ", 40), "\xff\xfe",
}

func table() render.Answer {
	columns := []query.Column{{Name: "t.name", Property: "name"}, {Name: "n"}, {Name: "t.createdOn", Property: "createdOn"},
		{Name: "when", Property: "createdOn", Renamed: true}, {Name: "list"}, {Name: "t", Object: true}}
	var rows [][]exec.Cell
	for i, s := range hostile {
		when := graph.IntValue(1767225600000 + int64(i))
		row := []exec.Cell{{Value: graph.StringValue(s)}, {Value: graph.IntValue(int64(i * 1000))}, {Value: when}, {Value: when},
			{Value: graph.StringsValue([]string{s, "b"})}, {Object: entity("team-"+s[:min(1, len(s))], "heroku_team", []string{"Team"})}}
		switch i {
		case 1:
			row[1], row[4] = exec.Cell{}, exec.Cell{Value: graph.NullValue()}
		case 2:
			row[1], row[5] = exec.Cell{Value: graph.FloatValue(-0.5)}, exec.Cell{}
		}
		rows = append(rows, row)
	}
	return render.Answer{Kind: query.Table, Columns: columns, Rows: each(rows)}
}

func list() render.Answer {
	var rows [][]exec.Cell
	for i, s := range hostile[:6] {
		im := entity("key-"+s, "heroku_team", []string{"Team", "Group"}, prop("displayName", "Team "+s), prop("size", i), prop("tags", []string{s}))
		if i == 3 {
			im.Props.Set("odd", graph.NullValue())
		}
		rows = append(rows, []exec.Cell{{Object: im}})
	}
	return render.Answer{Kind: query.List, Columns: []query.Column{{Name: "heroku_team", Object: true}}, Rows: each(rows)}
}

func tree() render.Answer {
	team := entity("team-1", "heroku_team", []string{"Team"}, prop("displayName", "Pears"))
	app := entity("app-1", "heroku_application", []string{"Application"}, prop("displayName", "shop \"one\" \\ \x1b[2J"))
	user := entity("user-1", "heroku_account_member", []string{"User"}, prop("displayName", "Ada"))
	alone := entity("app-2", "heroku_application", []string{"Application"})
	return render.Answer{Kind: query.Tree, Tree: &exec.Subgraph{
		Vertices: []*graph.Image{app, alone, team, user},
		Edges: []*graph.Image{relationship(team, app, "OWNS"), relationship(team, user, "HAS"), relationship(user, app, "USES"),
			relationship(app, app, "CONNECTS")},
	}}
}

func each(rows [][]exec.Cell) iter.Seq2[[]exec.Cell, error] {
	return func(yield func([]exec.Cell, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestFormats(t *testing.T) {
	answers := map[string]render.Answer{"table": table(), "list": list(), "tree": tree()}
	for kind, answer := range answers {
		for _, format := range render.Formats() {
			for _, width := range []int{0, 80} {
				if width != 0 && format != "table" {
					continue
				}
				name := kind + "." + format
				if width != 0 {
					name += ".narrow"
				}
				t.Run(name, func(t *testing.T) {
					var b strings.Builder
					n, err := render.Write(&b, answer, format, render.Options{Width: width})
					got := b.String()
					if err != nil {
						got += "error: " + err.Error() + "\n"
					} else if want := map[string]int{"table": len(hostile), "list": 6, "tree": 4}[kind]; n != want {
						t.Errorf("wrote %d rows, want %d", n, want)
					}
					golden(t, name, got)
				})
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

func TestPeopleSeeNoControlCharacters(t *testing.T) {
	for _, format := range []string{"table", "line", "markdown", "tree", "dot"} {
		for name, answer := range map[string]render.Answer{"table": table(), "list": list(), "tree": tree()} {
			var b strings.Builder
			if _, err := render.Write(&b, answer, format, render.Options{Width: 100}); err != nil {
				continue
			}
			if strings.ContainsAny(b.String(), "\x1b\u202e\u009b\t") || !utf8.ValidString(b.String()) {
				t.Errorf("%s of a %s lets a control character through", format, name)
			}
		}
	}
}

func TestLongAnswersStreamInTheSameBox(t *testing.T) {
	rows := func(n int) render.Answer {
		columns := []query.Column{{Name: "name"}, {Name: "n"}}
		return render.Answer{Kind: query.Table, Columns: columns, Rows: func(yield func([]exec.Cell, error) bool) {
			for i := range n {
				if !yield([]exec.Cell{{Value: graph.StringValue("日本")}, {Value: graph.IntValue(int64(i))}}, nil) {
					return
				}
			}
		}}
	}
	print := func(n int) []string {
		var b strings.Builder
		got, err := render.Write(&b, rows(n), "table", render.Options{Width: 40})
		if err != nil || got != n {
			t.Fatalf("wrote %d rows of %d: %v", got, n, err)
		}
		return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	}
	short, long := print(999), print(1500)
	if len(long) != 1504 {
		t.Fatalf("1500 rows take %d lines", len(long))
	}
	if diff := cmp.Diff(short[:900], long[:900]); diff != "" {
		t.Errorf("the streamed box differs from the drawn one (-drawn +streamed):\n%s", diff[:min(len(diff), 600)])
	}
}

func TestCollectedAnswersPrintAgain(t *testing.T) {
	kept, err := table().Collect(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	var first, second strings.Builder
	for _, b := range []*strings.Builder{&first, &second} {
		if _, err := render.Write(b, kept, "json", render.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() || first.Len() == 0 {
		t.Error("a collected answer prints differently the second time")
	}
	if _, err := table().Collect(10); err != render.ErrTooLarge {
		t.Errorf("Collect beyond its bound: %v", err)
	}
}

func TestCleanWriterJoinsCharacters(t *testing.T) {
	const text = "日本\u202e語\x1b[1m\n"
	var b strings.Builder
	w := render.NewCleanWriter(&b)
	for i := range len(text) {
		if n, err := w.Write([]byte{text[i]}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if want := "日本\\u202e語\\x1b[1m\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestTablesFitTheTerminal(t *testing.T) {
	for _, width := range []int{60, 80, 100, 200} {
		var b strings.Builder
		if _, err := render.Write(&b, table(), "table", render.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			// Six columns cannot be narrower than 6*(8+3)+1.
			if got := twwidth.Width(line); got > max(width, 67) {
				t.Errorf("a terminal of %d columns gets a line of %d: %s", width, got, line)
			}
		}
	}
}
