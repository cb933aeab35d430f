package shell

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Candidate is one thing that may stand at the cursor.
type Candidate struct {
	// Text is what is written, quotes included.
	Text string
	// Kind is what it is, in a word for people.
	Kind string
	// Detail is what is known about it.
	Detail string
	// After follows Text once nothing else fits.
	After string

	name string // what the beginning of a word is compared to; "" is Text
	form bool   // a keyword or a sign: belongs to the form of the statement
}

func (c *Candidate) matches(prefix string, fold bool) bool {
	name := c.name
	if name == "" {
		name = c.Text
	}
	if len(prefix) > len(name) {
		return false
	}
	return name[:len(prefix)] == prefix || fold && strings.EqualFold(name[:len(prefix)], prefix)
}

// Completion is what fits at the cursor.
type Completion struct {
	// Start is the offset of what the candidates replace, up to the cursor.
	Start int
	// Candidates fit, the likeliest first.
	Candidates []Candidate
	// Notes say what else may stand there, or why nothing is offered.
	Notes []string
}

// narrow keeps what begins with prefix. What differs in case is offered only where
// nothing else fits; keywords and signs give way where no letter asks for them.
func narrow(all []Candidate, prefix string) []Candidate {
	for _, fold := range []bool{false, true} {
		var out []Candidate
		for _, c := range all {
			if c.matches(prefix, fold) && printable(c.Text) {
				out = append(out, c)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// printable reports whether a terminal shows a text as it is.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// apply writes what the candidates agree on in place of what stands from start to
// pos. It reports whether that changed the text.
func (c *Completion) apply(text string, pos int) (string, int, bool) {
	chosen := c.Candidates
	if c.Start == pos {
		chosen = c.certain()
	}
	if len(chosen) == 0 {
		return text, pos, false
	}
	insert := agreed(chosen)
	if len(chosen) == 1 && !strings.HasPrefix(text[pos:], chosen[0].After) {
		insert += chosen[0].After
	}
	if len(insert) < pos-c.Start || insert == text[c.Start:pos] {
		return text, pos, false
	}
	return text[:c.Start] + insert + text[pos:], c.Start + len(insert), true
}

// certain is the one candidate that fits where nothing is typed yet, if there is
// one. Keywords and signs do not count beside a name, and of several candidates a
// person sees the list rather than the letters that they share. Where a note says
// why no names are there, nothing is certain.
func (c *Completion) certain() []Candidate {
	names := slices.DeleteFunc(slices.Clone(c.Candidates), func(c Candidate) bool { return c.form })
	if len(names) == 0 && len(c.Notes) == 0 {
		names = c.Candidates
	}
	if len(names) == 1 {
		return names
	}
	return nil
}

// agreed is the longest beginning that the texts of candidates share.
func agreed(list []Candidate) string {
	same := list[0].Text
	for _, c := range list[1:] {
		n := 0
		for n < len(same) && n < len(c.Text) && same[n] == c.Text[n] {
			n++
		}
		for n > 0 && n < len(same) && !utf8.RuneStart(same[n]) {
			n--
		}
		same = same[:n]
	}
	return same
}
