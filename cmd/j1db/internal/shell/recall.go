package shell

import "strings"

// recall walks over the statements that were asked before: all of them from an
// empty line, and from a line with something on it those that begin so.
type recall struct {
	all   []string // the oldest first, each on one line
	at    int      // the one that is shown; len(all) while none is
	shown string   // as it was put on the line
	begin string   // what the walk began with
}

// add remembers a statement, once if it is asked again at once, and ends a walk.
func (r *recall) add(statement string) {
	if n := len(r.all); n == 0 || r.all[n-1] != statement {
		r.all = append(r.all, statement)
	}
	r.rest()
}

// rest ends a walk.
func (r *recall) rest() { r.at, r.shown, r.begin = len(r.all), "", "" }

// older returns the next older statement for a line. A line that was changed since
// the last step begins another walk.
func (r *recall) older(line string) (string, bool) {
	if r.at == len(r.all) || line != r.shown {
		r.at, r.begin = len(r.all), line
	}
	if r.back(r.at, line) {
		return r.shown, true
	}
	if r.at < len(r.all) {
		return "", false
	}
	// The line may be an old statement, found by a search: what was asked before
	// that one is the next.
	for i := len(r.all) - 1; i > 0; i-- {
		if r.all[i] == line {
			r.begin = ""
			return r.all[i-1], r.back(i, line)
		}
	}
	return "", false
}

// back shows the newest statement before i that fits.
func (r *recall) back(i int, line string) bool {
	for i--; i >= 0; i-- {
		if r.fits(i, line) {
			r.at, r.shown = i, r.all[i]
			return true
		}
	}
	return false
}

// newer returns the next newer statement, and behind the newest the line with which
// the walk began.
func (r *recall) newer(line string) (string, bool) {
	if r.at >= len(r.all) || line != r.shown {
		return "", false
	}
	for i := r.at + 1; i < len(r.all); i++ {
		if r.fits(i, line) {
			r.at, r.shown = i, r.all[i]
			return r.shown, true
		}
	}
	begin := r.begin
	r.rest()
	return begin, true
}

// fits reports whether a statement begins as the walk did, in any case, and is
// another one than the line.
func (r *recall) fits(i int, line string) bool {
	text := r.all[i]
	return len(text) >= len(r.begin) && strings.EqualFold(text[:len(r.begin)], r.begin) && text != line
}
