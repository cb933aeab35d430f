package render

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/j1db/j1db/query"
)

// Options say how an answer is printed.
type Options struct {
	// Width is the number of columns of the terminal; 0 fits nothing and cuts
	// nothing.
	Width int
	// RawCSV leaves cells that a spreadsheet would run as they are.
	RawCSV bool
	// Color marks headings, verbs and types in the formats for people.
	Color bool
}

// Formats lists the names of the formats.
func Formats() []string {
	return []string{"table", "line", "json", "jsonl", "csv", "markdown", "tree", "dot"}
}

// Machine reports whether a format is for programs: its errors are JSON too.
func Machine(format string) bool { return format == "json" || format == "jsonl" }

// FormatError says that an answer cannot be printed in a format.
type FormatError struct {
	Format string
	Reason string
	Hint   string
}

// Error implements error.
func (e *FormatError) Error() string { return fmt.Sprintf("print as %s: %s", e.Format, e.Reason) }

// CheckFormat returns a *FormatError when there is no format of that name.
func CheckFormat(format string) error {
	if slices.Contains(Formats(), format) {
		return nil
	}
	return &FormatError{format, "there is no such format", "the formats are " + strings.Join(Formats(), ", ")}
}

// Write prints an answer and returns how many rows (or vertices of a tree) it
// had. Errors are the writer's, the answer's own, or a *FormatError before
// anything was written.
func Write(w io.Writer, a Answer, format string, opt Options) (int, error) {
	if err := CheckFormat(format); err != nil {
		return 0, err
	}
	b := bufio.NewWriterSize(w, 64<<10)
	n, err := write(b, a, format, opt)
	if err != nil {
		// What is complete is still worth reading.
		_ = b.Flush()
		return n, err
	}
	return n, b.Flush()
}

func write(w *bufio.Writer, a Answer, format string, opt Options) (int, error) {
	if a.Kind == query.Tree {
		return writeTree(w, a, format, opt.Color)
	}
	switch format {
	case "json":
		return writeJSON(w, a)
	case "jsonl":
		return writeJSONLines(w, a)
	case "csv":
		return writeCSV(w, a, opt.RawCSV)
	case "markdown":
		return writeMarkdown(w, a)
	case "line":
		return writeLines(w, a)
	case "tree", "dot":
		return 0, &FormatError{format, "the query returns rows", "end it with RETURN TREE"}
	}
	return writeTable(w, a, opt)
}

// writeTree prints a RETURN TREE answer, which has no rows: the formats for
// people show it as an indented tree.
func writeTree(w *bufio.Writer, a Answer, format string, color bool) (int, error) {
	switch format {
	case "json":
		writeTreeJSON(w, a.Tree)
	case "jsonl":
		writeTreeJSONLines(w, a.Tree)
	case "dot":
		writeDOT(w, a.Tree)
	case "table", "line", "tree":
		writeIndented(w, a.Tree, color)
	default:
		return 0, &FormatError{format, "the query returns a tree", "use -o tree, json, jsonl or dot"}
	}
	return len(a.Tree.Vertices), nil
}
