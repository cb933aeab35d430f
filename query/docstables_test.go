package query_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/query/syntax"
)

// TestLanguagePageTables compares what stands between the comments `begin NAME` and
// `end NAME` with what the program says of itself.
func TestLanguagePageTables(t *testing.T) {
	p := readPage(t)
	for name, made := range map[string]func(*testing.T) string{
		"functions": functionTable, "value lists": valueListTable, "reserved words": reservedWords,
	} {
		t.Run(name, func(t *testing.T) {
			first := slices.Index(p.lines, "<!-- begin "+name+" -->\n")
			end := slices.Index(p.lines, "<!-- end "+name+" -->\n")
			if first < 0 || end < first {
				t.Fatalf("the page has no part %q", name)
			}
			got := made(t)
			if d := cmp.Diff(strings.Join(p.lines[first+1:end], ""), got); d != "" && !*update {
				t.Errorf("the page says (-), the program (+):\n%s", d)
			}
			p.changes = append(p.changes, change{first + 1, end, got})
		})
	}
	slices.SortFunc(p.changes, func(a, b change) int { return a.first - b.first })
	p.write(t)
}

// functionTable lists the functions.
func functionTable(*testing.T) string {
	var b strings.Builder
	b.WriteString("| function | gives | of |\n|---|---|---|\n")
	for _, f := range syntax.Functions() {
		arguments := "x"
		if f.MaxArgs < 0 {
			arguments = "x, y, …"
		}
		kind := [...]string{syntax.Scalar: "a row", syntax.Aggregate: "a group of rows", syntax.Expanding: "a row, which it multiplies"}[f.Kind]
		fmt.Fprintf(&b, "| `%s(%s)` | %s | %s |\n", f.Name, arguments, f.Help, kind)
	}
	return b.String()
}

// valueListTable asks the naive evaluator for the truth of operators with lists.
func valueListTable(t *testing.T) string {
	t.Helper()
	g, err := querytest.ParseGraph("T t:1 v=a\nT t:2 v=b\nT t:3 v=[a,b]\nT t:4 v=c\nT t:5")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	tests := []string{`= ("a" AND "b")`, `= ("a" OR "b")`, `!= ("a" AND "b")`, `!= ("a" OR "b")`}
	b.WriteString("| the property is | `" + strings.Join(tests, "` | `") + "` |\n|---|---|---|---|---|\n")
	holds := map[string]bool{}
	for _, test := range tests {
		result, err := querytest.Naive{}.Run(t.Context(), g, querytest.Request{Text: "FIND T WITH v " + test})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range result.Rows {
			holds[test+row[0].Image.Key] = true
		}
	}
	for i, what := range []string{`"a"`, `"b"`, `["a", "b"]`, `"c"`, "missing"} {
		fmt.Fprintf(&b, "| %s |", what)
		for _, test := range tests {
			fmt.Fprintf(&b, " %s |", map[bool]string{true: "**true**", false: "false"}[holds[test+"t:"+strconv.Itoa(i+1)]])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// reservedWords lists the words that are no aliases, among all that the grammar has.
func reservedWords(*testing.T) string {
	var words []string
	for _, w := range strings.Fields("and as asc avg by count desc false find from has having is limit max min not null or order relates return skip sum that to tree true undefined unique unwind where with") {
		if syntax.IsReserved(w) {
			words = append(words, "`"+w+"`")
		}
	}
	return strings.Join(words, " ") + "\n"
}

// TestLanguagePageLinks finds a heading for every link within the page.
func TestLanguagePageLinks(t *testing.T) {
	p := readPage(t)
	anchors := map[string]bool{}
	for _, line := range p.lines {
		if heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && line[0] == '#' {
			keep := func(r rune) rune {
				if r == ' ' || r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
					return unicode.ToLower(r)
				}
				return -1
			}
			anchors["#"+strings.ReplaceAll(strings.Map(keep, strings.TrimSpace(heading)), " ", "-")] = true
		}
	}
	for i, line := range p.lines {
		for _, link := range regexp.MustCompile(`\]\((#[^)]*)\)`).FindAllStringSubmatch(line, -1) {
			if !anchors[link[1]] {
				t.Errorf("line %d: no heading has the anchor %s", i+1, link[1])
			}
		}
	}
}

// choicesHeading begins the part of the page that lists choices: tables with the
// choice's name, what it means, and what holds it.
const choicesHeading = "## Choices where JupiterOne's documents are silent\n"

// TestLanguagePageListsChoices compares the tables of choices with the rules of the
// naive evaluator, with the choices that query/syntax tests, and with the scripts.
// The last cell of a row says what holds it: `rule`, `syntax` (a named case), `syntax
// TestX` (a whole test), or `script FILE` (the case of that name).
func TestLanguagePageListsChoices(t *testing.T) {
	listed := listedChoices(t)
	named, whole := syntaxChoices(t)
	known := map[string]bool{}
	for _, rule := range querytest.Rules() {
		known["rule: "+string(rule)] = true
	}
	for _, name := range named {
		known["syntax: "+name] = true
	}
	for _, row := range slices.Sorted(maps.Keys(known)) {
		if !listed[row] {
			t.Errorf("the page does not list %s", row)
		}
	}
	for _, name := range whole {
		held := func(row string) bool { return strings.HasPrefix(row, "syntax "+name+": ") }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(listed)), held) {
			t.Errorf("the page lists nothing that %s holds", name)
		}
		known["syntax "+name] = true
	}
	addScriptCases(t, known)
	for _, row := range slices.Sorted(maps.Keys(listed)) {
		holder, _, _ := strings.Cut(row, ": ")
		if !known[row] && !known[holder] {
			t.Errorf("nothing holds %s", row)
		}
	}
	t.Logf("%d choices and rules", len(listed))
}

