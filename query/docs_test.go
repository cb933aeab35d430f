package query_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// languagePage is the page about the language. Its block of kind graph is the graph
// of its examples, and every block of kind j1ql an example that runs. Behind j1ql
// stand options:
//
//	--var NAME=VALUE    a parameter
//	--include-deleted   deleted objects too
//	--explain           the plan instead of the answer
//	same                the answer is that of the example before, and not repeated
//
// What follows an example is its answer, in the formats of the command line: a
// Markdown table, or a block of kind text for trees, errors and plans, and then
// warnings. With -update the answers, and what stands between a pair of comments
// `begin` and `end`, are written anew.
const languagePage = "../docs/j1ql.md"

// pageNow is the time of the page's examples.
var pageNow = time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC)

// example is one example of the page.
type example struct {
	line    int
	options []string
	text    string
}

// TestLanguagePage runs every example of the page on the engine and on the naive
// evaluator, which have to agree, and compares the answer with the printed one.
func TestLanguagePage(t *testing.T) {
	p := readPage(t)
	last := ""
	for _, b := range p.blocks {
		if b.kind != "j1ql" {
			continue
		}
		x := example{line: b.first + 1, options: b.options, text: b.text}
		t.Run(fmt.Sprintf("line %d", x.line), func(t *testing.T) {
			got := p.answer(t, x)
			if slices.Contains(x.options, "same") {
				if d := cmp.Diff(last, got); d != "" {
					t.Errorf("%s\nis not the same as the example before:\n%s", x.text, d)
				}
				return
			}
			if d := cmp.Diff(b.answer, got); d != "" && !*update {
				t.Errorf("%s\nthe page says (-), the answer is (+):\n%s", x.text, d)
			}
			p.replace(b.answerFirst, b.answerEnd, got)
			last = got
		})
	}
	p.write(t)
}

// TestLanguagePageIsWhole finds every form of the grammar in some example.
func TestLanguagePageIsWhole(t *testing.T) {
	p := readPage(t)
	seen := map[string]bool{}
	examples := 0
	for _, b := range p.blocks {
		if b.kind != "j1ql" {
			continue
		}
		examples++
		if q, err := syntax.Parse(b.text); err == nil {
			for _, name := range querytest.Produced(q) {
				seen[name] = true
			}
		}
	}
	for _, name := range querytest.Productions() {
		if !seen[name] {
			t.Errorf("no example shows %s", name)
		}
	}
	t.Logf("%d examples", examples)
}

// answer is what both engines say to an example, in the form of the page.
func (p *page) answer(t *testing.T, x example) string {
	t.Helper()
	req := querytest.Request{Text: x.text, Now: pageNow, Params: map[string]graph.Value{}}
	explain := false
	for i, option := range x.options {
		switch option {
		case "--include-deleted":
			req.Deleted = true
		case "--explain":
			explain = true
		case "--var":
			name, text, _ := strings.Cut(x.options[i+1], "=")
			var v graph.Value
			if err := v.UnmarshalJSON([]byte(text)); err != nil {
				v = graph.StringValue(text)
			}
			req.Params[name] = v
		}
	}
	want, wantErr := querytest.Naive{}.Run(t.Context(), p.graph, req)
	got, err := engine{}.Run(t.Context(), p.graph, req)
	if wantErr != nil || err != nil {
		var parse *syntax.Error
		if wantErr == nil || err == nil || errors.As(wantErr, &parse) != errors.As(err, &parse) {
			t.Fatalf("%s\nthe engine's error is %v, the naive evaluator's %v", x.text, err, wantErr)
		}
		return textBlock(errorText(err))
	}
	if d := querytest.Difference(want, got) + querytest.OrderDifference(want, got); d != "" {
		t.Fatalf("%s\nthe engine disagrees with the naive evaluator: %s", x.text, d)
	}
	return p.printed(t, req, explain)
}

// printed is the answer as the command line prints it.
func (p *page) printed(t *testing.T, req querytest.Request, explain bool) string {
	t.Helper()
	stmt, err := query.New(query.Options{}).Prepare(req.Text)
	if err != nil {
		t.Fatal(err)
	}
	source, options := p.graph.Source(querytest.SourceOptions{Deleted: req.Deleted}), query.RunOptions{Now: req.Now, Variables: req.Params}
	if explain {
		text, err := stmt.Explain(t.Context(), source, options)
		if err != nil {
			t.Fatal(err)
		}
		return textBlock(text)
	}
	return printAnswer(t.Context(), t, stmt, source, options)
}

