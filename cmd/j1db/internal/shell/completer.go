package shell

import (
	"context"
	"strings"
	"unicode"

	"github.com/j1db/j1db/query/syntax"
)

// Command is a meta command, as far as the shell must know it.
type Command struct {
	Name, Args, Help string
	// Statement says that the argument is J1QL.
	Statement bool
	// Complete lists what fits the argument that begins with prefix; nil without
	// completion.
	Complete func(prefix string) []Candidate
}

// CompleterOptions say what a Completer knows.
type CompleterOptions struct {
	Open     OpenCatalog
	Commands []Command
	// Parameters lists the names that ${name} may have.
	Parameters func() []string
}

// Completer tells what may stand at the cursor: what the grammar allows and, of
// that, what the graph holds.
type Completer struct {
	CompleterOptions
	facts facts
}

// NewCompleter returns a Completer.
func NewCompleter(o CompleterOptions) *Completer {
	return &Completer{CompleterOptions: o, facts: facts{open: o.Open}}
}

// Warm learns what TAB will want to know. It returns when that is done or ctx is.
func (c *Completer) Warm(ctx context.Context) { c.facts.warm(ctx) }

// Complete tells what may stand at offset of a statement or meta command.
func (c *Completer) Complete(text string, offset int) Completion {
	if lead := len(text) - len(strings.TrimLeft(text, " \t\r\n")); offset > lead {
		if done, ok := c.command(text, lead, offset); ok {
			return done
		}
	}
	return c.statement(text, offset)
}

func (c *Completer) statement(text string, offset int) Completion {
	e := syntax.Expect(text, offset)
	s := sought{Completer: c, expectation: e, upper: capitals(text, e.Prefix)}
	if e.Quote != 0 {
		s.upper = true
	}
	if needsGraph(e.Items) {
		if err := c.facts.use(context.Background(), s.fill); err != nil {
			s.notes = append(s.notes, "the graph cannot be read: "+err.Error())
		}
	} else {
		s.fill(nil)
	}
	s.form()
	return Completion{Start: e.Span.Start, Candidates: narrow(s.candidates, e.Prefix), Notes: s.notes}
}

func needsGraph(items []syntax.Expected) bool {
	for _, item := range items {
		switch item.Kind {
		case syntax.ExpectStart, syntax.ExpectVerb, syntax.ExpectTarget, syntax.ExpectProperty, syntax.ExpectValue:
			return true
		}
	}
	return false
}

// capitals reports whether keywords are wanted in capitals: as the word begins, or
// where nothing is written yet, as the statement does.
func capitals(text, prefix string) bool {
	for _, word := range []string{prefix, text} {
		for _, r := range word {
			if unicode.IsLetter(r) {
				return unicode.IsUpper(r)
			}
		}
	}
	return true
}
