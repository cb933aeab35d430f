package ingest

import (
	"fmt"
	"slices"
)

// UnknownStepError names a step that the table does not have.
type UnknownStepError struct {
	ID      string
	Nearest string // the most similar id, "" when none is similar
	Known   []string
}

// Error names the step and the nearest one.
func (e *UnknownStepError) Error() string { return unknown(e.ID, e.Known) }

// unknown says that a step does not exist, and which one may be meant.
func unknown(id string, known []string) string {
	text := fmt.Sprintf("the step %q, which does not exist", id)
	if near := nearest(id, known); near != "" {
		text += fmt.Sprintf("; is it %q?", near)
	}
	return text
}

// nearest returns the word that takes the fewest edits to become text, when that
// is at most a third of it.
func nearest(text string, words []string) string {
	best, at := "", len(text)/3+1
	for _, w := range slices.Sorted(slices.Values(words)) {
		if d := distance(text, w); d < at {
			best, at = w, d
		}
	}
	return best
}

// distance counts the insertions, deletions and replacements between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
