package syntax

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Warning is a remark on a statement that runs, but perhaps not as its author thinks.
type Warning struct {
	Span Span
	// Line and Column are where the span begins, from 1, in runes; 0 in a built tree.
	Line, Column int
	Message      string
	// Name is a name in the span that nothing in the graph has, and Nearest are
	// those that it may be a slip of. Other warnings have neither.
	Name    string
	Nearest []string
}

// String is the warning on one line.
func (w Warning) String() string {
	if w.Line == 0 {
		return w.Message
	}
	return fmt.Sprintf("%s at line %d column %d", w.Message, w.Line, w.Column)
}

// Warnings are remarks on a valid statement, in the order of the text: names inside a
// negation that are used outside, columns that stand twice, lists that cannot mean
// what they seem to, and what the parser had to read with good will.
func Warnings(q *Query) []Warning {
	w := warner{text: q.source}
	for _, n := range q.notes {
		w.add(n.span, n.text)
	}
	w.query(q)
	slices.SortStableFunc(w.found, func(a, b Warning) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	w.place()
	return w.found
}

// place computes the lines and columns in one pass over the text.
func (w *warner) place() {
	if w.text == "" {
		return
	}
	at, line, column := 0, 1, 1
	for i := range w.found {
		passed := w.text[at:w.found[i].Span.Start]
		if newlines := strings.Count(passed, "\n"); newlines > 0 {
			line += newlines
			column = 1
			passed = passed[strings.LastIndexByte(passed, '\n')+1:]
		}
		column += utf8.RuneCountInString(passed)
		at = w.found[i].Span.Start
		w.found[i].Line, w.found[i].Column = line, column
	}
}

type warner struct {
	text  string
	found []Warning
}

// add keeps a warning; its line and column come later.
func (w *warner) add(span Span, message string) {
	w.found = append(w.found, Warning{Span: span, Message: message})
}

// query looks at a query, and at its sub-queries with names of their own.
func (w *warner) query(q *Query) {
	scope := q.Scope()
	Walk(q, func(n Node) bool {
		switch n := n.(type) {
		case *SubQuery:
			w.query(n.Query)
			return false
		case *Comparison:
			w.comparison(n)
		case *Property:
			w.negated(scope, n, n.Selector)
		case *SelectorRef:
			w.negated(scope, n, n.Name)
		case *SelectorAll:
			w.negated(scope, n, n.Selector)
		}
		return true
	})
	if q.Return != nil {
		w.columns(q.Return.Items)
	}
}

// negated warns of the use of a name that is never bound.
func (w *warner) negated(scope *Scope, n Node, name string) {
	if b, ok := scope.Find(name); ok && b.Negated {
		w.add(n.Span(), fmt.Sprintf("%q is inside a negation, so it is always undefined", name))
	}
}

// comparison warns of a negated list that nearly always holds.
func (w *warner) comparison(c *Comparison) {
	list, ok := c.Right.(*List)
	if ok && list.All && c.Op == NotEqual {
		w.add(c.span, "!= (a AND b) holds unless the property has all these values; for none of them write OR")
	}
}

// columns warns of names that stand twice; see [Query.Columns].
func (w *warner) columns(items []*ReturnItem) {
	seen := make(map[string]Expr)
	for _, item := range items {
		name := item.Column()
		first, again := seen[name]
		switch {
		case !again:
			seen[name] = item.Expr
		case EqualTrees(first, item.Expr):
			w.add(item.span, fmt.Sprintf("column %q stands twice and is returned once", name))
		default:
			w.add(item.span, fmt.Sprintf("several columns have the name %q; the one that is returned has the first value that is defined", name))
		}
	}
}
