package main

import (
	"fmt"
	"strings"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/query/syntax"
)

// didYouMean returns the end of a message about an unknown name: the nearest of
// the known ones, or "".
func didYouMean(name string, known []string) string {
	near := syntax.Nearest(name, known)
	if len(near) == 0 {
		return ""
	}
	quoted := make([]string, len(near))
	for i, n := range near {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return "; did you mean " + strings.Join(quoted, " or ") + "?"
}

// stepHint names the nearest step, or all of them.
func stepHint(e *ingest.UnknownStepError) string {
	if near := didYouMean(e.ID, e.Known); near != "" {
		return strings.TrimPrefix(near, "; ")
	}
	return "the steps are " + strings.Join(e.Known, ", ")
}
