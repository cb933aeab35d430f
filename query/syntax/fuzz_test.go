package syntax_test

import (
	"errors"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/j1db/j1db/query/syntax"
)

// FuzzParse looks for texts of which does not hold what must: an error has its place
// inside the text; a statement prints, formats and parses back to the same tree; a fix
// is a statement; the automaton that explains errors agrees with the parser.
func FuzzParse(f *testing.F) {
	for _, path := range []string{"testdata/errors.txtar", "testdata/format.txtar"} {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatalf("read seeds: %v", err)
		}
		for _, file := range archive.Files {
			f.Add(input(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) <= 2000 { // long texts have their own test; short ones find more here
			checkText(t, text)
		}
	})
}

// checkText checks what must hold of every text.
func checkText(t *testing.T, text string) {
	t.Helper()
	if parser, automaton, cut := syntax.Accepts(text); cut && parser != automaton {
		t.Errorf("%q: the parser says %t, the automaton %t", text, parser, automaton)
	}
	for _, offset := range []int{0, len(text) / 2, len(text)} {
		checkSpan(t, text, syntax.Expect(text, offset).Span)
	}
	q, err := syntax.Parse(text)
	if err != nil {
		checkError(t, text, err)
		return
	}
	roundTrip(t, text, q)
	syntax.Warnings(q)
	var invalid *syntax.ValidationError
	if err := syntax.Validate(q); errors.As(err, &invalid) {
		checkSpan(t, text, invalid.Span)
		_ = invalid.Excerpt()
	}
	syntax.Walk(q, func(n syntax.Node) bool {
		checkSpan(t, text, n.Span())
		return true
	})
}

func checkError(t *testing.T, text string, err error) {
	t.Helper()
	var e *syntax.Error
	if !errors.As(err, &e) {
		t.Fatalf("%q: %T is no *syntax.Error: %v", text, err, err)
	}
	checkSpan(t, text, e.Span)
	if e.Message == "" || e.Line < 1 || e.Column < 1 || len(e.Expected) > 5 {
		t.Errorf("%q: bad error %+v", text, e)
	}
	_ = e.Excerpt()
	if e.Fix == "" {
		return
	}
	if _, err := syntax.Parse(e.Fix); err != nil {
		t.Errorf("%q: the fix %q is wrong itself: %v", text, e.Fix, err)
	}
}

func checkSpan(t *testing.T, text string, s syntax.Span) {
	t.Helper()
	if s.Start < 0 || s.End < s.Start || s.End > len(text) {
		t.Errorf("%q: span %v of %d bytes", text, s, len(text))
	}
}
