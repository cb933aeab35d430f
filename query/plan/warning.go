package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/query/syntax"
)

// Warning is a remark on a statement that runs, but perhaps not as its author
// thinks. A plan's say that the graph does not hold a name; they have a span and no
// line.
type Warning = syntax.Warning

// unknown warns, once, that the graph holds no such name.
func (p *planner) unknown(n syntax.Node, what, name, where string, known []string) {
	message := fmt.Sprintf("there is no %s %q%s in this graph", what, name, where)
	near := nearest(name, known)
	if len(near) > 0 {
		message += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	same := func(w Warning) bool { return w.Message == message }
	if !slices.ContainsFunc(p.warnings, same) {
		p.warnings = append(p.warnings, Warning{Span: n.Span(), Message: message, Name: name, Nearest: near})
	}
}

// nearest are the names that word may be a slip of, sorted.
func nearest(word string, names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return syntax.Nearest(word, slices.Compact(names))
}
