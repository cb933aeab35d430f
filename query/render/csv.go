package render

import (
	"bufio"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store/graph"
)

// writeCSV prints a heading and the rows (RFC 4180, line feeds): lists and whole
// objects as JSON in one cell, missing values empty. Unless raw, a cell that a
// spreadsheet would run begins with an apostrophe.
func writeCSV(w *bufio.Writer, a Answer, raw bool) (int, error) {
	out := csv.NewWriter(w)
	guard := guardCell
	if raw {
		guard = func(s string, _ bool) string { return s }
	}
	var n int
	var err error
	if a.Kind == query.List {
		n, err = writeListCSV(out, a, guard)
	} else {
		n, err = writeTableCSV(out, a, guard)
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return n, err
}

type guardFunc func(s string, number bool) string

func writeTableCSV(out *csv.Writer, a Answer, guard guardFunc) (int, error) {
	record := make([]string, len(a.Columns))
	for i, c := range a.Columns {
		record[i] = guard(c.Name, false)
	}
	if err := out.Write(record); err != nil {
		return 0, err
	}
	n := 0
	for row, err := range a.Rows {
		if err != nil {
			return n, err
		}
		for i, c := range row {
			record[i] = guard(csvText(c), c.Value.IsNumber())
		}
		if err := out.Write(record); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// writeListCSV prints entities, one column per property that any of them has.
// The heading needs all of them, so they are read first.
func writeListCSV(out *csv.Writer, a Answer, guard guardFunc) (int, error) {
	var images []*graph.Image
	names := map[string]bool{}
	for row, err := range a.Rows {
		if err != nil {
			return 0, err
		}
		im := row[0].Object
		images = append(images, im)
		for _, p := range im.Props {
			names[p.Name] = true
		}
	}
	columns := append(graph.Metadata(graph.EntityKind), sortedNames(names)...)
	record := make([]string, len(columns))
	for i, name := range columns {
		record[i] = guard(name, false)
	}
	if err := out.Write(record); err != nil {
		return 0, err
	}
	for i, im := range images {
		for j, name := range columns {
			v := im.Get(name)
			record[j] = guard(csvText(exec.Cell{Value: v}), v.IsNumber())
		}
		if err := out.Write(record); err != nil {
			return i, err
		}
	}
	return len(images), nil
}

func sortedNames(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func csvText(c exec.Cell) string {
	switch {
	case c.Object != nil:
		return string(appendObject(nil, c.Object))
	case c.Value.Kind() == graph.List:
		return string(c.Value.AppendJSON(nil))
	}
	return c.Value.Text()
}

// guardCell puts an apostrophe before what a spreadsheet would take for a
// formula; a number may begin with its sign.
func guardCell(s string, number bool) string {
	if !number && s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
