package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/j1db/j1db/query/syntax"
)

// kindNames are the kinds of expected things as the golden file calls them.
var kindNames = map[syntax.ExpectedKind]string{
	syntax.ExpectStart: "start", syntax.ExpectVerb: "verb", syntax.ExpectTarget: "target",
	syntax.ExpectSmartClass: "smart class", syntax.ExpectProperty: "property", syntax.ExpectOperator: "operator",
	syntax.ExpectValue: "value", syntax.ExpectAlias: "alias", syntax.ExpectColumn: "column",
	syntax.ExpectFunction: "function", syntax.ExpectNewName: "new name", syntax.ExpectText: "text",
	syntax.ExpectNumber: "number", syntax.ExpectUnit: "unit", syntax.ExpectParameter: "parameter",
}

// expected is what may stand at the bar in text.
func expected(text string) string {
	before, after, _ := strings.Cut(text, "¦")
	e := syntax.Expect(before+after, len(before))
	var b strings.Builder
	fmt.Fprintf(&b, "replace %q, prefix %q", (before + after)[e.Span.Start:e.Span.End], e.Prefix)
	if e.Quote != 0 {
		fmt.Fprintf(&b, " in %c", e.Quote)
	}
	for _, item := range e.Items {
		writeExpected(&b, item)
	}
	if len(e.Keywords) > 0 {
		fmt.Fprintf(&b, "\nkeywords: %s", strings.Join(e.Keywords, ", "))
	}
	if len(e.Signs) > 0 {
		fmt.Fprintf(&b, "\nsigns: %s", strings.Join(e.Signs, " "))
	}
	return b.String()
}

func writeExpected(b *strings.Builder, item syntax.Expected) {
	fmt.Fprintf(b, "\n%s", kindNames[item.Kind])
	if item.Property != "" {
		fmt.Fprintf(b, " of %s %s", item.Property, item.Op)
	}
	for i, s := range item.Place.Entities {
		fmt.Fprintf(b, "%s{%s}", map[bool]string{true: " at ", false: " or "}[i == 0], s)
	}
	if item.Place.Hop != nil {
		h := *item.Place.Hop
		if h.Target == nil {
			h.Target = &syntax.Selector{Text: &syntax.String{Value: "?"}}
		}
		fmt.Fprintf(b, " over {%s}", &h)
	}
	if len(item.Names) > 0 {
		fmt.Fprintf(b, " %q", item.Names)
	}
}

func TestExpect(t *testing.T) { golden(t, "testdata/expect.txtar", expected) }

// TestExpectAnywhere asks at every place of a statement with a node of every kind.
func TestExpectAnywhere(t *testing.T) {
	for offset := range everything {
		e := syntax.Expect(everything, offset)
		if e.Span.Start < 0 || e.Span.End != offset || e.Span.Start > offset {
			t.Errorf("offset %d: span %v", offset, e.Span)
		}
		if len(e.Items)+len(e.Keywords)+len(e.Signs) == 0 && !insideValue(everything[:offset]) {
			t.Errorf("nothing is expected behind %q", everything[:offset])
		}
	}
}

// insideValue reports whether text ends where nothing can be completed: in a regular
// expression, a date or a string that is no value of a property.
func insideValue(text string) bool {
	for _, part := range []string{"/", "date(", ", \""} {
		if i := strings.LastIndex(text, part); i >= 0 && !strings.ContainsAny(text[i+len(part):], " )}\n") {
			return true
		}
	}
	return false
}

func BenchmarkExpect(b *testing.B) {
	text := firstParse[:strings.Index(firstParse, "COUNT")]
	b.ReportAllocs()
	for b.Loop() {
		syntax.Expect(text, len(text))
	}
}
