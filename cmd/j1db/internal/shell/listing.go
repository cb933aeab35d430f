package shell

import (
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// mostListed is how many candidates are listed where the terminal has the room.
const mostListed = 40

// listing shows candidates with what is known about them, in at most rows lines of
// the terminal's width; 0 is unknown. It ends with a line break.
func listing(c Completion, width, rows int) string {
	shown, form := split(c.Candidates)
	most := mostListed
	if rows > 0 {
		most = min(most, max(3, rows-8))
	}
	var b strings.Builder
	more := max(0, len(shown)-most)
	writeRows(&b, shown[:len(shown)-more], width)
	if more > 0 {
		writeRest(&b, shown[len(shown)-more:], width)
	}
	if len(form) > 0 {
		b.WriteString(fitLine("  "+strings.Join(form, "  "), width) + "\n")
	}
	for _, note := range c.Notes {
		if printable(note) {
			b.WriteString(fitLine("  "+note, width) + "\n")
		}
	}
	return b.String()
}

// split keeps keywords and signs, about which nothing more is known, apart.
func split(all []Candidate) (shown []Candidate, form []string) {
	for _, c := range all {
		if c.form {
			form = append(form, c.Text)
		} else {
			shown = append(shown, c)
		}
	}
	return shown, form
}

func writeRows(b *strings.Builder, list []Candidate, width int) {
	text, kind := 0, 0
	for _, c := range list {
		text, kind = max(text, twwidth.Width(c.Text)), max(kind, twwidth.Width(c.Kind))
	}
	for _, c := range list {
		line := "  " + c.Text + spaces(text-twwidth.Width(c.Text)) + "  " + c.Kind + spaces(kind-twwidth.Width(c.Kind)) + "  " + c.Detail
		b.WriteString(fitLine(line, width) + "\n")
	}
}

// restLines is how many lines the names take that are listed without more ado.
const restLines = 3

// writeRest names what has no line of its own, as far as it fits.
func writeRest(b *strings.Builder, list []Candidate, width int) {
	if width <= 0 {
		width = 80
	}
	line := fmt.Sprintf("  and %d more:", len(list))
	for n := 1; len(list) > 0; {
		next := line + "  " + list[0].Text
		if twwidth.Width(next) < width {
			line, list = next, list[1:]
			continue
		}
		if n++; n > restLines {
			line = fitLine(line+" …", width)
			break
		}
		b.WriteString(line + "\n")
		line = "   " + fitLine(list[0].Text, width-3)
		list = list[1:]
	}
	b.WriteString(line + "\n")
	b.WriteString("  the next letter helps\n")
}

func spaces(n int) string { return strings.Repeat(" ", max(0, n)) }

// fitLine keeps a line out of the last column, where terminals would wrap it.
func fitLine(line string, width int) string {
	line = strings.TrimRight(line, " ")
	if width <= 1 || twwidth.Width(line) < width {
		return line
	}
	return twwidth.Truncate(line, width-1, "…")
}
