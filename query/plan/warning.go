package plan

import (
	"fmt"
	"strings"

	"github.com/j1db/j1db/query/syntax"
)

// Subject says what kind of thing a Warning is about.
type Subject string

// The subjects of warnings.
const (
	UnknownType     Subject = "type"
	UnknownClass    Subject = "class"
	UnknownVerb     Subject = "verb"
	UnknownProperty Subject = "property"
	NegatedAlias    Subject = "alias"
)

// Warning is something that makes an answer smaller than its author may expect,
// and is no error: a name that the graph does not hold, for instance.
type Warning struct {
	Subject Subject
	// Name is what the statement says.
	Name string
	// Of names the types whose properties were searched, for UnknownProperty.
	Of []string
	// Nearest are the names of the graph that are nearest to Name, all equally
	// near, sorted; empty when none is near.
	Nearest []string
	// Span is where Name stands in the statement.
	Span syntax.Span
}

// String is the warning in one line, for people.
func (w Warning) String() string {
	if w.Subject == NegatedAlias {
		return fmt.Sprintf("%q is inside a negation and never bound: it is undefined here", w.Name)
	}
	s := fmt.Sprintf("no %s %q in this graph", w.Subject, w.Name)
	if w.Subject == UnknownProperty {
		s = fmt.Sprintf("no property %q on %s in this graph", w.Name, strings.Join(w.Of, ", "))
	}
	if len(w.Nearest) > 0 {
		s += "; did you mean " + strings.Join(w.Nearest, " or ") + "?"
	}
	return s
}
