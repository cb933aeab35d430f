package shell

import (
	"errors"

	"github.com/j1db/j1db/query/syntax"
)

// complete reports whether the parser would not be helped by more text. A wrong
// statement is complete, so that its error is seen at once.
func complete(text string) bool {
	_, err := syntax.Parse(text)
	var wrong *syntax.Error
	return !errors.As(err, &wrong) || !wrong.Incomplete
}