// listedChoices are the rows of the page's tables of choices, as `holder: choice`.
func listedChoices(t *testing.T) map[string]bool {
	t.Helper()
	p := readPage(t)
	begin := slices.Index(p.lines, choicesHeading)
	if begin < 0 {
		t.Fatalf("the page has no part %q", choicesHeading)
	}
	listed := map[string]bool{}
	for i, line := range p.lines[begin:] {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, ""), "|") // the first and the last are empty
		if len(cells) != 5 || strings.HasPrefix(line, "| choice") || strings.HasPrefix(line, "|---") {
			continue
		}
		row := plainCell(cells[3]) + ": " + plainCell(cells[1])
		if listed[row] {
			t.Errorf("line %d: %s is listed twice", begin+i+1, row)
		}
		listed[row] = true
	}
	return listed
}

// plainCell is a cell of a table without its markup.
func plainCell(s string) string {
	return strings.TrimSpace(strings.NewReplacer("`", "", `\`, "").Replace(s))
}

// syntaxChoices are the choices that query/syntax tests: those that stand in tables,
// and the tests that are about one choice each.
func syntaxChoices(t *testing.T) (named, whole []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("syntax", "choice_test.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
			continue
		}
		names := namesIn(f)
		named = append(named, names...)
		if len(names) == 0 {
			whole = append(whole, f.Name.Name)
		}
	}
	return named, whole
}

// addScriptCases adds the cases of all scripts as `script FILE: title`.
func addScriptCases(t *testing.T, known map[string]bool) {
	t.Helper()
	paths, err := filepath.Glob("../testdata/query/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		cases, err := querytest.ReadScript(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			known["script "+strings.TrimSuffix(c.File, ".txtar")+": "+c.Title] = true
		}
	}
}

// namesIn lists the first elements of the table of a test over choices.
func namesIn(f *ast.FuncDecl) []string {
	var names []string
	ast.Inspect(f, func(n ast.Node) bool {
		row, ok := n.(*ast.CompositeLit)
		if !ok || row.Type != nil || len(row.Elts) != 3 {
			return true
		}
		if lit, ok := row.Elts[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			name, _ := strconv.Unquote(lit.Value)
			names = append(names, name)
		}
		return false
	})
	return names
}
