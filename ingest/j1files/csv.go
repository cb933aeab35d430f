package j1files

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// WriteCSV writes a file for each type, in the folders entities and relationships:
// a line with the names of the columns, then a line for each object. Lists are JSON
// in one cell, null and missing values are empty. What a spreadsheet would run is
// made text by an apostrophe before it; a negative number is left alone.
//
// It goes through images twice: the columns of a type are known in the end.
func WriteCSV(folder *Folder, images Images) (Written, error) { return writeCSV(folder, images) }

// WriteCSVChanges writes changes as WriteCSV writes objects: each as it is
// afterwards, or was before its deletion, with what happened to it (see
// [PropChange]).
func WriteCSVChanges(folder *Folder, changes Changes) (Written, error) {
	return writeCSV(folder, changedImages(changes))
}

func writeCSV(folder *Folder, images Images) (Written, error) {
	var out Written
	w := &csvWriter{pages: newPages(folder, &out), tables: map[csvKey]*csvTable{}}
	for im, err := range images {
		if err != nil {
			return out, err
		}
		w.learn(im)
	}
	w.settle()
	for im, err := range images {
		if err != nil {
			return out, err
		}
		out.count(im)
		if err := w.row(im); err != nil {
			return out, err
		}
	}
	return out, w.pages.finish()
}

type csvKey struct {
	kind graph.Kind
	typ  string
}

// csvTable is what is known of one type.
type csvTable struct {
	file    string
	names   map[string]int // of the properties, to their columns
	columns []string       // all of them, in order
	begun   bool
}

type csvWriter struct {
	pages  *pages
	tables map[csvKey]*csvTable
	cells  []string
	text   bytes.Buffer
}

// fixed are the columns before the properties.
func fixedColumns(kind graph.Kind) []string {
	names := []string{graph.PropKey, graph.PropType, graph.PropClass, graph.PropInstanceName}
	if kind == graph.RelationshipKind {
		names = append(names, graph.PropFromKey, nameFromScope, graph.PropToKey, nameToScope)
	}
	return names
}

// learn notes the properties of im.
func (w *csvWriter) learn(im *graph.Image) {
	key := csvKey{im.Kind, im.Type}
	t, ok := w.tables[key]
	if !ok {
		folder := "entities"
		if im.Kind == graph.RelationshipKind {
			folder = "relationships"
		}
		t = &csvTable{file: path.Join(folder, fileName(im.Type)+".csv"), names: map[string]int{}}
		w.tables[key] = t
	}
	for i := range im.Props {
		t.names[im.Props[i].Name] = 0
	}
}

// settle gives every property its column: displayName first, then by name.
func (w *csvWriter) settle() {
	for key, t := range w.tables {
		fixed := fixedColumns(key.kind)
		names := make([]string, 0, len(t.names))
		for n := range t.names {
			names = append(names, n)
		}
		slices.Sort(names)
		if i, ok := slices.BinarySearch(names, graph.PropDisplayName); ok {
			names = slices.Insert(slices.Delete(names, i, i+1), 0, graph.PropDisplayName)
		}
		for i, n := range names {
			t.names[n] = len(fixed) + i
		}
		t.columns = append(fixed, names...)
	}
}

// row adds one object to the file of its type.
func (w *csvWriter) row(im *graph.Image) error {
	t := w.tables[csvKey{im.Kind, im.Type}]
	if t == nil {
		return fmt.Errorf("write %s: the objects changed while they were written", im.Type)
	}
	w.text.Reset()
	if !t.begun {
		t.begun = true
		if err := w.write(slices.Clone(t.columns)); err != nil {
			return err
		}
	}
	cells := append(w.cells[:0], make([]string, len(t.columns))...)
	w.cells = cells
	copy(cells, []string{im.Key, im.Type, classCell(im), im.Instance})
	if im.Kind == graph.RelationshipKind {
		copy(cells[4:], []string{im.From.Key, im.From.Instance, im.To.Key, im.To.Instance})
	}
	for i := range im.Props {
		column := t.names[im.Props[i].Name]
		if column == 0 {
			return fmt.Errorf("write %s: the objects changed while they were written", im.Type)
		}
		cells[column] = cellText(im.Props[i].Value)
	}
	if err := w.write(cells); err != nil {
		return err
	}
	p := w.pages.page(t.file)
	p.text = append(p.text, w.text.Bytes()...)
	if err := w.pages.grown(w.text.Len()); err != nil || len(p.text) < flushSize {
		return err
	}
	return w.pages.write(p)
}

// write appends one line, its cells made harmless.
func (w *csvWriter) write(cells []string) error {
	for i := range cells {
		cells[i] = harmless(cells[i])
	}
	c := csv.NewWriter(&w.text)
	if err := c.Write(cells); err != nil {
		return fmt.Errorf("write line: %w", err)
	}
	c.Flush()
	return nil
}

func classCell(im *graph.Image) string { return cellText(im.Get(graph.PropClass)) }

// cellText prints a value as the text of a cell.
func cellText(v graph.Value) string {
	if v.Kind() == graph.List {
		return string(v.AppendJSON(nil))
	}
	return v.Text()
}

// harmless puts an apostrophe before what a spreadsheet would take for a formula.
func harmless(cell string) string {
	if cell == "" {
		return cell
	}
	switch cell[0] {
	case '=', '+', '@', '\t', '\r':
		return "'" + cell
	case '-': // of a number, most often
		if b := append([]byte(cell), make([]byte, pad)...); skipNumber(b) != len(cell) {
			return "'" + cell
		}
	}
	return cell
}

// skipNumber returns where the number that b begins with ends, -1 if it is none.
func skipNumber(b []byte) int {
	var s scanner
	return s.skip(b, 0, maxDepth)
}
