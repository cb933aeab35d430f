package column

import (
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Term is one term of a full-text search, prepared for columns: see
// graph.FullText. It may be used by several goroutines at once.
type Term struct {
	text    string // folded
	numeric bool   // it can stand in a printed integer
	finder  *finder
}

// NewTerm prepares a term that graph.Fold has folded.
func NewTerm(folded string) *Term {
	q := &Term{text: folded, numeric: strings.Trim(folded, "-0123456789") == ""}
	if folded != "" {
		q.finder = newFinder(folded, true)
	}
	return q
}

// Holds reports whether the term occurs in v or one of its elements.
func (q *Term) Holds(v graph.Value) bool { return graph.HasTerm(v, q.text) }

// inText reports whether the term occurs in s.
func (q *Term) inText(s string) bool {
	if b := bytesOf(s); q.finder != nil && isASCII(b) {
		return q.finder.next(b, 0) >= 0
	}
	return graph.HasTerm(graph.StringValue(s), q.text)
}
