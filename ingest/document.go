package ingest

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf16"
)

// Marks of the section that Document writes, after those of JupiterOne's SDK.
const (
	documentStart = "<!-- {J1_DOCUMENTATION_MARKER_START} -->"
	documentEnd   = "<!-- {J1_DOCUMENTATION_MARKER_END} -->"
)

// The banners between the marks are the SDK's own, so that its tools and ours
// leave each other's files unchanged.
const (
	documentOpening = `<!--
********************************************************************************
NOTE: ALL OF THE FOLLOWING DOCUMENTATION IS GENERATED USING THE
"j1-integration document" COMMAND. DO NOT EDIT BY HAND! PLEASE SEE THE DEVELOPER
DOCUMENTATION FOR USAGE INFORMATION:

https://github.com/JupiterOne/sdk/blob/main/docs/integrations/development.md
********************************************************************************
-->
`
	documentClosing = `<!--
********************************************************************************
END OF GENERATED DOCUMENTATION AFTER BELOW MARKER
********************************************************************************
-->
`
)

// ErrDocumentMarks says that a text has the mark that begins the section and
// lacks the one that ends it.
var ErrDocumentMarks = errors.New("the section about the data model begins and never ends")

// Document returns the section about a provider's data model, from mark to mark
// and without a final newline: the types that its steps supply, in the form that
// the document command of JupiterOne's SDK writes. It is empty when the steps
// declare nothing.
func Document(p *Provider) string {
	sections := []string{
		section("Entities", "entities", entityRows(p.Steps)),
		section("Relationships", "relationships", relationshipRows(p.Steps)),
		section("Mapped Relationships", "mapped relationships", mappedRows(p.Steps)),
	}
	body := strings.Join(sections, "")
	if body == "" {
		return ""
	}
	return documentStart + "\n" + documentOpening + "\n## Data Model\n\n" + body + documentClosing + documentEnd
}

// InsertDocument returns text with its section about the data model replaced, or
// with one appended where it has none. A provider that declares nothing leaves
// text as it is.
func InsertDocument(text string, p *Provider) (string, error) {
	doc := Document(p)
	if doc == "" {
		return text, nil
	}
	head, rest, found := strings.Cut(text, documentStart)
	if !found {
		if text = strings.TrimRight(text, "\r\n"); text != "" {
			text += "\n\n"
		}
		return text + doc + "\n", nil
	}
	_, tail, found := strings.Cut(rest, documentEnd)
	if !found {
		return text, ErrDocumentMarks
	}
	return head + doc + tail, nil
}

// section lays out one table under its heading, nothing when it has no rows.
func section(title, what string, rows [][]string) string {
	if len(rows) < 2 {
		return ""
	}
	return "### " + title + "\n\nThe following " + what + " are created:\n\n" + layTable(rows) + "\n"
}

// layTable pads every cell to the widest of its column; the first row is the
// heading.
func layTable(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	var b strings.Builder
	line := func(cell func(i int) string) {
		for i := range widths {
			b.WriteString("| " + cell(i) + " ")
		}
		b.WriteString("|\n")
	}
	for n, row := range rows {
		line(func(i int) string { return row[i] + strings.Repeat(" ", widths[i]-width(row[i])) })
		if n == 0 {
			line(func(i int) string { return strings.Repeat("-", widths[i]) })
		}
	}
	return b.String()
}

// width counts a cell as the SDK does, in units of UTF-16.
func width(cell string) int {
	n := 0
	for _, r := range cell {
		n += utf16.RuneLen(r)
	}
	return n
}

// entityRows lists every type once, by its resource's name.
func entityRows(steps []Step) [][]string {
	var types []EntityType
	seen := map[string]bool{}
	for _, s := range steps {
		for _, t := range s.Entities {
			if !seen[t.Type] {
				seen[t.Type] = true
				types = append(types, t)
			}
		}
	}
	slices.SortStableFunc(types, func(a, b EntityType) int { return strings.Compare(a.Resource, b.Resource) })
	rows := [][]string{{"Resources", "Entity `_type`", "Entity `_class`"}}
	for _, t := range types {
		classes := make([]string, len(t.Class))
		for i, c := range t.Class {
			classes[i] = code(c)
		}
		rows = append(rows, []string{t.Resource, code(t.Type), strings.Join(classes, ", ")})
	}
	return rows
}

func relationshipRows(steps []Step) [][]string {
	var types [][]string
	for _, s := range steps {
		for _, t := range s.Relationships {
			types = append(types, []string{t.Source, t.Class, t.Target, t.Type})
		}
	}
	rows := [][]string{{"Source Entity `_type`", "Relationship `_class`", "Target Entity `_type`"}}
	for _, t := range sortedOnce(types) {
		rows = append(rows, []string{code(t[0]), bold(t[1]), code(t[2])})
	}
	return rows
}

func mappedRows(steps []Step) [][]string {
	var types [][]string
	for _, s := range steps {
		for _, t := range s.Mapped {
			types = append(types, []string{t.Source, t.Class, t.Target, DirectionName(t.Direction), t.Type})
		}
	}
	rows := [][]string{{"Source Entity `_type`", "Relationship `_class`", "Target Entity `_type`", "Direction"}}
	for _, t := range sortedOnce(types) {
		rows = append(rows, []string{code(t[0]), bold(t[1]), code("*" + t[2] + "*"), t[3]})
	}
	return rows
}

// sortedOnce sorts rows and drops the repeated ones.
func sortedOnce(rows [][]string) [][]string {
	slices.SortFunc(rows, slices.Compare)
	return slices.CompactFunc(rows, func(a, b []string) bool { return slices.Equal(a, b) })
}

func code(s string) string { return "`" + s + "`" }
func bold(s string) string { return "**" + s + "**" }
