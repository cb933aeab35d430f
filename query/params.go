package query

import (
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/query/syntax"
)

// checkParams says which parameter has no value. The statement then does not run.
func (s *Stmt) checkParams(options RunOptions) error {
	for _, p := range s.params {
		if _, ok := options.Variables[p.Path]; ok {
			continue
		}
		known := slices.Sorted(maps.Keys(options.Variables))
		e := &syntax.ValidationError{
			Code: syntax.CodeValidation, Span: p.Span(),
			Message: fmt.Sprintf("there is no value for the parameter ${%s}", p.Path),
			Valid:   known, Nearest: syntax.Nearest(p.Path, known),
			Hint: fmt.Sprintf("give it one: %s=…", p.Path),
		}
		e.Line, e.Column = syntax.Position(s.text, p.Span().Start)
		return e
	}
	return nil
}
