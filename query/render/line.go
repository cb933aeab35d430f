package render

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store/graph"
)

// field is one line of a record: a name and what it holds.
type field struct{ name, text string }

// writeLines prints each row as a record of one field a line, nothing cut.
func writeLines(w *bufio.Writer, a Answer) (int, error) {
	n := 0
	for row, err := range a.Rows {
		if err != nil {
			return n, err
		}
		n++
		fmt.Fprintf(w, "── %d ──\n", n)
		writeFields(w, rowFields(a, row))
	}
	return n, nil
}

func rowFields(a Answer, row []exec.Cell) []field {
	if a.Kind == query.List {
		return objectFields("", row[0].Object)
	}
	var fields []field
	for i, c := range row {
		if c.Object != nil {
			fields = append(fields, objectFields(a.Columns[i].Name+".", c.Object)...)
			continue
		}
		fields = append(fields, field{Clean(a.Columns[i].Name), text(c, a.Columns[i])})
	}
	return fields
}

// objectFields lists an object's metadata, then its properties.
func objectFields(prefix string, im *graph.Image) []field {
	var fields []field
	add := func(name string, v graph.Value) {
		if v.Kind() != graph.Undefined {
			fields = append(fields, field{Clean(prefix + name), Clean(valueText(v, dateName(name)))})
		}
	}
	for _, name := range graph.Metadata(im.Kind) {
		add(name, im.Get(name))
	}
	for name, v := range im.Props.All() {
		add(name, v)
	}
	return fields
}

// writeFields aligns the names of a record.
func writeFields(w *bufio.Writer, fields []field) {
	wide := 0
	for _, f := range fields {
		wide = max(wide, twwidth.Width(f.name))
	}
	for _, f := range fields {
		w.WriteString(f.name)
		w.WriteString(strings.Repeat(" ", wide-twwidth.Width(f.name)))
		w.WriteString(" = ")
		w.WriteString(f.text)
		w.WriteByte('\n')
	}
}

// Object prints everything that is known of one object, a property a line.
func Object(w *bufio.Writer, im *graph.Image) { writeFields(w, objectFields("", im)) }

// ObjectJSON returns a whole object in the shape of JupiterOne's results.
func ObjectJSON(im *graph.Image) []byte { return appendObject(nil, im) }
