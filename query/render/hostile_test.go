package render_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store/graph"
)

// huge are values of ten kilobytes.
var huge = map[string]string{
	"letters":       strings.Repeat("0123456789", 1024),
	"words":         strings.Repeat("many words ", 931),
	"wide":          strings.Repeat("日本語", 1138),
	"emoji":         strings.Repeat("👩‍👩‍👧🇩🇪👍🏽", 256),
	"combining":     strings.Repeat("e\u0301o\u0308", 1707),
	"one character": "a" + strings.Repeat("\u0301", 5120),
	"escapes":       strings.Repeat("\x1b[31m\u202e", 1280),
	"line breaks":   strings.Repeat("\n\r\t", 3413),
	"no UTF-8":      strings.Repeat("\xff\xc3", 5120),
	"right to left": strings.Repeat("مرحبا שלום ", 512),
}

func hugeAnswer(value string) render.Answer {
	columns := []query.Column{{Name: "value"}, {Name: "n"}}
	row := []exec.Cell{{Value: graph.StringValue(value)}, {Value: graph.IntValue(7)}}
	return render.Answer{Kind: query.Table, Columns: columns, Rows: each([][]exec.Cell{row, row})}
}

// TestHugeValues prints values of ten kilobytes: tables cut them to the terminal,
// the other formats keep every byte that is text.
func TestHugeValues(t *testing.T) {
	for name, value := range huge {
		t.Run(name, func(t *testing.T) {
			printed := func(format string, width int) string {
				var b strings.Builder
				if n, err := render.Write(&b, hugeAnswer(value), format, render.Options{Width: width}); n != 2 || err != nil {
					t.Fatalf("%s: wrote %d rows, %v", format, n, err)
				}
				return b.String()
			}
			for _, width := range []int{40, 80, 200} {
				box := strings.Split(strings.TrimSuffix(printed("table", width), "\n"), "\n")
				if len(box) != 6 {
					t.Errorf("two rows take %d lines", len(box))
				}
				for _, line := range box {
					if got := twwidth.Width(line); got != twwidth.Width(box[0]) || got > width {
						t.Errorf("a line of %d columns in a box of %d on a terminal of %d: %.200s", got, twwidth.Width(box[0]), width, line)
					}
				}
			}
			clean := render.Clean(value)
			for format, want := range map[string]string{"table": clean, "line": clean, "markdown": render.Markdown(value)} {
				if !strings.Contains(printed(format, 0), want) {
					t.Errorf("%s does not keep it", format)
				}
			}
			text := strings.ToValidUTF8(value, "\uFFFD")
			records, err := csv.NewReader(strings.NewReader(printed("csv", 0))).ReadAll()
			// The reader takes CR LF within quotes for LF, as RFC 4180 has it.
			if err != nil || len(records) != 3 || graph.CheckValue(graph.StringValue(value)) == nil && strings.ReplaceAll(strings.TrimPrefix(records[1][0], "'"), "\r", "") != strings.ReplaceAll(text, "\r", "") {
				t.Errorf("csv does not keep it: %v", err)
			}
			var row struct{ Value string }
			first, _, _ := strings.Cut(printed("jsonl", 0), "\n")
			if err := json.Unmarshal([]byte(first), &row); err != nil || graph.CheckValue(graph.StringValue(value)) == nil && row.Value != text {
				t.Errorf("jsonl does not keep it: %v", err)
			}
		})
	}
}

// TestHugeNames draws a tree and a graph of entities with such names.
func TestHugeNames(t *testing.T) {
	for name, value := range huge {
		im := entity("key", "heroku_team", []string{"Team"}, prop("displayName", value))
		answer := render.Answer{Kind: query.Tree, Tree: &exec.Subgraph{Vertices: []*graph.Image{im}, Edges: []*graph.Image{relationship(im, im, "USES")}}}
		for _, format := range []string{"tree", "dot", "json", "jsonl"} {
			var b strings.Builder
			if _, err := render.Write(&b, answer, format, render.Options{Width: 80}); err != nil {
				t.Errorf("%s, %s: %v", name, format, err)
			}
			if format != "json" && format != "jsonl" && (strings.ContainsAny(b.String(), "\x1b\u202e\r") || strings.Count(b.String(), "\n") > 10) {
				t.Errorf("%s, %s: a name acts on the terminal", name, format)
			}
		}
	}
}