func printAnswer(ctx context.Context, t *testing.T, stmt *query.Stmt, g query.Graph, options query.RunOptions) string {
	t.Helper()
	result, err := stmt.Run(ctx, g, options)
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	warnings := ""
	for _, w := range result.Warnings() {
		warnings += "\n> warning: " + render.Markdown(w.String()) + "\n"
	}
	format := "markdown"
	if result.Kind() == query.Tree {
		format = "tree"
	}
	answer, err := render.From(result)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := render.Write(&out, answer, format, render.Options{}); err != nil {
		t.Fatal(err)
	}
	if format == "tree" {
		return textBlock(out.String()) + warnings
	}
	return out.String() + warnings
}

// errorText prints a statement's error as the command line does.
func errorText(err error) string {
	switch e := err.(type) {
	case *syntax.Error:
		return e.Error() + "\n" + e.Excerpt()
	case *syntax.ValidationError:
		return e.Error() + "\n" + e.Excerpt()
	}
	return err.Error()
}

func textBlock(text string) string {
	return "```text\n" + strings.TrimRight(text, "\n") + "\n```\n"
}

// page is docs/j1ql.md.
type page struct {
	lines  []string
	blocks []block
	graph  *querytest.Graph
	// changes replace lines, in the order of the page.
	changes []change
}

// block is a fenced block, and for an example the lines of its answer.
type block struct {
	kind                   string
	options                []string
	text                   string
	first, end             int // lines, fences included
	answer                 string
	answerFirst, answerEnd int
}

type change struct {
	first, end int
	text       string
}

// readPage takes the page apart.
func readPage(t *testing.T) *page {
	t.Helper()
	text, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{lines: strings.SplitAfter(string(text), "\n")}
	for i := 0; i < len(p.lines); i++ {
		info, ok := strings.CutPrefix(p.lines[i], "```")
		if !ok {
			continue
		}
		words := strings.Fields(info)
		if len(words) == 0 {
			t.Fatalf("line %d: a block needs a kind", i+1)
		}
		b := block{kind: words[0], options: words[1:], first: i}
		for i++; strings.TrimSpace(p.lines[i]) != "```"; i++ {
			b.text += p.lines[i]
		}
		b.end = i + 1
		b.text = strings.TrimSuffix(b.text, "\n")
		if b.kind == "j1ql" && !slices.Contains(b.options, "same") {
			p.readAnswer(&b)
			i = max(i, b.answerEnd-1)
		}
		p.blocks = append(p.blocks, b)
		if b.kind == "graph" {
			if p.graph, err = querytest.ParseGraph(b.text); err != nil {
				t.Fatalf("line %d: %v", b.first+1, err)
			}
		}
	}
	if p.graph == nil {
		t.Fatal("the page shows no graph")
	}
	return p
}

// readAnswer finds the answer behind an example: a table or a block, then warnings.
func (p *page) readAnswer(b *block) {
	b.answerFirst, b.answerEnd = b.end, b.end
	at := func(i int) string {
		if i < len(p.lines) {
			return p.lines[i]
		}
		return ""
	}
	i := b.end + 1
	switch {
	case strings.HasPrefix(at(i), "|"):
		for strings.HasPrefix(at(i), "|") {
			i++
		}
	case strings.HasPrefix(at(i), "```text"):
		for i++; !strings.HasPrefix(at(i), "```"); i++ {
		}
		i++
	default:
		return
	}
	for strings.HasPrefix(at(i+1), "> warning: ") {
		i += 2
	}
	b.answerEnd = i
	b.answer = strings.Join(p.lines[b.end+1:i], "")
}

// replace notes new text for the answer in some lines.
func (p *page) replace(first, end int, answer string) {
	p.changes = append(p.changes, change{first, end, "\n" + answer})
}

// write writes the page with its changes, under -update.
func (p *page) write(t *testing.T) {
	t.Helper()
	if !*update || t.Failed() {
		return
	}
	var b strings.Builder
	at := 0
	for _, c := range p.changes {
		b.WriteString(strings.Join(p.lines[at:c.first], "") + c.text)
		at = c.end
	}
	b.WriteString(strings.Join(p.lines[at:], ""))
	if err := os.WriteFile(languagePage, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
