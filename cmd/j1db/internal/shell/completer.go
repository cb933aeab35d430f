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
	facts *facts
}

// NewCompleter returns a Completer, to be closed.
func NewCompleter(o CompleterOptions) *Completer {
	return &Completer{CompleterOptions: o, facts: newFacts(o.Open)}
}

// Warm begins to learn what TAB will want to know, and does not wait for it.
func (c *Completer) Warm() {
	c.facts.mu.Lock()
	defer c.facts.mu.Unlock()
	c.facts.beside(c.facts.warm)
}

// Close ends what Warm and Complete have begun, and waits for its end.
func (c *Completer) Close() { c.facts.close() }

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
	s := sought{Completer: c, expectation: e, upper: e.Quote != 0 || capitals(text, e.Prefix)}
	if needsGraph(e.Items) {
		s.ask()
	} else {
		s.fill(nil)
	}
	s.form()
	return Completion{Start: e.Span.Start, Candidates: narrow(s.candidates, e.Prefix), Notes: s.notes}
}

// ask fills in what the graph tells, as far as it does so in time.
func (s *sought) ask() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// A version that comes in between begins it anew, but not for ever.
	for range 3 {
		of, err := s.facts.latest(ctx.Done())
		if err != nil {
			s.note("the graph cannot be read: %v", err)
			return
		}
		missing := s.tell(of)
		if len(missing) == 0 {
			return
		}
		s.facts.read(of, missing, ctx.Done())
		if len(s.tell(of)) == 0 {
			return
		}
	}
	s.note("not all is read yet, press TAB again")
}

// tell fills in what is known of a version, and returns what is not.
func (s *sought) tell(of *known) []typeName {
	s.candidates, s.notes = nil, nil
	v := view{known: of, facts: s.facts}
	s.fill(&v)
	return v.missing
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
