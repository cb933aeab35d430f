package querytest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/j1db/j1db/store/graph"
)

// Runner answers a request: the naive evaluator, or an engine on trial.
type Runner interface {
	Run(ctx context.Context, g *Graph, req Request) (*Result, error)
}

// Request is one statement and what comes with it.
type Request struct {
	Text string
	// Params are the values of `${name}`, by what stands in the braces.
	Params map[string]graph.Value
	// Now is what `date.now` stands for.
	Now time.Time
	// Deleted asks for deleted objects too.
	Deleted bool
	// Smart are the definitions of smart classes in the settings, by name.
	Smart map[string]graph.Predicate
}

// Result is the answer to a request. Every object in it is whole, so that answers
// of different engines compare.
type Result struct {
	Kind     Kind
	Columns  []string // of a table
	Rows     [][]Cell // of a list (one cell a row) or a table
	Vertices []*graph.Image
	Edges    []*graph.Image
	Warnings []string
	// Runs are the lengths of the runs of rows that ORDER BY does not tell apart:
	// one run without ORDER BY. Only the naive evaluator says.
	Runs []int
}

// Kind is the shape of a result.
type Kind uint8

// The kinds of result.
const (
	List Kind = iota
	Table
	Tree
)

// String names the kind as JupiterOne's envelope does.
func (k Kind) String() string { return [...]string{"list", "table", "tree"}[k] }

// Cell is one field of a row: a whole object, or a value. An unbound selector is
// neither, and prints as null like a missing value.
type Cell struct {
	Image *graph.Image
	Value graph.Value
}

// String prints the cell: an object as <key>, a plain text as it is.
func (c Cell) String() string {
	switch {
	case c.Image != nil:
		return "<" + c.Image.Key + ">"
	case c.Value.Missing():
		return "null"
	}
	return valueText(c.Value)
}

// identity is a text that two cells share exactly when they are equal. Undefined
// and null are: a result shows both as null.
func (c Cell) identity() string {
	switch {
	case c.Image != nil:
		return "object " + c.Image.Identity().ID().String()
	case c.Value.Missing():
		return "missing"
	}
	return c.Value.Kind().String() + " " + c.Value.String()
}

// String prints the result as the scripts show it: its kind and columns, then a
// line for each row, vertex and edge.
func (r *Result) String() string {
	var b strings.Builder
	b.WriteString(r.Kind.String())
	for i, c := range r.Columns {
		b.WriteString([...]string{" ", " | "}[min(i, 1)] + c)
	}
	b.WriteByte('\n')
	for _, row := range r.Rows {
		b.WriteString(rowText(row) + "\n")
	}
	for _, im := range r.Vertices {
		b.WriteString(im.Key + "\n")
	}
	for _, im := range r.Edges {
		fmt.Fprintf(&b, "%s %s %s\n", im.From.Key, im.Class[0], im.To.Key)
	}
	return b.String()
}

// rowText prints a row for people.
func rowText(row []Cell) string {
	parts := make([]string, len(row))
	for i, c := range row {
		parts[i] = c.String()
	}
	return strings.Join(parts, " | ")
}

// Difference says how got differs from want, or is empty. Rows compare as a
// multiset, and so does each of want's runs.
func Difference(want, got *Result) string {
	switch {
	case want.Kind != got.Kind:
		return fmt.Sprintf("a %s, want a %s", got.Kind, want.Kind)
	case !slices.Equal(want.Columns, got.Columns):
		return fmt.Sprintf("columns %q, want %q", got.Columns, want.Columns)
	}
	if d := bagDifference("row", rowBag(want.Rows), rowBag(got.Rows)); d != "" {
		return d
	}
	at := 0
	for _, n := range want.Runs {
		if d := bagDifference(fmt.Sprintf("from row %d, row", at+1), rowBag(want.Rows[at:at+n]), rowBag(got.Rows[at:at+n])); d != "" {
			return d
		}
		at += n
	}
	if d := bagDifference("vertex", imageBag(want.Vertices), imageBag(got.Vertices)); d != "" {
		return d
	}
	return bagDifference("edge", imageBag(want.Edges), imageBag(got.Edges))
}

// OrderDifference says where got's rows are not in want's order, or is empty. That
// order is fixed for every row, by ORDER BY or by table and row.
func OrderDifference(want, got *Result) string {
	for i, row := range want.Rows {
		if i < len(got.Rows) && identity(row) != identity(got.Rows[i]) {
			return fmt.Sprintf("row %d is %s, want %s", i+1, rowText(got.Rows[i]), rowText(row))
		}
	}
	return ""
}

// identity joins the identities of a row's cells.
func identity(row []Cell) string {
	parts := make([]string, len(row))
	for i, c := range row {
		parts[i] = c.identity()
	}
	return strings.Join(parts, "\x00")
}

// bag counts what is equal, with a text for people for each.
type bag map[string]bagEntry

type bagEntry struct {
	count int
	text  string
}

// add counts one more of what has that identity.
func (b bag) add(identity, text string) { b[identity] = bagEntry{b[identity].count + 1, text} }

func rowBag(rows [][]Cell) bag {
	b := bag{}
	for _, row := range rows {
		b.add(identity(row), rowText(row))
	}
	return b
}

func imageBag(ims []*graph.Image) bag {
	b := bag{}
	for _, im := range ims {
		b.add(Cell{Image: im}.identity(), im.Key)
	}
	return b
}

// bagDifference names the first thing that occurs a different number of times.
func bagDifference(what string, want, got bag) string {
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if n := got[id].count; n != want[id].count {
			return fmt.Sprintf("%s %s occurs %d times, want %d", what, want[id].text, n, want[id].count)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(got)) {
		if want[id].count == 0 {
			return fmt.Sprintf("%s %s is not wanted", what, got[id].text)
		}
	}
	return ""
}
