package shell

import (
	"fmt"
	"strings"

	"github.com/j1db/j1db/query/syntax"
)

// sought collects what fits one place of a statement.
type sought struct {
	*Completer
	expectation syntax.Expectation
	upper       bool // keywords in capitals
	candidates  []Candidate
	notes       []string
}

func (s *sought) add(c ...Candidate) { s.candidates = append(s.candidates, c...) }
func (s *sought) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// fill adds the things that the grammar expects; v is nil where none of them is in
// the graph.
func (s *sought) fill(v *view) {
	for _, item := range s.expectation.Items {
		s.item(v, item)
	}
}

// form adds the keywords and signs that fit.
func (s *sought) form() {
	for _, word := range s.expectation.Keywords {
		if !s.upper && word != "date.now" {
			word = strings.ToLower(word)
		}
		s.add(Candidate{Text: word, Kind: "keyword", After: " ", form: true})
	}
	for _, sign := range s.expectation.Signs {
		if !s.upper {
			sign = strings.ToLower(sign)
		}
		s.add(Candidate{Text: sign, Kind: "sign", After: " ", form: true})
	}
}

func (s *sought) item(v *view, item syntax.Expected) {
	switch item.Kind {
	case syntax.ExpectStart:
		s.start(v)
	case syntax.ExpectVerb:
		s.verbs(v, item.Place)
	case syntax.ExpectTarget:
		s.targets(v, item.Place)
	case syntax.ExpectProperty:
		s.properties(v, item.Place)
	case syntax.ExpectValue:
		s.values(v, item)
	case syntax.ExpectOperator:
		s.operators()
	case syntax.ExpectAlias:
		for _, name := range item.Names {
			s.add(Candidate{Text: name, Kind: "alias", After: "."})
		}
	case syntax.ExpectColumn:
		s.columns(item.Names)
	case syntax.ExpectFunction:
		s.functions()
	case syntax.ExpectUnit:
		for _, unit := range []string{"hours", "days", "months", "years"} {
			s.add(Candidate{Text: unit, Kind: "unit", After: " "})
		}
	case syntax.ExpectParameter:
		s.parameters()
	default:
		s.remark(item.Kind)
	}
}

// remark says what is to be written where nothing can be offered.
func (s *sought) remark(kind syntax.ExpectedKind) {
	switch kind {
	case syntax.ExpectSmartClass:
		s.note("the name of a smart class")
	case syntax.ExpectNewName:
		s.note("a new name of your choice")
	case syntax.ExpectText:
		s.note("a text to search for")
	case syntax.ExpectNumber:
		s.note("a whole number")
	}
}

func (s *sought) operators() {
	help := map[syntax.Op]string{
		syntax.Equal: "equals", syntax.NotEqual: "differs", syntax.Contains: "contains", syntax.StartsWith: "begins with",
		syntax.EndsWith: "ends with", syntax.NotContains: "does not contain", syntax.NotStartsWith: "does not begin with",
		syntax.NotEndsWith: "does not end with", syntax.Less: "is less", syntax.LessEqual: "is less or equal",
		syntax.Greater: "is greater", syntax.GreaterEqual: "is greater or equal",
	}
	for op := syntax.Equal; op.String() != ""; op++ {
		s.add(Candidate{Text: op.String(), Kind: "operator", Detail: help[op], After: " "})
	}
}

func (s *sought) columns(names []string) {
	for _, name := range names {
		c := Candidate{Text: name, Kind: "column", After: " ", name: name}
		if !plainName(name) {
			c.Text = (&syntax.String{Value: name}).String()
		}
		if s.expectation.Quote != 0 {
			c.Text = (&syntax.String{Value: name}).String()
		}
		s.add(c)
	}
}

// plainName reports whether a column's name needs no quotes.
func plainName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && r != '.' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
}

func (s *sought) functions() {
	for _, f := range syntax.Functions() {
		name := f.Name
		if !s.upper {
			name = strings.ToLower(name)
		}
		s.add(Candidate{Text: name, Kind: "function", Detail: f.Help, After: "("})
	}
}

func (s *sought) parameters() {
	names := s.Parameters
	if names == nil {
		return
	}
	for _, name := range names() {
		s.add(Candidate{Text: "${" + name + "}", Kind: "parameter", After: " ", name: name})
	}
}
